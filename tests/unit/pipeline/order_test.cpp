// SPDX-License-Identifier: MIT
#include "pipeline/order.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <sentra/event/all.h>

#include "base/time.h"
#include "event/build.h"

namespace sentra::pipeline {
namespace {

constexpr std::uint64_t kStart = 1'772'446'263'000'000'000;
constexpr std::uint64_t kMs = 1'000'000;

event::Record fork(std::uint64_t time_ns, std::uint64_t sequence)
{
    return event::Build<sentra_fork>(SENTRA_PROCESS_FORK, SENTRA_SOURCE_KERNEL, time_ns, sequence)
        .finish();
}
event::Record login(std::uint64_t time_ns, std::uint64_t sequence)
{
    return event::Build<sentra_login>(SENTRA_AUTH_LOGIN, SENTRA_SOURCE_JOURNAL, time_ns, sequence)
        .finish();
}
event::Record clock(std::uint64_t time_ns, std::uint64_t sequence, std::int64_t step_ns)
{
    event::Build<sentra_clock> build(SENTRA_META_CLOCK, SENTRA_SOURCE_KERNEL, time_ns, sequence);
    build->step_ns = step_ns;
    return build.finish();
}
event::Record host()
{
    return event::Build<sentra_host>(SENTRA_META_HOST, SENTRA_SOURCE_META, 0, 0).finish();
}

// "K1@0" is the kernel's first record, 0 ms after the start; J the journal's; T a tick, "last" the
// last; H the host; an L behind it: flagged late.
std::string name_of(const event::Record &record)
{
    const sentra_head &head = record.head();
    std::string name = head.type == SENTRA_META_TICK         ? "T"
                       : head.type == SENTRA_META_HOST       ? "H"
                       : head.source == SENTRA_SOURCE_KERNEL ? "K" + std::to_string(head.sequence)
                                                             : "J" + std::to_string(head.sequence);
    if (head.type == SENTRA_META_TICK &&
        reinterpret_cast<const sentra_tick *>(record.bytes().data())->last == 1)
        return "last";
    const auto after =
        static_cast<std::int64_t>(head.time_ns - kStart) / static_cast<std::int64_t>(kMs);
    name += "@" + std::to_string(after);
    return (head.flags & SENTRA_RECORD_LATE) != 0 ? name + "L" : name;
}

class OrderTest : public testing::Test {
protected:
    std::string drain()
    {
        std::string names;
        while (const auto record = order_.pop()) {
            if (record->head().source == SENTRA_SOURCE_META) {
                EXPECT_EQ(record->head().sequence, ++meta_sequence_);
            }
            names += (names.empty() ? "" : " ") + name_of(*record);
        }
        return names;
    }
    event::Losses losses_;
    Order order_{0, losses_};
    Order::Inlet kernel_ = order_.add();
    Order::Inlet journal_ = order_.add();
    std::uint64_t meta_sequence_ = 0;
};

TEST_F(OrderTest, NothingGoesBeforeEverySourceHasPassedIt)
{
    order_.offer(kernel_, fork(kStart, 1));
    order_.advance(kernel_, kStart + 10 * kMs);
    EXPECT_EQ(drain(), ""); // the journal may still bring something earlier
    order_.offer(journal_, login(kStart - 5 * kMs, 1));
    order_.advance(journal_, kStart + 1 * kMs);
    EXPECT_EQ(drain(), "T@-5 J1@-5 K1@0");
}

TEST_F(OrderTest, AWatermarkPromisesNothingAboutItsOwnTime)
{
    order_.offer(kernel_, fork(kStart, 1));
    order_.advance(kernel_, kStart);
    order_.advance(journal_, kStart);
    EXPECT_EQ(drain(), "T@0"); // another record of that very time may follow
    order_.offer(journal_, login(kStart, 1));
    order_.advance(kernel_, kStart + 1);
    order_.advance(journal_, kStart + 1);
    EXPECT_EQ(drain(), "K1@0 J1@0");
}

TEST_F(OrderTest, OrderIsTimeThenSourceThenSequence)
{
    order_.offer(journal_, login(kStart + 1 * kMs, 1));
    order_.offer(journal_, login(kStart + 1 * kMs, 2));
    order_.offer(kernel_, fork(kStart + 1 * kMs, 8));
    order_.offer(kernel_, fork(kStart + 1 * kMs, 7));
    order_.offer(kernel_, fork(kStart, 9));
    order_.advance(kernel_, kStart + 2 * kMs);
    order_.advance(journal_, kStart + 2 * kMs);
    EXPECT_EQ(drain(), "T@0 K9@0 K7@1 K8@1 J1@1 J2@1");
}

TEST_F(OrderTest, LateIsFlaggedCountedAndStillUsed)
{
    order_.offer(kernel_, fork(kStart + 20 * kMs, 1));
    order_.advance(kernel_, kStart + 30 * kMs);
    order_.advance(journal_, kStart + 30 * kMs);
    EXPECT_EQ(drain(), "T@20 K1@20");
    order_.offer(journal_, login(kStart + 10 * kMs, 1));
    EXPECT_EQ(drain(), "J1@10L");
    EXPECT_EQ(losses_.total(SENTRA_LOSS_LATE), 1u);
}

TEST_F(OrderTest, TicksComeEveryQuarterSecondAlsoWhenNothingHappens)
{
    for (std::uint64_t ms = 0; ms <= 1000; ms += 100) {
        order_.advance(kernel_, kStart + ms * kMs);
        order_.advance(journal_, kStart + ms * kMs);
        const std::string names = drain();
        EXPECT_EQ(names, ms % 300 == 0 ? "T@" + std::to_string(ms) : "") << ms;
    }
}

TEST_F(OrderTest, TicksStandBetweenRecordsThatComeAtOnce)
{
    order_.offer(kernel_, fork(kStart, 1));
    order_.offer(kernel_, fork(kStart + 100 * kMs, 2));
    order_.offer(kernel_, fork(kStart + 3600'000 * kMs, 3));
    order_.finish(kernel_);
    order_.finish(journal_);
    EXPECT_EQ(drain(), "T@0 K1@0 K2@100 T@3600000 K3@3600000 last");
    EXPECT_TRUE(order_.is_over());
}

TEST_F(OrderTest, ASourceLeftBehindDoesNotStopTheOthersUntilItSpeaks)
{
    order_.offer(kernel_, fork(kStart, 1));
    order_.advance(kernel_, kStart + 10 * kMs);
    order_.leave_behind(journal_);
    EXPECT_EQ(drain(), "T@0 K1@0");
    order_.offer(kernel_, fork(kStart + 20 * kMs, 2));
    order_.advance(kernel_, kStart + 30 * kMs);
    order_.offer(journal_, login(kStart + 5 * kMs, 1)); // here it is, and it is waited for again
    EXPECT_EQ(drain(), "");
    order_.advance(journal_, kStart + 30 * kMs);
    EXPECT_EQ(drain(), "J1@5 K2@20");
}

TEST_F(OrderTest, AClockSetBackBeginsANewAxis)
{
    const std::uint64_t hour = kHourNs;
    order_.offer(kernel_, fork(kStart, 1));
    order_.offer(journal_, login(kStart + 5 * kMs, 1));
    order_.advance(kernel_, kStart + 1 * kMs);
    order_.advance(journal_, kStart + 1 * kMs);
    EXPECT_EQ(drain(), "T@0 K1@0");
    // J1 is held; the step lets it go first, in the order it belongs to.
    order_.offer(kernel_, clock(kStart - hour, 2, -static_cast<std::int64_t>(hour)));
    order_.offer(kernel_, fork(kStart - hour + 1 * kMs, 3));
    EXPECT_EQ(drain(), "J1@5 K2@-3600000");
    // Stamped before the step, arrived after it: not held for an hour.
    order_.offer(journal_, login(kStart + 6 * kMs, 2));
    EXPECT_EQ(drain(), "J2@6L");
    order_.advance(kernel_, kStart - hour + 500 * kMs);
    order_.advance(journal_, kStart - hour + 300 * kMs);
    EXPECT_EQ(drain(), "K3@-3599999 T@-3599700");
    EXPECT_EQ(losses_.total(SENTRA_LOSS_LATE), 1u);
}

TEST_F(OrderTest, ASmallStepBackIsMerelyLate)
{
    order_.offer(kernel_, clock(kStart, 1, -200 * static_cast<std::int64_t>(kMs)));
    order_.offer(kernel_, fork(kStart + 1 * kMs, 2));
    order_.advance(kernel_, kStart + 2 * kMs);
    EXPECT_EQ(drain(), ""); // nothing was drained: the journal is still waited for
}

TEST_F(OrderTest, FactsStandBehindATickWithItsTime)
{
    order_.tell(host());
    EXPECT_EQ(drain(), ""); // time has not begun
    order_.offer(kernel_, fork(kStart, 1));
    order_.advance(kernel_, kStart + 10 * kMs);
    order_.advance(journal_, kStart + 10 * kMs);
    EXPECT_EQ(drain(), "T@0 H@0 K1@0");
    order_.tell(host());
    EXPECT_EQ(drain(), "");
    order_.advance(kernel_, kStart + 300 * kMs);
    order_.advance(journal_, kStart + 300 * kMs);
    EXPECT_EQ(drain(), "T@300 H@300");
    EXPECT_EQ(losses_.total(SENTRA_LOSS_LATE), 0u);
}

TEST_F(OrderTest, FactsToldAtTheEndAreNotLost)
{
    order_.offer(kernel_, fork(kStart, 1));
    order_.finish(kernel_);
    order_.finish(journal_);
    EXPECT_EQ(drain(), "T@0 K1@0 last");
}

TEST(OrderFromABeginning, FactsComeBeforeEverything)
{
    event::Losses losses;
    Order order(kStart, losses);
    const auto kernel = order.add();
    order.tell(host());
    std::string names;
    order.offer(kernel, fork(kStart + kMs, 1));
    order.finish(kernel);
    while (const auto record = order.pop())
        names += name_of(*record) + " ";
    EXPECT_EQ(names, "T@0 H@0 K1@1 last ");
}

TEST(OrderHolding, HeldBytesGoUpAndDown)
{
    event::Losses losses;
    Order order(0, losses);
    const auto kernel = order.add();
    order.offer(kernel, fork(kStart, 1));
    EXPECT_EQ(order.held_bytes(kernel), sizeof(sentra_fork));
    order.finish(kernel);
    while (order.pop()) {
    }
    EXPECT_EQ(order.held_bytes(kernel), 0u);
}

} // namespace
} // namespace sentra::pipeline
