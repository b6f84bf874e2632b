// SPDX-License-Identifier: MIT
// What people are told, when, and what not.
#include "pipeline/notices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/time.h"

namespace sentra::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::uint64_t kNoon = parse_rfc3339("2026-03-02T12:00:00Z").value_or(0);

class People : public ::testing::Test {
protected:
    // A form that has just been queued.
    std::size_t form(const std::string &uid, double score, std::uint64_t revision = 1,
                     std::uint64_t age_ns = kSecondNs)
    {
        Letter letter;
        letter.signal.uid = uid;
        letter.signal.id = uid;
        letter.signal.title = "Title of " + uid;
        letter.signal.score = score;
        letter.signal.action_needed = score >= signal::kActionFrom;
        letter.signal.state = letter.signal.action_needed ? "Action Recommended" : "Low";
        letter.signal.first_ns = letter.signal.last_ns = kNoon;
        letter.row.sequence = letters_.size() + 1;
        letter.row.revision = revision;
        letter.row.queued_ns = now_ns_ - age_ns;
        letters_.push_back(letter);
        before_.emplace_back();
        return letters_.size() - 1;
    }
    void told(std::size_t at, const signal::Signal &signal, std::uint64_t ago_ns)
    {
        before_[at] = ToldBefore{now_ns_ - ago_ns, signal};
    }
    static void decide(signal::Signal &signal)
    {
        signal.decision.emplace();
        signal.decision->by = "anna";
        signal.action_needed = false;
        signal.state = "Low (Reviewed)";
    }
    Notices chosen(std::uint64_t lately = 0)
    {
        std::vector<Waiting> waiting;
        for (std::size_t at = 0; at < letters_.size(); ++at)
            waiting.push_back({&letters_[at], before_[at]});
        return choose(policy_, waiting, lately, now_ns_);
    }
    static std::string why(const Notices &notices, std::size_t at)
    {
        for (const Notices::Withheld &one : notices.withheld)
            if (one.at == at)
                return one.why;
        return {};
    }

    output::NoticePolicy policy_;
    std::uint64_t now_ns_ = kNoon;
    std::vector<Letter> letters_;
    std::vector<std::optional<ToldBefore>> before_;
};

TEST_F(People, AreToldAtOnceWhatAsksForAction)
{
    form("calm", 0.3);
    form("grave", 0.9);
    const Notices notices = chosen();
    EXPECT_THAT(notices.now, ElementsAre(1));
    EXPECT_FALSE(notices.as_one);
    EXPECT_THAT(why(notices, 0), HasSubstr("does not ask for action"));
    policy_.least = 0.95;
    EXPECT_THAT(chosen().now, IsEmpty());
    EXPECT_THAT(why(chosen(), 1), HasSubstr("score"));
    policy_ = {};
    policy_.asks_only = false;
    EXPECT_THAT(chosen().now, ElementsAre(0, 1));
}

TEST_F(People, AreToldOneFormOfAStoryAndOfItsGrowthOnceAnHour)
{
    form("story", 0.6, 1);
    const std::size_t later = form("story", 0.7, 2);
    EXPECT_THAT(chosen().now, ElementsAre(later));
    EXPECT_THAT(why(chosen(), 0), HasSubstr("a later form"));
    told(later, letters_[0].signal, 10 * kMinuteNs);
    EXPECT_THAT(chosen().now, IsEmpty());
    EXPECT_EQ(chosen().next_ns, now_ns_ + 50 * kMinuteNs);
    now_ns_ += 50 * kMinuteNs;
    EXPECT_THAT(chosen().now, ElementsAre(later));
    before_[later]->signal = letters_[later].signal; // only its count grew
    EXPECT_THAT(why(chosen(), later), HasSubstr("nothing that was told before has changed"));
    before_[later]->signal.state = "Low"; // it begins to ask
    before_[later]->time_ns = now_ns_;
    EXPECT_THAT(chosen().now, ElementsAre(later));
}

TEST_F(People, AreToldOfADecisionIfTheyWereToldOfTheSignal)
{
    const std::size_t at = form("decided", 0.8, 2);
    const signal::Signal before = letters_[at].signal;
    decide(letters_[at].signal);
    EXPECT_THAT(why(chosen(), at), HasSubstr("before anybody was told"));
    told(at, before, kMinuteNs);
    EXPECT_THAT(chosen().now, ElementsAre(at));
    told(at, letters_[at].signal, kMinuteNs);
    EXPECT_THAT(why(chosen(), at), HasSubstr("has been told"));
}

