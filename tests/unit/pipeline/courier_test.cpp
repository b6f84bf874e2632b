// SPDX-License-Identifier: MIT
// Couriers over a real store, with sinks that do as they are told.
#include "pipeline/courier.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <numeric>

#include <gtest/gtest.h>

#include "pipeline/housekeeping.h"
#include "pipeline/sink_desk.h"
#include "unit/store/made.h"

namespace sentra::pipeline {
namespace {

using output::Fate;
using store::made::signal_of;
using namespace std::chrono_literals;

// What a sink was brought, and what it says next. Used by a courier's thread and by the test's.
class Peer {
public:
    using Say = std::function<output::Handover(std::span<const output::Parcel>)>;
    void says(Say say)
    {
        const std::lock_guard lock(mutex_);
        say_ = std::move(say);
    }
    [[nodiscard]] Say what_it_says()
    {
        const std::lock_guard lock(mutex_);
        return say_;
    }
    void take(const output::Parcel &parcel)
    {
        const std::lock_guard lock(mutex_);
        taken_.push_back(parcel.delivery.sequence);
        narratives_.push_back(parcel.signal.narrative);
    }
    [[nodiscard]] std::vector<std::uint64_t> taken() // sequences, in the order they came
    {
        const std::lock_guard lock(mutex_);
        return taken_;
    }
    [[nodiscard]] std::vector<std::string> narratives()
    {
        const std::lock_guard lock(mutex_);
        return narratives_;
    }
    std::atomic<int> reopened{0};

private:
    std::mutex mutex_;
    std::vector<std::uint64_t> taken_;
    std::vector<std::string> narratives_;
    Say say_;
};

output::Handover alike(std::size_t count, Fate fate, std::string why = "")
{
    output::Handover handover;
    handover.outcomes.assign(count, {fate, std::move(why)});
    return handover;
}

class FakeSink final : public output::Transport {
public:
    explicit FakeSink(Peer &peer) : peer_(peer) {}
    output::Handover send(std::span<const output::Parcel> parcels) override
    {
        const Peer::Say say = peer_.what_it_says();
        auto handover = say ? say(parcels) : alike(parcels.size(), Fate::delivered);
        for (std::size_t at = 0; at < parcels.size(); ++at)
            if (handover.outcomes[at].fate == Fate::delivered)
                peer_.take(parcels[at]);
        return handover;
    }
    void reopen() override { ++peer_.reopened; }

private:
    Peer &peer_;
};

class Delivery : public store::made::StoreTest {
protected:
    void SetUp() override
    {
        StoreTest::SetUp();
        store_ = open();
        ASSERT_TRUE(store_->outbox().use({{"one", "file"}, {"two", "file"}}));
    }
    void TearDown() override
    {
        couriers_.clear();
        store_.reset();
        StoreTest::TearDown();
    }
    Courier &courier(const std::string &name, Peer &peer, const std::string &type = "file")
    {
        output::SinkSettings settings;
        settings.name = name;
        settings.type = type;
        couriers_.push_back(std::make_unique<Courier>(
            settings, path_,
            [&peer](const output::SinkSettings &) -> Result<std::unique_ptr<output::Transport>> {
                return std::make_unique<FakeSink>(peer);
            }));
        couriers_.back()->start();
        return *couriers_.back();
    }
    void tell(int first, int count)
    {
        store::Batch batch;
        batch.now_ns = 1;
        for (int at = first; at < first + count; ++at)
            batch.signals.push_back(signal_of("signal " + std::to_string(at)));
        ASSERT_TRUE(store_->commit(batch));
        for (const auto &courier : couriers_)
            courier->tell_news();
    }
    // As the loop does: collects and commits.
    void settle()
    {
        store::Batch batch;
        batch.now_ns = 1;
        for (const auto &courier : couriers_)
            courier->collect(batch);
        ASSERT_TRUE(store_->commit(batch));
        for (const auto &courier : couriers_)
            courier->committed(batch.posted);
    }
    template <typename Done> bool await(Done done, std::chrono::milliseconds patience = 10s)
    {
        const auto until = std::chrono::steady_clock::now() + patience;
        do {
            settle();
            if (done())
                return true;
            std::this_thread::sleep_for(5ms);
        } while (std::chrono::steady_clock::now() < until);
        return false;
    }
    store::SinkAccount account(const std::string &name)
    {
        const auto accounts = store_->outbox().accounts();
        for (const store::SinkAccount &one : *accounts)
            if (one.sink.name == name)
                return one;
        return {};
    }
    static std::vector<std::uint64_t> upto(std::uint64_t last)
    {
        std::vector<std::uint64_t> numbers(last);
        std::iota(numbers.begin(), numbers.end(), 1);
        return numbers;
    }

