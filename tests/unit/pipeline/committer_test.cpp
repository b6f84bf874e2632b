// SPDX-License-Identifier: MIT
#include "pipeline/committer.h"

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/time.h"
#include "pipeline/playback.h"

namespace sentra::pipeline {
namespace {

const std::string kTree = SENTRA_TESTS_DIR "/..";

// A saved journal with a guessed password and a second root in it, taken in with kills at every
// record.
class Restart : public testing::Test {
protected:
    Restart()
    {
        folder_ = std::filesystem::temp_directory_path() /
                  ("sentra-restart-" + std::to_string(::getpid()));
        auto loaded = engine::Rules::load({kTree + "/rules"});
        EXPECT_TRUE(loaded) << loaded.error().text;
        rules_ = *loaded;
        event::Losses losses;
        const auto played = play(
            kTree + "/tests/replay/fixtures/journal.json", losses,
            [this](const event::Record &record) -> Result<void> {
                records_.push_back(record.clone());
                return {};
            },
            [](const std::string &) {});
        EXPECT_TRUE(played) << played.error().text;
    }
    ~Restart() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::string path(const std::string &name) const
    {
        return (folder_ / name / "sentra.db").string();
    }

    // One run over the first `until` records; every third turn commits, and every one with signals.
    // What was printed is appended. A run that is killed commits nothing at its end.
    void run(const std::string &name, std::size_t until, bool killed, bool first_start = false)
    {
        auto store = store::Store::open(path(name), store::Store::Access::write);
        ASSERT_TRUE(store) << store.error().text;
        const auto last = (*store)->position();
        ASSERT_TRUE(last);
        event::Losses losses;
        Loop loop(rules_, losses);
        const auto sightings = (*store)->sightings();
        ASSERT_TRUE(sightings);
        loop.engine().remember(*sightings);
        auto rebuild = rebuild_after(**store, *last, 0);
        ASSERT_TRUE(rebuild) << rebuild.error().text;
        loop.remember(std::move(rebuild->told));
        if (first_start)
            *rebuild = {.until_ns = records_.back().head().time_ns, .all_is_known = true};
        Committer committer(**store, *last, std::move(*rebuild));
        std::vector<signal::Signal> signals;
        for (std::size_t at = 0; at < until; ++at) {
            loop.take(records_[at], signals);
            committer.take(signals, records_[at].head(), loop);
            if (committer.has_signals() || at % 3 == 0)
                print(committer.settle(loop));
        }
        if (!killed)
            print(committer.settle(loop, true));
    }
    void print(const Result<std::vector<signal::Signal>> &news)
    {
        ASSERT_TRUE(news) << news.error().text;
        for (const signal::Signal &one : *news)
            printed_.push_back(one.uid + " " + std::to_string(one.count) + " " + one.state);
    }
    [[nodiscard]] std::vector<std::string> stored(const std::string &name) const
    {
        const auto store = store::Store::open(path(name), store::Store::Access::read);
        EXPECT_TRUE(store);
        return store ? (*store)->signals({}).value_or(std::vector<std::string>{})
                     : std::vector<std::string>{};
    }

    std::filesystem::path folder_;
    std::shared_ptr<const engine::Rules> rules_;
    std::vector<event::Record> records_;
    std::vector<std::string> printed_;
};

TEST_F(Restart, AfterAKillAtAnyRecordNothingIsLostAndNothingIsToldTwice)
{
    run("whole", records_.size(), false);
    const auto whole = stored("whole");
    auto told = printed_;
    std::sort(told.begin(), told.end());
    ASSERT_EQ(whole.size(), 1u); // the guess and the second root are one story
    EXPECT_NE(whole.front().find("\"story\":["), std::string::npos);
    for (std::size_t cut = 0; cut <= records_.size(); ++cut) {
        const std::string name = "cut" + std::to_string(cut);
        printed_.clear();
        run(name, cut, true);
        run(name, records_.size(), false);
        std::sort(printed_.begin(), printed_.end());
        EXPECT_EQ(printed_, told) << "killed after " << cut << " records";
        EXPECT_EQ(stored(name), whole) << "killed after " << cut << " records";
    }
}

TEST_F(Restart, TwoStopsInARowTellNothingNew)
{
    run("again", records_.size(), false);
    const auto once = printed_.size();
    run("again", records_.size(), false);
    run("again", records_.size(), true);
    EXPECT_EQ(printed_.size(), once);
    const auto store = store::Store::open(path("again"), store::Store::Access::read);
    ASSERT_TRUE(store);
    const auto position = (*store)->position();
    ASSERT_TRUE(position);
    EXPECT_FALSE(position->clean_stop); // the last one was killed
    EXPECT_FALSE(position->cursor.empty());
}

TEST_F(Restart, AFirstStartLearnsFromThePastAndTellsNothingOfIt)
{
    run("first", records_.size() - 1, false, true);
    EXPECT_EQ(printed_, std::vector<std::string>{});
    EXPECT_TRUE(stored("first").empty());
}

TEST_F(Restart, NoStoryBeginsInTheTimeThatIsForLearning)
{
    event::Losses losses;
    Loop whole(rules_, losses);
    std::vector<signal::Signal> all;
    for (const event::Record &record : records_)
        whole.take(record, all);
    ASSERT_FALSE(all.empty());
    ASSERT_EQ(all.back().story.size(), 2u);

    Loop loop(rules_, losses);
    loop.learn_until(all.back().last_ns);
    std::vector<signal::Signal> signals;
    for (const event::Record &record : records_)
        loop.take(record, signals);
    ASSERT_EQ(signals.size(), 1u);
    EXPECT_TRUE(signals.front().story.empty());
    EXPECT_EQ(signals.front().last_ns, all.back().last_ns);
}

} // namespace
} // namespace sentra::pipeline