TEST_F(People, AreNotToldOfYesterday)
{
    form("old", 0.9, 1, kStaleNs + kMinuteNs);
    EXPECT_THAT(why(chosen(), 0), HasSubstr("within a day"));
}

TEST_F(People, SleepOverMidnightUnlessSomethingAsksForAction)
{
    policy_.asks_only = false;
    policy_.quiet = {22 * 60, 7 * 60, {}};
    now_ns_ = parse_rfc3339("2026-03-02T23:30:00Z").value_or(0);
    form("calm", 0.3);
    form("grave", 0.9);
    EXPECT_THAT(chosen().now, ElementsAre(1));
    EXPECT_EQ(format_rfc3339(chosen().next_ns), "2026-03-03T07:00:00.000Z");
    now_ns_ = parse_rfc3339("2026-03-03T06:59:00Z").value_or(0);
    EXPECT_THAT(chosen().now, ElementsAre(1));
    now_ns_ = parse_rfc3339("2026-03-03T07:00:00Z").value_or(0);
    EXPECT_THAT(chosen().now, ElementsAre(0, 1));
}

TEST_F(People, SleepByTheClockOnTheirWall)
{
    // Berlin in 2026: an hour ahead of UTC, two from 29 March at 01:00 UTC on.
    const auto change = parse_rfc3339("2026-03-29T01:00:00Z").value_or(0) / kSecondNs;
    const Zone berlin{"Europe/Berlin",
                      {{0, 3600, "CET"}, {static_cast<std::int64_t>(change), 7200, "CEST"}}};
    policy_.asks_only = false;
    policy_.quiet = {22 * 60, 7 * 60, berlin};
    now_ns_ = parse_rfc3339("2026-03-02T20:59:00Z").value_or(0);
    form("calm", 0.3);
    EXPECT_THAT(chosen().now, ElementsAre(0));
    now_ns_ = parse_rfc3339("2026-03-02T21:00:30Z").value_or(0);
    EXPECT_THAT(chosen().now, IsEmpty());
    EXPECT_EQ(format_rfc3339(chosen().next_ns), "2026-03-03T06:00:00.000Z");
    // The night in which the clock is set: woken by the hours of the evening, by those of the
    // morning it is no longer quiet.
    now_ns_ = parse_rfc3339("2026-03-29T04:59:00Z").value_or(0);
    letters_.back().row.queued_ns = now_ns_ - kMinuteNs;
    EXPECT_THAT(chosen().now, IsEmpty());
    now_ns_ = parse_rfc3339("2026-03-29T05:00:00Z").value_or(0);
    EXPECT_THAT(chosen().now, ElementsAre(0));
}

TEST_F(People, AreToldOfTheIntentsTheyAskedFor)
{
    policy_.intents = {"Persistence", "Impact"};
    letters_[form("key", 0.9)].signal.intent = "Persistence";
    letters_[form("guess", 0.9)].signal.intent = "Credential access";
    EXPECT_THAT(chosen().now, ElementsAre(0));
    EXPECT_THAT(why(chosen(), 1), HasSubstr("intent"));
}

TEST_F(People, GetWhatCanWaitAsOneMessageADay)
{
    policy_.asks_only = false;
    policy_.digest_ns = 12 * kHourNs;
    form("first", 0.2, 1, 11 * kHourNs);
    form("second", 0.3, 1, kMinuteNs);
    EXPECT_THAT(chosen().now, IsEmpty());
    EXPECT_EQ(chosen().next_ns, now_ns_ + kHourNs);
    now_ns_ += kHourNs;
    EXPECT_THAT(chosen().now, ElementsAre(0, 1));
    EXPECT_TRUE(chosen().as_one);
    const std::size_t grave = form("grave", 0.9);
    EXPECT_THAT(chosen().now, ElementsAre(grave)); // first, and by itself
    EXPECT_FALSE(chosen().as_one);
}

