// SPDX-License-Identifier: MIT
#include "pipeline/merge.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include <sentra/event/all.h>

#include "event/build.h"

namespace sentra::pipeline {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kStart = 1'772'446'263'000'000'000;

event::Record fork(sentra_source source, std::uint64_t time_ns, std::uint64_t sequence)
{
    return event::Build<sentra_fork>(SENTRA_PROCESS_FORK, source, time_ns, sequence).finish();
}

TEST(Merge, TwoThreadsGiveOneOrder)
{
    constexpr std::uint64_t kEach = 20'000;
    event::Losses losses;
    Merge merge(0, losses);
    auto &kernel = merge.open("kernel", 1 << 20);
    auto &journal = merge.open("journal", 1 << 16);
    const auto feed = [](Merge::Inlet &inlet, sentra_source source, std::uint64_t step) {
        for (std::uint64_t at = 1; at <= kEach; ++at) {
            if (!inlet.put(fork(source, kStart + at * step, at)))
                return;
            if (at % 100 == 0)
                inlet.watermark(kStart + at * step);
        }
        inlet.finish();
    };
    std::thread first(feed, std::ref(kernel), SENTRA_SOURCE_KERNEL, 1000);
    std::thread second(feed, std::ref(journal), SENTRA_SOURCE_JOURNAL, 1700);
    std::uint64_t taken = 0, previous_ns = 0;
    while (!merge.is_over()) {
        const auto record = merge.next(5s);
        if (!record)
            break;
        EXPECT_GE(record->head().time_ns, previous_ns);
        previous_ns = record->head().time_ns;
        taken += record->head().type == SENTRA_PROCESS_FORK ? 1U : 0U;
    }
    first.join();
    second.join();
    EXPECT_EQ(taken, 2 * kEach);
    EXPECT_EQ(losses.total(SENTRA_LOSS_LATE), 0u);
    EXPECT_TRUE(merge.is_over());
}

TEST(Merge, ASourceThatSaysNothingIsLeftBehindAndThatIsSaid)
{
    event::Losses losses;
    std::vector<std::string> said;
    Merge merge(0, losses, 100ms, [&](const std::string &what) { said.push_back(what); });
    auto &kernel = merge.open("kernel sensor", 1 << 20);
    auto &journal = merge.open("journal", 1 << 20);
    ASSERT_TRUE(kernel.put(fork(SENTRA_SOURCE_KERNEL, kStart, 1)));
    kernel.watermark(kStart + 1);
    EXPECT_FALSE(merge.next(20ms)); // the journal is still waited for
    std::optional<event::Record> record;
    const auto begun = Merge::Clock::now();
    while (!record && Merge::Clock::now() - begun < 5s) {
        kernel.watermark(kStart + 1); // it is alive all the time
        record = merge.next(10ms);
    }
    ASSERT_TRUE(record); // the tick
    record = merge.next(1s);
    ASSERT_TRUE(record);
    EXPECT_EQ(record->head().type, SENTRA_PROCESS_FORK);
    EXPECT_EQ(merge.stalls(), 1u);
    ASSERT_EQ(said.size(), 1u);
    EXPECT_NE(said[0].find("journal"), std::string::npos);
    journal.watermark(kStart + 2);
    (void)merge.next(10ms);
    ASSERT_EQ(said.size(), 2u);
    EXPECT_NE(said[1].find("heard of again"), std::string::npos);
}

TEST(Merge, NobodyIsSilentWhileNobodyListens)
{
    event::Losses losses;
    Merge merge(0, losses, 200ms);
    auto &kernel = merge.open("kernel sensor", 1 << 20);
    auto &journal = merge.open("journal", 1 << 20);
    kernel.watermark(kStart);
    journal.watermark(kStart);
    (void)merge.next(1ms);
    std::this_thread::sleep_for(600ms); // the whole process was stopped, say
    kernel.watermark(kStart + 2);       // the first thread that wakes up
    (void)merge.next(1ms);
    EXPECT_EQ(merge.stalls(), 0u);
    EXPECT_TRUE(journal.put(fork(SENTRA_SOURCE_JOURNAL, kStart + 1, 1)));
    journal.watermark(kStart + 2);
    while (const auto record = merge.next(1ms))
        EXPECT_EQ(record->head().flags & SENTRA_RECORD_LATE, 0);
    EXPECT_EQ(losses.total(SENTRA_LOSS_LATE), 0u);
    // A source that stays silent while it is listened to is left behind all the same.
    const auto begun = Merge::Clock::now();
    while (merge.stalls() == 0 && Merge::Clock::now() - begun < 5s) {
        kernel.watermark(kStart + 3);
        (void)merge.next(10ms);
    }
    EXPECT_EQ(merge.stalls(), 1u);
}

TEST(Merge, TheQuietestSourceThatHasNotEndedIsKnown)
{
    event::Losses losses;
    Merge merge(0, losses, 60s);
    auto &kernel = merge.open("kernel", 1 << 20);
    auto &journal = merge.open("journal", 1 << 20);
    const auto begun = Merge::Clock::now();
    kernel.watermark(kStart);
    journal.watermark(kStart);
    (void)merge.next(1ms);
    EXPECT_LT(merge.longest_silence(begun), 1s);
    kernel.watermark(kStart + 1);
    (void)merge.next(1ms);
    // The journal's last word is what counts, however often the kernel speaks.
    EXPECT_GT(merge.longest_silence(begun + 40s), 39s);
    journal.finish();
    kernel.watermark(kStart + 2);
    (void)merge.next(1ms);
    EXPECT_GT(merge.longest_silence(Merge::Clock::now() + 40s), 39s);
    kernel.finish();
    (void)merge.next(1ms);
    EXPECT_EQ(merge.longest_silence(Merge::Clock::now() + 40s), Merge::Clock::duration{});
}

TEST(Merge, AFullQueueMakesTheSourceWaitAndLosesNothing)
{
    event::Losses losses;
    Merge merge(0, losses, 60s);
    auto &kernel = merge.open("kernel", 8192);
    auto &journal = merge.open("journal", 8192);
    std::atomic<std::uint64_t> put = 0;
    std::thread source([&] {
        for (std::uint64_t at = 1; at <= 500; ++at, ++put) {
            if (!kernel.put(fork(SENTRA_SOURCE_KERNEL, kStart + at, at)))
                return;
            kernel.watermark(kStart + at);
        }
        kernel.finish();
    });
    journal.watermark(kStart); // all of them wait for the journal
    const auto begun = Merge::Clock::now();
    while (Merge::Clock::now() - begun < 100ms)
        if (const auto record = merge.next(10ms)) {
            EXPECT_EQ(record->head().type, SENTRA_META_TICK);
        }
    EXPECT_LT(put, 200u);
    journal.watermark(kStart + 501);
    journal.finish();
    std::uint64_t taken = 0;
    while (!merge.is_over())
        if (const auto record = merge.next(100ms))
            taken += record->head().type == SENTRA_PROCESS_FORK ? 1U : 0U;
    source.join();
    EXPECT_EQ(taken, 500u);
}

TEST(Merge, AWatermarkBehindMoreThanFitsStillGetsThrough)
{
    event::Losses losses;
    Merge merge(0, losses, 60s);
    auto &kernel = merge.open("kernel", 4096);
    std::thread source([&] {
        for (std::uint64_t at = 1; at <= 500; ++at)
            if (!kernel.put(fork(SENTRA_SOURCE_KERNEL, kStart + at, at)))
                return;
        kernel.watermark(kStart + 501);
        kernel.finish();
    });
    std::uint64_t taken = 0;
    const auto begun = Merge::Clock::now();
    while (!merge.is_over() && Merge::Clock::now() - begun < 20s)
        if (const auto record = merge.next(100ms))
            taken += record->head().type == SENTRA_PROCESS_FORK ? 1U : 0U;
    merge.close();
    source.join();
    EXPECT_EQ(taken, 500u);
}

TEST(Merge, AfterCloseNobodyListens)
{
    event::Losses losses;
    Merge merge(0, losses);
    auto &kernel = merge.open("kernel", 4096);
    merge.close();
    EXPECT_FALSE(kernel.put(fork(SENTRA_SOURCE_KERNEL, kStart, 1)));
    EXPECT_TRUE(merge.is_closed());
}

} // namespace
} // namespace sentra::pipeline
