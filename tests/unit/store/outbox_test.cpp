// SPDX-License-Identifier: MIT
#include "store/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/store/made.h"

namespace sentra::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using State = Posted::State;

constexpr std::uint64_t kNow = 1'000 * kDayNs;

class Outgoing : public made::StoreTest {
protected:
    static void commit(Store &store, Batch batch, std::uint64_t now_ns = kNow)
    {
        batch.now_ns = now_ns;
        const auto done = store.commit(batch);
        ASSERT_TRUE(done) << done.error().text;
    }
    static void tell(Store &store, const std::vector<std::string> &names,
                     std::uint64_t now_ns = kNow)
    {
        std::vector<signal::Signal> signals;
        for (const std::string &name : names)
            signals.push_back(made::signal_of(name));
        commit(store, made::batch_of(std::move(signals)), now_ns);
    }
    static void post(Store &store, Posted posted, std::uint64_t now_ns = kNow)
    {
        posted.time_ns = now_ns;
        Batch batch;
        batch.posted.push_back(std::move(posted));
        commit(store, std::move(batch), now_ns);
    }
    static std::vector<std::uint64_t> waiting(Store &store, const std::string &sink)
    {
        std::vector<std::uint64_t> sequences;
        const auto due = store.outbox().due(sink, 1000);
        EXPECT_TRUE(due) << due.error().text;
        for (const Due &row : due.value_or(std::vector<Due>{}))
            sequences.push_back(row.sequence);
        return sequences;
    }
    static SinkAccount account(Store &store, const std::string &sink)
    {
        const auto accounts = store.outbox().accounts();
        EXPECT_TRUE(accounts) << accounts.error().text;
        for (const SinkAccount &one : accounts.value_or(std::vector<SinkAccount>{}))
            if (one.sink.name == sink)
                return one;
        return {};
    }
};

TEST_F(Outgoing, EveryFormOfASignalHasANumberAndARowForEverySinkInUse)
{
    auto store = open();
    tell(*store, {"before any sink"});
    ASSERT_TRUE(store->outbox().use({{"file", "file"}, {"siem", "elastic"}}));
    signal::Signal one = made::signal_of("one");
    commit(*store, made::batch_of({one}));
    commit(*store, made::batch_of({one})); // no news
    one.count = 2;
    Batch batch = made::batch_of({one});
    one.state = "Low (Reviewed)";
    batch.decided = {one};
    commit(*store, batch, kNow + 1);

    EXPECT_THAT(waiting(*store, "file"), ElementsAre(2, 3, 4));
    EXPECT_THAT(waiting(*store, "siem"), ElementsAre(2, 3, 4));
    EXPECT_THAT(waiting(*store, "elsewhere"), IsEmpty());
    const auto due = store->outbox().due("siem", 2);
    ASSERT_THAT(*due, SizeIs(2));
    EXPECT_EQ(due->at(0).revision, 1U);
    EXPECT_EQ(due->at(1).revision, 2U);
    EXPECT_EQ(due->at(1).queued_ns, kNow + 1);
    EXPECT_THAT(due->at(1).json, HasSubstr("\"count\":2"));
    EXPECT_EQ(sql("SELECT count(*), count(DISTINCT uid || revision) FROM told"), "4|4|");
}

TEST_F(Outgoing, ABatchThatFailsUsesNoNumber)
{
    auto store = open();
    tell(*store, {"one"});
    sqlite3 *other = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    EXPECT_FALSE(store->commit(made::batch_of({made::signal_of("two")})));
    sqlite3_close(other);
    tell(*store, {"two", "three"});
    EXPECT_EQ(sql("SELECT sequence FROM told"), "1|2|3|");
}

TEST_F(Outgoing, WhatBecameOfARowIsKept)
{
    auto store = open();
    ASSERT_TRUE(store->outbox().use({{"siem", "elastic"}}));
    tell(*store, {"one", "two", "three"});
    post(*store, {.sink = "siem", .sequence = 1, .state = State::delivered}, kNow + 5);
    post(*store, {.sink = "siem", .sequence = 2, .state = State::dead, .why = "HTTP 400: no"});
    post(*store, {.sink = "siem", .sequence = 3, .next_ns = kNow + 9, .why = "HTTP 503"});
    EXPECT_THAT(waiting(*store, "siem"), ElementsAre(3));
    SinkAccount now = account(*store, "siem");
    EXPECT_TRUE(now.is_in_use);
    EXPECT_EQ(now.delivered, 1U);
    EXPECT_EQ(now.delivered_ns, kNow + 5);
    EXPECT_EQ(now.waiting, 1U);
    EXPECT_EQ(now.oldest_ns, kNow);
    EXPECT_EQ(now.attempts, 1U);
    EXPECT_EQ(now.next_ns, kNow + 9);
    EXPECT_EQ(now.why, "HTTP 503");
    EXPECT_EQ(now.dead, 1U);
    // Said twice (a courier that was killed in between), it counts once.
    post(*store, {.sink = "siem", .sequence = 1, .state = State::dead, .why = "late"});
    EXPECT_EQ(account(*store, "siem").dead, 1U);
    const auto dead = store->outbox().dead_letters("siem", 10);
    ASSERT_THAT(*dead, SizeIs(1));
    EXPECT_EQ(dead->front().sequence, 2U);
    EXPECT_EQ(dead->front().why, "HTTP 400: no");
    EXPECT_THAT(dead->front().json, HasSubstr("\"title\":\"two\""));

    Batch again;
    again.requeued = {{"siem", 0, kNow + 20}};
    commit(*store, again);
    EXPECT_THAT(waiting(*store, "siem"), ElementsAre(2, 3));
    EXPECT_EQ(account(*store, "siem").dead, 0U);
    EXPECT_EQ(account(*store, "siem").oldest_ns, kNow + 20);
}

