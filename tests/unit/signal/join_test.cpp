// SPDX-License-Identifier: MIT
#include "signal/join.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/time.h"
#include "engine/vocabulary.h"
#include "unit/signal/made.h"

namespace sentra::signal {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

struct Deed {
    std::string rule;
    double score = 0.7;
    std::string intent = "Persistence";
    std::uint64_t at_ns = 0; // after the first of all
    std::uint64_t count = 1;
};

engine::Match deed(const Deed &deed, const session::Actor &actor = made::maria())
{
    engine::Match match = made::key_match(actor);
    auto rule = made::key_rule();
    rule->id = deed.rule;
    rule->title = "Deed " + deed.rule;
    rule->merge.by = {"actor"};
    match.rule = rule;
    match.intent = deed.intent;
    match.count = deed.count;
    match.terms = {{"base", deed.score, "seen"}};
    match.first_ns += deed.at_ns;
    match.last_ns += deed.at_ns;
    for (engine::Evidence &item : match.evidence) {
        item.time_ns += deed.at_ns;
        item.ref += "/" + deed.rule + "/" + item.event;
    }
    return match;
}

std::optional<Signal> tell(Stories &stories, const engine::Match &match)
{
    return stories.take(match, compose(match, made::host(), made::kBundle, Coverage{}));
}

std::vector<std::string> rules_of(const Signal &signal)
{
    std::vector<std::string> rules;
    for (const Chapter &chapter : signal.story)
        rules.push_back(chapter.rule_id);
    return rules;
}

TEST(Join, LeavesOneBehaviourAsItIs)
{
    Stories stories;
    const engine::Match match = deed({.rule = "key"});
    const auto told = tell(stories, match);
    ASSERT_TRUE(told);
    EXPECT_EQ(to_json(*told), to_json(compose(match, made::host(), made::kBundle, Coverage{})));
}

TEST(Join, TellsWhatOneActorDidAsOneGrowingSignal)
{
    Stories stories;
    const auto first = tell(stories, deed({.rule = "guess", .intent = "Credential access"}));
    const auto second = tell(stories, deed({.rule = "key", .at_ns = kMinuteNs}));
    const auto third = tell(stories, deed({.rule = "wipe",
                                           .score = 0.9,
                                           .intent = "Defense impairment",
                                           .at_ns = 2 * kMinuteNs}));
    ASSERT_TRUE(first && second && third);
    EXPECT_EQ(second->uid, first->uid);
    EXPECT_EQ(third->uid, first->uid);
    EXPECT_EQ(third->id, first->id);
    EXPECT_GT(second->count, first->count);
    EXPECT_GT(third->count, second->count);
    EXPECT_THAT(rules_of(*third), ElementsAre("guess", "key", "wipe"));
    EXPECT_EQ(third->rule_id, "wipe");       // the most serious tells it
    EXPECT_EQ(third->intent, "Persistence"); // the gravest of what asks for action
    EXPECT_EQ(third->title, "Deed wipe, with 2 other steps");
    EXPECT_THAT(third->narrative,
                EndsWith("It is one of 3 things this session did: 10:15 Deed guess; 10:16 "
                         "Deed key; 10:17 Deed wipe (UTC)."));
    EXPECT_DOUBLE_EQ(third->score, 1.0);
    ASSERT_EQ(third->terms.size(), 3U);
    EXPECT_EQ(third->terms[1].why, "this session also did: Deed guess");
    EXPECT_EQ(third->first_ns, first->first_ns);
    EXPECT_EQ(third->evidence.size(), 3 * first->evidence.size());
}

TEST(Join, NeverAddsCalmThingsUp)
{
    Stories stories;
    std::optional<Signal> told;
    for (int i = 0; i < 10; ++i)
        told = tell(stories, deed({.rule = "calm-" + std::to_string(i), .score = 0.45}));
    ASSERT_TRUE(told);
    EXPECT_EQ(told->story.size(), 10U);
    EXPECT_DOUBLE_EQ(told->score, 0.45);
    EXPECT_EQ(told->state, "Low");
    EXPECT_THAT(told->narrative, HasSubstr("; 2 more; "));
}

TEST(Join, AddsAtMostThreeTenths)
{
    Stories stories;
    std::optional<Signal> told;
    for (int i = 0; i < 10; ++i)
        told = tell(stories, deed({.rule = "deed-" + std::to_string(i), .score = 0.5}));
    ASSERT_TRUE(told);
    EXPECT_DOUBLE_EQ(told->score, 0.8);
}

TEST(Join, KeepsActorsAndRollUpsApart)
{
    Stories stories;
    const auto maria = tell(stories, deed({.rule = "key"}));
    session::Actor web;
    web.kind = session::ActorKind::unit;
    web.key = web.canonical = "unit:nginx.service";
    const auto other = tell(stories, deed({.rule = "shell"}, web));
    engine::Match day = deed({.rule = "updates"}); // no upkeep, by its intent
    auto rule = std::make_shared<engine::Rule>(*day.rule);
    rule->merge.by = {};
    day.rule = rule;
    const auto roll_up = tell(stories, day);
    ASSERT_TRUE(maria && other && roll_up);
    EXPECT_TRUE(other->story.empty());
    EXPECT_TRUE(roll_up->story.empty());
    EXPECT_EQ((std::set{maria->uid, other->uid, roll_up->uid}).size(), 3U);
    EXPECT_EQ(stories.size(), 2U);
}

// What keeps a server going is one signal a day, whoever did it.
TEST(Join, RollsUpkeepUpByTheDay)
{
    session::Actor unit;
    unit.kind = session::ActorKind::unit;
    unit.key = unit.canonical = "unit:logrotate.service";
    const Deed updates{.rule = "updates", .score = 0.05, .intent = "Routine maintenance"};
    Deed logs = updates, tomorrow = updates;
    logs.rule = "logs";
    tomorrow.rule = "more";
    tomorrow.at_ns = kDayNs;
    Stories stories;
    const auto first = tell(stories, deed(updates));
    const auto second = tell(stories, deed(logs, unit));
    const auto next_day = tell(stories, deed(tomorrow));
    const auto attack = tell(stories, deed({.rule = "key", .at_ns = kMinuteNs}));
    ASSERT_TRUE(first && second && next_day && attack);
    EXPECT_EQ(second->uid, first->uid);
    EXPECT_NE(next_day->uid, first->uid);
    EXPECT_NE(attack->uid, first->uid);
    EXPECT_TRUE(attack->story.empty());
    EXPECT_EQ(second->title, "Routine maintenance, of 2 kinds");
    EXPECT_THAT(second->narrative, HasSubstr("one of 2 things that kept this server going"));
    EXPECT_EQ(second->state, "Low");

    Stories after;
    auto stored = from_json(to_json(*second));
    ASSERT_TRUE(stored);
    after.remember(std::move(*stored));
    EXPECT_FALSE(tell(after, deed(updates)));
    logs.rule = "backup";
    const auto grown = tell(after, deed(logs, unit));
    ASSERT_TRUE(grown);
    EXPECT_EQ(grown->uid, first->uid);
    EXPECT_THAT(rules_of(*grown), ElementsAre("updates", "logs", "backup"));
}

TEST(Join, TakesWhatBecameMoreThanUpkeepToItsActor)
{
    Stories stories;
    const Deed calm{.rule = "cron", .score = 0.1, .intent = "Routine maintenance"};
    const auto upkeep = tell(stories, deed(calm));
    const auto key = tell(stories, deed({.rule = "key", .at_ns = 1}));
    const auto planted = tell(stories, deed({.rule = "cron", .score = 0.75, .count = 2}));
    const auto later = tell(
        stories, deed({.rule = "logs", .score = 0.1, .intent = "Routine maintenance", .at_ns = 2}));
    ASSERT_TRUE(upkeep && key && planted && later);
    EXPECT_EQ(planted->uid, key->uid);
    EXPECT_THAT(rules_of(*planted), ElementsAre("cron", "key"));
    EXPECT_EQ(later->uid, upkeep->uid);
    EXPECT_THAT(rules_of(*later), ElementsAre("logs"));
}

// From one account to the next on the same host: the second session is the first one's doing.
TEST(Join, GoesOnInASessionThatCameFromHere)
{
    const session::Actor maria = made::maria();
    session::Actor ops = maria;
    ops.key = "session:ops";
    ops.canonical = "session:boot:43";
    ops.login->source = Ip::parse("127.0.0.1");
    ops.login->time_ns = made::key_match(maria).last_ns + 40 * kSecondNs;
    const auto onward = [&](std::uint64_t at_ns) {
        engine::Match match = deed({.rule = "onward-by-ssh", .score = 0.25, .at_ns = at_ns});
        Signal signal = compose(match, made::host(), made::kBundle, Coverage{});
        signal.ips = {"127.0.0.1"};
        return std::pair(match, signal);
    };
    const Deed sudoers{.rule = "sudoers", .at_ns = 2 * kMinuteNs};
    {
        Stories stories;
        const auto [match, signal] = onward(0);
        const auto first = stories.take(match, signal);
        const auto second = tell(stories, deed(sudoers, ops));
        const auto third = tell(stories, deed({.rule = "wipe", .at_ns = 3 * kMinuteNs}, ops));
        ASSERT_TRUE(first && second && third);
        EXPECT_EQ(third->uid, first->uid);
        EXPECT_THAT(rules_of(*third), ElementsAre("onward-by-ssh", "sudoers", "wipe"));
        EXPECT_EQ(stories.size(), 1U);
        session::Actor another = ops; // it went on only once
        another.key = another.canonical = "session:boot:44";
        const auto apart = tell(stories, deed({.rule = "key", .at_ns = 3 * kMinuteNs}, another));
        ASSERT_TRUE(apart);
        EXPECT_NE(apart->uid, first->uid);
    }
    session::Actor stranger = ops;
    stranger.login->source = Ip::parse("203.0.113.7");
    session::Actor late = ops;
    late.login->time_ns += 5 * kMinuteNs;
    for (const session::Actor &other : {stranger, late}) {
        Stories stories;
        const auto [match, signal] = onward(0);
        const auto first = stories.take(match, signal);
        const auto second = tell(stories, deed(sudoers, other));
        ASSERT_TRUE(first && second);
        EXPECT_NE(second->uid, first->uid);
    }
}

TEST(Join, EndsAStoryWhenItsActorPauses)
{
    session::Actor web;
    web.kind = session::ActorKind::unit;
    web.key = web.canonical = "unit:nginx.service";
    Stories stories;
    const auto first = tell(stories, deed({.rule = "a"}, web));
    const auto later = tell(stories, deed({.rule = "b", .at_ns = 5 * kHourNs}, web));
    const auto much_later = tell(stories, deed({.rule = "c", .at_ns = 15 * kHourNs}, web));
    ASSERT_TRUE(first && later && much_later);
    EXPECT_EQ(later->uid, first->uid);
    EXPECT_NE(much_later->uid, first->uid);
}

TEST(Join, SaysNothingThatItSaidBefore)
{
    Stories stories;
    ASSERT_TRUE(tell(stories, deed({.rule = "guess"})));
    ASSERT_TRUE(tell(stories, deed({.rule = "key", .at_ns = 1})));
    EXPECT_FALSE(tell(stories, deed({.rule = "guess"})));
    const auto grown = tell(stories, deed({.rule = "guess", .count = 10}));
    ASSERT_TRUE(grown);
    EXPECT_EQ(grown->story.size(), 2U);
    EXPECT_EQ(grown->count, 11U);
}

// After a restart: read back from the store, the story goes on under its id.
TEST(Join, GoesOnAfterARestart)
{
    Stories before;
    (void)tell(before, deed({.rule = "guess", .score = 0.85, .intent = "Credential access"}));
    const auto told = tell(before, deed({.rule = "key", .at_ns = kMinuteNs}));
    ASSERT_TRUE(told);
    auto stored = from_json(to_json(*told));
    ASSERT_TRUE(stored);

    Stories after;
    after.remember(std::move(*stored));
    EXPECT_FALSE(tell(after, deed({.rule = "guess", .score = 0.85}))); // the journal, read again
    session::Actor anew = made::maria();
    anew.key = anew.canonical; // a session met by its process has another key than one met by login
    const auto grown = tell(after, deed({.rule = "wipe", .at_ns = 2 * kMinuteNs}, anew));
    ASSERT_TRUE(grown);
    EXPECT_EQ(grown->uid, told->uid);
    EXPECT_THAT(rules_of(*grown), ElementsAre("guess", "key", "wipe"));
    EXPECT_EQ(grown->rule_id, "guess");
    EXPECT_EQ(grown->title, "Deed guess, with 2 other steps");
    EXPECT_DOUBLE_EQ(grown->score, 1.0);
    EXPECT_EQ(grown->count, 3U);
    EXPECT_EQ(grown->story[1].attack, told->story[1].attack);
    EXPECT_GT(grown->evidence.size(), told->evidence.size());
}

TEST(Join, IsBounded)
{
    Stories stories;
    for (int i = 0; i < 5000; ++i) {
        session::Actor web;
        web.kind = session::ActorKind::unit;
        web.key = web.canonical = "unit:" + std::to_string(i);
        ASSERT_TRUE(tell(stories, deed({.rule = "a"}, web)));
    }
    EXPECT_LE(stories.size(), 1024U);
    for (int i = 0; i < 1000; ++i) {
        const auto told = tell(stories, deed({.rule = "deed-" + std::to_string(i)}));
        ASSERT_TRUE(told);
        EXPECT_LE(told->story.size(), 64U);
        EXPECT_LE(told->evidence.size(), 128U);
    }
}

// What the actor did besides is shown where somebody has to judge it, and only there.
TEST(Join, ShowsWhatTheActorDidBesides)
{
    engine::Match match = deed({.rule = "key"});
    engine::Evidence besides = match.evidence.back();
    besides.ref = "rec:kernel:77";
    besides.time_ns = match.first_ns + 1;
    match.trail = {besides, match.evidence.front()}; // the second proves it already
    Stories stories;
    const auto told = tell(stories, match);
    ASSERT_TRUE(told);
    ASSERT_EQ(told->evidence.size(), match.evidence.size() + 1);
    EXPECT_EQ(told->evidence[1].ref, "rec:kernel:77");
    match.terms = {{"base", 0.2, "seen"}};
    EXPECT_EQ(compose(match, made::host(), made::kBundle, Coverage{}).evidence.size(),
              match.evidence.size());
}

} // namespace
} // namespace sentra::signal
