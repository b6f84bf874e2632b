// SPDX-License-Identifier: MIT
// Matches made by hand, for the tests of the signal room: events from field names and values.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/time.h"
#include "engine/match.h"
#include "engine/rule.h"
#include "event/encode.h"
#include "signal/signal.h"

namespace sentra::signal::made {

using Fields = std::vector<event::Assignment>;

inline std::uint64_t at(std::string_view time)
{
    const auto parsed = parse_rfc3339(time);
    EXPECT_TRUE(parsed) << time;
    return parsed.value_or(0);
}

inline event::Owned event(std::string_view type, std::string_view time, const Fields &fields,
                          sentra_source source = SENTRA_SOURCE_STREAM)
{
    const event::Type *known = event::Catalogue::get().find_type(type);
    EXPECT_NE(known, nullptr) << type;
    auto record = event::encode(*known, source, at(time), 1, fields);
    EXPECT_TRUE(record) << record.error().text;
    auto decoded = event::Event::decode(*record);
    EXPECT_TRUE(decoded);
    return event::Owned(*decoded);
}

inline session::Actor maria()
{
    session::Actor actor;
    actor.kind = session::ActorKind::session;
    actor.key = actor.canonical = "session:b00t:42";
    actor.user = {"maria", 1001};
    actor.effective = {"root", 0};
    actor.broker = "sudo";
    actor.audit_session = 42;
    actor.tty = "pts/0";
    session::Login login;
    login.user = actor.user;
    login.time_ns = at("2026-03-02T10:11:03.412Z");
    login.source = Ip::parse("203.0.113.7");
    login.method = "password";
    login.service = "sshd";
    login.trust = SENTRA_TRUST_JOURNAL;
    actor.login = login;
    return actor;
}

inline event::Owned login_event(const std::string &user = "maria",
                                const std::string &source = "203.0.113.7",
                                const std::string &trust = "journal",
                                const std::string &outcome = "success")
{
    return event("auth.login", "2026-03-02T10:11:03.412Z",
                 {{"user.name", {user}},
                  {"source.ip", {source}},
                  {"auth.method", {"password"}},
                  {"event.outcome", {outcome}},
                  {"event.trust", {trust}}},
                 SENTRA_SOURCE_JOURNAL);
}

inline event::Owned write_event(const std::string &path = "/home/deploy/.ssh/authorized_keys",
                                bool given = false)
{
    Fields fields = {{"file.path", {path}}, {"process.pid", {"20311"}}};
    if (given)
        fields.push_back({"file.path_given", {"true"}});
    return event("file.write", "2026-03-02T10:15:42.113Z", fields, SENTRA_SOURCE_KERNEL);
}

inline std::shared_ptr<engine::Rule> key_rule()
{
    auto rule = std::make_shared<engine::Rule>();
    rule->id = "ssh-key-added";
    rule->version = 3;
    rule->pack = "persistence";
    rule->title = "A new SSH key for {written.file.owner}";
    rule->intent = "Persistence";
    rule->attack = {"T1098.004"};
    rule->techniques = {{"T1098.004", "SSH Authorized Keys", {"TA0003", "TA0004"}}};
    rule->controls = {{"soc2", {"CC6.1"}},
                      {"hipaa", {"164.312(b)"}},
                      {"nis2", {"21(2)(i)"}},
                      {"pci", {"10.2.1.5"}},
                      {"iso27001", {"8.2"}}};
    rule->narrative = "{story} added an SSH key to {written.file.path}.\n";
    rule->action = "Ask the owner of {written.file.owner} whether the key is theirs; "
                   "remove it if not.";
    rule->playbook = "unknown-ssh-key";
    return rule;
}

inline void add(engine::Match &match, const std::string &step, const event::Owned &happened,
                const session::Context &context)
{
    match.bound.push_back({step, happened, context, 1});
    match.evidence.push_back({happened->time_ns(), std::string(happened->type().name), step,
                              "rec:kernel:" + std::to_string(happened->head().sequence), happened,
                              context});
}

inline session::Context context_of(const session::Actor &actor)
{
    auto process = std::make_shared<session::Process>();
    process->key = {20311, 8123456789012};
    process->executable = "/usr/bin/tee";
    process->args = std::string("tee\0-a\0/home/deploy/.ssh/authorized_keys\0", 41);
    return {process, std::make_shared<session::Actor>(actor), false};
}

// maria signs in, becomes root with sudo and adds a key to deploy's account.
inline engine::Match key_match(const session::Actor &actor = maria(),
                               const event::Owned &written = write_event())
{
    engine::Match match;
    match.rule = key_rule();
    match.merge_values = {actor.canonical, "/home/deploy/.ssh/authorized_keys"};
    match.window_start_ns = at("2026-03-02T10:15:42.113Z");
    match.first_ns = at("2026-03-02T10:11:03.412Z");
    match.last_ns = at("2026-03-02T10:15:42.113Z");
    match.count = 1;
    match.intent = "Persistence";
    match.terms = {{"base", 0.45, "a login key was added"},
                   {"new_source", 0.25, "203.0.113.7 was not seen in 30 days"}};
    const session::Context context = context_of(actor);
    match.actor = context.actor;
    add(match, "login", login_event(), {nullptr, context.actor, false});
    add(match, "written", written, context);
    match.text = [bound = match.bound](std::string_view name) -> std::string {
        if (name == "written.file.owner")
            return "deploy";
        const auto dot = name.find('.');
        for (const engine::Bound &one : bound)
            if (one.step == name.substr(0, dot))
                return event::to_text(one.event->get(name.substr(dot + 1)));
        return event::to_text(bound.back().event->get(name));
    };
    return match;
}

inline session::Host host()
{
    session::Host host;
    host.name = "web-01";
    host.id = std::string(64, 'a');
    host.boot = "7d4f2b1c-0000-4000-8000-000000000001";
    host.tenant = "acme";
    return host;
}

inline const std::string kBundle(64, 'b');

} // namespace sentra::signal::made