TEST_F(Outgoing, APauseOutlivesTheRun)
{
    {
        auto store = open();
        ASSERT_TRUE(store->outbox().use({{"siem", "elastic"}}));
        Batch batch;
        batch.pauses = {{"siem", "maria", "maintenance", kNow}};
        commit(*store, batch);
    }
    auto store = open();
    ASSERT_TRUE(store->outbox().use({{"siem", "elastic"}}));
    EXPECT_EQ(store->outbox().pause_of("siem")->by, "maria");
    EXPECT_EQ(account(*store, "siem").pause.why, "maintenance");
    Batch batch;
    batch.pauses = {{.sink = "siem"}};
    commit(*store, batch);
    EXPECT_EQ(store->outbox().pause_of("siem")->by, "");
}

TEST_F(Outgoing, ASinkThatIsNamedNoMoreKeepsWhatWaits)
{
    auto store = open();
    ASSERT_TRUE(store->outbox().use({{"old", "file"}}));
    tell(*store, {"one"});
    ASSERT_TRUE(store->outbox().use({{"new", "file"}}));
    tell(*store, {"two"});
    EXPECT_THAT(waiting(*store, "old"), ElementsAre(1));
    EXPECT_THAT(waiting(*store, "new"), ElementsAre(2));
    EXPECT_FALSE(account(*store, "old").is_in_use);
    EXPECT_EQ(account(*store, "old").waiting, 1U);
}

TEST_F(Outgoing, WhatWaitsTooLongIsADeadLetterAndSaysSo)
{
    auto store = open();
    ASSERT_TRUE(store->outbox().use({{"siem", "elastic"}}));
    tell(*store, {"old"});
    post(*store, {.sink = "siem", .sequence = 1, .why = "no route"});
    tell(*store, {"young"}, kNow + kDayNs);
    const auto tidied = store->outbox().tidy(kNow + kWaitingMostNs + 1);
    ASSERT_TRUE(tidied) << tidied.error().text;
    EXPECT_EQ(tidied->expired, 1U);
    EXPECT_THAT(waiting(*store, "siem"), ElementsAre(2));
    EXPECT_EQ(store->outbox().dead_letters("siem", 10)->front().why,
              "it was not delivered in time; last: no route");
}

TEST_F(Outgoing, WhatWasDeliveredLongAgoGoesAndItsNumberIsNotUsedAgain)
{
    auto store = open();
    ASSERT_TRUE(store->outbox().use({{"siem", "elastic"}}));
    tell(*store, {"delivered", "dead", "waits"});
    post(*store, {.sink = "siem", .sequence = 1, .state = State::delivered});
    post(*store, {.sink = "siem", .sequence = 2, .state = State::dead, .why = "no"});
    const auto early = store->outbox().tidy(kNow + kDeliveredKeptNs - 1);
    EXPECT_EQ(early->removed, 0U);
    EXPECT_EQ(store->outbox().tidy(kNow + kDeliveredKeptNs + 1)->removed, 1U);
    EXPECT_EQ(sql("SELECT sequence FROM told"), "2|3|");
    EXPECT_EQ(account(*store, "siem").delivered, 1U);
    post(*store, {.sink = "siem", .sequence = 3, .state = State::delivered}, kNow);
    ASSERT_TRUE(store->outbox().tidy(kNow + kDeliveredKeptNs + 1));
    tell(*store, {"next"}, kNow + kDeliveredKeptNs + 1);
    EXPECT_THAT(waiting(*store, "siem"), ElementsAre(4));
}

