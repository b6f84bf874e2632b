// SPDX-License-Identifier: MIT
#include "lab.h"

#include "base/time.h"

namespace sentra::engine {
namespace {

using Lines = std::vector<std::string>;

const std::string kLogin = "by: host\nsteps: [{login: {event: auth.login, "
                           "where: {event.outcome: success}}}]\n"
                           "signal:\n  merge: {by: [login.log.pid], for: 1h}\n"
                           "  narrative: x\n  action: y\n"
                           "risk:\n  base: [0.20, x]\n  terms:\n";
const std::string kNewSource =
    kLogin + "    - {name: new, when: {login.source.ip|new: 30d}, add: 0.25, why: y}\n";

int next_pid = 100;

std::string login(const std::string &at, const std::string &user, const std::string &ip,
                  const std::string &rest = "")
{
    return "  - {at: " + at + ", event: auth.login, event.outcome: success, user.name: " + user +
           ", source.ip: " + ip + ", log.pid: " + std::to_string(next_pid++) + rest + "}\n";
}

Lines risks(const std::vector<Match> &found)
{
    Lines all;
    for (const Match &match : found) {
        std::string terms;
        for (const RiskTerm &term : match.terms)
            terms.append(terms.empty() ? "" : " ").append(term.name);
        all.push_back(terms);
    }
    return all;
}

Lines asked(const std::string &body, const std::string &events)
{
    return risks(lab::run({lab::rule("r", body)}, "events:\n" + events));
}

TEST(Novelty, FirstTimeForThisUserFromThisNeighbourhood)
{
    EXPECT_EQ(asked(kNewSource, login("1h", "maria", "203.0.113.7") +
                                    login("2h", "maria", "203.0.113.99") + // same /24
                                    login("3h", "bob", "203.0.113.7") +    // another user
                                    login("4h", "maria", "203.0.114.7") +
                                    login("5h", "maria", "2001:db8::1") +
                                    login("6h", "maria", "2001:db8::2")),
              Lines({"base new", "base", "base new", "base new", "base new", "base"}));
}

TEST(Novelty, TheWindowSlidesWithUse)
{
    EXPECT_EQ(asked(kNewSource, login("1h", "maria", "203.0.113.7") +
                                    login("29d", "maria", "203.0.113.7") +
                                    login("58d", "maria", "203.0.113.7") +
                                    login("89d", "maria", "203.0.113.7")),
              Lines({"base new", "base", "base", "base new"}));
}

TEST(Novelty, InAStepsOwnConditionAndForKeys)
{
    const std::string rule = "by: host\nsteps: [{login: {event: auth.login, "
                             "where: {event.outcome: success, auth.key.fingerprint|new: 30d}}}]\n"
                             "signal:\n  merge: {by: [login.log.pid], for: 1h}\n"
                             "  narrative: x\n  action: y\n";
    const std::string key = ", auth.key.fingerprint: \"SHA256:";
    EXPECT_EQ(lab::run({lab::rule("r", rule)}, "events:\n" +
                                                   login("1h", "maria", "10.0.0.1", key + "A\"") +
                                                   login("2h", "maria", "10.0.0.1", key + "A\"") +
                                                   login("3h", "maria", "10.0.0.1", key + "B\"") +
                                                   login("4h", "bob", "10.0.0.1", key + "A\"") +
                                                   login("5h", "bob", "10.0.0.1"))
                  .size(),
              3U);
}

TEST(Novelty, WhatIsNotNewCanBeAskedForToo)
{
    const std::string rule = "by: host\nsteps: [{login: {event: auth.login, "
                             "where: {event.outcome: success, not: {source.ip|new: 30d}}}}]\n"
                             "signal:\n  merge: {by: [login.log.pid], for: 1h}\n"
                             "  narrative: x\n  action: y\n";
    EXPECT_EQ(lab::run({lab::rule("r", rule)}, "events:\n" + login("1h", "maria", "203.0.113.7") +
                                                   login("2h", "maria", "203.0.113.7") +
                                                   login("3h", "maria", "198.51.100.1"))
                  .size(),
              1U);
    // A double negation, and one beside another condition.
    const std::string twice = "by: host\nsteps: [{login: {event: auth.login, where: {not: "
                              "{event.outcome: success, not: {source.ip|new: 30d}}}}}]\n"
                              "signal:\n  merge: {by: [login.log.pid], for: 1h}\n"
                              "  narrative: x\n  action: y\n";
    EXPECT_EQ(lab::run({lab::rule("r", twice)}, "events:\n" + login("1h", "maria", "203.0.113.7") +
                                                    login("2h", "maria", "203.0.113.7") +
                                                    login("3h", "maria", "198.51.100.1"))
                  .size(),
              2U);
}

TEST(Novelty, TwoRulesGetTheSameAnswer)
{
    const auto found = lab::run({lab::rule("one", kNewSource), lab::rule("two", kNewSource)},
                                "events:\n" + login("1h", "maria", "203.0.113.7"));
    EXPECT_EQ(risks(found), Lines({"base new", "base new"}));
}

TEST(Novelty, NothingIsNewWhileLearning)
{
    lab::Host host(lab::compiled({lab::rule("r", kNewSource)}));
    host.engine.set_learning_until(*parse_rfc3339("2026-03-02T12:00:00Z"));
    const auto found = host.run(lab::stream("events:\n" + login("1h", "maria", "203.0.113.7") +
                                            login("3h", "maria", "203.0.113.7") +
                                            login("4h", "maria", "198.51.100.1")));
    EXPECT_EQ(risks(found), Lines({"base", "base", "base new"}));
}

TEST(Novelty, ARestartRemembersAndReadsTheSameAgain)
{
    const auto rules = lab::compiled({lab::rule("r", kNewSource)});
    const std::string day = "events:\n" + login("1h", "maria", "203.0.113.7") +
                            login("2h", "maria", "203.0.113.7") +
                            login("3h", "bob", "198.51.100.1");
    lab::Host first(rules);
    EXPECT_EQ(risks(first.run(lab::stream(day))), Lines({"base new", "base", "base new"}));
    const auto memory = first.engine.take_new_sightings();
    EXPECT_EQ(first.engine.sizes().sightings, 2U);

    lab::Host second(rules);
    second.engine.remember(memory);
    EXPECT_EQ(risks(second.run(lab::stream(day))), Lines({"base new", "base", "base new"}));
    EXPECT_EQ(risks(second.run(lab::stream("start: 2026-03-05T10:00:00Z\nevents:\n" +
                                           login("1h", "maria", "203.0.113.7")))),
              Lines({"base"}));
}

} // namespace
} // namespace sentra::engine
