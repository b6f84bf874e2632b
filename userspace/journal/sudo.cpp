// SPDX-License-Identifier: MIT
// sudo in its three voices: classic text, classic JSON (@cee:), and sudo-rs. The reason comes
// first: a refusal carries USER= and COMMAND= just as a success does, so a line is a success only
// when nothing stands before its first field.
#include "journal/line.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace sentra::journal {

namespace {

// The fields of eventlog.c, in its order.
constexpr std::string_view kFieldNames[] = {
    "HOST=", "TTY=", "CHROOT=", "PWD=", "USER=", "GROUP=", "TSID=", "ENV=", "COMMAND="};

struct Request {
    std::string_view user, reason, tty, directory, target, group, command;
    bool has_command = false;
};

bool begins_field(std::string_view text)
{
    return std::any_of(std::begin(kFieldNames), std::end(kFieldNames),
                       [text](std::string_view name) { return text.starts_with(name); });
}

// What stands before the first field; steps over it. Nothing: the line goes straight to its fields.
std::string_view take_reason(std::string_view &rest)
{
    if (begins_field(rest))
        return {};
    for (auto at = rest.find(" ; "); at != std::string_view::npos; at = rest.find(" ; ", at + 1)) {
        if (!begins_field(rest.substr(at + 3)))
            continue;
        const std::string_view reason = rest.substr(0, at);
        rest.remove_prefix(at + 3);
        return reason;
    }
    return std::exchange(rest, {});
}

// A directory may be called "x ; COMMAND=/bin/true": everything from the first COMMAND= on is shown
// as the command, so that nothing can hide behind another.
void take_fields(Request &request, std::string_view rest)
{
    while (!rest.empty()) {
        if (rest.starts_with("COMMAND=")) {
            request.command = rest.substr(8);
            request.has_command = true;
            return;
        }
        const auto end = rest.find(" ; ");
        const std::string_view field = rest.substr(0, end);
        const auto take = [field](std::string_view name, std::string_view &into) {
            if (into.empty() && field.starts_with(name))
                into = field.substr(name.size());
        };
        take("TTY=", request.tty);
        take("PWD=", request.directory);
        take("USER=", request.target);
        take("GROUP=", request.group);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 3);
    }
}

// Said beside a decision, not instead of one: sudo goes on after them.
constexpr Prefix kWarnings[] = {
    {"unable to resolve host ", "sudo.warning"},
    {"problem with defaults entries", "sudo.warning"},
    {"parse error in ", "sudo.parse-error"},
    {"/etc/sudoers", "sudo.parse-error"},
    {"timestamp ", "sudo.warning"},
    {"unable to ", "sudo.warning"},
    {"ignoring ", "sudo.warning"},
    {"(command continued)", "sudo.continued"},
};

std::uint32_t count_attempts(std::string_view reason)
{
    Scan scan(reason);
    const auto attempts = scan.number<std::uint32_t>();
    return attempts && scan.take(" incorrect password attempt") ? *attempts : 0;
}

Verdict emit(Line &line, const Request &request, const char *wording)
{
    auto asked = line.begin<sentra_elevation>(SENTRA_AUTH_ELEVATION);
    asked.text(asked->user, request.user)
        .text(asked->target, request.target)
        .text(asked->target_group, request.group)
        .text(asked->service, "sudo")
        .text(asked->command, request.command)
        .text(asked->working_directory, request.directory)
        .text(asked->tty, request.tty)
        .text(asked->reason, request.reason);
    asked->outcome = request.reason.empty() ? SENTRA_OUTCOME_SUCCESS : SENTRA_OUTCOME_FAILURE;
    asked->attempts = count_attempts(request.reason);
    return line.emit(asked, wording);
}

// "USER : [REASON ; ]TTY=... ; PWD=... ; USER=... ; COMMAND=...". sudo-rs pads nothing and leaves
// two blanks where there is no terminal.
Verdict parse_text(Line &line)
{
    Request request;
    const auto colon = line.text.find(" : ");
    if (colon == std::string_view::npos)
        return unknown();
    request.user = trim(line.text.substr(0, colon));
    std::string_view rest = trim(line.text.substr(colon + 3));
    request.reason = take_reason(rest);
    take_fields(request, rest);
    if (request.reason.empty())
        return request.has_command ? emit(line, request, "sudo.accepted") : unknown();
    if (const Verdict warning = known_prefix(request.reason, kWarnings);
        warning.kind == Kind::known)
        return warning;
    // A reason we have never read is still a reason: never a success.
    return request.has_command || !request.target.empty() ? emit(line, request, "sudo.refused")
                                                          : unknown();
}