TEST_F(Outgoing, AStoreInThePlaceOfAnotherNumbersOnwards)
{
    auto store = open();
    ASSERT_TRUE(store->outbox().number_after(1'700'000'000));
    tell(*store, {"one"});
    ASSERT_TRUE(store->outbox().number_after(12)); // never back
    tell(*store, {"two"});
    EXPECT_EQ(sql("SELECT sequence FROM told"), "1700000001|1700000002|");
}

TEST_F(Outgoing, AnEarlierStoreGetsAnOutbox)
{
    tell(*open(), {"one"});
    sql("DROP TABLE outbox; DROP TABLE told; DROP TABLE sinks; PRAGMA user_version = 3");
    const auto too_early = Store::open(path_, Store::Access::read);
    ASSERT_FALSE(too_early);
    EXPECT_NE(too_early.error().text.find("earlier Sentra (version 3"), std::string::npos)
        << too_early.error().text;
    auto store = open();
    ASSERT_TRUE(store->outbox().use({{"siem", "elastic"}}));
    tell(*store, {"two"});
    EXPECT_THAT(waiting(*store, "siem"), ElementsAre(1));
    EXPECT_EQ(store->signals({})->size(), 2U);
}

TEST_F(Outgoing, WhatIsToldCarriesTheLedgersHeadOfThatMoment)
{
    auto store = open();
    ASSERT_TRUE(store->outbox().use({{"siem", "elastic"}}));
    tell(*store, {"one"});
    Batch decision;
    decision.entries = {{0, kNow, "maria as root", "override", "ov-1", "{}", "", ""}};
    commit(*store, std::move(decision));
    tell(*store, {"two"});
    const auto due = store->outbox().due("siem", 10);
    ASSERT_TRUE(due);
    ASSERT_THAT(*due, SizeIs(2));
    EXPECT_EQ((*due)[0].ledger_head, "");
    const auto ledger = store->ledger();
    ASSERT_TRUE(ledger);
    EXPECT_EQ((*due)[1].ledger_head, "1:" + ledger->front().hash);
}

// As it was before documents carried the ledger's head.
TEST_F(Outgoing, AStoreOfTheVersionBeforeKeepsWhatWaits)
{
    {
        auto store = open();
        ASSERT_TRUE(store->outbox().use({{"siem", "elastic"}}));
        tell(*store, {"one"});
    }
    sql("ALTER TABLE told DROP COLUMN ledger_head; DROP INDEX outbox_settled; "
        "CREATE INDEX outbox_delivered ON outbox (settled_ns) WHERE state = 'delivered'; "
        "PRAGMA user_version = 4");
    auto store = open();
    EXPECT_THAT(waiting(*store, "siem"), ElementsAre(1));
    tell(*store, {"two"});
    EXPECT_THAT(waiting(*store, "siem"), ElementsAre(1, 2));
    EXPECT_EQ(sql("SELECT name FROM sqlite_schema WHERE name LIKE 'outbox_%d'"),
              "outbox_dead|outbox_settled|");
}

TEST_F(Outgoing, AStoreOfALaterVersionOfItsKindGoesOnBeingUsed)
{
    tell(*open(), {"one"});
    sql("PRAGMA user_version = 99; CREATE TABLE later (x)");
    auto store = open();
    tell(*store, {"two"});
    store.reset();
    EXPECT_EQ(sql("PRAGMA user_version"), "99|") << "it is not taken back";
    const auto reader = Store::open(path_, Store::Access::read);
    ASSERT_TRUE(reader) << reader.error().text;
    EXPECT_THAT(*(*reader)->signals({}), SizeIs(2));
}

TEST_F(Outgoing, TidyingLooksAtWhatIsSettledOnly)
{
    auto store = open();
    EXPECT_THAT(sql("EXPLAIN QUERY PLAN SELECT sink, sequence FROM outbox WHERE state IN "
                    "('delivered', 'withheld') AND settled_ns < 5"),
                HasSubstr("outbox_settled"));
}

TEST_F(Outgoing, ADamagedStoreIsReplacedAndOnlyADamagedOne)
{
    tell(*open(), {"one"});
    {
        auto store = open();
        EXPECT_FALSE(Store::open_or_replace(path_)) << "it is in use, not damaged";
    }
    {
        std::FILE *file = std::fopen(path_.c_str(), "r+");
        ASSERT_NE(file, nullptr);
        std::fputs("this is no database any more", file);
        std::fclose(file);
    }
    auto replaced = Store::open_or_replace(path_);
    ASSERT_TRUE(replaced) << replaced.error().text;
    EXPECT_EQ(replaced->set_aside, path_ + ".damaged-1");
    EXPECT_THAT(replaced->why, HasSubstr("is damaged"));
    EXPECT_GT(replaced->until_ns, 0U);
    EXPECT_THAT(*replaced->store->signals({}), IsEmpty());
    tell(*replaced->store, {"two"});
    replaced->store.reset();
    const auto whole = Store::open_or_replace(path_);
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->set_aside, "");
    EXPECT_THAT(*whole->store->signals({}), SizeIs(1));
}

TEST_F(Outgoing, AnotherWritersFileIsNotReplaced)
{
    tell(*open(), {"one"});
    sql("PRAGMA user_version = 100");
    EXPECT_FALSE(Store::open_or_replace(path_));
    EXPECT_EQ(sql("SELECT count(*) FROM signals"), "1|");
}

} // namespace
} // namespace sentra::store
