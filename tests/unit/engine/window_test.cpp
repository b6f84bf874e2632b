// SPDX-License-Identifier: MIT
#include "lab.h"

#include "base/time.h"

namespace sentra::engine {
namespace {

using Lines = std::vector<std::string>;

const std::string kWrites =
    "steps: [{a: {event: file.write, where: {file.path|startswith: /etc}}}]\n";

std::string merged(const std::string &by, const std::string &length)
{
    return "signal:\n  merge: {by: " + by + ", for: " + length +
           "}\n  narrative: \"{a.file.path}\"\n  action: y\n";
}

std::string write(const std::string &at, const std::string &path = "/etc/x",
                  const std::string &rest = "")
{
    return "  - {at: " + at + ", event: file.write, process: shell, file.path: " + path + rest +
           "}\n";
}

std::vector<Match> run(const std::string &body, const std::string &events)
{
    return lab::run({lab::rule("r", body)}, lab::kProcesses + "events:\n" + events);
}

TEST(Window, GrowthIsToldSeldom)
{
    const auto found = run(kWrites + merged("[actor]", "1h"),
                           write("0", "/etc/x", ", repeat: {times: 1234, every: 1s}"));
    EXPECT_EQ(lab::in_words(found),
              Lines({"r count 1 risk 40 (base) steps a", "r again count 10 risk 40 (base) steps a",
                     "r again count 100 risk 40 (base) steps a",
                     "r again count 1000 risk 40 (base) steps a",
                     "r again count 1234 risk 40 (base) steps a"}));
    for (const Match &match : found) {
        EXPECT_EQ(match.window_start_ns, found[0].window_start_ns);
        EXPECT_EQ(match.merge_values, found[0].merge_values);
    }
    EXPECT_EQ(found.back().evidence.size(), 32U);
    EXPECT_EQ(found.back().evidence_left_out, 1234U - 32U);
    EXPECT_LT(found.back().evidence.front().time_ns, found.back().evidence.back().time_ns);
    EXPECT_EQ(found.back().first_ns, found[0].first_ns);
    EXPECT_EQ(found.back().last_ns - found.back().first_ns, 1233 * kSecondNs);
}

TEST(Window, WhatWasToldWholeIsNotToldAgain)
{
    EXPECT_EQ(run(kWrites + merged("[actor]", "1h"), write("0")).size(), 1U);
}

TEST(Window, ShortOnesBeginWithTheFirstEventAndLastFromThere)
{
    const auto found = run(kWrites + merged("[actor]", "1h"),
                           write("10m") + write("69m") + write("70m") + write("71m"));
    ASSERT_EQ(lab::in_words(found),
              Lines({"r count 1 risk 40 (base) steps a", "r count 1 risk 40 (base) steps a",
                     "r again count 2 risk 40 (base) steps a",
                     "r again count 2 risk 40 (base) steps a"}));
    EXPECT_EQ(format_rfc3339(found[0].window_start_ns), "2026-03-02T10:10:00.000Z");
    EXPECT_EQ(format_rfc3339(found[1].window_start_ns), "2026-03-02T11:10:00.000Z");
}

TEST(Window, DaysAreUtcDays)
{
    const auto found =
        run(kWrites + merged("[host]", "1d"), write("1h") + write("13h") + write("14h"));
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(format_rfc3339(found[0].window_start_ns), "2026-03-02T00:00:00.000Z");
    EXPECT_EQ(format_rfc3339(found[1].window_start_ns), "2026-03-03T00:00:00.000Z");
    EXPECT_EQ(lab::in_words(found[2]), "r again count 2 risk 40 (base) steps a");
    EXPECT_TRUE(found[0].merge_values.empty());
}

TEST(Window, MergeValuesTellSignalsApart)
{
    const auto found =
        run(kWrites + merged("[actor, a.file.path, file.size]", "1h"),
            write("1s", "/etc/x", ", file.size: 1") + write("2s", "/etc/y", ", file.size: 1") +
                write("3s", "/etc/x", ", file.size: 2") + write("4s", "/etc/x", ", file.size: 1"));
    ASSERT_EQ(found.size(), 4U);
    ASSERT_EQ(found[0].merge_values.size(), 3U);
    EXPECT_NE(found[0].merge_values[0], "");
    EXPECT_EQ(found[0].merge_values[1], "/etc/x");
    EXPECT_EQ(found[1].merge_values[1], "/etc/y");
    EXPECT_EQ(found[2].merge_values[2], "2");
    EXPECT_EQ(lab::in_words(found[3]), "r again count 2 risk 40 (base) steps a");
}

TEST(Window, TheMostSeriousCompletionGivesTheMeaning)
{
    const std::string risk =
        "risk:\n  base: [0.40, \"{a.file.path|name} changed\"]\n  terms:\n"
        "    - {name: key, when: {a.file.path: /etc/key}, add: 0.25, why: \"a key: {a.file.path}\","
        " intent: Credential access}\n"
        "    - {name: calm, when: {file.path: /etc/calm}, add: -0.35, why: calm,"
        " intent: Routine maintenance}\n";
    const auto found = run(kWrites + risk + merged("[actor]", "1h"),
                           write("1s", "/etc/calm") + write("2s", "/etc/x") +
                               write("3s", "/etc/key") + write("4s", "/etc/calm"));
    ASSERT_EQ(lab::in_words(found), Lines({"r count 1 risk 5 (base calm) steps a",
                                           "r again count 2 risk 40 (base) steps a",
                                           "r again count 3 risk 65 (base key) steps a",
                                           "r again count 4 risk 65 (base key) steps a"}));
    EXPECT_EQ(found[0].intent, "Routine maintenance");
    EXPECT_EQ(found[1].intent, "Persistence");
    EXPECT_EQ(found[3].intent, "Credential access");
    EXPECT_EQ(found[3].terms[0].why, "key changed");
    EXPECT_EQ(found[3].terms[1].why, "a key: /etc/key");
    EXPECT_EQ(found[3].text("a.file.path"), "/etc/key");
    EXPECT_EQ(found[3].text("file.path"), "/etc/key");
    EXPECT_EQ(found[3].text("count"), "4");
    EXPECT_EQ(found[3].evidence.size(), 4U);
    EXPECT_EQ(found[3].evidence[2].ref.substr(0, 11), "rec:stream:");
    EXPECT_EQ(found[3].evidence[2].event, "file.write");
}

TEST(Window, ReasonsAreSafeToShow)
{
    const auto found = run(kWrites +
                               "risk: {base: [0.40, \"{file.path} by {file.origin.path?nobody} "
                               "{{x\"]}\n" +
                               merged("[actor]", "1h"),
                           write("1s", "\"/etc/\\e[31m\\u202E\""));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].terms[0].why, "/etc/\\x1b[31m\\u{202e} by nobody {x");
}

