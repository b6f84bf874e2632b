// SPDX-License-Identifier: MIT
#include "report/weekly.h"

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/text.h"
#include "unit/report/made.h"
#include "unit/report/plain.h"

namespace sentra::report {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

Weekly of(Input input)
{
    return weekly(std::move(input));
}

// What a reader of each form gets, to the byte. A golden that is not there is written, and fails.
TEST(Weekly, IsItsGoldenFiles)
{
    const Weekly report = of(made::half_blind_week());
    expect_golden("weekly.html", to_html(page(report)));
    expect_golden("weekly.md", to_markdown(page(report)));
    expect_golden("weekly.json", to_json(report));
    expect_golden("weekly-empty.md", to_markdown(page(of(made::empty_week()))));
}

TEST(Weekly, IsTheSameWhateverTheOrderOfItsInput)
{
    Input turned = made::half_blind_week();
    std::reverse(turned.signals.begin(), turned.signals.end());
    std::reverse(turned.sessions.begin(), turned.sessions.end());
    std::reverse(turned.gaps.begin(), turned.gaps.end());
    EXPECT_EQ(to_json(of(turned)), to_json(of(made::half_blind_week())));
}

TEST(Weekly, HasOneOfThreeVerdicts)
{
    EXPECT_EQ(of(made::empty_week()).verdict, "No action needed");
    EXPECT_EQ(of(made::week()).verdict, "Action recommended (2)");

    Input reviewed = made::week();
    std::erase_if(reviewed.signals,
                  [](const signal::Signal &signal) { return signal.action_needed; });
    const Weekly report = of(std::move(reviewed));
    EXPECT_EQ(report.verdict, "No action needed (reviewed)");
    EXPECT_THAT(report.sentence, HasSubstr("2 signals were reviewed or covered by a decision"));
    EXPECT_THAT(report.needs, IsEmpty());
    EXPECT_THAT(to_markdown(page(report)), HasSubstr("Nothing this week."));
}

// One that asks for a look outweighs any number that do not, and any volume.
TEST(Weekly, TheMostSeriousSignalGivesTheVerdict)
{
    const signal::Signal asking = [] {
        for (const signal::Signal &signal : made::signals())
            if (signal.rule_id == "ssh-key-added")
                return signal;
        return signal::Signal{};
    }();
    ASSERT_TRUE(asking.action_needed);
    for (const std::size_t calm : {0U, 1U, 7U, 300U}) {
        Input input = made::empty_week();
        for (std::size_t at = 0; at < calm; ++at) {
            input.signals.push_back(made::signals().back());
            input.signals.back().uid = sha256_hex(std::to_string(at));
            input.signals.back().count = 100'000;
        }
        EXPECT_EQ(of(input).state, State::calm) << calm;
        input.signals.push_back(asking);
        EXPECT_EQ(of(input).state, State::action) << calm;
        EXPECT_EQ(of(input).open, 1U) << calm;
    }
}

// What nobody decided on last week has not gone away.
TEST(Weekly, WhatIsStillOpenFromBeforeIsCounted)
{
    const Weekly report = of(made::week());
    EXPECT_EQ(report.open, 2U);
    EXPECT_EQ(report.open_earlier, 1U);
    EXPECT_THAT(report.sentence, HasSubstr("1 of them has been open since before this week."));
    Input later = made::week();
    later.period = {made::at("2026-02-16T00:00:00Z"), made::at("2026-02-23T00:00:00Z")};
    EXPECT_EQ(of(later).open, 0U) << "what happened after the period is not part of it";
}

TEST(Weekly, BlindHoursStandAboveTheVerdict)
{
    const std::string notice = "Part of this period was not watched.";
    Input calm = made::empty_week();
    calm.gaps = {{made::at("2026-03-03T22:00:00Z"), made::at("2026-03-04T10:00:00Z"), "kernel",
                  "the sensor was stopped"}};
    for (const Input &input : {calm, made::half_blind_week()}) {
        const Weekly report = of(input);
        ASSERT_FALSE(report.watching.is_enough());
        for (const std::string &text : {to_html(page(report)), to_markdown(page(report))}) {
            // The page's head names no verdict, so the first one is the verdict itself.
            const auto said = text.find(notice), verdict = text.find(report.verdict);
            ASSERT_NE(said, std::string::npos);
            ASSERT_NE(verdict, std::string::npos);
            EXPECT_LT(said, verdict);
        }
    }
    EXPECT_THAT(of(calm).sentence, HasSubstr("in the hours that we watched"));
    EXPECT_THAT(to_markdown(page(of(calm))),
                HasSubstr("The longest gap was 12 hours, from Tuesday 3 March at 22:00: the sensor "
                          "was stopped."));
    EXPECT_THAT(to_markdown(page(of(made::week()))), Not(HasSubstr(notice)))
        << "20 minutes of a week are in the section on watching, not above the verdict";
}

// Exactly 99 % is enough, a second less is not, and is never rounded up to it.
TEST(Weekly, TheBorderIsNinetyNinePercent)
{
    Input input = made::empty_week();
    const std::uint64_t hundredth = 7 * kDayNs / 100;
    input.gaps = {{input.period.from_ns, input.period.from_ns + hundredth, "kernel", "x"}};
    EXPECT_TRUE(of(input).watching.is_enough());
    input.gaps[0].to_ns += kSecondNs;
    EXPECT_FALSE(of(input).watching.is_enough());
    EXPECT_THAT(to_markdown(page(of(input))), HasSubstr("(98.9 %)"));
}

TEST(Weekly, GapsThatOverlapCountOnce)
{
    Input input = made::empty_week();
    input.gaps = {
        {made::at("2026-03-03T01:00:00Z"), made::at("2026-03-03T05:00:00Z"), "kernel", "a"},
        {made::at("2026-03-03T02:00:00Z"), made::at("2026-03-03T03:00:00Z"), "journal", "b"},
        {made::at("2026-03-03T04:00:00Z"), made::at("2026-03-03T06:00:00Z"), "journal", "c"},
        {made::at("2026-02-01T00:00:00Z"), made::at("2026-03-02T01:00:00Z"), "kernel", "d"}};
    EXPECT_EQ(of(input).watching.watched_ns, 162 * kHourNs);
}

// Nothing is claimed of hours of which the store cannot know.
TEST(Weekly, WhatIsNotKnownToBeWatchedIsNotWatched)
{
    Input input = made::empty_week();
    input.watched_from_ns = made::at("2026-03-04T00:00:00Z");
    input.watched_until_ns = made::at("2026-03-07T00:00:00Z");
    EXPECT_EQ(of(input).watching.watched_ns, 3 * kDayNs);
    const Weekly late = of(input);
    EXPECT_FALSE(late.trend[0].is_watched);
    EXPECT_THAT(to_markdown(page(late)), HasSubstr("not watched | not watched"));
    input.watched_from_ns = 0;
    EXPECT_EQ(of(input).watching.watched_ns, 0U);
    EXPECT_THAT(of(input).noise.comparison, HasSubstr("There is no earlier week"));

    Input running = made::empty_week();
    running.written_ns = made::at("2026-03-04T12:00:00Z");
    EXPECT_EQ(of(running).watching.period_ns, 60 * kHourNs) << "a week that is not over yet";
    EXPECT_EQ(of(running).watching.watched_ns, 60 * kHourNs);
}

TEST(Weekly, AWrongLedgerAndABlindSensorAreSaidFirst)
{
    Input input = made::week();
    input.blind = "what programs do is not watched";
    input.ledger[1].json[20] ^= 1;
    const std::string text = to_markdown(page(of(input)));
    for (const char *notice :
         {"The record of decisions is not whole.", "What programs do is not watched."}) {
        ASSERT_THAT(text, HasSubstr(notice));
        EXPECT_LT(text.find(notice), text.find("**Action recommended"));
    }
}

TEST(Weekly, AsksForAtMostThreeThings)
{
    Input input = made::week();
    for (const signal::Signal &signal : made::signals())
        if (signal.rule_id == "ssh-key-added")
            for (int copy = 0; copy < 4; ++copy) {
                input.signals.push_back(signal);
                input.signals.back().uid = sha256_hex("copy" + std::to_string(copy));
                input.signals.back().id = input.signals.back().uid.substr(0, 12);
                input.signals.back().score = 0.6 + copy / 10.0;
            }
    const Weekly report = of(std::move(input));
    EXPECT_EQ(report.open, 6U);
    ASSERT_THAT(report.needs, SizeIs(3));
    EXPECT_EQ(report.further_needs, 3U);
    EXPECT_EQ(report.needs[0].by, "Tuesday 10 March 2026") << "the most serious, the next day";
    for (const Need &need : report.needs) {
        EXPECT_NE(need.who, "");
        EXPECT_NE(need.check, "");
        EXPECT_NE(need.fine, "");
        EXPECT_NE(need.otherwise, "");
    }
    EXPECT_LE(report.happened.size(), 6U);
    EXPECT_GE(report.happened.size(), 3U);
}

TEST(Weekly, NoiseIsComparedWithWeeksThatWereWatched)
{
    const Noise noise = of(made::week()).noise;
    EXPECT_EQ(noise.refused, 1204U);
    EXPECT_EQ(noise.weeks, 3U) << "the week with a gap of twelve hours does not count";
    EXPECT_EQ(noise.before, 1288U);
    EXPECT_EQ(noise.comparison, "The number is 7 % below the average of 3 earlier weeks (1,288).");
}

TEST(Weekly, OverridesAreUsedUnusedOrAboutToEnd)
{
    const auto overrides = of(made::week()).overrides;
    ASSERT_THAT(overrides, SizeIs(2));
    EXPECT_EQ(overrides[0].used, 1U);
    EXPECT_TRUE(overrides[0].expires_soon);
    EXPECT_EQ(overrides[1].used, 0U);
    EXPECT_FALSE(overrides[1].expires_soon);
}

TEST(Weekly, SecretsDoNotLeaveTheHost)
{
    Input input = made::week();
    for (signal::Signal &signal : input.signals)
        signal.narrative = "maria ran curl -u shop:hunter2 https://x:hunter2@example.org/";
    const Weekly report = of(std::move(input));
    EXPECT_GT(report.redacted, 0U);
    for (const std::string &text :
         {to_html(page(report)), to_markdown(page(report)), to_json(report)})
        EXPECT_THAT(text, Not(HasSubstr("hunter2")));
}

TEST(Weekly, TheHashIsOfEverythingElse)
{
    const std::string text = to_json(of(made::week()));
    auto json = nlohmann::ordered_json::parse(text);
    const std::string hash = json["hash"];
    json.erase("hash");
    EXPECT_EQ(sha256_hex(json.dump(1) + "\n").substr(0, 12), hash);
    Input other = made::week();
    other.sessions.pop_back();
    other.sessions.pop_back();
    const auto changed = nlohmann::ordered_json::parse(to_json(of(std::move(other))));
    EXPECT_NE(changed["hash"], hash);
    EXPECT_EQ(changed["id"], json["id"]) << "the same host and period";
}

// The report's own words. What rules, people and programs wrote is not its own: it is taken out.
TEST(Tone, HasNoWordOfAlarm)
{
    const std::regex alarm(
        "\\b(attack\\w*|breach\\w*|hack\\w*|critical|threat\\w*|malicious|compromis\\w*|intru\\w*|"
        "urgent\\w*|alarm\\w*|danger\\w*|severe|immediately|blocked|victim\\w*|infect\\w*)\\b|!",
        std::regex::icase);
    for (const Input &input : {made::week(), made::half_blind_week(), made::empty_week()}) {
        const Weekly report = of(input);
        for (const std::string &text : {plain(to_html(page(report))), to_markdown(page(report))}) {
            std::smatch found;
            const bool is_alarmed = std::regex_search(text, found, alarm);
            EXPECT_FALSE(is_alarmed)
                << "\"" << found.str() << "\" before " << std::string(found.suffix()).substr(0, 80);
        }
    }
    for (const auto &rule : made::rules()->all())
        EXPECT_FALSE(std::regex_search(consequence(rule->intent), alarm)) << rule->intent;
}

// "Nothing unproven": no claim that somebody did nothing, blocked something or is safe.
TEST(Tone, ClaimsNothingThatCannotBeProven)
{
    const std::regex claim("\\b(is|are|was|were) (safe|secure|clean|protected)\\b|\\bno one\\b|"
                           "\\bguarantee|\\bcompliant\\b|\\bprevented\\b|\\bstopped (the|an) att",
                           std::regex::icase);
    for (const Input &input : {made::week(), made::half_blind_week(), made::empty_week()}) {
        const std::string text = plain(to_html(page(of(input))));
        std::smatch found;
        const bool is_claim = std::regex_search(text, found, claim);
        EXPECT_FALSE(is_claim) << found.str();
    }
    EXPECT_THAT(to_markdown(page(of(made::empty_week()))), Not(HasSubstr("eviewed by")))
        << "nobody reviewed anything";
    Input unread = made::week();
    unread.facts.reset();
    EXPECT_THAT(to_markdown(page(of(unread))), HasSubstr("was not read for this report"));
}

TEST(Tone, EverySentenceOfWhatHappenedNamesItsSignals)
{
    const Weekly report = of(made::week());
    std::set<std::string> known;
    for (const Row &row : report.rows)
        known.insert(row.id);
    std::size_t named = 0;
    for (const Happened &fact : report.happened)
        for (const std::string &id : fact.ids) {
            named += 1;
            EXPECT_TRUE(known.contains(id)) << id;
        }
    EXPECT_GE(named, 4U);
}

TEST(Tables, NameOnlyRulesAndIntentsThatAreThere)
{
    std::size_t noise = 0, access = 0;
    for (const auto &rule : made::rules()->all()) {
        noise += is_noise(rule->id) ? 1U : 0U;
        access += changes_access(rule->id) ? 1U : 0U;
        EXPECT_NE(consequence(rule->intent), consequence("")) << rule->intent;
    }
    EXPECT_EQ(noise, 1U);
    EXPECT_EQ(access, 13U) << "a rule that the report names is not there";
}

// ---- the page ---------------------------------------------------------------------------------

TEST(Html, RefersToNothingOutsideItself)
{
    const std::regex outside("<script|<link|<img|<iframe|<object|<embed|<form|<base|\\bon[a-z]+ *=|"
                             "\\bsrc *=|url\\(|@import|href=\"[^#]|https?://",
                             std::regex::icase);
    for (const Input &input : {made::week(), made::half_blind_week(), made::empty_week()}) {
        const std::string text = to_html(page(of(input)));
        std::smatch found;
        const bool is_outside = std::regex_search(text, found, outside);
        EXPECT_FALSE(is_outside) << found.str();
    }
}

TEST(Html, EveryLinkLeadsSomewhereAndEveryIdIsOne)
{
    const std::string text = to_html(page(of(made::half_blind_week())));
    std::set<std::string> ids;
    for (const std::string &id : all_of(text, " id=\"([^\"]+)\""))
        EXPECT_TRUE(ids.insert(id).second) << id << " twice";
    const auto links = all_of(text, "href=\"#([^\"]+)\"");
    EXPECT_GE(links.size(), 8U);
    for (const std::string &link : links)
        EXPECT_TRUE(ids.contains(link)) << link;
}

// The browser builds from hostile text the same elements as from harmless text.
TEST(Html, HostileTextAddsNoElement)
{
    Input calm = made::hostile_week();
    const std::string hostile = to_html(page(of(std::move(calm))));
    std::set<std::string> tags;
    for (const std::string &tag : all_of(hostile, "<([a-zA-Z]+)"))
        tags.insert(tag);
    for (const char *tag : {"script", "img", "iframe", "a href=\"http"})
        EXPECT_FALSE(tags.contains(tag)) << tag;
    EXPECT_THAT(hostile, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
    EXPECT_THAT(hostile, Not(HasSubstr("\x1b")));
    EXPECT_THAT(hostile, Not(HasSubstr("\xe2\x80\xae")));
}

TEST(Markdown, HostileTextIsText)
{
    const std::string text = to_markdown(page(of(made::hostile_week())));
    EXPECT_THAT(text, Not(HasSubstr("<script")));
    EXPECT_THAT(all_of(text, "([^\\\\]\\]\\()"), IsEmpty()) << "a link";
    EXPECT_THAT(text, Not(HasSubstr("@all")));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    // A row has as many cells as its table's head.
    std::size_t columns = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.rfind("|", 0) != 0) {
            columns = 0;
            continue;
        }
        const std::size_t bars = all_of(line, "(^|[^\\\\])\\|").size();
        if (columns == 0)
            columns = bars;
        EXPECT_EQ(bars, columns) << line;
    }
}

TEST(Json, HoldsHostileTextAndIsOneObject)
{
    const auto json = nlohmann::json::parse(to_json(of(made::hostile_week())), nullptr, false);
    ASSERT_TRUE(json.is_object());
    EXPECT_EQ(json["schema"], "sentra.report/1");
    EXPECT_EQ(json["kind"], "weekly");
}

} // namespace
} // namespace sentra::report
