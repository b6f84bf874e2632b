// SPDX-License-Identifier: MIT
#include "bench/process.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <set>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

extern char **environ; // NOLINT

namespace sentra::bench {

namespace {

constexpr auto kPatience = std::chrono::seconds(30);

// A sensor that outlives a benchmark that failed would be in everybody's figures from then on.
std::set<pid_t> &living()
{
    static std::set<pid_t> pids;
    return pids;
}

void end_living()
{
    for (const pid_t pid : living())
        kill(pid, SIGTERM);
}

std::vector<char *> pointers(const std::vector<std::string> &words)
{
    std::vector<char *> list;
    for (const std::string &word : words)
        list.push_back(const_cast<char *>(word.c_str()));
    list.push_back(nullptr);
    return list;
}

// Abstract, so that nothing is left behind; the kernel chooses the name.
Result<std::pair<Fd, std::string>> notify_socket()
{
    Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (bind(socket.get(), reinterpret_cast<sockaddr *>(&address), sizeof address.sun_family) != 0)
        return system_failure("bind a notify socket", errno);
    socklen_t bytes = sizeof address;
    if (getsockname(socket.get(), reinterpret_cast<sockaddr *>(&address), &bytes) != 0)
        return system_failure("name a notify socket", errno);
    const std::size_t name = bytes - offsetof(sockaddr_un, sun_path) - 1;
    return std::pair{std::move(socket), "@" + std::string(address.sun_path + 1, name)};
}

struct Pipe {
    Fd read, write;
};

Result<Pipe> make_pipe()
{
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        return system_failure("make a pipe", errno);
    return Pipe{Fd(ends[0]), Fd(ends[1])};
}

Result<pid_t> spawn(const std::vector<std::string> &words, const std::array<int, 3> &standard,
                    const std::vector<std::string> &environment)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int fd = 0; fd < 3; ++fd)
        if (standard.at(static_cast<std::size_t>(fd)) != fd)
            posix_spawn_file_actions_adddup2(&actions, standard.at(static_cast<std::size_t>(fd)),
                                             fd);
    pid_t pid = -1;
    const int error = posix_spawnp(&pid, words[0].c_str(), &actions, nullptr,
                                   pointers(words).data(), pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        return system_failure("run " + words[0], error);
    return pid;
}

bool says_ready(int fd, std::string_view word)
{
    std::array<char, 4096> text{};
    const ssize_t got = read(fd, text.data(), text.size());
    return got > 0 && std::string_view(text.data(), static_cast<std::size_t>(got)).find(word) !=
                          std::string_view::npos;
}

} // namespace

Result<Child> Child::start(const std::vector<std::string> &words)
{
    auto notify = notify_socket();
    auto input = make_pipe();
    auto errors = make_pipe();
    if (!notify || !input || !errors)
        return tl::unexpected(!notify ? notify.error() : !input ? input.error() : errors.error());
    std::vector<std::string> environment{"NOTIFY_SOCKET=" + notify->second};
    for (char **entry = environ; *entry != nullptr; ++entry)
        environment.emplace_back(*entry);
    const Fd nowhere(open("/dev/null", O_WRONLY | O_CLOEXEC));
    const auto begun = std::chrono::steady_clock::now();
    auto pid = spawn(words, {input->read.get(), nowhere.get(), errors->write.get()}, environment);
    if (!pid)
        return tl::unexpected(pid.error());
    Child child;
    child.pid_ = *pid;
    living().insert(*pid);
    [[maybe_unused]] static const int registered = std::atexit(end_living);
    child.input_ = std::move(input->write);
    errors->write = Fd();
    child.errors_ = std::move(errors->read);
    std::array<pollfd, 2> waiting{
        {{notify->first.get(), POLLIN, 0}, {child.errors_.get(), POLLIN, 0}}};
    while (std::chrono::steady_clock::now() - begun < kPatience) {
        if (poll(waiting.data(), waiting.size(), 1000) <= 0)
            continue;
        const bool notified =
            (waiting[0].revents & POLLIN) != 0 && says_ready(waiting[0].fd, "READY=1");
        const bool said = (waiting[1].revents & POLLIN) != 0 && says_ready(waiting[1].fd, "READY");
        if (notified || said) {
            const std::chrono::duration<double, std::milli> took =
                std::chrono::steady_clock::now() - begun;
            child.ready_ms_ = took.count();
            // Nobody reads its errors any more: it must not wait for a reader.
            fcntl(child.errors_.get(), F_SETFL, O_NONBLOCK);
            return child;
        }
        if ((waiting[1].revents & POLLHUP) != 0)
            return failure(words[0] + " ended before it was ready");
    }
    return failure(words[0] + " was not ready within 30 s");
}

Child::Child(Child &&other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      ready_ms_(other.ready_ms_),
      input_(std::move(other.input_)),
      errors_(std::move(other.errors_))
{}

Child::~Child()
{
    if (pid_ <= 0)
        return;
    living().erase(pid_);
    kill(pid_, SIGTERM);
    std::array<char, 4096> rest{};
    while (waitpid(pid_, nullptr, WNOHANG) == 0) {
        [[maybe_unused]] const ssize_t got = read(errors_.get(), rest.data(), rest.size());
        usleep(5'000);
    }
}

std::uint64_t Child::cpu_ns() const
{
    clockid_t clock{};
    timespec used{};
    if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &used) != 0)
        return 0;
    return static_cast<std::uint64_t>(used.tv_sec) * 1'000'000'000U +
           static_cast<std::uint64_t>(used.tv_nsec);
}

std::uint64_t Child::memory_kib(const std::string &row) const
{
    const auto status = read_file("/proc/" + std::to_string(pid_) + "/status");
    const auto at = status ? status->find(row + ":") : std::string::npos;
    if (at == std::string::npos)
        return 0;
    const std::string_view rest = trim(std::string_view(*status).substr(at + row.size() + 1));
    return parse_number<std::uint64_t>(rest.substr(0, rest.find(' '))).value_or(0);
}

Result<std::string> run(const std::vector<std::string> &words, int worst)
{
    auto output = make_pipe();
    if (!output)
        return tl::unexpected(output.error());
    std::vector<std::string> environment;
    for (char **entry = environ; *entry != nullptr; ++entry)
        environment.emplace_back(*entry);
    auto pid = spawn(words, {0, output->write.get(), 2}, environment);
    if (!pid)
        return tl::unexpected(pid.error());
    output->write = Fd();
    std::string text;
    std::array<char, 4096> part{};
    for (;;) {
        const ssize_t got = read(output->read.get(), part.data(), part.size());
        if (got <= 0)
            break;
        text.append(part.data(), static_cast<std::size_t>(got));
    }
    int status = 0;
    waitpid(*pid, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) > worst)
        return failure(words[0] + " " + words[1] + " failed");
    return text;
}

} // namespace sentra::bench
