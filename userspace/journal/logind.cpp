// SPDX-License-Identifier: MIT
// systemd-logind: sessions, by fields where there are fields, by either wording where there are
// not.
#include "journal/line.h"

namespace sentra::journal {

namespace {

constexpr std::string_view kSessionStart = "8d45620c1a4348dbb17410da57c60c66";
constexpr std::string_view kSessionStop = "3354939424b4456d9802ca8333ed424a";

Verdict emit(Line &line, std::string_view id, std::string_view user, sentra_session_action action)
{
    auto session = line.begin<sentra_session>(SENTRA_AUTH_SESSION);
    session.text(session->logind_id, id)
        .text(session->user, user)
        .text(session->service, "systemd-logind");
    session->user_id = session->by_id = SENTRA_UNSET;
    session->leader = parse_number<std::uint32_t>(line.entry.field("LEADER")).value_or(0);
    session->action = static_cast<std::uint32_t>(action);
    return line.emit(session, action == SENTRA_SESSION_OPENED ? "logind.opened" : "logind.closed");
}

std::string_view without_quotes(std::string_view text)
{
    return between(text, "'", "'").value_or(text);
}

// "N of user U." or from 258 on "'N' of user 'U' with class 'C' and type 'T'."
Verdict read_new_session(Line &line, Scan scan)
{
    const auto id = scan.until(" of user ");
    if (!id)
        return unknown();
    std::string_view user = scan.rest();
    if (const auto with = user.rfind(" with class "); with != std::string_view::npos)
        user = user.substr(0, with);
    else if (user.ends_with('.'))
        user.remove_suffix(1);
    return emit(line, without_quotes(*id), without_quotes(user), SENTRA_SESSION_OPENED);
}

// Seats, power, idle: nothing about who signed in.
constexpr Prefix kKnown[] = {
    {"Session ", "logind.session"},
    {"New seat ", "logind.seat"},
    {"Removed seat ", "logind.seat"},
    {"Watching system buttons", "logind.device"},
    {"Power key ", "logind.power"},
    {"Suspend key ", "logind.power"},
    {"Hibernate key ", "logind.power"},
    {"Reboot key ", "logind.power"},
    {"Lid ", "logind.power"},
    {"Docked", "logind.power"},
    {"Undocked", "logind.power"},
    {"System is ", "logind.power"},
    {"The system will ", "logind.power"},
    {"Powering ", "logind.power"},
    {"Rebooting", "logind.power"},
    {"Suspending", "logind.power"},
    {"Hibernating", "logind.power"},
    {"Operation '", "logind.power"},
    {"Delay lock ", "logind.power"},
    {"Failed to ", "logind.error"},
    {"Couldn't ", "logind.error"},
    {"Cannot ", "logind.error"},
    {"Could not ", "logind.error"},
    {"User ", "logind.user"},
    {"New user ", "logind.user"},
    {"Removed user ", "logind.user"},
    {"Creating ", "logind.other"},
    {"Existing logind session ID ", "logind.other"},
    {"Got ", "logind.other"},
    {"Unknown ", "logind.other"},
    {"Respawn", "logind.other"},
    {"Received ", "logind.other"},
    {"Assertion ", "logind.error"},
    {"Unable to ", "logind.error"},
    {"Error ", "logind.error"},
    {"Deprecated", "logind.other"},
    {"/etc/systemd/", "logind.other"},
    {"Using ", "logind.other"},
    {"Not ", "logind.other"},
    {"No ", "logind.other"},
};

} // namespace

Verdict parse_logind(Line &line)
{
    if (line.entry.message_id == kSessionStart && !line.entry.field("SESSION_ID").empty())
        return emit(line, line.entry.field("SESSION_ID"), line.entry.field("USER_ID"),
                    SENTRA_SESSION_OPENED);
    if (line.entry.message_id == kSessionStop && !line.entry.field("SESSION_ID").empty())
        return emit(line, line.entry.field("SESSION_ID"), line.entry.field("USER_ID"),
                    SENTRA_SESSION_CLOSED);
    Scan scan(line.text);
    if (scan.take("New session "))
        return read_new_session(line, scan);
    if (scan.take("Removed session ")) {
        std::string_view id = scan.rest();
        if (id.ends_with('.'))
            id.remove_suffix(1);
        return emit(line, without_quotes(id), {}, SENTRA_SESSION_CLOSED);
    }
    return known_prefix(line.text, kKnown);
}

} // namespace sentra::journal
