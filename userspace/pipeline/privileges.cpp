// SPDX-License-Identifier: MIT
#include "pipeline/privileges.h"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <thread>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"

namespace sentra::pipeline {

namespace {

// linux/capability.h of the oldest build host lacks the newer numbers.
constexpr int kPerfmon = 38, kBpf = 39;

constexpr KeptCapability kKept[] = {
    {CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH",
     "keys and shell histories below /home are their owners' alone, and the journal its readers'"},
    {CAP_SYS_PTRACE, "CAP_SYS_PTRACE",
     "the arguments and namespaces of other users' processes in /proc"},
    {kBpf, "CAP_BPF",
     "reading the account and writing the filters; before 5.19 each call wants it, later ones the "
     "map that is made when pins were removed"},
    {kPerfmon, "CAP_PERFMON", "the iterators over tasks, opened again when events were lost"},
};

struct Data {
    __user_cap_data_struct halves[2];
};

Data wanted()
{
    Data data{};
    for (const KeptCapability &kept : kKept) {
        auto &half = data.halves[kept.number / 32];
        half.permitted = half.effective |= 1U << static_cast<unsigned>(kept.number % 32);
    }
    return data;
}

// Capabilities belong to a thread, and only it can give its own up: each is asked by a signal.
const Data kWanted = wanted();
std::atomic<int> failed{0};

int drop_own()
{
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    Data data{};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        ::syscall(SYS_capget, &header, data.halves) != 0)
        return -1;
    // What a container was never given cannot be kept.
    for (int half = 0; half < 2; ++half) {
        data.halves[half].permitted &= kWanted.halves[half].permitted;
        data.halves[half].effective = data.halves[half].permitted;
        data.halves[half].inheritable = 0;
    }
    return static_cast<int>(::syscall(SYS_capset, &header, data.halves));
}

// Only what a signal handler may do: system calls and atomics.
void on_signal(int)
{
    const int before = errno;
    if (drop_own() != 0)
        failed = errno;
    errno = before;
}

// What a thread may do is asked of the kernel, not of the thread: one that has ended meanwhile
// never answers, and one that was begun meanwhile was never asked.
bool is_dropped(const std::string &task)
{
    const auto status = read_file(task + "/status");
    if (!status)
        return true; // it has ended
    constexpr std::string_view kName = "CapPrm:\t";
    const std::size_t at = status->find(kName);
    if (at == std::string::npos)
        return false;
    const std::uint64_t permitted = std::strtoull(status->c_str() + at + kName.size(), nullptr, 16);
    const std::uint64_t kept = std::uint64_t{kWanted.halves[1].permitted} << 32U |
                               std::uint64_t{kWanted.halves[0].permitted};
    return (permitted & ~kept) == 0;
}

// Asks every thread that has more than it may keep; how many there are.
int ask_threads(int signal)
{
    int asked = 0;
    std::error_code ignored;
    for (const auto &entry : std::filesystem::directory_iterator("/proc/self/task", ignored)) {
        const auto id = parse_number<int>(entry.path().filename().string());
        if (!id || is_dropped(entry.path().string()))
            continue;
        if (::syscall(SYS_tgkill, ::getpid(), *id, signal) == 0)
            ++asked;
    }
    return asked;
}

Result<void> drop_all(int signal)
{
    for (int tries = 0; ask_threads(signal) != 0; ++tries) {
        if (failed != 0)
            return system_failure("capset", failed);
        if (tries == 500)
            return failure("a thread keeps what it was to give up");
        std::this_thread::sleep_for(std::chrono::milliseconds(4));
    }
    return {};
}

Result<void> bound()
{
    std::set<int> kept;
    for (const KeptCapability &one : kKept)
        kept.insert(one.number);
    // A unit that does not grant CAP_SETPCAP has bounded them itself; what it left, such as what
    // only loading programs needs, does not come back either: no_new_privs is set, and exec gives
    // nothing.
    for (int number = 0; ::prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0; ++number)
        if (kept.count(number) == 0 && ::prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0 &&
            errno != EPERM)
            return system_failure("bound the capabilities", errno);
    return {};
}

} // namespace

std::span<const KeptCapability> kept_capabilities()
{
    return kKept;
}

Result<void> drop_privileges()
{
    if (::geteuid() != 0)
        return {};
    if (auto is_bound = bound(); !is_bound)
        return is_bound;
    const int signal = SIGRTMIN + 3;
    struct sigaction ask = {}, before = {};
    ask.sa_handler = on_signal;
    ask.sa_flags = SA_RESTART;
    if (::sigaction(signal, &ask, &before) != 0)
        return system_failure("ask the threads", errno);
    failed = 0;
    auto done = drop_all(signal);
    ::sigaction(signal, &before, nullptr);
    return done;
}

} // namespace sentra::pipeline