TEST(Window, ATickClosesWhatHasRunOut)
{
    lab::Host host(lab::compiled({lab::rule("r", kWrites + merged("[actor]", "1h"))}));
    const auto found = host.run(lab::stream(lab::kProcesses + "end: 30m\nevents:\n" + write("1s") +
                                            write("2s") + "  - {at: 59m, event: meta.tick}\n" +
                                            "  - {at: 61m, event: meta.tick}\n"));
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(lab::in_words(found[1]), "r again count 2 risk 40 (base) steps a");
    EXPECT_EQ(host.engine.sizes().windows, 0U);
}

// The journal is read again from a day before: what happened then must fall where it fell.
TEST(Window, ARestartFindsTheSameWindows)
{
    const std::string body = kWrites + merged("[actor]", "1h");
    const auto rules = lab::compiled({lab::rule("r", body)});
    const std::string early = write("1s");
    const std::string rest = write("20m") + write("50m") + write("70m") + write("80m");
    lab::Host first(rules);
    const auto before = first.run(lab::stream(lab::kProcesses + "events:\n" + early + rest));
    const auto memory = first.engine.take_new_sightings();
    EXPECT_TRUE(first.engine.take_new_sightings().empty());

    lab::Host second(rules);
    second.engine.remember(memory);
    const auto after = second.run(lab::stream(lab::kProcesses + "events:\n" + rest));
    ASSERT_EQ(before.size(), 4U); // first, closed, first, closed
    ASSERT_EQ(after.size(), 4U);
    for (std::size_t i = 0; i < after.size(); ++i) {
        EXPECT_EQ(after[i].window_start_ns, before[i].window_start_ns);
        EXPECT_EQ(after[i].merge_values, before[i].merge_values);
    }
    lab::Host forgetful(rules);
    const auto other = forgetful.run(lab::stream(lab::kProcesses + "events:\n" + rest));
    EXPECT_NE(other[0].window_start_ns, before[0].window_start_ns);
}

TEST(Window, SameStreamSameOutput)
{
    const std::vector<std::string> rules = {
        lab::rule("b", kWrites + merged("[a.file.path]", "1h")),
        lab::rule("a", kWrites + merged("[actor]", "1d")),
        lab::rule("c",
                  "by: host\nsteps: [{a: {event: file.write, count: {gte: 3, within: 1h}}}]\n" +
                      merged("[host]", "1h"))};
    std::string events;
    for (int i = 0; i < 200; ++i)
        events += write(std::to_string(i * 30) + "s", "/etc/f" + std::to_string(i * 7919 % 23));
    const auto once = lab::in_words(lab::run(rules, lab::kProcesses + "events:\n" + events));
    const auto twice = lab::in_words(
        lab::run({rules[2], rules[0], rules[1]}, lab::kProcesses + "events:\n" + events));
    EXPECT_EQ(once, twice);
    ASSERT_GE(once.size(), 3U);
    EXPECT_EQ(once[0].substr(0, 2), "a "); // by id, not by file
    EXPECT_EQ(once[1].substr(0, 2), "b ");
}

TEST(Window, TheirNumberIsBounded)
{
    lab::Host host(lab::compiled({lab::rule("r", kWrites + merged("[file.path]", "1h"))}));
    std::string events = lab::kProcesses + "end: 1s\nevents:\n";
    for (int i = 0; i < 17'000; ++i)
        events += write("1s", "/etc/" + std::to_string(i));
    std::size_t first = 0;
    for (const Match &match : host.run(lab::stream(events)))
        first += match.again ? 0 : 1;
    EXPECT_EQ(first, 17'000U);
    EXPECT_EQ(host.losses.total(SENTRA_LOSS_PARTIAL_EVICTED), 17'000U - 16'384U);
}

TEST(Window, LateEventsStillMatch)
{
    const auto rules = lab::compiled({lab::rule("r", kWrites + merged("[actor]", "1h"))});
    lab::Host host(rules);
    Stream stream = lab::stream(lab::kProcesses + "events:\n" + write("30m") + write("20m"));
    std::vector<Match> found;
    for (std::size_t i = stream.records.size(); i-- > 0;)
        stream.records[i].head().flags = SENTRA_RECORD_LATE;
    // Out of order: the second event's time comes first in the file's order by time; swap them
    // back.
    std::swap(stream.records[stream.records.size() - 2], stream.records[stream.records.size() - 3]);
    found = host.run(stream);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[1].count, 2U);
    EXPECT_EQ(found[1].window_start_ns, found[0].window_start_ns);
    EXPECT_EQ(format_rfc3339(found[1].first_ns), "2026-03-02T10:20:00.000Z");
}

} // namespace
} // namespace sentra::engine
