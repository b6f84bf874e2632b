// SPDX-License-Identifier: MIT
// Groups, joins, what makes forget and what must not follow.
#include "lab.h"

namespace sentra::engine {
namespace {

using Lines = std::vector<std::string>;

Lines seen(const std::string &body, const std::string &events, const std::string &end = "1s")
{
    return lab::in_words(
        lab::run({lab::rule("r", body)}, lab::kProcesses + "end: " + end + "\nevents:\n" + events));
}

std::string write(const std::string &process, const std::string &path, const std::string &rest = "")
{
    return "  - {event: file.write, process: " + process + ", file.path: " + path + rest + "}\n";
}

std::string failed(const std::string &user, const std::string &ip, const std::string &rest = "")
{
    return "  - {event: auth.login, event.outcome: failure, user.name: " + user +
           ", source.ip: " + ip + rest + "}\n";
}

std::string step(const std::string &name, const std::string &path, const std::string &rest = "")
{
    return "  - " + name + ": {event: file.write, where: {file.path: " + path + "}" + rest + "}\n";
}

TEST(Any, OneStepOfSeveralEventsEachWithItsOwnCondition)
{
    const std::string rule = "steps:\n  - a:\n      any:\n"
                             "        - {event: file.write, where: {file.path: /w}}\n"
                             "        - {event: file.delete, where: {file.path: /x}}\n"
                             "        - {event: process.exec}\n";
    const auto removed = [](const std::string &path) {
        return "  - {event: file.delete, process: shell, file.path: " + path + "}\n";
    };
    const Lines one = {"r count 1 risk 40 (base) steps a"};
    EXPECT_EQ(seen(rule, write("shell", "/w")), one);
    EXPECT_EQ(seen(rule, write("shell", "/x")), Lines());
    EXPECT_EQ(seen(rule, removed("/x")), one);
    EXPECT_EQ(seen(rule, removed("/w")), Lines());
    EXPECT_EQ(
        seen(rule, "  - {event: process.exec, process: shell, process.executable: /bin/true}\n"),
        one);
}

TEST(Any, AGroupOfStepsIsOnePlace)
{
    const std::string rule = "within: 10m\nsteps:\n"
                             "  - any:\n"
                             "      - a: {event: file.write, where: {file.path: /a}}\n"
                             "      - b: {event: file.write, where: {file.path: /b}}\n" +
                             step("c", "/c") +
                             "risk:\n  base: [0.40, x]\n"
                             "  terms: [{when: {b.file.size|gt: 5}, add: 0.20, why: y}]\n";
    EXPECT_EQ(seen(rule, write("shell", "/a") + write("shell", "/c")),
              Lines({"r count 1 risk 40 (base) steps a c"}));
    EXPECT_EQ(seen(rule, write("shell", "/b", ", file.size: 6") + write("shell", "/c")),
              Lines({"r count 1 risk 60 (base b_file_size) steps b c"}));
    EXPECT_EQ(seen(rule, write("shell", "/c")), Lines());
    // The latest of them takes the place.
    EXPECT_EQ(seen(rule, write("shell", "/b") + write("shell", "/a") + write("shell", "/c")),
              Lines({"r count 1 risk 40 (base) steps a c"}));
    EXPECT_EQ(seen(rule, write("shell", "/a") + write("shell", "/b") + write("shell", "/c")),
              Lines({"r count 1 risk 40 (base) steps b c"}));
    // Too old for the sequence, and another one that is not.
    EXPECT_EQ(seen(rule, write("shell", "/a", ", at: 0") + write("shell", "/c", ", at: 11m")),
              Lines());
}

TEST(Any, AGroupMayBeOptional)
{
    const std::string rule =
        "within: 10m\nsteps:\n" + step("s", "/s") +
        "  - any:\n"
        "      - a: {event: file.write, where: {file.path: /a}, optional: true}\n"
        "      - b: {event: file.write, where: {file.path: /b}, optional: true}\n" +
        step("c", "/c");
    EXPECT_EQ(seen(rule, write("shell", "/s") + write("shell", "/c")),
              Lines({"r count 1 risk 40 (base) steps s c"}));
    EXPECT_EQ(seen(rule, write("shell", "/s") + write("shell", "/b") + write("shell", "/c")),
              Lines({"r count 1 risk 40 (base) steps s b c"}));
    EXPECT_EQ(seen(rule, write("shell", "/b") + write("shell", "/c")), Lines());
}

TEST(Joins, EveryBoundValueIsRememberedNotOnlyTheLatest)
{
    const std::string rule =
        "by: host\nwithin: 10m\nsteps:\n"
        "  - put: {event: file.write, where: {file.path|startswith: /tmp/}}\n"
        "  - ran: {event: process.exec, where: {process.executable|fieldref: put.file.path}}\n"
        "signal:\n  merge: {by: [ran.process.executable], for: 1h}\n  narrative: x\n  action: y\n";
    const auto run = [](const std::string &path) {
        return "  - {event: process.exec, process: web, process.executable: " + path + "}\n";
    };
    const std::string both = write("shell", "/tmp/x") + write("other", "/tmp/y");
    EXPECT_EQ(seen(rule, both + run("/tmp/x")).size(), 1U);
    EXPECT_EQ(seen(rule, both + run("/tmp/y") + run("/tmp/x")).size(), 2U);
    EXPECT_EQ(seen(rule, both + run("/tmp/z")), Lines());
    // The same value anew takes the place of the old one: it is the later that counts.
    EXPECT_EQ(seen(rule, write("shell", "/tmp/x", ", at: 0") +
                             write("shell", "/tmp/y", ", at: 1m") +
                             write("shell", "/tmp/x", ", at: 9m") +
                             "  - {at: 15m, event: process.exec, process: web, "
                             "process.executable: /tmp/x}\n")
                  .size(),
              1U);
}

TEST(Joins, OverAStepBetweenAndBounded)
{
    const std::string rule =
        "by: host\nwithin: 10m\nsteps:\n"
        "  - put: {event: file.write, where: {file.path|startswith: /tmp/}}\n" +
        step("marked", "/mark") +
        "  - ran: {event: process.exec, where: {process.executable|fieldref: put.file.path}}\n";
    const std::string run = "  - {event: process.exec, process: web, process.executable: /tmp/0}\n";
    EXPECT_EQ(seen(rule, write("shell", "/tmp/0") + write("shell", "/mark") +
                             write("shell", "/tmp/1") + write("shell", "/mark") + run),
              Lines({"r count 1 risk 40 (base) steps put marked ran"}));

    lab::Host host(lab::compiled({lab::rule("r", rule)}));
    std::string events = lab::kProcesses + "end: 1s\nevents:\n";
    for (int i = 0; i < 70; ++i)
        events += write("shell", "/tmp/" + std::to_string(i));
    EXPECT_TRUE(host.run(lab::stream(events + write("shell", "/mark") + run)).empty());
    EXPECT_EQ(host.losses.total(SENTRA_LOSS_PARTIAL_EVICTED), 6U);
}

TEST(Joins, ByFieldsThatAllStepsHave)
{
    const std::string rule = "by: [host, file.path]\nwithin: 10m\nsteps:\n"
                             "  - a: {event: file.write}\n"
                             "  - b: {event: file.delete}\n";
    const auto removed = [](const std::string &path) {
        return "  - {event: file.delete, process: web, file.path: " + path + "}\n";
    };
    EXPECT_EQ(seen(rule, write("shell", "/a") + write("shell", "/b") + removed("/a")).size(), 1U);
    EXPECT_EQ(seen(rule, write("shell", "/a") + removed("/b")), Lines());
    // A field alone is shared by whoever has it.
    const std::string guessed =
        "by: user.name\nwithin: 10m\nsteps:\n"
        "  - f: {event: auth.login, count: {gte: 3, distinct: source.ip}}\n";
    EXPECT_EQ(seen(guessed, failed("maria", "10.0.0.1") + failed("maria", "10.0.0.2") +
                                failed("bob", "10.0.0.3")),
              Lines());
    EXPECT_EQ(seen(guessed, failed("maria", "10.0.0.1") + failed("maria", "10.0.0.2") +
                                failed("maria", "10.0.0.3"))
                  .size(),
              1U);
}

TEST(Count, DifferentValuesGrowOld)
{
    const std::string rule = "by: host\nsteps:\n  - f: {event: auth.login, "
                             "count: {gte: 3, distinct: source.ip, within: 10m}}\n";
    EXPECT_EQ(seen(rule, failed("a", "10.0.0.1", ", at: 0") + failed("a", "10.0.0.2", ", at: 6m") +
                             failed("a", "10.0.0.3", ", at: 12m")),
              Lines());
    EXPECT_EQ(seen(rule, failed("a", "10.0.0.1", ", at: 0") + failed("a", "10.0.0.2", ", at: 6m") +
                             failed("a", "10.0.0.1", ", at: 7m") +
                             failed("a", "10.0.0.3", ", at: 12m"))
                  .size(),
              1U);
}

TEST(Until, ForgetsWhatWasSeen)
{
    const std::string rule = "within: 10m\nsteps:\n" + step("a", "/a") + step("c", "/c") +
                             "until:\n  - {event: file.write, where: {file.path: /end}}\n";
    EXPECT_EQ(seen(rule, write("shell", "/a") + write("shell", "/c")).size(), 1U);
    EXPECT_EQ(seen(rule, write("shell", "/a") + write("shell", "/end") + write("shell", "/c")),
              Lines());
    EXPECT_EQ(
        seen(rule, write("shell", "/a") + write("other", "/end") + write("shell", "/c")).size(),
        1U);
    EXPECT_EQ(seen(rule, write("shell", "/a") + write("shell", "/end") + write("shell", "/a") +
                             write("shell", "/c"))
                  .size(),
              1U);
}

TEST(Until, ForgetsCountsToo)
{
    const std::string rule =
        "by: host\nsteps:\n  - f: {event: auth.login, where: {event.outcome: failure}, "
        "count: {gte: 3, within: 10m}}\n"
        "until:\n  - {event: auth.login, where: {event.outcome: success}}\n";
    const std::string two = failed("a", "10.0.0.1", ", repeat: {times: 2, every: 1s}");
    const std::string in = "  - {event: auth.login, event.outcome: success, user.name: a}\n";
    EXPECT_EQ(seen(rule, two + two), Lines({"r count 3 risk 40 (base) steps f",
                                            "r again count 4 risk 40 (base) steps f"}));
    EXPECT_EQ(seen(rule, two + in + two), Lines());
}

const std::string kLeft = "steps:\n" + step("a", "/a") +
                          "then_absent: {event: file.delete, where: {file.path: /a}, within: 1h}\n";

std::string removed(const std::string &process, const std::string &rest = "")
{
    return "  - {event: file.delete, process: " + process + ", file.path: /a" + rest + "}\n";
}

TEST(ThenAbsent, SpeaksWhenTheTimeIsOver)
{
    EXPECT_EQ(seen(kLeft, write("shell", "/a"), "2h"), Lines({"r count 1 risk 40 (base) steps a"}));
    EXPECT_EQ(seen(kLeft, write("shell", "/a"), "59m"), Lines()); // nobody knows yet
    EXPECT_EQ(seen(kLeft, write("shell", "/a") + removed("shell"), "2h"), Lines());
    EXPECT_EQ(seen(kLeft, write("shell", "/a") + removed("other"), "2h").size(), 1U);
    EXPECT_EQ(seen(kLeft, removed("shell") + write("shell", "/a"), "2h").size(), 1U); // before
    EXPECT_EQ(
        seen(kLeft, write("shell", "/a", ", at: 0") + removed("shell", ", at: 61m"), "1s").size(),
        1U); // too late
    EXPECT_EQ(seen(kLeft, write("shell", "/a") + write("shell", "/a") + removed("shell"), "2h"),
              Lines()); // answers all that came before it
    EXPECT_EQ(seen(kLeft, write("shell", "/a") + removed("shell") + write("shell", "/a"), "2h"),
              Lines({"r count 1 risk 40 (base) steps a"}));
}

TEST(ThenAbsent, SaysUntilWhenItWaited)
{
    const auto found = lab::run({lab::rule("r", kLeft)}, lab::kProcesses + "end: 2h\nevents:\n" +
                                                             write("shell", "/a", ", at: 5s"));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].waited_until_ns - found[0].last_ns, 3600ULL * 1'000'000'000);
    EXPECT_EQ(found[0].first_ns, found[0].last_ns);
}

TEST(ThenAbsent, MayCompareWithTheSteps)
{
    const std::string rule =
        "by: host\nsteps:\n  - a: {event: file.write, where: {file.path|startswith: /srv/}}\n"
        "then_absent:\n  event: file.delete\n"
        "  where: {file.path|fieldref: a.file.path}\n  within: 1h\n"
        "signal:\n  merge: {by: [a.file.path], for: 1h}\n  narrative: x\n  action: y\n";
    const std::string removes = "  - {event: file.delete, process: web, file.path: /srv/1}\n";
    const auto found = lab::run({lab::rule("r", rule)}, lab::kProcesses + "end: 2h\nevents:\n" +
                                                            write("shell", "/srv/1") +
                                                            write("shell", "/srv/2") + removes);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].merge_values, Lines({"/srv/2"}));
}