std::string json_text(const nlohmann::json &object, const char *name)
{
    const auto at = object.find(name);
    return at != object.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

std::string json_command(const nlohmann::json &object)
{
    const auto arguments = object.find("runargv");
    if (arguments == object.end() || !arguments->is_array())
        return json_text(object, "command");
    std::string command = json_text(object, "command");
    for (std::size_t i = 1; i < arguments->size(); ++i)
        if ((*arguments)[i].is_string())
            command.append(" ").append((*arguments)[i].get<std::string>());
    return command;
}

// syslog cuts long lines, then the braces do not close. The texts before the cut are still whole:
// a quote inside a text is escaped.
std::string cut_json_text(std::string_view text, std::string_view name)
{
    const std::string key = "\"" + std::string(name) + "\":";
    const auto at = text.find(key);
    if (at == std::string_view::npos)
        return {};
    const std::string_view rest = trim(text.substr(at + key.size()));
    std::size_t end = 1;
    while (end < rest.size() && rest[end] != '"')
        end += rest[end] == '\\' ? std::size_t{2} : std::size_t{1};
    if (!rest.starts_with('"') || end >= rest.size())
        return {};
    const auto value = nlohmann::json::parse(rest.substr(0, end + 1), nullptr, false);
    return value.is_string() ? value.get<std::string>() : std::string{};
}

Verdict emit_json(Line &line, std::string_view decision, const nlohmann::json &object)
{
    const std::string user = json_text(object, "submituser"), target = json_text(object, "runuser"),
                      group = json_text(object, "rungroup"), command = json_command(object),
                      directory = json_text(object, "submitcwd"),
                      tty = json_text(object, "ttyname"), said = json_text(object, "reason");
    if (decision == "exit")
        return known("sudo.exit");
    if (decision == "alert" && known_prefix(said, kWarnings).kind == Kind::known)
        return known("sudo.warning");
    if (decision != "accept" && decision != "reject" && decision != "alert")
        return unknown();
    const std::string reason = decision == "accept" ? std::string{}
                               : said.empty()       ? std::string("rejected")
                                                    : said;
    return emit(line, {user, reason, tty, directory, target, group, command, true},
                decision == "accept" ? "sudo.accepted" : "sudo.refused");
}

Verdict parse_json(Line &line, std::string_view text)
{
    const auto whole = nlohmann::json::parse(text, nullptr, false);
    if (whole.is_object()) {
        const auto sudo = whole.find("sudo");
        if (sudo == whole.end() || !sudo->is_object() || sudo->empty() ||
            !sudo->begin()->is_object())
            return unknown();
        return emit_json(line, sudo->begin().key(), *sudo->begin());
    }
    Scan scan(text);
    if (!scan.until("\"sudo\":") || !scan.until("\""))
        return unknown();
    const auto decision = scan.until("\"");
    if (!decision)
        return unknown();
    nlohmann::json object = nlohmann::json::object();
    for (const char *name :
         {"submituser", "runuser", "rungroup", "command", "submitcwd", "ttyname", "reason"})
        object[name] = cut_json_text(scan.rest(), name);
    return emit_json(line, *decision, object);
}

} // namespace

Verdict parse_sudo(Line &line)
{
    if (const Verdict pam = parse_pam(line); pam.kind != Kind::not_ours)
        return pam;
    if (line.text.starts_with("@cee:"))
        return parse_json(line, line.text.substr(5));
    // sudo-rs about its own files.
    constexpr Prefix rows[] = {
        {"Session records file for user ", "sudo.timestamp"},
        {"[...] ", "sudo.continued"},
        {"unable to ", "sudo.warning"},
        {"timestamp ", "sudo.timestamp"},
        {"problem with defaults entries", "sudo.warning"},
    };
    if (const Verdict verdict = known_prefix(line.text, rows); verdict.kind == Kind::known)
        return verdict;
    return parse_text(line);
}

} // namespace sentra::journal
