// SPDX-License-Identifier: MIT
// A host in a page: rules and streams as texts, what the engine hands up as texts.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "engine/engine.h"
#include "engine/stream.h"

namespace sentra::engine::lab {

inline constexpr std::string_view kVocabulary[][2] = {
    {"lists.yaml", "$editors: [/usr/bin/vim, /usr/bin/nano]\n$words: [alpha, beta]\n"},
    {"attack.yaml", "T1098.004: {name: SSH Authorized Keys, tactics: [TA0003, TA0004]}\n"
                    "T1110: {name: Brute Force, tactics: [TA0006]}\n"
                    "T1685: {name: Disable or Modify Tools, tactics: [TA0112], was: [T1562.001, "
                    "T1562]}\n"},
    {"controls.yaml",
     "soc2: {name: SOC 2, edition: TSC 2017, controls: {CC6.1: Who may reach what}}\n"
     "iso27001: {name: ISO/IEC 27001, edition: \"2022\", controls: {\"5.17\": Secrets}}\n"},
    {"playbooks.yaml",
     "look: {title: Look, when: Something happened., steps: [Look., Ask., Decide.]}\n"},
    {"families.yaml", "B23:\n  soc2: [CC6.1]\n  iso27001: [\"5.17\"]\n"},
};

// A whole rule around what a test is about; a part that the body has is not added.
inline std::string rule(const std::string &id, const std::string &body)
{
    std::string text = "id: " + id + "\nversion: 1\n" + body;
    const auto add = [&](const char *key, const char *rest) {
        if (("\n" + text).find(std::string("\n") + key) == std::string::npos)
            text += key + std::string(rest) + "\n";
    };
    add("title:", " A title");
    add("intent:", " Persistence");
    add("family:", " B23");
    add("risk:", "\n  base: [0.40, \"it happened\"]");
    add("signal:", "\n  merge: {by: [actor], for: 1h}\n  narrative: It happened.\n  action: Look.");
    add("proof:", "\n  - {name: speaks, stream: a, signals: [{state: Low}]}\n"
                  "  - {name: silent, stream: b, signals: []}");
    return text;
}

inline std::vector<Rules::File> files(const std::vector<std::string> &rules)
{
    std::vector<Rules::File> all;
    for (const auto &[name, text] : kVocabulary)
        all.push_back(
            {std::string("rules/") + std::string(name), std::string(name), std::string(text)});
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const std::string name = "pack/" + std::string(1, static_cast<char>('a' + i)) + ".yaml";
        all.push_back({"rules/" + name, name, rules[i]});
    }
    return all;
}

inline std::shared_ptr<const Rules> compiled(const std::vector<std::string> &rules)
{
    auto made = Rules::compile(files(rules));
    EXPECT_TRUE(made) << made.error().text;
    return made ? *made : nullptr;
}

// What the compiler says; empty when it has nothing to say.
inline std::string complaints(const std::vector<std::string> &rules)
{
    auto made = Rules::compile(files(rules));
    return made ? std::string() : made.error().text;
}

inline Stream stream(const std::string &text)
{
    auto made = parse_stream("stream.yaml", text);
    EXPECT_TRUE(made) << made.error().text;
    return made ? std::move(*made) : Stream{};
}

// A host that goes through streams one after the other.
class Host {
public:
    explicit Host(std::shared_ptr<const Rules> rules)
        : session(losses), engine(std::move(rules), losses)
    {}

    std::vector<Match> run(const Stream &stream)
    {
        std::vector<Match> all;
        for (const event::Record &record : stream.records) {
            const auto event = event::Event::decode(record);
            EXPECT_TRUE(event);
            if (event)
                engine.step(*event, session.apply(*event), session, all);
        }
        return all;
    }

    event::Losses losses;
    session::Session session;
    Engine engine;
};

inline std::string in_words(const Match &match)
{
    int sum = 0;
    std::string terms;
    for (const RiskTerm &term : match.terms) {
        sum += static_cast<int>(term.value * 100 + (term.value < 0 ? -0.5 : 0.5));
        terms.append(" ").append(term.name);
    }
    std::string bound;
    for (const Bound &one : match.bound)
        bound.append(" ").append(one.step);
    return match.rule->id + (match.again ? " again" : "") + " count " +
           std::to_string(match.count) + " risk " + std::to_string(sum) + " (" +
           terms.substr(terms.empty() ? 0 : 1) + ") steps" + bound;
}

inline std::vector<std::string> in_words(const std::vector<Match> &matches)
{
    std::vector<std::string> all;
    for (const Match &match : matches)
        all.push_back(in_words(match));
    return all;
}

inline std::vector<Match> run(const std::vector<std::string> &rules, const std::string &events)
{
    return Host(compiled(rules)).run(stream(events));
}

// Processes most streams use.
inline const std::string kProcesses = R"(
accounts:
  - {name: root, id: 0, home: /root, shell: /bin/bash}
  - {name: maria, id: 1001, group_id: 1001, home: /home/maria, shell: /bin/bash}
processes:
  web: {process.executable: /usr/sbin/nginx, user.id: 33, process.cgroup.path: /system.slice/nginx.service}
  shell: {process.executable: /usr/bin/bash, user.id: 1001, audit.session.id: 7, audit.login.user.id: 1001, process.cgroup.path: /user.slice/user-1001.slice/session-7.scope}
  other: {process.executable: /usr/bin/bash, user.id: 1001, audit.session.id: 8, audit.login.user.id: 1001, process.cgroup.path: /user.slice/user-1001.slice/session-8.scope}
)";

} // namespace sentra::engine::lab
