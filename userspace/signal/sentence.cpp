// SPDX-License-Identifier: MIT
#include <array>
#include <cstdio>
#include <optional>

#include "base/text.h"
#include "signal/proof.h"
#include "signal/template.h"
#include "signal/words.h"

namespace sentra::signal {

namespace {

// The first row of the event's type whose field has the value is the event's sentence.
// is nullptr: whatever the value; "*": the field has one.
struct Row {
    sentra_type type;
    const char *field;
    const char *is;
    const char *text;
};

// clang-format off
constexpr Row kRows[] = {
    {SENTRA_PROCESS_EXEC, "process.memfd", "true", "ran a program that has no file: {command}"},
    {SENTRA_PROCESS_EXEC, "process.deleted", "true", "ran a program whose file was gone: {command}"},
    {SENTRA_PROCESS_EXEC, nullptr, nullptr, "ran {command}"},
    {SENTRA_PROCESS_FORK, nullptr, nullptr, "created the process {process.pid}"},
    {SENTRA_PROCESS_EXIT, "process.exit_signal", "0", "ended with status {process.exit_code}"},
    {SENTRA_PROCESS_EXIT, nullptr, nullptr, "was ended by signal {process.exit_signal}"},
    {SENTRA_PROCESS_SNAPSHOT, nullptr, nullptr, "was already running {command}"},
    {SENTRA_PROCESS_PTRACE, nullptr, nullptr, "took control of the process {target.process.pid}"},

    {SENTRA_PROCESS_SIGNAL, "signal.number", "9", "ended the sensor with SIGKILL"},
    {SENTRA_PROCESS_SIGNAL, "signal.number", "15", "asked the sensor to end"},
    {SENTRA_PROCESS_SIGNAL, "signal.number", "19", "halted the sensor with SIGSTOP"},
    {SENTRA_PROCESS_SIGNAL, nullptr, nullptr, "sent the sensor the signal {signal.number}"},

    {SENTRA_CRED_CHANGE, "became", "*", "became {became}{broker?}"},
    {SENTRA_CRED_CHANGE, "cred.call", "capset", "changed its capabilities"},
    {SENTRA_CRED_CHANGE, nullptr, nullptr, "changed its user or groups"},

    {SENTRA_FILE_WRITE, "file.created", "true", "created {file.path}"},
    {SENTRA_FILE_WRITE, "file.truncated", "true", "emptied {file.path} and opened it for writing"},
    {SENTRA_FILE_WRITE, nullptr, nullptr, "opened {file.path} for writing"},
    {SENTRA_FILE_READ, nullptr, nullptr, "opened {file.path} for reading"},
    {SENTRA_FILE_RENAME, nullptr, nullptr, "renamed {file.origin.path} to {file.path}"},
    {SENTRA_FILE_DELETE, nullptr, nullptr, "removed {file.path}"},
    {SENTRA_FILE_LINK, "file.symbolic", "true", "made {file.path} a symbolic link to {file.origin.path}"},
    {SENTRA_FILE_LINK, nullptr, nullptr, "made {file.path} another name of {file.origin.path}"},
    {SENTRA_FILE_MODE, nullptr, nullptr, "set the permissions of {file.path} to {mode}"},
    {SENTRA_FILE_OWNER, nullptr, nullptr, "set the owner of {file.path} to uid {file.uid}, gid {file.gid}"},
    {SENTRA_FILE_TRUNCATE, nullptr, nullptr, "cut {file.path} to {file.size} bytes"},

    {SENTRA_NET_CONNECT, "destination.socket_path", "*", "connected to the socket {destination.socket_path}"},
    {SENTRA_NET_CONNECT, nullptr, nullptr, "reached out to {destination.ip} port {destination.port} ({network.transport})"},
    {SENTRA_NET_LISTEN, nullptr, nullptr, "began to listen on {server.ip?any address} port {server.port} ({network.transport})"},
    {SENTRA_NET_ACCEPT, nullptr, nullptr, "took a connection from {source.ip} to port {destination.port}"},
    {SENTRA_KERNEL_MODULE, nullptr, nullptr, "loaded the kernel module {module.name}"},
    {SENTRA_KERNEL_BPF, nullptr, nullptr, "loaded the BPF program {bpf.program.name}"},

    {SENTRA_META_TAMPER, "tamper.kind", "clock_stepped", "the clock was set"},
    {SENTRA_META_TAMPER, nullptr, nullptr, "{tamper.detail}"},
    {SENTRA_META_TROUBLE, nullptr, nullptr, "{trouble.detail}"},

    {SENTRA_AUTH_LOGIN, "auth.partial", "true", "{user.name} passed one of several sign-in methods{from?}{method?}"},
    {SENTRA_AUTH_LOGIN, "event.outcome", "success", "{user.name} signed in{from?}{method?}"},
    {SENTRA_AUTH_LOGIN, "event.outcome", "failure", "{failures} as {user.name}{from?}{method?}"},
    {SENTRA_AUTH_LOGIN, nullptr, nullptr, "a sign-in as {user.name}{from?} was tried"},
    {SENTRA_AUTH_SESSION, "event.action", "closed", "a session of {user.name} ended ({auth.service})"},
    {SENTRA_AUTH_SESSION, nullptr, nullptr, "a session of {user.name} began ({auth.service})"},
    {SENTRA_AUTH_ELEVATION, "event.outcome", "success", "{user.name} used {auth.service} to become {target}{ran?}"},
    {SENTRA_AUTH_ELEVATION, "event.outcome", "failure", "{auth.service} refused {user.name} the rights of {target}{reason?}{ran?}"},
    {SENTRA_AUTH_ELEVATION, nullptr, nullptr, "{user.name} asked {auth.service} for the rights of {target}{ran?}"},
    {SENTRA_AUTH_CONNECTION, nullptr, nullptr, "a connection{from?} ended without a sign-in{reason?}"},
    {SENTRA_AUTH_POLKIT, "event.outcome", "success", "polkit granted {user.name} {polkit.action}"},
    {SENTRA_AUTH_POLKIT, "event.outcome", "failure", "polkit refused {user.name} {polkit.action}"},
    {SENTRA_AUTH_POLKIT, nullptr, nullptr, "{user.name} asked polkit for {polkit.action}"},

    {SENTRA_IAM_USER, "event.outcome", "failure", "a change to the user {user.target.name} failed"},
    {SENTRA_IAM_USER, "event.action", "created", "the user {user.target.name} was created{uid?}"},
    {SENTRA_IAM_USER, "event.action", "deleted", "the user {user.target.name} was removed"},
    {SENTRA_IAM_USER, "event.action", "password-changed", "the password of {user.target.name} was changed"},
    {SENTRA_IAM_USER, "event.action", "locked", "the user {user.target.name} was locked"},
    {SENTRA_IAM_USER, "event.action", "unlocked", "the user {user.target.name} was unlocked"},
    {SENTRA_IAM_USER, "event.action", "file-edited", "the file of users was edited"},
    {SENTRA_IAM_USER, nullptr, nullptr, "the user {user.target.name} was changed{detail?}"},
    {SENTRA_IAM_GROUP, "event.outcome", "failure", "a change to the group {group.name} failed"},
    {SENTRA_IAM_GROUP, "event.action", "created", "the group {group.name} was created"},
    {SENTRA_IAM_GROUP, "event.action", "deleted", "the group {group.name} was removed"},
    {SENTRA_IAM_GROUP, "event.action", "member-added", "{user.target.name} was added to the group {group.name}"},
    {SENTRA_IAM_GROUP, "event.action", "member-removed", "{user.target.name} was taken out of the group {group.name}"},
    {SENTRA_IAM_GROUP, "event.action", "file-edited", "the file of groups was edited"},
    {SENTRA_IAM_GROUP, nullptr, nullptr, "the group {group.name} was changed{detail?}"},

    {SENTRA_JOB_RUN, "event.action", "started", "a scheduled job of {user.name} began: {job.command}"},
    {SENTRA_JOB_RUN, "event.action", "ended", "a scheduled job of {user.name} ended: {job.command}"},
    {SENTRA_JOB_CHANGE, "event.action", "replaced", "{user.name} replaced the schedule{of_target?}"},
    {SENTRA_JOB_CHANGE, "event.action", "deleted", "{user.name} removed the schedule{of_target?}"},
    {SENTRA_JOB_CHANGE, "event.action", "listed", "{user.name} listed the schedule{of_target?}"},
    {SENTRA_JOB_CHANGE, "event.action", "edited", "{user.name} edited the schedule{of_target?}"},
    {SENTRA_JOB_CHANGE, "event.action", "reloaded", "cron read the schedule{of_user?} again"},
    {SENTRA_JOB_CHANGE, "event.action", "refused", "{user.name} was refused a schedule"},
    {SENTRA_UNIT_CHANGE, "event.action", "started", "systemd started {unit.name}"},
    {SENTRA_UNIT_CHANGE, "event.action", "stopped", "systemd stopped {unit.name}"},
    {SENTRA_UNIT_CHANGE, "event.action", "failed", "{unit.name} failed{result?}"},
    {SENTRA_UNIT_CHANGE, "event.action", "reloaded", "systemd reloaded {unit.name}"},
};
// clang-format on

std::string field(const event::Event &event, std::string_view name)
{
    return event::to_text(event.get(name));
}

// " (reason)", " from 203.0.113.7": nothing at all where there is no value.
std::string framed(std::string_view before, const std::string &value, std::string_view after = "")
{
    return value.empty() ? value : std::string(before).append(value).append(after);
}

std::string command(const event::Event &event)
{
    const auto &exec = event.as<sentra_exec>();
    return command_in_words(event.text(exec.executable), event.text(exec.args));
}

std::string became(const event::Event &event, const session::Context &context)
{
    const auto &cred = event.as<sentra_cred>();
    if (cred.actor.euid == cred.old_euid)
        return {};
    session::Person person{"", cred.actor.euid};
    if (context.actor && context.actor->effective.id == cred.actor.euid)
        person = context.actor->effective;
    return in_words(person);
}

std::string failures(const event::Event &event)
{
    const auto many = event.as<sentra_login>().repeated;
    return many > 1 ? std::to_string(many) + " failed sign-ins" : "a failed sign-in";
}

std::string mode(const event::Event &event)
{
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%04o", event.as<sentra_file>().mode & 07777U);
    return text.data();
}

std::string from(const event::Event &event)
{
    const std::string address = field(event, "source.ip");
    return framed(" from ", address.empty() ? field(event, "source.domain") : address);
}

std::string target(const event::Event &event)
{
    const std::string user = field(event, "user.target.name");
    return user.empty() ? framed("the group ", field(event, "user.target.group.name")) : user;
}

// Words of the table that are no field of the event.
std::optional<std::string> word(std::string_view name, const event::Event &event,
                                const session::Context &context)
{
    if (name == "command")
        return command(event);
    if (name == "became")
        return became(event, context);
    if (name == "broker")
        return framed(" through ", context.actor ? broker_in_words(context.actor->broker) : "");
    if (name == "failures")
        return failures(event);
    if (name == "mode")
        return mode(event);
    if (name == "from")
        return from(event);
    if (name == "method")
        return framed(" (", field(event, "auth.method"), ")");
    if (name == "target")
        return target(event);
    if (name == "ran")
        return framed(": ", field(event, "auth.command"));
    if (name == "reason")
        return framed(" (", field(event, "event.reason"), ")");
    if (name == "uid")
        return framed(" (uid ", field(event, "user.target.id"), ")");
    if (name == "detail")
        return framed(": ", field(event, "iam.detail"));
    if (name == "of_target")
        return framed(" of ", field(event, "user.target.name"));
    if (name == "of_user")
        return framed(" of ", field(event, "user.name"));
    if (name == "result")
        return framed(" (", field(event, "unit.result"), ")");
    return std::nullopt;
}

} // namespace

std::string sentence(const event::Event &event, const session::Context &context)
{
    const Lookup value = [&](std::string_view name) {
        const auto own = word(name, event, context);
        return own ? *own : field(event, name);
    };
    for (const Row &row : kRows) {
        if (!event.is(row.type))
            continue;
        const std::string found = row.field == nullptr ? "" : value(row.field);
        const bool wanted = row.field == nullptr ||
                            (std::string_view(row.is) == "*" ? !found.empty() : found == row.is);
        if (wanted)
            return render(row.text, value);
    }
    return std::string(event.type().says);
}

} // namespace sentra::signal
