// SPDX-License-Identifier: MIT
// One line on its way through a parser: what it says, who vouches for it, and where records go.
#pragma once

#include <string_view>
#include <vector>

#include <sentra/event/auth.h>

#include "event/build.h"
#include "journal/entry.h"
#include "journal/recent.h"
#include "journal/scan.h"
#include "journal/verdict.h"

namespace sentra::journal {

struct Line {
    const Entry &entry;
    std::string_view text;       // the message, without blanks at its ends
    std::string_view identifier; // the program that speaks: entry.identifier, or what it stands for
    std::uint32_t repeated = 1;  // times the line stands for
    sentra_source source = SENTRA_SOURCE_JOURNAL;
    sentra_trust trust = SENTRA_TRUST_NONE;
    Recent &recent;
    std::vector<event::Record> &out; // sequence numbers are given by the translator

    template <typename Struct> [[nodiscard]] event::Build<Struct> begin(sentra_type type) const
    {
        event::Build<Struct> build(type, source, entry.realtime_ns, 0);
        fill_origin(build, build->origin);
        return build;
    }
    template <typename Struct> Verdict emit(const event::Build<Struct> &build, const char *wording)
    {
        out.push_back(build.finish());
        return {Kind::emitted, wording};
    }

private:
    template <typename Struct>
    void fill_origin(event::Build<Struct> &build, sentra_origin &origin) const
    {
        build.text(origin.message, entry.message)
            .text(origin.identifier, entry.identifier)
            .text(origin.executable, entry.exe)
            .text(origin.comm, entry.comm)
            .text(origin.unit, entry.unit)
            .text(origin.cgroup, entry.cgroup)
            .text(origin.host, entry.hostname)
            .text(origin.boot, entry.boot_id)
            .text(origin.cursor, entry.cursor);
        origin.pid = entry.pid;
        origin.uid = entry.uid;
        origin.loginuid = entry.loginuid;
        origin.audit_session = entry.audit_session;
        origin.pid_namespace = entry.pid_namespace;
        origin.trust = trust;
        if (entry.cut)
            build->head.flags |= SENTRA_RECORD_TRUNCATED;
    }
};

inline Verdict known(const char *wording)
{
    return {Kind::known, wording};
}
inline Verdict unknown()
{
    return {Kind::unknown, ""};
}

// The first row whose prefix the text has.
struct Prefix {
    std::string_view text;
    const char *wording;
};
template <std::size_t count>
[[nodiscard]] Verdict known_prefix(std::string_view text, const Prefix (&rows)[count])
{
    for (const Prefix &row : rows)
        if (text.starts_with(row.text))
            return known(row.wording);
    return unknown();
}

// One function per program; each understands one line, or says unknown().
[[nodiscard]] Verdict parse_sshd(Line &line);
[[nodiscard]] Verdict parse_sudo(Line &line);
[[nodiscard]] Verdict parse_su(Line &line);
[[nodiscard]] Verdict parse_login(Line &line);
[[nodiscard]] Verdict parse_shadow(Line &line);
[[nodiscard]] Verdict parse_cron(Line &line);
[[nodiscard]] Verdict parse_logind(Line &line);
[[nodiscard]] Verdict parse_systemd(Line &line);
[[nodiscard]] Verdict parse_polkit(Line &line);
[[nodiscard]] Verdict parse_pkexec(Line &line);
[[nodiscard]] Verdict parse_chkpwd(Line &line);
[[nodiscard]] Verdict parse_journald(Line &line);

// PAM speaks through every program: "pam_unix(sudo:auth): ...". not_ours: the line is not PAM's.
[[nodiscard]] Verdict parse_pam(Line &line);
// The 2005 form, where the tag tells it is PAM: "su(pam_unix)[123]: session opened for user x".
[[nodiscard]] Verdict parse_old_pam(Line &line, std::string_view service);

} // namespace sentra::journal
