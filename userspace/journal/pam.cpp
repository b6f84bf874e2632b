// SPDX-License-Identifier: MIT
// What PAM modules say through the program that called them: "pam_unix(SERVICE:TYPE): ...".
// Failures of services that log their own (sshd, polkit) are known and no record: the program's own
// line has the peer. Elsewhere PAM's line is often the only one: sudo-rs logs no refusal at all.
#include "journal/line.h"

#include <algorithm>

namespace sentra::journal {

namespace {

struct Spoken {
    std::string_view module, service, type, body;
};

// "session opened for user U(uid=N) by [L](uid=N)"; older: "for user U by L(uid=N)".
struct Person {
    std::string_view name;
    std::uint32_t id = SENTRA_UNSET;
};

Person read_person(std::string_view text)
{
    Person person{text};
    const auto at = text.rfind("(uid=");
    if (at != std::string_view::npos && text.ends_with(')')) {
        const std::string_view digits = text.substr(at + 5, text.size() - at - 6);
        person.id = parse_number<std::uint32_t>(digits).value_or(SENTRA_UNSET);
        person.name = text.substr(0, at);
    }
    return person;
}

Verdict emit_session(Line &line, std::string_view service, Person user, Person by, bool opened)
{
    // systemd's own manager of a user, started beside every login: not a session of anybody.
    if (service == "systemd-user")
        return known("pam.session-manager");
    auto session = line.begin<sentra_session>(SENTRA_AUTH_SESSION);
    session.text(session->user, user.name)
        .text(session->by, by.name)
        .text(session->service, service);
    session->user_id = user.id;
    session->by_id = by.id;
    session->action = opened ? SENTRA_SESSION_OPENED : SENTRA_SESSION_CLOSED;
    return line.emit(session, opened ? "pam.session-opened" : "pam.session-closed");
}

Verdict read_session(Line &line, std::string_view service, std::string_view body)
{
    Scan scan(body);
    if (scan.take("session closed for user "))
        return emit_session(line, service, read_person(scan.rest()), {}, false);
    if (!scan.take("session opened for user "))
        return unknown();
    const auto by = scan.rest().rfind(" by ");
    if (by == std::string_view::npos)
        return emit_session(line, service, read_person(scan.rest()), {}, true);
    return emit_session(line, service, read_person(scan.rest().substr(0, by)),
                        read_person(scan.rest().substr(by + 4)), true);
}

// "logname=L uid=N euid=N tty=T ruser=R rhost=H  user=U". Only R and H may say anything; U exists.
struct Failure {
    std::string_view tty, asked_by, host, user;
};

Failure read_failure(std::string_view body)
{
    Failure failure;
    const auto user = body.rfind(" user=");
    if (user != std::string_view::npos) {
        failure.user = trim(body.substr(user + 6));
        body = body.substr(0, user);
    }
    const auto word = [body](std::string_view name) {
        const auto at = body.find(name);
        if (at == std::string_view::npos)
            return std::string_view{};
        const std::string_view rest = body.substr(at + name.size());
        return rest.substr(0, rest.find(' '));
    };
    failure.tty = word(" tty=");
    failure.asked_by = word(" ruser=");
    if (failure.asked_by.empty())
        failure.asked_by = word(" logname=").empty() ? word("; logname=") : word(" logname=");
    const auto host = body.rfind("rhost=");
    if (host != std::string_view::npos)
        failure.host = trim(body.substr(host + 6));
    return failure;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> list)
{
    return std::find(list.begin(), list.end(), word) != list.end();
}

bool elevates(std::string_view service)
{
    return is_one_of(service, {"sudo", "sudo-i", "sudo-rs", "su", "su-l", "runuser", "runuser-l"});
}

Verdict emit_elevation_failure(Line &line, std::string_view service, const Failure &failure)
{
    const bool is_sudo = service.starts_with("sudo");
    auto refused = line.begin<sentra_elevation>(SENTRA_AUTH_ELEVATION);
    // For sudo `user=` is who must prove himself: the caller. For su it is who he wants to be.
    const std::string_view asker =
        failure.asked_by.empty() && is_sudo ? failure.user : failure.asked_by;
    refused.text(refused->user, asker)
        .text(refused->target, is_sudo ? std::string_view{} : failure.user)
        .text(refused->service, is_sudo ? "sudo" : "su")
        .text(refused->tty, failure.tty)
        .text(refused->reason, "authentication failure");
    refused->outcome = SENTRA_OUTCOME_FAILURE;
    refused->attempts = line.repeated;
    if (!is_sudo)
        line.recent.remember("su.failed", line.entry.pid, line.entry.realtime_ns, failure.user);
    return line.emit(refused, "pam.elevation-failure");
}

Verdict read_auth_failure(Line &line, const Spoken &spoken)
{
    // sshd: its own "Failed password" has port and method. polkit: polkitd says FAILED.
    if (is_one_of(spoken.service, {"sshd", "polkit-1", "cron", "crond"}))
        return known("pam.failure");
    const Failure failure = read_failure(spoken.body);
    if (elevates(spoken.service))
        return emit_elevation_failure(line, spoken.service, failure);
    auto login = line.begin<sentra_login>(SENTRA_AUTH_LOGIN);
    login.text(login->user, failure.user)
        .text(login->method, "password")
        .text(login->service, spoken.service)
        .text(login->reason, "authentication failure");
    if (const auto ip = Peer{failure.host}.ip())
        login->source = event::to_address(*ip, 0);
    else
        login.text(login->source_name, failure.host);
    login->outcome = SENTRA_OUTCOME_FAILURE;
    login->repeated = line.repeated;
    return line.emit(login, "pam.failure");
}

Verdict read_password_changed(Line &line, std::string_view user)
{
    auto account = line.begin<sentra_account>(SENTRA_IAM_USER);
    account.text(account->user, user).text(account->detail, "password changed");
    account->user_id = account->group_id = SENTRA_UNSET;
    account->action = SENTRA_ACCOUNT_PASSWORD_CHANGED;
    account->outcome = SENTRA_OUTCOME_SUCCESS;
    return line.emit(account, "pam.password-changed");
}

Verdict read_lockout(Line &line, std::string_view user)
{
    auto account = line.begin<sentra_account>(SENTRA_IAM_USER);
    account.text(account->user, user)
        .text(account->by, "pam_faillock")
        .text(account->detail, "temporarily locked after failed sign-ins");
    account->user_id = account->group_id = SENTRA_UNSET;
    account->action = SENTRA_ACCOUNT_LOCKED;
    account->outcome = SENTRA_OUTCOME_SUCCESS;
    return line.emit(account, "pam.lockout");
}

// "N more authentication failure[s]; ...": sshd and sudo have told of each try themselves.
bool is_more_failures(std::string_view body)
{
    Scan scan(body);
    return scan.number<unsigned>() && scan.take(" more authentication failure");
}

constexpr Prefix kKnownUnix[] = {
    {"check pass; user unknown", "pam.user-unknown"},
    {"auth could not identify password for ", "pam.no-password"},
    {"conversation failed", "pam.no-password"},
    {"account ", "pam.account"},
    {"expired password for user ", "pam.account"},
    {"password for user ", "pam.account"},
    {"bad username ", "pam.user-unknown"},
    {"could not identify user", "pam.user-unknown"},
    {"could not obtain user info", "pam.user-unknown"},
    {"username [", "pam.user-unknown"},
    {"new password ", "pam.new-password"},
    {"user password changed", "pam.new-password"},
    {"password - ", "pam.new-password"},
    {"user \"", "pam.new-password"},
    {"unrecognized option", "pam.option"},
    {"unrecognized ENCRYPT_METHOD", "pam.option"},
    {"Password for ", "pam.new-password"},
    {"unix_chkpwd", "pam.module"},
    {"setuid failed", "pam.module"},
    {"fork failed", "pam.module"},
    {"waitpid ", "pam.module"},
    {"crypt", "pam.module"},
    {"can't ", "pam.module"},
    {"cannot ", "pam.module"},
    {"failed ", "pam.module"},
};

Verdict read_spoken(Line &line, const Spoken &spoken)
{
    // Of other modules only these two wordings matter; what else they say is not about sign-ins.
    if (spoken.body.starts_with("authentication failure;"))
        return read_auth_failure(line, spoken);
    if (spoken.module == "pam_faillock") {
        Scan scan(spoken.body);
        if (scan.take("Consecutive login failures for user "))
            if (const auto user = scan.until(" account temporarily locked"))
                return read_lockout(line, *user);
        return known("pam.faillock");
    }
    if (spoken.module != "pam_unix")
        return known("pam.module");
    Scan scan(spoken.body);
    if (scan.take("password changed for "))
        return read_password_changed(line, scan.rest());
    if (spoken.body.starts_with("session "))
        return read_session(line, spoken.service, spoken.body);
    if (is_more_failures(spoken.body))
        return known("pam.more-failures");
    return known_prefix(spoken.body, kKnownUnix);
}

std::optional<Spoken> read_header(std::string_view text)
{
    if (!text.starts_with("pam_"))
        return std::nullopt;
    Scan scan(text);
    const auto module = scan.until("(");
    if (!module || module->find(' ') != std::string_view::npos)
        return std::nullopt;
    const auto service = scan.until(":");
    const auto type = scan.until("): ");
    if (!service || !type || service->find_first_of(" )") != std::string_view::npos)
        return std::nullopt;
    return Spoken{*module, *service, *type, scan.rest()};
}

} // namespace

Verdict parse_pam(Line &line)
{
    if (const auto spoken = read_header(line.text))
        return read_spoken(line, *spoken);
    // libpam itself, through the same program.
    Scan scan(line.text);
    if (scan.take("PAM ")) {
        if (is_more_failures(scan.rest()))
            return known("pam.more-failures");
        if (scan.rest().starts_with("service("))
            return known("pam.max-retries");
        for (const std::string_view about :
             {"unable to dlopen", "adding faulty module", "(", "_pam_", "error reading", "audit_",
              "authentication thread"})
            if (scan.rest().starts_with(about))
                return known("pam.own-trouble");
    }
    // A module that has no service yet: "pam_env(..)" aside, "pam_systemd: ...".
    if (line.text.starts_with("pam_") && line.text.find(": ") != std::string_view::npos)
        return known("pam.module");
    return {};
}

Verdict parse_old_pam(Line &line, std::string_view service)
{
    return read_spoken(line, {"pam_unix", service, "", line.text});
}

Verdict parse_chkpwd(Line &line)
{
    if (const Verdict pam = parse_pam(line); pam.kind != Kind::not_ours)
        return pam;
    const auto user = between(line.text, "password check failed for user (", ")");
    if (!user)
        return line.text.starts_with("could not ") || line.text.starts_with("check pass; ") ||
                       line.text.starts_with("inappropriate use ")
                   ? known("chkpwd.other")
                   : unknown();
    // Called by a daemon as root, the daemon tells of the failure. Called by a user, nobody does.
    if (line.entry.uid == 0 || line.entry.uid == SENTRA_UNSET)
        return known("chkpwd.failed");
    auto login = line.begin<sentra_login>(SENTRA_AUTH_LOGIN);
    login.text(login->user, *user)
        .text(login->method, "password")
        .text(login->service, "unix_chkpwd")
        .text(login->reason, "password check failed");
    login->outcome = SENTRA_OUTCOME_FAILURE;
    login->repeated = line.repeated;
    return line.emit(login, "chkpwd.failed");
}

Verdict parse_login(Line &line)
{
    if (const Verdict pam = parse_pam(line); pam.kind != Kind::not_ours)
        return pam;
    // PAM has told of each of these: the failure, or the session that was opened.
    constexpr Prefix rows[] = {
        {"FAILED LOGIN ", "login.failed"},
        {"LOGIN ON ", "login.in"},
        {"LOGIN on ", "login.in"},
        {"ROOT LOGIN ", "login.in"},
        {"DIALUP AT ", "login.in"},
        {"TOO MANY LOGIN TRIES", "login.failed"},
        {"TIMED OUT", "login.failed"},
        {"unable to ", "login.other"},
        {"invalid password for ", "login.failed"},
        {"FAILED LOGIN SESSION ", "login.failed"},
    };
    return known_prefix(line.text, rows);
}

} // namespace sentra::journal
