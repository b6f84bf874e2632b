// SPDX-License-Identifier: MIT
#include "store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/store/made.h"

namespace sentra::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Remembers : public made::StoreTest {
protected:
    // How many of the signals were news.
    static std::size_t commit(Store &store, std::vector<signal::Signal> signals)
    {
        const auto news = store.commit(made::batch_of(std::move(signals)));
        EXPECT_TRUE(news) << news.error().text;
        return news ? news->size() : 0;
    }
    static std::vector<std::string> lines(const Store &store, const Query &query = {})
    {
        const auto found = store.signals(query);
        EXPECT_TRUE(found) << found.error().text;
        return found ? *found : std::vector<std::string>{};
    }
};

TEST_F(Remembers, SignalsAsTheyWereEmitted)
{
    const signal::Signal signal = made::signal_of("one");
    {
        auto store = open();
        EXPECT_THAT(lines(*store), IsEmpty());
        EXPECT_EQ(commit(*store, {signal}), 1U);
        EXPECT_THAT(lines(*store), ElementsAre(signal::to_json(signal)));
    }
    EXPECT_THAT(lines(*open()), ElementsAre(signal::to_json(signal)));
    EXPECT_EQ(sql("SELECT number, event, text FROM evidence ORDER BY number"),
              "1|auth.login|maria signed in|2|file.write|opened /x for writing|");
}

TEST_F(Remembers, WhatIsNoNewsAnyMore)
{
    signal::Signal first = made::signal_of("one");
    signal::Signal grown = first;
    grown.count = 10;
    grown.last_ns += 5;
    grown.evidence.resize(1);
    signal::Signal riskier = grown;
    riskier.score = 0.7;
    riskier.state = "Action Recommended";
    {
        auto store = open();
        EXPECT_EQ(commit(*store, {first}), 1U);
        EXPECT_EQ(commit(*store, {first}), 0U);
        EXPECT_EQ(commit(*store, {grown, riskier}), 2U);
        // The journal is read a second time: all its forms come by again, in their order.
        EXPECT_EQ(commit(*store, {first, grown, riskier}), 0U);
    }
    auto store = open();
    EXPECT_EQ(commit(*store, {first, grown, riskier}), 0U);
    EXPECT_THAT(lines(*store), ElementsAre(signal::to_json(riskier)));
    store.reset();
    EXPECT_EQ(sql("SELECT revisions, count, state FROM signals"), "3|10|Action Recommended|");
    EXPECT_EQ(sql("SELECT count(*) FROM evidence"), "1|");
}

TEST_F(Remembers, TheLaterPictureAgainstAnEarlierOne)
{
    auto store = open();
    signal::Signal signal = made::signal_of("one");
    signal.count = 10;
    signal.score = 0.45;
    EXPECT_EQ(commit(*store, {signal}), 1U);
    // Half rebuilt after a restart: fewer, and rated no higher, though never seen in this form.
    signal::Signal partial = signal;
    partial.count = 2;
    partial.score = 0.2;
    EXPECT_EQ(commit(*store, {partial}), 0U);
    EXPECT_THAT(lines(*store), ElementsAre(signal::to_json(signal)));
    // A higher risk is told however little of it was seen.
    partial.score = 0.8;
    partial.state = "Action Recommended";
    EXPECT_EQ(commit(*store, {partial}), 1U);
    // A lower one at the same count is: a rule's term has come to hold.
    partial.score = 0.3;
    partial.state = "Low";
    EXPECT_EQ(commit(*store, {partial}), 1U);
}

TEST_F(Remembers, PositionSightingsGapsAndLosses)
{
    {
        auto store = open();
        EXPECT_EQ(store->position()->cursor, "");
        EXPECT_EQ(store->position()->watermark_ns, 0U);
        Batch batch;
        batch.position = Position{"s=abc;i=1", 7, "b00t", false};
        batch.sightings = {{"k2", 20, 30}, {"k1", 10, 10}};
        batch.gaps = {{5, 9, "journal", "the daemon was stopped"}, {1, 2, "kernel", "no sensor"}};
        batch.losses = {{"ring_full", 3}, {"late", 1}};
        ASSERT_TRUE(store->commit(batch));
        batch.position = Position{"s=abc;i=2", 8, "b00t", true};
        batch.sightings = {{"k1", 40, 50}, {"k2", 5, 6}};
        batch.losses = {{"ring_full", 4}}; // a total: it replaces the earlier one of this run
        ASSERT_TRUE(store->commit(batch));
    }
    auto store = open();
    Batch batch;
    batch.losses = {{"ring_full", 2}};
    ASSERT_TRUE(store->commit(batch));
    const auto position = store->position();
    ASSERT_TRUE(position);
    EXPECT_EQ(position->cursor, "s=abc;i=2");
    EXPECT_EQ(position->watermark_ns, 8U);
    EXPECT_EQ(position->boot_id, "b00t");
    EXPECT_TRUE(position->clean_stop);
    const auto sightings = store->sightings();
    ASSERT_THAT(*sightings, SizeIs(2));
    EXPECT_EQ((*sightings)[0].key, "k1");
    EXPECT_EQ((*sightings)[0].first_ns, 10U);
    EXPECT_EQ((*sightings)[0].last_ns, 50U);
    EXPECT_EQ((*sightings)[1].first_ns, 5U);
    EXPECT_EQ((*sightings)[1].last_ns, 30U);
    ASSERT_THAT(*store->gaps(0), SizeIs(2));
    EXPECT_EQ((*store->gaps(0))[0].source, "kernel");
    ASSERT_THAT(*store->gaps(3), SizeIs(1));
    EXPECT_EQ((*store->gaps(3))[0].reason, "the daemon was stopped");
    EXPECT_THAT(*store->losses(),
                ElementsAre(std::pair<std::string, std::uint64_t>("late", 1),
                            std::pair<std::string, std::uint64_t>("ring_full", 6)));
    EXPECT_TRUE(store->check());
}