TEST_F(People, GetOneMessageForManyInAStorm)
{
    for (int i = 0; i < 12; ++i)
        form("grave " + std::to_string(i), 0.9);
    EXPECT_TRUE(chosen().as_one);
    EXPECT_EQ(chosen().now.size(), 12U);
    EXPECT_TRUE(chosen(9).as_one);
    const Notices full = chosen(10);
    EXPECT_THAT(full.now, IsEmpty());
    EXPECT_THAT(full.withheld, IsEmpty()) << "it waits, it is not lost";
    EXPECT_GT(full.next_ns, now_ns_);
    letters_.resize(1);
    before_.resize(1);
    EXPECT_FALSE(chosen(9).as_one);
    EXPECT_THAT(chosen(9).now, ElementsAre(0));
}

TEST(Digest, SaysTheGravestFirstAndWhereToRead)
{
    std::vector<signal::Signal> signals(13);
    for (std::size_t i = 0; i < signals.size(); ++i) {
        signals[i].uid = std::string(63, '0') + static_cast<char>('a' + i);
        signals[i].id = "id" + std::to_string(i);
        signals[i].title = "Title " + std::to_string(i);
        signals[i].score = 0.1;
        signals[i].state = "Low";
        signals[i].first_ns = signals[i].last_ns = kNoon + i * kMinuteNs;
    }
    signals[7].score = 0.9;
    signals[7].action_needed = true;
    signals[7].state = "Action Recommended";
    const signal::Signal digest = digest_of(signals);
    EXPECT_EQ(digest.title, "13 signals, 1 of which asks for action");
    EXPECT_EQ(digest.state, "Action Recommended");
    EXPECT_TRUE(digest.action_needed);
    EXPECT_THAT(digest.narrative,
                HasSubstr("Between 2 March at 12:00 UTC and 2 March at 12:12 UTC there were 13 "
                          "signals. Title 7 (id7)."));
    EXPECT_THAT(digest.narrative, HasSubstr("And 3 more."));
    EXPECT_THAT(digest.action_text, HasSubstr("--since 2026-03-02T12:00:00.000Z"));
    EXPECT_EQ(digest.uid, digest_of(signals).uid);
    EXPECT_NE(digest.uid, signals[7].uid);
}

output::SinkSettings slack(std::map<std::string, std::string> values)
{
    values.emplace("url_file", "slack.url");
    return {"people", "slack", std::move(values), {}};
}

TEST(NoticePolicy, IsReadFromTheSinksKeys)
{
    const auto policy = output::notice_policy(slack({{"tell", "all"},
                                                     {"least_score", "80"},
                                                     {"quiet_hours", "22:00-06:30"},
                                                     {"digest", "12h"},
                                                     {"intents", "Impact, Persistence"},
                                                     {"time_zone", "UTC"},
                                                     {"most", "3"}}));
    ASSERT_TRUE(policy) << policy.error().text;
    EXPECT_FALSE(policy->asks_only);
    EXPECT_DOUBLE_EQ(policy->least, 0.8);
    EXPECT_EQ(policy->quiet->from_min, 22U * 60);
    EXPECT_EQ(policy->quiet->to_min, 6U * 60 + 30);
    EXPECT_EQ(policy->digest_ns, 12 * kHourNs);
    EXPECT_EQ(policy->most, 3U);
    EXPECT_THAT(policy->intents, ElementsAre("Impact", "Persistence"));
    EXPECT_TRUE(output::notice_policy(slack({}))->asks_only);
}

TEST(NoticePolicy, RefusesWhatItCannotKeep)
{
    const std::pair<const char *, const char *> wrong[] = {{"tell", "some"},
                                                           {"least_score", "101"},
                                                           {"quiet_hours", "22-7"},
                                                           {"quiet_hours", "9:00"},
                                                           {"digest", "soon"},
                                                           {"quiet_hours", "07:00-07:00"},
                                                           {"most", "0"},
                                                           {"most", "-1"},
                                                           {"quiet_hours", "25:00-07:00"},
                                                           {"intents", "Persistense"},
                                                           {"time_zone", "../etc/shadow"},
                                                           {"time_zone", "Mars/Base"}};
    for (const auto &[key, value] : wrong) {
        const auto policy = output::notice_policy(slack({{key, value}}));
        ASSERT_FALSE(policy) << key << ": " << value;
        EXPECT_THAT(policy.error().text, HasSubstr(key));
    }
}

} // namespace
} // namespace sentra::pipeline