TEST(ThenAbsent, IsCalledOffAndEndedLikeAnyOther)
{
    const std::string more = kLeft + "unless:\n  - {event: file.write, where: {file.path: /ok}}\n"
                                     "until:\n  - {event: file.write, where: {file.path: /end}}\n";
    EXPECT_EQ(seen(more, write("shell", "/a"), "2h").size(), 1U);
    EXPECT_EQ(seen(more, write("shell", "/a") + write("shell", "/ok"), "2h"), Lines());
    EXPECT_EQ(seen(more, write("shell", "/a") + write("shell", "/end"), "2h"), Lines());
}

TEST(ThenAbsent, IsBounded)
{
    lab::Host host(lab::compiled({lab::rule("r", kLeft)}));
    std::string events =
        lab::kProcesses + "events:\n" + write("shell", "/a", ", repeat: {times: 5000, every: 1s}");
    EXPECT_EQ(host.run(lab::stream(events + "end: 0s\n")).size(), 1U + 2U + 1U);
    EXPECT_EQ(host.losses.total(SENTRA_LOSS_PARTIAL_EVICTED), 5000U - 4096U);
}

TEST(Windows, UpToASession)
{
    const std::string rule =
        "by: session\nwithin: session\nsteps:\n" + step("a", "/a") + step("c", "/c");
    EXPECT_EQ(
        seen(rule, write("shell", "/a", ", at: 0") + write("shell", "/c", ", at: 72h")).size(), 1U);
    EXPECT_EQ(seen(rule, write("shell", "/a", ", at: 0") + write("other", "/c", ", at: 72h")),
              Lines());
    const std::string day = "within: 24h\nsteps:\n" + step("a", "/a") + step("c", "/c");
    EXPECT_EQ(seen(day, write("shell", "/a", ", at: 0") + write("shell", "/c", ", at: 24h")).size(),
              1U);
    EXPECT_EQ(seen(day, write("shell", "/a", ", at: 0") + write("shell", "/c", ", at: 86401s")),
              Lines());
}

