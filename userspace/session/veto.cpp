// SPDX-License-Identifier: MIT
#include "session/veto.h"

#include <algorithm>

#include "base/text.h"

namespace sentra::session {

namespace {

using Names = std::string_view[];

enum class Needs {
    root,    // runs as root
    set_id,  // runs with more rights than its caller's: set-id, or called by root
    nothing, // has an account of its own
};

struct Program {
    std::span<const std::string_view> identifiers;
    std::span<const std::string_view> names; // of the executable
    Needs needs;
};

constexpr Names kSshd = {"sshd", "sshd-session", "sshd-auth"};
constexpr Names kSudoIds = {"sudo", "sudo-i", "sudo-rs"};
constexpr Names kSudo = {"sudo", "sudo.ws", "sudo-rs", "sudoedit"};
constexpr Names kSuIds = {"su", "su-l", "su-rs", "runuser", "runuser-l"};
constexpr Names kSu = {"su", "su-rs", "runuser"};
constexpr Names kElevators = {"pkexec", "doas"};
constexpr Names kLogin = {"login"};
constexpr Names kSelf = {"passwd", "gpasswd", "chage",  "chsh",       "chfn",
                         "newgrp", "sg",      "expiry", "unix_chkpwd"};
constexpr Names kCrontab = {"crontab"};
constexpr Names kAccounts = {"useradd",  "usermod",   "userdel",  "groupadd", "groupmod",
                             "groupdel", "groupmems", "newusers", "chpasswd", "chgpasswd",
                             "vipw",     "vigr",      "pwck",     "grpck",    "pwconv"};
constexpr Names kCronIds = {"cron",    "CRON", "crond",          "CROND",
                            "anacron", "atd",  "/usr/sbin/cron", "/USR/SBIN/CRON"};
constexpr Names kCron = {"cron", "crond", "anacron", "atd"};
constexpr Names kSystemdIds = {"systemd", "(systemd)", "(sd-pam)", "systemd-logind"};
constexpr Names kSystemd = {"systemd", "systemd-executor", "systemd-logind", "init"};
constexpr Names kPolkit = {"polkitd", "polkit-agent-helper-1"};

constexpr Program kPrograms[] = {
    {kSshd, kSshd, Needs::root},         {kSudoIds, kSudo, Needs::set_id},
    {kSuIds, kSu, Needs::set_id},        {kElevators, kElevators, Needs::set_id},
    {kLogin, kLogin, Needs::root},       {kSelf, kSelf, Needs::set_id},
    {kCrontab, kCrontab, Needs::set_id}, {kAccounts, kAccounts, Needs::root},
    {kCronIds, kCron, Needs::root},      {kSystemdIds, kSystemd, Needs::root},
    {kPolkit, kPolkit, Needs::nothing},
};

// Where distributions put programs, and only root can.
constexpr Names kDirectories = {
    "/usr/bin",
    "/bin",
    "/usr/sbin",
    "/sbin",
    "/usr/lib/openssh",
    "/usr/libexec",
    "/usr/libexec/openssh",
    "/usr/lib/ssh",
    "/usr/lib/systemd",
    "/lib/systemd",
    "/usr/lib/polkit-1",
    "/usr/lib/policykit-1",
    "/usr/lib/cargo/bin",
};

bool holds(std::span<const std::string_view> list, std::string_view word)
{
    return std::find(list.begin(), list.end(), word) != list.end();
}

const Program *find_program(std::string_view identifier)
{
    const auto at = std::find_if(
        std::begin(kPrograms), std::end(kPrograms),
        [identifier](const Program &program) { return holds(program.identifiers, identifier); });
    return at == std::end(kPrograms) ? nullptr : at;
}

std::string_view without_deleted(std::string_view path)
{
    constexpr std::string_view kSuffix = " (deleted)"; // the program was replaced by an upgrade
    return path.ends_with(kSuffix) ? path.substr(0, path.size() - kSuffix.size()) : path;
}

bool has_rights(const Program &program, const Witness &witness, const Claim &claim)
{
    switch (program.needs) {
    case Needs::root:
        // sshd's unprivileged child speaks too, when a connection ends.
        return witness.is_root || (!claim.opens_session && claim.trust == SENTRA_TRUST_JOURNAL);
    case Needs::set_id:
        return witness.secure_exec || witness.is_real_root ||
               (witness.from_snapshot && witness.is_root);
    case Needs::nothing:
        return true;
    }
    return false;
}

Verdict judge_one(const Claim &claim, const Witness &witness)
{
    if (witness.foreign_user_namespace)
        return Verdict::other_world;
    const bool vouched = claim.trust == SENTRA_TRUST_JOURNAL;
    const std::string_view path = without_deleted(witness.executable);
    if (path.empty())
        return vouched ? Verdict::stands : Verdict::unproven;
    const std::string_view claimed = without_deleted(claim.executable);
    if (!claimed.empty() && base_name(claimed) != base_name(path))
        return Verdict::other_program;
    // Root may write any line and any file; what is asked of it is only that the program fits.
    if (vouched && witness.is_real_root)
        return Verdict::stands;
    const Program *program = find_program(claim.identifier);
    if (program == nullptr) {
        const bool own_name = base_name(path) == claim.identifier && witness.is_real_root;
        return vouched || own_name ? Verdict::stands : Verdict::other_program;
    }
    if (!holds(program->names, base_name(path)))
        return Verdict::other_program;
    if (!holds(kDirectories, directory_name(path)) && path != claimed)
        return Verdict::other_program;
    return has_rights(*program, witness, claim) ? Verdict::stands : Verdict::no_right;
}

// While starts are being lost, what the kernel half knows of a writer may be stale, and a flood can
// be made for that. Nobody can choose the user that the socket names, so root's lines stand. For
// others the program decides, and for that journald looked into /proc after the line was written:
// its word counts beside the kernel's, not instead of it.
Verdict judge_in_doubt(const Claim &claim, bool is_writer_known, Verdict verdict)
{
    if (claim.from_root)
        return Verdict::stands;
    const bool agree = is_writer_known && verdict == Verdict::stands;
    return agree && claim.trust == SENTRA_TRUST_JOURNAL ? Verdict::stands : Verdict::unknowable;
}

} // namespace

sentra_trust trust_of(const sentra_origin &origin)
{
    switch (origin.trust) {
    case SENTRA_TRUST_NONE:
        return SENTRA_TRUST_NONE;
    case SENTRA_TRUST_JOURNAL:
        return SENTRA_TRUST_JOURNAL;
    default:
        return SENTRA_TRUST_PENDING;
    }
}

Verdict judge(const Claim &claim, const Testimony &testimony)
{
    if (claim.trust == SENTRA_TRUST_NONE || !testimony.is_watched)
        return Verdict::stands;
    const bool is_writer_known = !testimony.witnesses.empty();
    Verdict verdict = claim.trust == SENTRA_TRUST_JOURNAL ? Verdict::stands : Verdict::unproven;
    for (const Witness &witness : testimony.witnesses) {
        verdict = judge_one(claim, witness);
        if (verdict == Verdict::stands)
            break;
    }
    return testimony.is_in_doubt ? judge_in_doubt(claim, is_writer_known, verdict) : verdict;
}

} // namespace sentra::session