    std::unique_ptr<store::Store> store_;
    std::deque<Peer> peers_; // they outlive the couriers
    std::vector<std::unique_ptr<Courier>> couriers_;
};

TEST_F(Delivery, BringsWhatWaitsInItsOrderAndEachOnce)
{
    Peer &peer = peers_.emplace_back();
    tell(0, 40);
    courier("one", peer);
    ASSERT_TRUE(await([&] { return account("one").delivered == 40; }));
    tell(40, 30);
    ASSERT_TRUE(await([&] { return account("one").delivered == 70; }));
    EXPECT_EQ(peer.taken(), upto(70));
    EXPECT_EQ(account("one").waiting, 0U);
    EXPECT_EQ(account("two").waiting, 70U) << "nobody brings the other one anything";
}

TEST_F(Delivery, PeopleGetWhatAsksForActionAndManyAsOneMessage)
{
    ASSERT_TRUE(store_->outbox().use({{"people", "slack"}}));
    store::Batch batch;
    batch.now_ns = unix_now_ns();
    for (int at = 0; at < 14; ++at) {
        signal::Signal signal = signal_of("signal " + std::to_string(at));
        signal.action_needed = at < 12;
        signal.state = signal.action_needed ? "Action Recommended" : "Low";
        batch.signals.push_back(std::move(signal));
    }
    ASSERT_TRUE(store_->commit(batch));
    Peer &peer = peers_.emplace_back();
    courier("people", peer, "slack");
    ASSERT_TRUE(await([&] { return account("people").waiting == 0; }));
    EXPECT_EQ(account("people").delivered, 12U);
    ASSERT_EQ(peer.narratives().size(), 1U);
    EXPECT_NE(peer.narratives()[0].find("there were 12 signals"), std::string::npos)
        << peer.narratives()[0];

    batch.signals.resize(1); // it goes on, and asks for what it asked for before
    batch.signals[0].count = 2;
    ASSERT_TRUE(store_->commit(batch));
    couriers_.back()->tell_news();
    ASSERT_TRUE(await([&] { return account("people").waiting == 0; }));
    EXPECT_EQ(peer.narratives().size(), 1U);
    const auto rows = store_->outbox().history(0, ~std::uint64_t{0});
    ASSERT_TRUE(rows) << rows.error().text;
    ASSERT_EQ(rows->size(), 15U);
    EXPECT_EQ(rows->back().state, "withheld");
    EXPECT_EQ(rows->back().why, "nothing that was told before has changed");
    EXPECT_EQ(rows->at(12).why, "it does not ask for action");
}

TEST_F(Delivery, ADeadSinkDelaysNoOther)
{
    Peer &dead = peers_.emplace_back(), &good = peers_.emplace_back();
    std::atomic<bool> is_released{false};
    dead.says([&](auto parcels) { // hangs as long as the test runs
        while (!is_released)
            std::this_thread::sleep_for(1ms);
        return alike(parcels.size(), Fate::retry, "timeout");
    });
    courier("one", dead);
    courier("two", good);
    for (int at = 0; at < 20; ++at) {
        tell(at, 1);
        const auto begun = std::chrono::steady_clock::now();
        ASSERT_TRUE(await([&] { return account("two").waiting == 0; }));
        EXPECT_LT(std::chrono::steady_clock::now() - begun, 2s);
    }
    EXPECT_EQ(account("one").waiting, 20U);
    EXPECT_EQ(good.taken(), upto(20));
    is_released = true;
}

TEST_F(Delivery, AfterAnOutageEverythingComesInItsOrder)
{
    Peer &peer = peers_.emplace_back();
    peer.says([](auto parcels) { return alike(parcels.size(), Fate::retry, "HTTP 503"); });
    courier("one", peer);
    tell(0, 5);
    ASSERT_TRUE(await([&] { return account("one").attempts >= 1; }));
    EXPECT_EQ(account("one").why, "HTTP 503");
    tell(5, 5);
    peer.says(nullptr);
    ASSERT_TRUE(await([&] { return account("one").delivered == 10; }));
    EXPECT_EQ(peer.taken(), upto(10));
}

TEST_F(Delivery, AKilledCourierBringsAgainWhatNobodyCommitted)
{
    Peer &peer = peers_.emplace_back();
    courier("one", peer);
    tell(0, 3);
    for (int tries = 0; tries < 2000 && peer.taken().size() < 3; ++tries)
        std::this_thread::sleep_for(1ms);
    couriers_.clear(); // without settle(): as after kill -9
    EXPECT_EQ(account("one").waiting, 3U);
    courier("one", peer);
    ASSERT_TRUE(await([&] { return account("one").delivered == 3; }));
    EXPECT_EQ(peer.taken(), (std::vector<std::uint64_t>{1, 2, 3, 1, 2, 3}));
}

TEST_F(Delivery, ARefusedDocumentIsADeadLetterUntilSomebodyRequeuesIt)
{
    Peer &peer = peers_.emplace_back();
    peer.says([](auto parcels) {
        auto handover = alike(parcels.size(), Fate::delivered);
        for (std::size_t at = 0; at < parcels.size(); ++at)
            if (parcels[at].delivery.sequence == 3)
                handover.outcomes[at] = {Fate::rejected, "HTTP 400: no such field"};
        return handover;
    });
    Courier &one = courier("one", peer);
    tell(0, 5);
    ASSERT_TRUE(await([&] { return account("one").delivered == 4 && account("one").dead == 1; }));
    EXPECT_EQ(store_->outbox().dead_letters("one", 9)->front().why, "HTTP 400: no such field");
    peer.says(nullptr);
    const auto answer = answer_about_sinks(
        *store_,
        {.verb = Request::Verb::sink_requeue, .body = R"({"sink":"one"})", .author = "maria"}, 2);
    ASSERT_TRUE(answer) << answer.error().text;
    one.tell_act();
    ASSERT_TRUE(await([&] { return account("one").delivered == 5; }));
    EXPECT_EQ(peer.taken(), (std::vector<std::uint64_t>{1, 2, 4, 5, 3}));
    EXPECT_NE(store_->ledger()->back().json.find("\"author\":\"maria\""), std::string::npos);
}

TEST_F(Delivery, WhatIsTooBigGoesInSmallerBatchesAndThenShortened)
{
    Peer &peer = peers_.emplace_back();
    peer.says([](auto parcels) {
        const bool fits =
            parcels.size() <= 2 &&
            std::all_of(parcels.begin(), parcels.end(), [](const auto &parcel) {
                return parcel.delivery.sequence != 6 ||
                       parcel.signal.narrative.find("was shortened") != std::string::npos;
            });
        return alike(parcels.size(), fits ? Fate::delivered : Fate::too_big,
                     fits ? "" : "HTTP 413");
    });
    tell(0, 9);
    courier("one", peer);
    ASSERT_TRUE(await([&] { return account("one").delivered == 9; }));
    EXPECT_EQ(peer.taken(), upto(9));
    EXPECT_NE(peer.narratives()[5].find("was shortened"), std::string::npos);
    EXPECT_EQ(peer.narratives()[4].find("was shortened"), std::string::npos);
    EXPECT_EQ(account("one").dead, 0U);
}

TEST_F(Delivery, ASinkThatRefusesUsIsPausedAndAPersonsPauseHolds)
{
    Peer &peer = peers_.emplace_back();
    peer.says([](auto parcels) {
        auto handover = alike(parcels.size(), Fate::retry, "HTTP 401");
        handover.pause = "HTTP 401";
        return handover;
    });
    Courier &one = courier("one", peer);
    tell(0, 2);
    ASSERT_TRUE(await([&] { return account("one").pause.by == "sentrad"; }));
    EXPECT_EQ(account("one").waiting, 2U);
    EXPECT_NE(trouble_of(account("one"), 1).find("does not work: HTTP 401"), std::string::npos);
    peer.says(nullptr);
    const auto ask = [&](Request::Verb verb, const char *body) {
        const auto answer =
            answer_about_sinks(*store_, {.verb = verb, .body = body, .author = "maria"}, 2);
        EXPECT_TRUE(answer) << answer.error().text;
        one.tell_act();
    };
    ask(Request::Verb::sink_pause, R"({"sink":"one","reason":"the SIEM moves"})");
    tell(2, 1);
    EXPECT_FALSE(await([&] { return account("one").delivered > 0; }, 300ms));
    EXPECT_EQ(account("one").pause.by, "maria");
    ask(Request::Verb::sink_resume, R"({"sink":"one"})");
    ASSERT_TRUE(await([&] { return account("one").delivered == 3; }));
    EXPECT_EQ(account("one").pause.by, "");
    EXPECT_EQ(trouble_of(account("one"), 1), "");
}

TEST_F(Delivery, ASinkThatTakesSomethingAgainIsPausedNoMore)
{
    Peer &peer = peers_.emplace_back();
    peer.says([](auto parcels) {
        auto handover = alike(parcels.size(), Fate::retry, "HTTP 403");
        handover.pause = "HTTP 403";
        return handover;
    });
    Courier &one = courier("one", peer);
    tell(0, 2);
    ASSERT_TRUE(await([&] { return account("one").pause.by == "sentrad"; }));
    peer.says(nullptr);
    one.reopen(); // SIGHUP: tried at once
    ASSERT_TRUE(
        await([&] { return account("one").delivered == 2 && account("one").pause.by.empty(); }));
    EXPECT_EQ(peer.reopened, 1);
}

TEST_F(Delivery, AtTheEndWhatWaitsIsStillBrought)
{
    Peer &peer = peers_.emplace_back();
    Courier &one = courier("one", peer);
    ASSERT_TRUE(await([&] { return account("one").waiting == 0; }));
    store::Batch batch = store::made::batch_of({signal_of("last")});
    batch.now_ns = 1;
    ASSERT_TRUE(store_->commit(batch)); // and nobody is told
    one.ask_to_stop();
    one.join();
    settle();
    EXPECT_EQ(account("one").delivered, 1U);
}

TEST_F(Delivery, ASinkThatCannotBeOpenedWaitsAndSaysWhy)
{
    output::SinkSettings settings;
    settings.name = "one";
    settings.type = "file";
    couriers_.push_back(std::make_unique<Courier>(
        settings, path_,
        [](const output::SinkSettings &) -> Result<std::unique_ptr<output::Transport>> {
            return failure("password_file: open /x: No such file or directory");
        }));
    couriers_.back()->start();
    tell(0, 1);
    ASSERT_TRUE(await([&] { return !account("one").pause.why.empty(); }));
    EXPECT_EQ(account("one").pause.why, "password_file: open /x: No such file or directory");
    EXPECT_EQ(account("one").waiting, 1U);
}

} // namespace
} // namespace sentra::pipeline
