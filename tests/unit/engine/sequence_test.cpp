// SPDX-License-Identifier: MIT
#include "lab.h"

namespace sentra::engine {
namespace {

using Lines = std::vector<std::string>;

Lines seen(const std::string &body, const std::string &events)
{
    return lab::in_words(
        lab::run({lab::rule("r", body)}, lab::kProcesses + "end: 1s\nevents:\n" + events));
}

std::string write(const std::string &process, const std::string &path, const std::string &rest = "")
{
    return "  - {event: file.write, process: " + process + ", file.path: " + path + rest + "}\n";
}

const std::string kAbc = "by: actor\nwithin: 10m\nsteps:\n"
                         "  - a: {event: file.write, where: {file.path: /a}}\n"
                         "  - b: {event: file.write, where: {file.path: /b}, optional: true}\n"
                         "  - c: {event: file.write, where: {file.path: /c}}\n";

TEST(Sequence, OrderMatters)
{
    EXPECT_EQ(seen(kAbc, write("shell", "/a") + write("shell", "/b") + write("shell", "/c")),
              Lines({"r count 1 risk 40 (base) steps a b c"}));
    EXPECT_EQ(seen(kAbc, write("shell", "/a") + write("shell", "/c")),
              Lines({"r count 1 risk 40 (base) steps a c"}));
    EXPECT_EQ(seen(kAbc, write("shell", "/b") + write("shell", "/a") + write("shell", "/c")),
              Lines({"r count 1 risk 40 (base) steps a c"}));
    EXPECT_EQ(seen(kAbc, write("shell", "/c") + write("shell", "/a")), Lines());
    EXPECT_EQ(seen(kAbc, write("shell", "/b") + write("shell", "/c")), Lines());
}

TEST(Sequence, AnActorsStepsAreItsOwn)
{
    EXPECT_EQ(seen(kAbc, write("shell", "/a") + write("other", "/c")), Lines());
    EXPECT_EQ(seen(kAbc, write("shell", "/a") + write("web", "/a") + write("web", "/c")),
              Lines({"r count 1 risk 40 (base) steps a c"}));
}

TEST(Sequence, BindingsLastForWithin)
{
    EXPECT_EQ(
        seen(kAbc, write("shell", "/a", ", at: 0") + write("shell", "/c", ", at: 10m")).size(), 1U);
    EXPECT_EQ(seen(kAbc, write("shell", "/a", ", at: 0") + write("shell", "/c", ", at: 601s")),
              Lines());
    // The optional step is too old, the required one was renewed.
    EXPECT_EQ(seen(kAbc, write("shell", "/a", ", at: 0") + write("shell", "/b", ", at: 1s") +
                             write("shell", "/a", ", at: 9m") + write("shell", "/c", ", at: 15m")),
              Lines({"r count 1 risk 40 (base) steps a c"}));
}

TEST(Sequence, ALaterEventRebindsAnEarlierStepAndRepetitionGrows)
{
    const std::string named = kAbc + "signal:\n  merge: {by: [a.file.size], for: 1h}\n"
                                     "  narrative: x\n  action: y\n";
    const auto found =
        lab::run({lab::rule("r", named)},
                 lab::kProcesses + "events:\n" + write("shell", "/a", ", file.size: 1") +
                     write("shell", "/c") + write("shell", "/a", ", file.size: 2") +
                     write("shell", "/c") + write("shell", "/c"));
    ASSERT_EQ(lab::in_words(found),
              Lines({"r count 1 risk 40 (base) steps a c", "r count 1 risk 40 (base) steps a c",
                     "r again count 2 risk 40 (base) steps a c"}));
    EXPECT_EQ(found[0].merge_values, Lines({"1"}));
    EXPECT_EQ(found[1].merge_values, Lines({"2"}));
}

TEST(Sequence, ANewBeginningDoesNotUndoTheWayThatLedFurther)
{
    const std::string abc = "within: 10m\nsteps:\n"
                            "  - a: {event: file.write, where: {file.path: /a}}\n"
                            "  - b: {event: file.write, where: {file.path: /b}}\n"
                            "  - c: {event: file.write, where: {file.path: /c}}\n";
    EXPECT_EQ(seen(abc, write("shell", "/a") + write("shell", "/b") + write("shell", "/a") +
                            write("shell", "/c")),
              Lines({"r count 1 risk 40 (base) steps a b c"}));
}

TEST(Sequence, OneEventIsNotTwoSteps)
{
    const std::string twice = "within: 10m\nsteps:\n"
                              "  - a: {event: file.write, where: {file.path: /a}}\n"
                              "  - b: {event: file.write, where: {file.path: /a}}\n";
    EXPECT_EQ(seen(twice, write("shell", "/a")), Lines());
    EXPECT_EQ(seen(twice, write("shell", "/a") + write("shell", "/a")).size(), 1U);
}

TEST(Sequence, AStepMayLookAtAnEarlierOne)
{
    const std::string joined =
        "within: 10m\nsteps:\n  - a: {event: file.write, where: {file.path: /a}}\n"
        "  - c: {event: file.write, where: {file.path: /c, file.size|fieldref: a.file.size}}\n";
    EXPECT_EQ(seen(joined,
                   write("shell", "/a", ", file.size: 5") + write("shell", "/c", ", file.size: 6")),
              Lines());
    EXPECT_EQ(seen(joined,
                   write("shell", "/a", ", file.size: 5") + write("shell", "/c", ", file.size: 5"))
                  .size(),
              1U);
}

TEST(Sequence, AnOptionalStepAfterTheDeedRaisesItsRisk)
{
    const std::string late = "within: 10m\nsteps:\n"
                             "  - a: {event: file.write, where: {file.path: /a}}\n"
                             "  - b: {event: file.write, where: {file.path: /b}, optional: true}\n"
                             "risk:\n  base: [0.40, x]\n"
                             "  terms: [{when: {b.file.path: /b}, add: 0.25, why: y}]\n";
    EXPECT_EQ(seen(late, write("shell", "/a") + write("shell", "/b")),
              Lines({"r count 1 risk 40 (base) steps a",
                     "r again count 1 risk 65 (base b_file_path) steps a b"}));
    EXPECT_EQ(seen(late, write("shell", "/b")), Lines());
}

TEST(Sequence, Counts)
{
    const std::string five = "by: host\nsteps:\n  - a:\n      event: auth.login\n"
                             "      where: {event.outcome: failure}\n"
                             "      count: {gte: 5, within: 10m}\n";
    const auto fail = [](const std::string &rest) {
        return "  - {event: auth.login, event.outcome: failure, source.ip: 203.0.113.7" + rest +
               "}\n";
    };
    EXPECT_EQ(seen(five, fail(", repeat: {times: 4, every: 1s}")), Lines());
    EXPECT_EQ(seen(five, fail(", repeat: {times: 5, every: 1s}")),
              Lines({"r count 5 risk 40 (base) steps a"}));
    EXPECT_EQ(seen(five, fail(", repeat: {times: 37, every: 1s}")),
              Lines({"r count 5 risk 40 (base) steps a", "r again count 10 risk 40 (base) steps a",
                     "r again count 37 risk 40 (base) steps a"}));
    // Each worth its event.count.
    EXPECT_EQ(seen(five, fail("") + fail(", event.count: 4")),
              Lines({"r count 5 risk 40 (base) steps a"}));
    // Too slow; and none is counted twice when the pace rises again.
    EXPECT_EQ(seen(five, fail(", repeat: {times: 12, every: 3m}")), Lines());
    EXPECT_EQ(
        seen(five, fail(", repeat: {times: 5, every: 1s}") +
                       fail(", at: 30m, repeat: {times: 5, every: 1s}")),
        Lines({"r count 5 risk 40 (base) steps a", "r again count 10 risk 40 (base) steps a"}));
}

TEST(Sequence, CountsOfDifferentValues)
{
    const std::string three = "by: host\nsteps:\n  - a:\n      event: auth.login\n"
                              "      count: {gte: 3, distinct: user.name, within: 10m}\n";
    const auto fail = [](const std::string &user) {
        return "  - {event: auth.login, event.outcome: failure, user.name: " + user + "}\n";
    };
    EXPECT_EQ(seen(three, fail("a") + fail("b") + fail("a") + fail("b")), Lines());
    EXPECT_EQ(seen(three, fail("a") + fail("b") + fail("a") + fail("c")),
              Lines({"r count 4 risk 40 (base) steps a"}));
}

TEST(Sequence, GuessingThenSuccessTellsHowOften)
{
    const std::string guessed =
        "by: source\nwithin: 24h\nsteps:\n"
        "  - failed: {event: auth.login, where: {event.outcome: failure}, count: {gte: 3}}\n"
        "  - entered: {event: auth.login, where: {event.outcome: success}}\n"
        "risk:\n  base: [0.40, \"{failed.count} failed\"]\n"
        "  terms: [{when: {failed.count|gte: 4}, add: 0.10, why: \"many\"}]\n";
    const std::string peer = ", user.name: maria, source.ip: ";
    const auto found =
        lab::run({lab::rule("r", guessed)},
                 "end: 1s\nevents:\n  - {event: auth.login, event.outcome: failure" + peer +
                     "203.0.113.7, repeat: {times: 4, every: 1m}}\n"
                     "  - {event: auth.login, event.outcome: success" +
                     peer +
                     "203.0.113.8}\n"
                     "  - {event: auth.login, event.outcome: success" +
                     peer + "203.0.113.7}\n");
    ASSERT_EQ(lab::in_words(found),
              Lines({"r count 1 risk 50 (base failed_count) steps failed entered"}));
    EXPECT_EQ(found[0].terms[0].why, "4 failed");
    EXPECT_EQ(found[0].evidence.size(), 5U);
    EXPECT_EQ(found[0].text("entered.source.ip"), "203.0.113.7");
    EXPECT_EQ(found[0].text("failed.user.name"), "maria");
    EXPECT_EQ(found[0].text("count"), "1");
    EXPECT_EQ(found[0].text("failed.count"), "4");
    EXPECT_EQ(found[0].text("failed.nonsense"), "");
}

TEST(Sequence, UnlessCallsOff)
{
    const std::string rule =
        "within: 10m\nsteps:\n"
        "  - a: {event: file.write, where: {file.path: /a}}\n"
        "unless:\n  - {event: file.write, where: {file.path: /ok}}\n"
        "  - {event: file.write, where: {process.executable: /usr/sbin/nginx}}\n";
    EXPECT_EQ(seen(rule, write("shell", "/a")).size(), 1U);
    EXPECT_EQ(seen(rule, write("shell", "/ok") + write("shell", "/a")), Lines());
    EXPECT_EQ(seen(rule, write("other", "/ok") + write("shell", "/a")).size(), 1U);
    EXPECT_EQ(seen(rule, write("shell", "/a") + write("shell", "/ok")).size(), 1U);
    EXPECT_EQ(
        seen(rule, write("shell", "/ok", ", at: 0") + write("shell", "/a", ", at: 11m")).size(),
        1U);
    EXPECT_EQ(seen(rule, write("web", "/a")), Lines()); // the deciding event itself
}

TEST(Sequence, OneDeedIsOneSignal)
{
    const std::string any =
        "steps: [{a: {event: file.write, where: {file.path|startswith: /etc}}}]\n";
    const std::string special =
        "steps: [{a: {event: file.write, where: {file.path: /etc/sudoers}}}]\n";
    const std::vector<std::string> rules = {lab::rule("any", any + "yields_to: [special]\n"),
                                            lab::rule("special", special)};
    const auto found = lab::in_words(lab::run(rules, lab::kProcesses + "events:\n" +
                                                         write("shell", "/etc/sudoers") +
                                                         write("shell", "/etc/x")));
    EXPECT_EQ(found, Lines({"special count 1 risk 40 (base) steps a",
                            "any count 1 risk 40 (base) steps a"}));
}

TEST(Sequence, EveryKindOfKey)
{
    struct Row {
        const char *by;
        std::string first, second;
        bool joined;
    };
    const std::string tree = "  - {event: process.fork, child: kid, of: shell}\n";
    const Row rows[] = {
        {"actor", write("shell", "/a"), write("shell", "/c"), true},
        {"actor", write("shell", "/a"), tree + write("kid", "/c"), true},
        {"session", write("shell", "/a"), tree + write("kid", "/c"), true},
        {"session", write("web", "/a"), write("web", "/c"), false},
        {"unit", write("web", "/a"), write("web", "/c"), true},
        {"unit", write("shell", "/a"), write("shell", "/c"), false},
        {"process", write("shell", "/a"), tree + write("kid", "/c"), false},
        {"process", write("shell", "/a"), write("shell", "/c"), true},
        {"process_tree", write("shell", "/a"), tree + write("kid", "/c"), true},
        {"process_tree", write("shell", "/a"), write("other", "/c"), false},
        {"user", write("shell", "/a"), write("other", "/c"), true},
        {"user", write("shell", "/a"), write("web", "/c"), false},
        {"host", write("shell", "/a"), write("web", "/c"), true},
        {"[user, process]", write("shell", "/a"), write("other", "/c"), false},
    };
    for (const Row &row : rows) {
        const std::string rule = std::string("by: ") + row.by +
                                 "\nwithin: 10m\nsteps:\n"
                                 "  - a: {event: file.write, where: {file.path: /a}}\n"
                                 "  - c: {event: file.write, where: {file.path: /c}}\n";
        EXPECT_EQ(!seen(rule, row.first + row.second).empty(), row.joined)
            << row.by << "\n"
            << row.first << row.second;
    }
    const std::string source = "by: source\nwithin: 10m\nsteps:\n"
                               "  - a: {event: auth.login, where: {event.outcome: failure}}\n"
                               "  - c: {event: auth.login, where: {event.outcome: success}}\n";
    const auto login = [](const char *outcome, const char *ip) {
        return std::string("  - {event: auth.login, event.outcome: ") + outcome + ip + "}\n";
    };
    EXPECT_EQ(seen(source, login("failure", ", source.ip: 10.0.0.1") +
                               login("success", ", source.ip: 10.0.0.1"))
                  .size(),
              1U);
    EXPECT_EQ(seen(source, login("failure", ", source.ip: 10.0.0.1") +
                               login("success", ", source.ip: 10.0.0.2")),
              Lines());
    EXPECT_EQ(seen(source, login("failure", "") + login("success", "")), Lines());
}

TEST(Sequence, TablesAreBoundedAndEvictionsCounted)
{
    const auto rules = lab::compiled(
        {lab::rule("r", "by: user\nwithin: 10m\nsteps:\n"
                        "  - a: {event: auth.login, where: {event.outcome: failure}}\n"
                        "  - c: {event: auth.login, where: {event.outcome: success}}\n")});
    lab::Host host(rules);
    std::string events = "end: 1s\nevents:\n";
    for (int i = 0; i < 5000; ++i)
        events += "  - {at: 1s, event: auth.login, event.outcome: failure, user.name: u" +
                  std::to_string(i) + "}\n";
    EXPECT_TRUE(host.run(lab::stream(events)).empty());
    EXPECT_EQ(host.engine.sizes().partial_matches, 4096U);
    EXPECT_EQ(host.losses.total(SENTRA_LOSS_PARTIAL_EVICTED), 5000U - 4096U);
    // Time empties the table.
    EXPECT_TRUE(host.run(lab::stream("start: 2026-03-03T10:00:00Z\nevents: []\n")).empty());
    EXPECT_EQ(host.engine.sizes().partial_matches, 0U);
}

} // namespace
} // namespace sentra::engine