TEST(Windows, OfASessionEndWithIt)
{
    const std::string rule =
        "by: [host, session]\nwithin: session\nsteps:\n" + step("a", "/a") + step("c", "/c");
    const auto closed = [](const std::string &rest) {
        return "  - {event: auth.session, event.action: closed, " + rest + "}\n";
    };
    lab::Host host(lab::compiled({lab::rule("r", rule)}));
    std::string events = lab::kProcesses + "end: 0s\nevents:\n" + write("shell", "/a") +
                         write("other", "/a") +
                         closed("process: shell, user.name: root, auth.service: sudo");
    EXPECT_EQ(host.run(lab::stream(events)).size(), 0U);
    EXPECT_EQ(host.engine.sizes().partial_matches, 2U);
    events += closed("auth.service: systemd-logind, session.logind_id: \"7\"");
    lab::Host left(lab::compiled({lab::rule("r", rule)}));
    EXPECT_EQ(left.run(lab::stream(events)).size(), 0U);
    EXPECT_EQ(left.engine.sizes().partial_matches, 1U);
    EXPECT_EQ(seen(rule, write("shell", "/a") +
                             closed("auth.service: systemd-logind, session.logind_id: \"7\"") +
                             write("shell", "/c")),
              Lines());
}

TEST(Except, ACompletedBehaviourIsNotTold)
{
    const std::string rule = "within: 10m\nsteps:\n" + step("a", "/a") + step("c", "/c") +
                             "except:\n  - {when: {a.file.size: 7}, why: known}\n"
                             "  - {when: {actor.unit: nginx.service}, why: known as well}\n";
    EXPECT_EQ(seen(rule, write("shell", "/a") + write("shell", "/c")).size(), 1U);
    EXPECT_EQ(seen(rule, write("shell", "/a", ", file.size: 7") + write("shell", "/c")), Lines());
    EXPECT_EQ(seen(rule, write("web", "/a") + write("web", "/c")), Lines());
}

} // namespace
} // namespace sentra::engine
