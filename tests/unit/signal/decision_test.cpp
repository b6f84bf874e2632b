// SPDX-License-Identifier: MIT
#include "signal/decision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/time.h"
#include "unit/signal/made.h"

namespace sentra::signal {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

Signal plain()
{
    return compose(made::key_match(), made::host(), made::kBundle, Coverage{});
}

Review review_of(const Signal &signal, const std::string &verdict)
{
    return {signal.uid,          "REVIEWED",      verdict,
            "our new colleague", "maria as root", made::at("2026-03-03T09:00:00Z"),
            {signal.uid}};
}

Override window(const Signal &signal)
{
    Override standing;
    standing.id = "ov-1";
    standing.kind = "maintenance-window";
    standing.rule = signal.rule_id;
    standing.reason = "the move to new keys";
    standing.author = "maria";
    standing.created_ns = standing.starts_ns = signal.last_ns - kHourNs;
    standing.expires_ns = signal.last_ns + kHourNs;
    return standing;
}

TEST(Decision, AReviewSettlesASignalAndSaysWhose)
{
    Signal signal = plain();
    Decisions decisions;
    decisions.take(review_of(signal, "benign"));
    decisions.apply(signal);
    EXPECT_EQ(signal.state, "Low (Reviewed)");
    EXPECT_FALSE(signal.action_needed);
    EXPECT_DOUBLE_EQ(signal.score, plain().score); // its risk is what it was
    EXPECT_THAT(signal.narrative,
                EndsWith(" Reviewed on 3 March at 09:00 UTC by maria as root: benign, \"our new "
                         "colleague\"."));
    decisions.apply(signal); // twice is once
    const auto read = from_json(to_json(signal));
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_EQ(to_json(*read), to_json(signal));
    Signal again = *read;
    take_back(again);
    EXPECT_EQ(to_json(again), to_json(plain()));
}

TEST(Decision, SomeVerdictsSettleNothing)
{
    for (const Verdict &verdict : kVerdicts) {
        Signal signal = plain();
        Decisions decisions;
        decisions.take(review_of(signal, std::string(verdict.name)));
        decisions.apply(signal);
        EXPECT_EQ(signal.action_needed, !verdict.settles) << verdict.name;
        EXPECT_TRUE(signal.decision);
    }
}

TEST(Decision, AStoryThatGoesOnIsOpenAgain)
{
    Signal signal = plain();
    Decisions decisions;
    decisions.take(review_of(signal, "benign"));
    Chapter known, later;
    known.uid = signal.uid;
    later.uid = std::string(64, 'e');
    known.score = later.score = 0.7;
    signal.story = {known, later};
    decisions.apply(signal);
    EXPECT_EQ(signal.state, "Action Recommended");
    EXPECT_THAT(signal.narrative, HasSubstr("An earlier part of it was reviewed on"));
    signal.story[1].score = 0.2; // a calm step is covered
    decisions.apply(signal);
    EXPECT_EQ(signal.state, "Low (Reviewed)");
}

TEST(Decision, AnOverrideCoversWhatItNames)
{
    const Signal signal = plain();
    const Override fits = window(signal);
    EXPECT_EQ(Decisions::why_not(fits, signal), "");
    struct Case {
        const char *why;
        void (*change)(Override &);
    };
    const Case cases[] = {
        {"begins later", [](Override &one) { one.starts_ns += 2 * kHourNs; }},
        {"was over", [](Override &one) { one.expires_ns -= 2 * kHourNs; }},
        {"was over", [](Override &one) { one.ended_ns = one.starts_ns; }},
        {"is about uid0-user", [](Override &one) { one.rule = "uid0-user"; }},
        {"user is not", [](Override &one) { one.user = "deploy"; }},
        {"program is not", [](Override &one) { one.executable = "/usr/bin/vi"; }},
        {"unit is not", [](Override &one) { one.unit = "nginx.service"; }},
        {"did not come from", [](Override &one) { one.source = Network::parse("10.0.0.0/8"); }},
    };
    for (const Case &one : cases) {
        Override changed = fits;
        one.change(changed);
        EXPECT_THAT(Decisions::why_not(changed, signal), HasSubstr(one.why));
    }
    Decisions decisions;
    decisions.take(fits);
    Signal covered = signal;
    decisions.apply(covered);
    EXPECT_EQ(covered.state, "Low (Reviewed)");
    EXPECT_THAT(covered.narrative, HasSubstr("Covered by the maintenance window ov-1 of maria"));
    EXPECT_EQ(decisions.hits("ov-1"), 1U);
}

TEST(Decision, NothingCoversWhatTheSensorSaysOfItself)
{
    Signal signal = plain();
    Override standing = window(signal);
    signal.rule_pack = "sensor";
    EXPECT_THAT(Decisions::why_not(standing, signal), HasSubstr("never covered"));
    signal.rule_pack = "persistence";
    Chapter chapter;
    chapter.rule_id = signal.rule_id;
    chapter.rule_pack = "sensor";
    signal.story = {chapter};
    EXPECT_THAT(Decisions::why_not(standing, signal), HasSubstr("never covered"));
}

TEST(Decision, AnOverrideEndsAfterItsHits)
{
    Signal signal = plain(), other = plain();
    other.uid[0] = signal.uid[0] == 'a' ? 'b' : 'a';
    Override standing = window(signal);
    standing.max_hits = 1;
    Decisions decisions;
    decisions.take(standing);
    decisions.apply(signal);
    decisions.apply(other);
    decisions.apply(signal);
    EXPECT_EQ(signal.state, "Low (Reviewed)");
    EXPECT_EQ(other.state, "Action Recommended");
}

TEST(Decision, RefusesOverridesThatCoverTooMuch)
{
    const Override fits = window(plain());
    EXPECT_TRUE(check(fits));
    Override one = fits;
    one.rule.clear();
    EXPECT_FALSE(check(one));
    one = fits;
    one.reason.clear();
    EXPECT_FALSE(check(one));
    one = fits;
    one.expires_ns = one.starts_ns + 91 * kDayNs;
    EXPECT_FALSE(check(one));
    one = fits;
    one.kind = "because";
    EXPECT_FALSE(check(one));
}

TEST(Decision, ComesBackFromTheLedgerAsItWas)
{
    const Review review = review_of(plain(), "benign");
    const auto read = review_from_json(to_json(review));
    ASSERT_TRUE(read);
    EXPECT_EQ(to_json(*read), to_json(review));
    Override standing = window(plain());
    standing.source = Network::parse("10.0.0.0/8");
    standing.max_hits = 3;
    const auto again = override_from_json(to_json(standing));
    ASSERT_TRUE(again);
    EXPECT_EQ(to_json(*again), to_json(standing));
    for (const char *text : {"", "[]", "{}", R"({"uid":5})", R"({"kind":"x","reason":1})",
                             R"({"kind":"x","reason":"y","expires":"soon"})"}) {
        EXPECT_FALSE(review_from_json(text));
        EXPECT_FALSE(override_from_json(text));
    }
}

} // namespace
} // namespace sentra::signal