TEST_F(Remembers, TheNewestLast)
{
    auto store = open();
    EXPECT_EQ(commit(*store, {made::signal_of("c", 3000), made::signal_of("a", 1000),
                              made::signal_of("b", 2000)}),
              3U);
    const auto titles = [&](const Query &query) {
        std::string all;
        for (const std::string &line : lines(*store, query))
            all += signal::from_json(line)->title;
        return all;
    };
    EXPECT_EQ(titles({}), "abc");
    EXPECT_EQ(titles({.most = 2}), "bc");
    EXPECT_EQ(titles({.since_ns = 2000}), "bc");
    EXPECT_EQ(titles({.until_ns = 2000}), "ab");
    EXPECT_EQ(titles({.since_ns = 1001, .until_ns = 2999}), "b");
}

TEST_F(Remembers, SignalsByTheBeginningOfTheirId)
{
    auto store = open();
    signal::Signal one = made::signal_of("one"), two = made::signal_of("two");
    two.uid.replace(0, 4, one.uid, 0, 4); // two signals that begin alike
    two.id = two.uid.substr(0, 12);
    EXPECT_EQ(commit(*store, {one, two}), 2U);
    EXPECT_THAT(lines(*store, {.id_prefix = one.uid.substr(0, 4)}),
                SizeIs(2)); // the caller asks for more
    EXPECT_THAT(lines(*store, {.id_prefix = one.id}), ElementsAre(signal::to_json(one)));
    EXPECT_THAT(lines(*store, {.id_prefix = two.uid}), ElementsAre(signal::to_json(two)));
    std::string upper = one.id;
    for (char &c : upper)
        c = static_cast<char>(std::toupper(c));
    EXPECT_THAT(lines(*store, {.id_prefix = upper}), SizeIs(1));
    EXPECT_THAT(lines(*store, {.id_prefix = std::string(64, '0')}), IsEmpty());
    for (const char *wrong : {"*", "xyz", "' OR 1=1", "[0-9]"})
        EXPECT_THAT(store->signals({.id_prefix = wrong}).error().text, HasSubstr("is no id"))
            << wrong;
}

TEST_F(Remembers, NothingOfABatchThatFails)
{
    auto store = open();
    signal::Signal broken = made::signal_of("broken");
    broken.uid = "short"; // the schema refuses it
    Batch batch = made::batch_of({made::signal_of("good"), broken});
    batch.position = Position{"s=1", 1, "b", false};
    const auto news = store->commit(batch);
    ASSERT_FALSE(news);
    EXPECT_THAT(news.error().text, HasSubstr(path_));
    EXPECT_THAT(lines(*store), IsEmpty());
    EXPECT_EQ(store->position()->cursor, "");
    // The store goes on.
    EXPECT_EQ(commit(*store, {made::signal_of("good")}), 1U);
}

TEST_F(Remembers, HugeTimesAndOddTexts)
{
    auto store = open();
    signal::Signal signal = made::signal_of("odd");
    signal.evidence = {{~std::uint64_t{0}, "x.y", std::string("a\0b", 3), ""}};
    EXPECT_EQ(commit(*store, {signal}), 1U);
    EXPECT_EQ(commit(*store, {signal}), 0U);
    EXPECT_THAT(lines(*store), SizeIs(1));
}

TEST_F(Remembers, ForReadersWhileTheWriterWrites)
{
    auto writer = open();
    EXPECT_EQ(commit(*writer, {made::signal_of("one")}), 1U);
    auto reader = open(Store::Access::read);
    auto other = open(Store::Access::read);
    EXPECT_THAT(lines(*reader), SizeIs(1));
    EXPECT_EQ(commit(*writer, {made::signal_of("two")}), 1U);
    EXPECT_THAT(lines(*reader), SizeIs(2));
    EXPECT_THAT(lines(*other), SizeIs(2));
    EXPECT_TRUE(reader->check());
    EXPECT_THAT(reader->commit({}).error().text, HasSubstr("was opened for reading"));
    writer.reset();
    EXPECT_THAT(lines(*reader), SizeIs(2));
    reader.reset();
    other.reset();
    EXPECT_THAT(lines(*open(Store::Access::read)), SizeIs(2));
}

} // namespace
} // namespace sentra::store
