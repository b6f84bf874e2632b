// SPDX-License-Identifier: MIT
#include "session/programs.h"

#include <algorithm>
#include <span>

#include "base/text.h"

namespace sentra::session {

namespace {

using Names = std::string_view[];

constexpr Names kLogins = {
    "sshd",    "sshd-session", "sshd-auth",       "login",       "dropbear",  "gdm-session-worker",
    "lightdm", "sddm-helper",  "cockpit-session", "xrdp-sesman", "in.telnetd"};
constexpr Names kSchedulers = {"cron", "crond", "atd", "anacron", "fcron"};
constexpr Names kManagers = {"systemd", "systemd-executor", "(sd-pam)"};
constexpr Names kBrokers = {"sudo", "sudo.ws", "sudo-rs", "su", "su-rs", "pkexec", "doas", "run0"};
constexpr Names kElevations = {
    "sudo",      "sudo-i",   "sudo-rs",  "su",       "su-l",         "su-rs",   "runuser",
    "runuser-l", "pkexec",   "doas",     "polkit-1", "systemd-user", "passwd",  "chsh",
    "chfn",      "chpasswd", "newusers", "useradd",  "usermod",      "userdel", "groupadd"};
constexpr Names kSchedulerServices = {"cron", "crond", "atd", "anacron", "fcron"};
constexpr Names kDirectories = {"/usr/bin", "/bin",         "/usr/sbin",
                                "/sbin",    "/usr/libexec", "/usr/lib/cargo/bin"};

bool holds(std::span<const std::string_view> list, std::string_view word)
{
    return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_one_of(std::span<const std::string_view> names, const Process &process)
{
    return !process.executable.empty() && holds(names, base_name(process.executable));
}

bool lies_with_the_system(const Process &process)
{
    return holds(kDirectories, directory_name(process.executable));
}

} // namespace

bool is_login_program(const Process &process)
{
    return is_one_of(kLogins, process);
}

bool is_sshd(const Process &process)
{
    return base_name(process.executable).starts_with("sshd");
}

bool is_scheduler(const Process &process)
{
    const bool is_root =
        process.facts.uid == 0 || process.facts.euid == 0 || process.facts.suid == 0;
    return is_one_of(kSchedulers, process) && is_root && lies_with_the_system(process);
}

bool is_service_manager(const Process &process)
{
    return is_one_of(kManagers, process);
}

bool is_broker(const Process &process)
{
    // Whether a program was set-id when it started is not known of those that ran before the
    // sensor. Root itself is the kernel's, not that of a user namespace.
    const bool is_root =
        process.facts.uid == 0 || process.facts.euid == 0 || process.facts.suid == 0;
    const bool had_the_right =
        process.secure_exec ? is_root : process.from_snapshot && process.facts.euid == 0;
    return is_one_of(kBrokers, process) && lies_with_the_system(process) && had_the_right;
}

bool is_elevation_service(std::string_view service)
{
    return holds(kElevations, service);
}

bool is_scheduler_service(std::string_view service)
{
    return holds(kSchedulerServices, service);
}

} // namespace sentra::session
