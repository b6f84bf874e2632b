// SPDX-License-Identifier: MIT
// su of util-linux and of shadow. su-rs says nothing itself; PAM's lines are read for it.
#include "journal/line.h"

namespace sentra::journal {

namespace {

Verdict emit(Line &line, std::string_view user, std::string_view target, std::string_view tty,
             bool granted)
{
    // PAM has told of this failure in its own line already.
    if (!granted && line.recent.recall("su.failed", line.entry.pid, line.entry.realtime_ns, target))
        return known("su.failed-twin");
    auto asked = line.begin<sentra_elevation>(SENTRA_AUTH_ELEVATION);
    asked.text(asked->user, user)
        .text(asked->target, target)
        .text(asked->service, "su")
        .text(asked->tty, tty == "none" ? std::string_view{} : tty);
    if (!granted)
        asked.text(asked->reason, "authentication failure");
    asked->outcome = granted ? SENTRA_OUTCOME_SUCCESS : SENTRA_OUTCOME_FAILURE;
    asked->attempts = granted ? 0 : line.repeated;
    return line.emit(asked, granted ? "su.accepted" : "su.failed");
}

// "(to T) U on TTY"
Verdict read_util_linux(Line &line, Scan scan, bool granted)
{
    const auto target = scan.until(") ");
    const auto on = scan.rest().rfind(" on ");
    if (!target || on == std::string_view::npos)
        return unknown();
    return emit(line, scan.rest().substr(0, on), *target, scan.rest().substr(on + 4), granted);
}

// "T by U"
Verdict read_shadow(Line &line, Scan scan, bool granted)
{
    const auto target = scan.until(" by ");
    return target ? emit(line, scan.rest(), *target, {}, granted) : unknown();
}

} // namespace

Verdict parse_su(Line &line)
{
    if (const Verdict pam = parse_pam(line); pam.kind != Kind::not_ours)
        return pam;
    Scan scan(line.text);
    if (scan.take("(to "))
        return read_util_linux(line, scan, true);
    if (scan.take("FAILED SU (to "))
        return read_util_linux(line, scan, false);
    if (scan.take("Successful su for "))
        return read_shadow(line, scan, true);
    if (scan.take("FAILED su for "))
        return read_shadow(line, scan, false);
    // shadow's su says each thing twice: "+ /dev/pts/0 alice:root".
    constexpr Prefix rows[] = {{"+ ", "su.twin"},
                               {"- ", "su.twin"},
                               {"pam_authenticate: ", "su.pam"},
                               {"pam_acct_mgmt: ", "su.pam"},
                               {"pam_open_session: ", "su.pam"},
                               {"unable to ", "su.other"},
                               {"Authentication failure", "su.pam"}};
    return known_prefix(line.text, rows);
}

} // namespace sentra::journal
