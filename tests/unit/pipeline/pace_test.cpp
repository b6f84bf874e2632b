// SPDX-License-Identifier: MIT
#include "pipeline/pace.h"

#include <gtest/gtest.h>

#include "pipeline/letters.h"

namespace sentra::pipeline {
namespace {

using output::Fate;
using What = Ruling::What;

output::Handover said(std::vector<Fate> fates)
{
    output::Handover handover;
    for (const Fate fate : fates)
        handover.outcomes.push_back({fate, fate == Fate::delivered ? "" : "HTTP 503"});
    return handover;
}

std::vector<What> rulings(const Pace::Next &next)
{
    std::vector<What> found;
    for (const Ruling &ruling : next.rulings)
        found.push_back(ruling.what);
    return found;
}

TEST(Pace, ABatchThatWasTakenIsFollowedByTheNextAtNoMoreThanFiftyASecond)
{
    Pace pace(500);
    for (const double chance : {0.0, 0.5, 1.0}) {
        const auto next = pace.judge(said({Fate::delivered, Fate::delivered}), 2, false, chance);
        EXPECT_EQ(rulings(next), (std::vector{What::delivered, What::delivered}));
        EXPECT_GE(next.wait_ns, kSecondNs / 50);
        EXPECT_LE(next.wait_ns, kSecondNs / 25);
    }
    EXPECT_EQ(pace.failures(), 0u);
}

TEST(Pace, WaitsGrowToFiveMinutesAndAreChosenByChance)
{
    Pace pace(500);
    std::uint64_t limit_ns = kSecondNs;
    for (int failure = 1; failure <= 30; ++failure) {
        Pace other = pace; // the same failure, on a host with less luck
        const auto longest = pace.judge(said({Fate::retry}), 1, false, 1.0);
        const auto half = other.judge(said({Fate::retry}), 1, false, 0.5);
        EXPECT_EQ(longest.wait_ns, limit_ns) << failure;
        EXPECT_EQ(half.wait_ns, limit_ns / 2) << failure;
        EXPECT_EQ(longest.rulings.front().why, "HTTP 503");
        limit_ns = std::min(2 * limit_ns, kWaitMostNs);
    }
    EXPECT_EQ(pace.failures(), 30u);
    (void)pace.judge(said({Fate::delivered}), 1, false, 1.0);
    EXPECT_EQ(pace.judge(said({Fate::retry}), 1, false, 1.0).wait_ns, kSecondNs);
}

TEST(Pace, WhatTheSinkAsksForIsWaitedForAndNotForEver)
{
    Pace pace(500);
    auto handover = said({Fate::retry});
    handover.wait_ns = 90 * kSecondNs;
    const auto next = pace.judge(handover, 1, false, 0.5);
    EXPECT_GE(next.wait_ns, 90 * kSecondNs);
    EXPECT_LE(next.wait_ns, 91 * kSecondNs);
    handover.wait_ns = 365 * kDayNs;
    EXPECT_LE(pace.judge(handover, 1, false, 1.0).wait_ns, kAskedMostNs + kSecondNs);
    // Shorter than our own patience: ours holds.
    Pace tired(500);
    for (int failure = 0; failure < 20; ++failure)
        (void)tired.judge(said({Fate::retry}), 1, false, 1.0);
    handover.wait_ns = kSecondNs;
    EXPECT_EQ(tired.judge(handover, 1, false, 1.0).wait_ns, kWaitMostNs);
}

TEST(Pace, OneItemThatIsRefusedDoesNotHoldTheOthers)
{
    Pace pace(500);
    const auto next =
        pace.judge(said({Fate::delivered, Fate::rejected, Fate::retry}), 3, false, 1.0);
    EXPECT_EQ(rulings(next), (std::vector{What::delivered, What::dead, What::again}));
    EXPECT_EQ(next.rulings[1].why, "HTTP 503");
    EXPECT_EQ(next.wait_ns, kSecondNs); // some of it worked: the wait does not grow
    EXPECT_EQ(pace.judge(said({Fate::delivered, Fate::retry}), 2, false, 1.0).wait_ns, kSecondNs);
}

TEST(Pace, ABatchThatIsTooBigIsHalvedAndOneAloneIsShortenedOnce)
{
    Pace pace(500);
    auto next = pace.judge(said(std::vector(8, Fate::too_big)), 8, false, 1.0);
    EXPECT_EQ(rulings(next), std::vector(8, What::smaller));
    EXPECT_EQ(pace.at_once(), 4u);
    EXPECT_LT(next.wait_ns, kSecondNs) << "nothing is wrong with the sink";
    (void)pace.judge(said(std::vector(2, Fate::too_big)), 2, false, 1.0);
    EXPECT_EQ(pace.at_once(), 1u);
    EXPECT_EQ(rulings(pace.judge(said({Fate::too_big}), 1, false, 1.0)),
              std::vector{What::shorten});
    const auto last = pace.judge(said({Fate::too_big}), 1, true, 1.0);
    EXPECT_EQ(rulings(last), std::vector{What::dead});
    EXPECT_NE(last.rulings.front().why.find("even when shortened"), std::string::npos);
    // What fits makes the batches grow again, up to the type's limit.
    for (int batch = 0; batch < 20; ++batch)
        (void)pace.judge(said({Fate::delivered}), 1, false, 1.0);
    EXPECT_EQ(pace.at_once(), 500u);
}

TEST(Pace, APausedSinkIsProbedWithOneDocumentEveryFiveMinutes)
{
    Pace pace(500);
    auto refused = said(std::vector(9, Fate::retry));
    refused.pause = "HTTP 401";
    EXPECT_EQ(pace.judge(refused, 9, false, 0.0).wait_ns, kBetweenProbesNs);
    EXPECT_EQ(pace.paused(), "HTTP 401");
    EXPECT_EQ(pace.at_once(), 1u);
    // A failure of another kind proves nothing about the first.
    EXPECT_EQ(pace.judge(said({Fate::retry}), 1, false, 0.0).wait_ns, kBetweenProbesNs);
    EXPECT_EQ(pace.paused(), "HTTP 401");
    (void)pace.judge(said({Fate::delivered}), 1, false, 0.0);
    EXPECT_EQ(pace.paused(), "");
    EXPECT_EQ(pace.at_once(), 500u);
    (void)pace.judge(refused, 9, false, 0.0);
    pace.begin_anew();
    EXPECT_EQ(pace.paused(), "");
}

TEST(Pace, ATransportThatSaysTooLittleIsAskedAgain)
{
    Pace pace(500);
    const auto next = pace.judge(said({Fate::delivered}), 3, false, 1.0);
    EXPECT_EQ(rulings(next), (std::vector{What::delivered, What::again, What::again}));
}

std::vector<Letter> letters_of(std::vector<std::size_t> sizes)
{
    std::vector<Letter> letters(sizes.size());
    for (std::size_t at = 0; at < sizes.size(); ++at)
        letters[at].row.json.resize(sizes[at]);
    return letters;
}

TEST(Letters, ABatchHasAtMostAMegabyteAndWhatTheTypeTakes)
{
    const output::SinkType &type = *output::find_sink_type("file");
    constexpr std::size_t kHalf = kBatchBytesMost / 2;
    EXPECT_EQ(select(type, letters_of(std::vector<std::size_t>(9, 10)), 4).size(), 4u);
    EXPECT_EQ(select(type, letters_of({kHalf, kHalf, 1}), 9).size(), 2u);
    EXPECT_EQ(select(type, letters_of({3 * kHalf, 1}), 9).size(), 1u);
    EXPECT_EQ(select(type, letters_of(std::vector<std::size_t>(900, 10)), 900).size(),
              type.most_at_once);
    EXPECT_TRUE(select(type, {}, 9).empty());
}

TEST(Letters, AParcelHasNoSecretsAndItsPlaceInTheDelivery)
{
    Letter letter;
    letter.row = {.sequence = 7, .revision = 2};
    letter.signal.process_args = {"mysql", "--password=hunter2hunter2"};
    letter.signal.evidence.resize(10);
    output::Removed removed;
    const output::Parcel parcel = parcel_of(letter, false, removed);
    EXPECT_EQ(parcel.signal.process_args[1].find("hunter2"), std::string::npos);
    EXPECT_EQ(output::total(removed), 1u);
    EXPECT_EQ(parcel.delivery.sequence, 7u);
    EXPECT_TRUE(parcel.delivery.is_update);
    EXPECT_EQ(parcel.revision, 2u);
    EXPECT_EQ(parcel.signal.evidence.size(), 10u);

    const output::Parcel shorter = parcel_of(letter, true, removed);
    EXPECT_LT(shorter.signal.evidence.size(), 10u);
    EXPECT_EQ(shorter.signal.evidence.size() + shorter.signal.evidence_left_out, 10u);
    EXPECT_NE(shorter.signal.narrative.find("was shortened"), std::string::npos);
}

TEST(Evidence, GoesBehindItsSignalAndIsFoldedBack)
{
    std::vector<output::Parcel> parcels(2);
    parcels[0].signal.uid = "one";
    parcels[0].signal.evidence = {{1, "auth.login", "came", "rec:1"},
                                  {2, "file.write", "wrote", "rec:2"}};
    parcels[1].signal.uid = "two";
    const std::vector<std::size_t> places = add_evidence(parcels);
    ASSERT_EQ(parcels.size(), 4U);
    EXPECT_EQ(places, (std::vector<std::size_t>{0, 0, 0, 1}));
    EXPECT_EQ(parcels[2].evidence, 2U);
    EXPECT_EQ(parcels[3].evidence, 0U);
    using output::Fate;
    const auto folded = [&places](std::vector<Fate> fates) {
        output::Handover handover;
        for (const Fate fate : fates)
            handover.outcomes.push_back({fate, ""});
        fold(handover, places, 2);
        std::vector<Fate> result;
        for (const output::Outcome &outcome : handover.outcomes)
            result.push_back(outcome.fate);
        return result;
    };
    const auto ok = Fate::delivered, again = Fate::retry, no = Fate::rejected;
    EXPECT_EQ(folded({ok, ok, ok, ok}), (std::vector{ok, ok}));
    EXPECT_EQ(folded({ok, ok, again, ok}), (std::vector{again, ok}));
    EXPECT_EQ(folded({ok, no, ok, again}), (std::vector{ok, again}));
    EXPECT_EQ(folded({no, again, ok, ok}), (std::vector{no, ok}));
}

} // namespace
} // namespace sentra::pipeline
