// SPDX-License-Identifier: MIT
// A week of web-01, as its store holds it: signals that rules made of recorded streams, sessions,
// decisions in a ledger that holds, gaps and losses. tests/report/fixtures/signals.ndjson has the
// signals, one a line.
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "engine/engine.h"
#include "report/weekly.h"
#include "store/store.h"

namespace sentra::report::made {

inline std::uint64_t at(std::string_view time)
{
    const auto parsed = parse_rfc3339(time);
    EXPECT_TRUE(parsed) << time;
    return parsed.value_or(0);
}

inline std::vector<signal::Signal> signals()
{
    std::ifstream file(std::string(SENTRA_TESTS_DIR) + "/report/fixtures/signals.ndjson");
    std::vector<signal::Signal> signals;
    for (std::string line; std::getline(file, line);) {
        auto signal = signal::from_json(line);
        EXPECT_TRUE(signal) << signal.error().text;
        if (signal)
            signals.push_back(std::move(*signal));
    }
    EXPECT_GT(signals.size(), 50U);
    return signals;
}

inline signal::SessionSummary session(const std::string &user, const std::string &source,
                                      std::string_view first, std::string_view last,
                                      std::vector<std::string> became)
{
    signal::SessionSummary summary;
    summary.id = "session:b00t:" + user + std::string(first);
    summary.tenant = "acme";
    summary.host_name = "web-01";
    summary.actor.kind = session::ActorKind::session;
    summary.actor.user.name = user;
    summary.actor.login.emplace();
    summary.actor.login->user.name = user;
    summary.actor.login->source = Ip::parse(source);
    summary.actor.login->method = "publickey";
    summary.first_ns = at(first);
    summary.last_ns = summary.ended_ns = at(last);
    summary.became = std::move(became);
    summary.programs = 12;
    return summary;
}

// Entries get their number and hash from the store itself.
inline std::vector<store::Entry> chained(const std::vector<store::Entry> &entries)
{
    std::string name = (std::filesystem::temp_directory_path() / "report-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    std::vector<store::Entry> ledger;
    {
        auto store = store::Store::open(name + "/s/sentra.db", store::Store::Access::write);
        EXPECT_TRUE(store) << store.error().text;
        store::Batch batch;
        batch.entries = entries;
        EXPECT_TRUE((*store)->commit(batch));
        ledger = (*store)->ledger().value();
    }
    std::filesystem::remove_all(name);
    return ledger;
}

inline store::Entry rules_entry(std::string_view time, const std::string &bundle)
{
    return {.time_ns = at(time),
            .author = "sentrad",
            .kind = "rules",
            .subject = bundle,
            .body = "{\"rules\":117}"};
}

inline store::Entry entry_of(const signal::Override &standing)
{
    return {.time_ns = standing.created_ns,
            .author = standing.author,
            .kind = "override",
            .subject = standing.id,
            .body = signal::to_json(standing)};
}

inline store::Entry entry_of(const signal::Review &review)
{
    return {.time_ns = review.time_ns,
            .author = review.author,
            .kind = "review",
            .subject = review.uid,
            .body = signal::to_json(review)};
}

inline signal::Override override_of(const std::string &id, const std::string &unit_rule,
                                    std::string_view created, std::string_view expires)
{
    signal::Override standing;
    standing.id = id;
    standing.kind = "maintenance-window";
    standing.rule = unit_rule;
    standing.reason = "the shop moves to its new service";
    standing.author = "anna";
    standing.created_ns = standing.starts_ns = at(created);
    standing.expires_ns = at(expires);
    return standing;
}

// Anna reviewed the sudoers change and set two windows, one of which covers the unit of Saturday.
inline void decide(Input &input)
{
    signal::Decisions decisions;
    const auto window =
        override_of("ov-1", "unit-installed", "2026-03-06T08:00:00Z", "2026-03-20T08:00:00Z");
    const auto unused =
        override_of("ov-2", "kernel-module", "2026-03-01T08:00:00Z", "2026-05-20T08:00:00Z");
    std::vector<store::Entry> entries = {rules_entry("2025-12-01T09:00:00Z", "0e2403bbe873"),
                                         entry_of(unused)};
    for (const signal::Signal &signal : input.signals) {
        if (signal.rule_id != "sudoers-changed")
            continue;
        const signal::Review review{.uid = signal.uid,
                                    .status = "REVIEWED",
                                    .verdict = "benign",
                                    .note = "agreed with jonas, ticket OPS-12",
                                    .author = "anna",
                                    .time_ns = at("2026-03-04T15:30:00Z"),
                                    .chapters = {signal.uid}};
        entries.push_back(entry_of(review));
        decisions.take(review);
    }
    entries.push_back(rules_entry("2026-03-05T11:00:00Z", "77aa01c2d3e4"));
    entries.push_back(entry_of(window));
    decisions.take(unused);
    decisions.take(window);
    for (signal::Signal &signal : input.signals)
        decisions.apply(signal);
    input.ledger = chained(entries);
}

inline HostFacts facts()
{
    const HostFiles files{
        .passwd = "root:x:0:0:root:/root:/bin/bash\nmaria:x:1001:1001::/home/maria:/bin/bash\n"
                  "jonas:x:1002:1002::/home/jonas:/bin/bash\nbob:x:1003:1003::/home/bob:/bin/bash\n"
                  "deploy:x:1004:1004::/srv:/bin/sh\n",
        .group = "root:x:0:\nsudo:x:27:maria,bob\ndocker:x:998:jonas\n",
        .sudoers = {{"/etc/sudoers",
                     "Defaults env_reset\n# a comment = here\nroot ALL=(ALL:ALL) ALL\n"
                     "%sudo ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n"},
                    {"/etc/sudoers.d/deploy",
                     "deploy ALL=(root) NOPASSWD: \\\n  /usr/bin/systemctl restart shop\n"}},
        .unread = {}};
    return host_facts(files, at("2026-03-09T06:00:00Z"));
}

inline const std::shared_ptr<const engine::Rules> &rules()
{
    static const auto kRules = engine::Rules::load({std::string(SENTRA_TESTS_DIR) + "/../rules"});
    EXPECT_TRUE(kRules);
    return *kRules;
}

// Not those of the rules: a report's bytes must not change with them.
inline std::map<std::string, engine::Playbook, std::less<>> playbooks()
{
    return {
        {"unknown-ssh-key",
         {"unknown-ssh-key",
          "An SSH key was added",
          "A file of keys that may sign in was written.",
          {"List the keys with `ssh-keygen -lf FILE`.", "If all are known, nothing is to be done.",
           "If one is not, see whether it signed in with `journalctl -t sshd | grep Accepted`."}}}};
}

inline Input empty_week()
{
    Input input;
    input.tenant = "acme";
    input.host = "web-01";
    input.host_id = "7777";
    input.period = {at("2026-03-02T00:00:00Z"), at("2026-03-09T00:00:00Z")};
    input.written_ns = at("2026-03-09T06:00:00Z");
    input.watched_from_ns = at("2025-12-01T09:00:00Z");
    input.watched_until_ns = at("2026-03-09T05:59:58Z");
    input.playbooks = playbooks();
    input.version = "VERSION";
    return input;
}

inline Input week()
{
    Input input = empty_week();
    input.signals = signals();
    const std::vector<std::string> root = {"root with sudo"};
    input.sessions = {
        session("maria", "198.51.100.20", "2026-03-02T10:00:04Z", "2026-03-02T10:40:00Z", root),
        session("maria", "198.51.100.20", "2026-03-04T10:00:04Z", "2026-03-04T11:15:00Z", root),
        session("maria", "203.0.113.7", "2026-03-06T10:10:04Z", "2026-03-06T10:32:00Z", root),
        session("jonas", "198.51.100.21", "2026-03-05T08:01:00Z", "2026-03-05T08:20:00Z", {}),
        session("maria", "198.51.100.20", "2026-02-20T10:00:04Z", "2026-02-20T11:00:00Z", root)};
    decide(input);
    input.gaps = {{at("2026-02-11T22:00:00Z"), at("2026-02-12T10:00:00Z"), "kernel",
                   "the sensor was stopped"},
                  {at("2026-03-05T02:10:00Z"), at("2026-03-05T02:30:00Z"), "kernel",
                   "the sensor was stopped"}};
    input.losses = {{"late", 7}, {"ring_full", 0}};
    input.facts = facts();
    return input;
}

// The same week, with a night in which nobody watched, and losses.
inline Input half_blind_week()
{
    Input input = week();
    input.gaps.push_back({at("2026-03-03T22:00:00Z"), at("2026-03-04T07:30:00Z"), "kernel",
                          "the sensor was not running (it was ended without warning)"});
    input.losses = {{"ring_full", 1204}};
    input.deliveries = {{"siem", 3, 1}, {"mail", 0, 0}};
    return input;
}

// Every value that a person or a program chose, chosen by somebody who wishes the reader ill.
inline const std::string &hostile_text()
{
    static const std::string kText =
        "</td><script>alert(1)</script><img src=x onerror=alert(2)>|`[x](http://evil.example)` "
        "www.evil.example @all =cmd|' /C calc'!A0 \"' &amp; \x1b[31m \xe2\x80\xae gnp.exe \n# h\n";
    return kText;
}

inline Input hostile_week()
{
    Input input = half_blind_week();
    const std::string &bad = hostile_text();
    for (signal::Signal &signal : input.signals) {
        if (signal.rule_id == "ssh-guessing")
            continue;
        signal.actor.user.name = bad;
        signal.actor.unit = bad;
        signal.title = bad + signal.title;
        signal.narrative = bad;
        signal.action_text = bad;
        signal.host_name = bad;
        if (signal.decision)
            signal.decision->by = signal.decision->note = bad;
    }
    for (signal::SessionSummary &summary : input.sessions) {
        summary.actor.user.name = bad;
        summary.actor.login->source.reset();
        summary.actor.login->source_name = bad;
    }
    input.gaps.back().reason = bad;
    input.tenant = bad;
    input.host = bad;
    input.deliveries = {{bad, 1, 1}};
    input.blind = bad;
    input.facts = host_facts({.passwd = bad + ":x:0:0::/:/bin/sh\nx" + bad + ":x:0:0::/:/bin/sh\n",
                              .group = "",
                              .sudoers = {{bad, "a" + bad + "=ALL\n+" + bad + " =ALL\n"}},
                              .unread = {bad}},
                             input.written_ns);
    return input;
}

} // namespace sentra::report::made
