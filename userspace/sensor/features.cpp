// SPDX-License-Identifier: MIT
#include "sensor/features.h"

#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"

#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#define CAP_BPF 39
#endif

namespace sentra::sensor {

namespace {

// The ring buffer came with 5.8; 5.10 is the oldest kernel that is tested.
constexpr unsigned kOldestMajor = 5, kOldestMinor = 8;

// "none [integrity] confidentiality" -> integrity
std::string chosen(std::string_view modes)
{
    const auto open = modes.find('['), close = modes.find(']');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open)
        return "unknown";
    return std::string(modes.substr(open + 1, close - open - 1));
}

std::uint64_t effective_capabilities()
{
    const auto status = read_file("/proc/self/status");
    if (!status)
        return 0;
    constexpr std::string_view label = "CapEff:";
    const auto at = status->find(label);
    if (at == std::string::npos)
        return 0;
    const std::string_view rest = std::string_view(*status).substr(at + label.size());
    return parse_number<std::uint64_t>(trim(rest.substr(0, rest.find('\n'))), 16).value_or(0);
}

unsigned leading_number(std::string_view text)
{
    return parse_number<unsigned>(text.substr(0, text.find_first_not_of("0123456789"))).value_or(0);
}

// debugfs says which mode is in use ("none voluntary (full) lazy"), the version how the kernel was
// built ("#1 SMP PREEMPT_DYNAMIC Debian ..."). Where neither settles it: since 6.13 the modes that
// do not preempt are on their way out.
bool preempts_itself(const std::string &built, unsigned major, unsigned minor)
{
    if (const auto modes = read_file("/sys/kernel/debug/sched/preempt"))
        return modes->find("(full)") != std::string::npos ||
               modes->find("(lazy)") != std::string::npos;
    if (const auto arguments = read_file("/proc/cmdline"))
        for (const std::string_view argument : split(trim(*arguments), ' '))
            if (argument.substr(0, 8) == "preempt=")
                return argument == "preempt=full" || argument == "preempt=lazy";
    if (built.find("PREEMPT") == std::string::npos)
        return false;
    if (built.find("PREEMPT_DYNAMIC") == std::string::npos)
        return true;
    return major > 6 || (major == 6 && minor >= 13);
}

} // namespace

Features Features::ask()
{
    constexpr ino_t first_pid_namespace = 0xeffffffc; // PROC_PID_INIT_INO, ABI
    Features features;
    utsname system{};
    if (uname(&system) == 0)
        features.kernel = system.release;
    const auto parts = split(features.kernel, '.');
    features.major = leading_number(parts[0]);
    features.minor = parts.size() > 1 ? leading_number(parts[1]) : 0;
    features.is_preemptible =
        features.major >= 7 || preempts_itself(system.version, features.major, features.minor);
    features.type_information = access("/sys/kernel/btf/vmlinux", R_OK) == 0;
    const auto lockdown = read_file("/sys/kernel/security/lockdown");
    features.lockdown = lockdown ? chosen(*lockdown) : "unknown";
    if (const auto modules = read_file("/sys/kernel/security/lsm"))
        features.security_modules = trim(*modules);
    features.capabilities = effective_capabilities();
    struct stat facts {};
    features.first_pid_namespace =
        stat("/proc/self/ns/pid", &facts) == 0 && facts.st_ino == first_pid_namespace;
    return features;
}

Result<void> Features::sufficient() const
{
    if (major < kOldestMajor || (major == kOldestMajor && minor < kOldestMinor))
        return failure("kernel " + kernel + " is too old: the sensor needs 5.8 or later");
    if (!type_information)
        return failure(
            "kernel " + kernel +
            " has no type information (/sys/kernel/btf/vmlinux): the sensor needs a kernel built "
            "with CONFIG_DEBUG_INFO_BTF");
    if (lockdown == "confidentiality")
        return failure(
            "the kernel is locked down for confidentiality, which forbids BPF programs to read "
            "kernel memory: boot with lockdown=integrity");
    if (!has(CAP_SYS_ADMIN) && !(has(CAP_BPF) && has(CAP_PERFMON)))
        return failure("the sensor needs root, or the capabilities CAP_BPF, CAP_PERFMON and "
                       "CAP_DAC_READ_SEARCH");
    return {};
}

std::vector<std::string> Features::sentences() const
{
    std::vector<std::string> lines;
    lines.push_back("kernel " + kernel + (type_information ? ", with" : ", without") +
                    " type information");
    lines.push_back("lockdown: " + lockdown);
    lines.push_back("security modules: " +
                    (security_modules.empty() ? "unknown" : security_modules));
    lines.emplace_back(
        first_pid_namespace
            ? "sees every process of this host"
            : "sees the processes of its own pid namespace only: others are filtered");
    lines.emplace_back(
        "does not see: system calls by 32-bit programs and by io_uring other than exec, fork, exit "
        "and TCP");
    if (preempts_tracepoints())
        lines.emplace_back(
            "kernels from 7.0 on may skip program runs under load; skipped runs are counted as "
            "recursion");
    return lines;
}

} // namespace sentra::sensor
