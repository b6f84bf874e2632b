// SPDX-License-Identifier: MIT
#include "journal/trust.h"

#include <algorithm>

#include "base/text.h"

namespace sentra::journal {

namespace {

using Names = std::string_view[];

constexpr Names kSshdIds = {"sshd", "sshd-session", "sshd-auth"};
constexpr Names kSshdNames = {"sshd", "sshd-session", "sshd-auth"};
// 26.04: /usr/bin/sudo is a link to sudo-rs; journald sees the file itself.
constexpr Names kSudoIds = {"sudo", "sudo-i", "sudo-rs"};
constexpr Names kSudoNames = {"sudo", "sudo.ws", "sudo-rs", "sudoedit"};
constexpr Names kSudoPaths = {"/usr/bin/sudo", "/bin/sudo", "/usr/bin/sudo.ws", "/usr/bin/sudo-rs",
                              "/usr/lib/cargo/bin/sudo"};
constexpr Names kSuIds = {"su", "su-l", "runuser", "runuser-l", "su-rs"};
constexpr Names kSuNames = {"su", "su-rs", "runuser"};
constexpr Names kSuPaths = {"/usr/bin/su", "/bin/su", "/usr/bin/su-rs", "/usr/lib/cargo/bin/su"};
constexpr Names kLoginIds = {"login"};
constexpr Names kAccountIds = {"useradd",  "usermod",   "userdel",  "groupadd", "groupmod",
                               "groupdel", "groupmems", "newusers", "chpasswd", "chgpasswd",
                               "vipw",     "vigr",      "pwck",     "grpck",    "pwconv",
                               "adduser",  "deluser",   "addgroup", "delgroup"};
// adduser and its kin are perl scripts: _EXE is perl, _COMM the script's name.
constexpr Names kSelfIds = {"passwd", "gpasswd", "chage", "chsh", "chfn", "newgrp", "sg", "expiry"};
constexpr Names kSelfPaths = {
    "/usr/bin/passwd", "/usr/bin/gpasswd", "/usr/bin/chage",  "/usr/bin/chsh", "/usr/bin/chfn",
    "/usr/bin/newgrp", "/usr/bin/sg",      "/usr/bin/expiry", "/bin/passwd",   "/bin/gpasswd",
    "/bin/chage",      "/bin/chsh",        "/bin/chfn",       "/bin/newgrp"};
constexpr Names kCronIds = {"CRON",           "cron",           "crond",   "CROND",
                            "/USR/SBIN/CRON", "/usr/sbin/cron", "anacron", "atd"};
constexpr Names kCronNames = {"cron", "crond", "anacron", "atd"};
constexpr Names kCrontabIds = {"crontab"};
constexpr Names kCrontabPaths = {"/usr/bin/crontab", "/bin/crontab"};
constexpr Names kLogindIds = {"systemd-logind"};
constexpr Names kSystemdIds = {"systemd", "(systemd)", "(sd-pam)"};
constexpr Names kSystemdNames = {"systemd", "(systemd)", "(sd-pam)", "systemd-executor", "init"};
constexpr Names kPolkitIds = {"polkitd", "polkit-agent-helper-1"};
constexpr Names kPolkitNames = {"polkitd", "polkit-agent-helper-1", "polkit-agent-he"};
// polkitd runs as its own user, not as root.
constexpr Names kPolkitPaths = {
    "/usr/lib/polkit-1/polkitd", "/usr/libexec/polkitd", "/usr/lib/policykit-1/polkitd",
    "/usr/lib/polkit-1/polkit-agent-helper-1", "/usr/libexec/polkit-agent-helper-1"};
constexpr Names kPkexecIds = {"pkexec"};
constexpr Names kPkexecPaths = {"/usr/bin/pkexec", "/bin/pkexec"};
constexpr Names kChkpwdIds = {"unix_chkpwd"};
constexpr Names kChkpwdPaths = {"/usr/sbin/unix_chkpwd", "/sbin/unix_chkpwd"};

constexpr Names kJournaldIds = {"systemd-journald"};
constexpr Names kJournaldNames = {"systemd-journald", "systemd-journal"};

constexpr Program kPrograms[] = {
    {"sshd", kSshdIds, kSshdNames, {}, true},
    {"sudo", kSudoIds, kSudoNames, kSudoPaths, false},
    {"su", kSuIds, kSuNames, kSuPaths, false},
    {"login", kLoginIds, kLoginIds, {}, true},
    {"shadow", kAccountIds, kAccountIds, {}, true},
    {"shadow", kSelfIds, kSelfIds, kSelfPaths, false},
    {"cron", kCronIds, kCronNames, {}, true},
    {"cron", kCrontabIds, kCrontabIds, kCrontabPaths, false},
    {"logind", kLogindIds, kLogindIds, {}, true},
    {"systemd", kSystemdIds, kSystemdNames, {}, true},
    {"polkit", kPolkitIds, kPolkitNames, kPolkitPaths, false},
    {"pkexec", kPkexecIds, kPkexecIds, kPkexecPaths, false},
    {"chkpwd", kChkpwdIds, kChkpwdIds, kChkpwdPaths, false},
    {"journald", kJournaldIds, kJournaldNames, {}, true},
};

bool holds(std::span<const std::string_view> list, std::string_view word)
{
    return std::find(list.begin(), list.end(), word) != list.end();
}

// How a program may reach journald. Never "kernel" (any root may write /dev/kmsg, and journald then
// knows no sender) nor "audit".
// "driver" is journald itself and nobody else.
bool is_sender_known(const Entry &entry, bool is_journald)
{
    if (is_journald)
        return entry.transport == "driver";
    return entry.transport == "syslog" || entry.transport == "journal" ||
           entry.transport == "stdout";
}

// journald cuts this suffix itself; -o export files of older hosts still have it.
std::string_view without_deleted(std::string_view exe)
{
    constexpr std::string_view suffix = " (deleted)";
    return exe.ends_with(suffix) ? exe.substr(0, exe.size() - suffix.size()) : exe;
}

} // namespace

std::span<const Program> programs()
{
    return kPrograms;
}

const Program *find_program(std::string_view identifier)
{
    const auto at = std::find_if(
        std::begin(kPrograms), std::end(kPrograms),
        [identifier](const Program &program) { return holds(program.identifiers, identifier); });
    return at == std::end(kPrograms) ? nullptr : at;
}

std::optional<sentra_trust> entitlement(const Entry &entry, const Program &program)
{
    if (entry.plain_log)
        return SENTRA_TRUST_NONE;
    if (!is_sender_known(entry, program.name == "journald") || entry.uid == SENTRA_UNSET)
        return std::nullopt;
    if (program.root_only && entry.uid != 0)
        return std::nullopt;
    const std::string_view exe = without_deleted(entry.exe);
    // The process was gone before journald read /proc: the kernel's exec table must say what it
    // was.
    if (exe.empty() && entry.comm.empty())
        return SENTRA_TRUST_PENDING;
    const bool named = holds(program.names, base_name(exe)) || holds(program.names, entry.comm);
    if (entry.uid == 0) {
        // Root can forge anything; what is refused here is the careless `logger -t`. The path is
        // not asked for: with a private mount namespace a service's own path may look strange.
        return named ? std::optional(SENTRA_TRUST_JOURNAL) : std::nullopt;
    }
    if (!exe.empty())
        return holds(program.paths, exe) ? std::optional(SENTRA_TRUST_JOURNAL) : std::nullopt;
    // Exiting: the executable is gone, the name is left, and anybody can choose his own name.
    return named ? std::optional(SENTRA_TRUST_PENDING) : std::nullopt;
}

std::optional<sentra_trust> own_name_entitlement(const Entry &entry)
{
    if (entry.plain_log)
        return SENTRA_TRUST_NONE;
    if (!is_sender_known(entry, false) || entry.uid != 0 || entry.identifier.empty())
        return std::nullopt;
    const bool own = entry.identifier == base_name(without_deleted(entry.exe)) ||
                     entry.identifier.substr(0, 15) == entry.comm;
    return own ? std::optional(SENTRA_TRUST_JOURNAL) : std::nullopt;
}

} // namespace sentra::journal
