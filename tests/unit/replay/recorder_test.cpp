// SPDX-License-Identifier: MIT
#include "replay/recorder.h"

#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include <sentra/event/all.h>

#include "event/build.h"
#include "replay/player.h"

namespace sentra::replay {
namespace {

class RecordingTest : public testing::Test {
protected:
    RecordingTest()
    {
        folder_ = std::filesystem::temp_directory_path() /
                  ("sentra-replay-" + std::to_string(::getpid()));
        std::filesystem::create_directories(folder_);
    }
    ~RecordingTest() override { std::filesystem::remove_all(folder_); }
    [[nodiscard]] std::string path() const { return (folder_ / "run.rec").string(); }

    static event::Record tick(std::uint64_t time_ns, std::uint64_t sequence, bool last = false)
    {
        event::Build<sentra_tick> build(SENTRA_META_TICK, SENTRA_SOURCE_META, time_ns, sequence);
        build->last = last ? 1 : 0;
        return build.finish();
    }
    static event::Record fork(std::uint64_t time_ns, std::uint64_t sequence)
    {
        event::Build<sentra_fork> build(SENTRA_PROCESS_FORK, SENTRA_SOURCE_KERNEL, time_ns,
                                        sequence);
        build->actor.pid = 77;
        return build.finish();
    }
    void record(const std::vector<event::Record> &records) const
    {
        auto recorder = Recorder::create(path());
        ASSERT_TRUE(recorder) << recorder.error().text;
        for (const auto &one : records)
            ASSERT_TRUE(recorder->take(one));
        ASSERT_TRUE(recorder->finish());
        EXPECT_EQ(recorder->records(), records.size());
    }
    // What a player hands on, as bytes.
    [[nodiscard]] std::vector<std::vector<std::byte>> play() const
    {
        std::vector<std::vector<std::byte>> played;
        auto player = Player::open(path());
        EXPECT_TRUE(player);
        while (player) {
            const auto record = player->next();
            EXPECT_TRUE(record) << record.error().text;
            if (!record || !*record)
                break;
            played.emplace_back((*record)->bytes().begin(), (*record)->bytes().end());
        }
        return played;
    }
    static const sentra_tick &as_tick(const std::vector<std::byte> &bytes)
    {
        return *reinterpret_cast<const sentra_tick *>(bytes.data());
    }

private:
    std::filesystem::path folder_;
};

TEST_F(RecordingTest, WhatWasRecordedIsPlayedByteForByte)
{
    std::vector<event::Record> records;
    records.push_back(tick(1'000, 1));
    records.push_back(fork(1'500, 1));
    records.push_back(tick(2'000, 2, true));
    record(records);
    const auto played = play();
    ASSERT_EQ(played.size(), 3u); // it ended with a last tick: nothing is added
    for (std::size_t at = 0; at < played.size(); ++at)
        EXPECT_TRUE(std::equal(played[at].begin(), played[at].end(), records[at].bytes().begin(),
                               records[at].bytes().end()));
}

TEST_F(RecordingTest, ARecorderThatWasKilledStillGivesAnEnd)
{
    std::vector<event::Record> records;
    records.push_back(tick(1'000, 4));
    records.push_back(fork(1'500, 1));
    record(records);
    const auto played = play();
    ASSERT_EQ(played.size(), 3u);
    const sentra_tick &end = as_tick(played.back());
    EXPECT_EQ(end.head.type, SENTRA_META_TICK);
    EXPECT_EQ(end.last, 1u);
    EXPECT_EQ(end.head.time_ns, 1'501u); // behind the last record
    EXPECT_EQ(end.head.sequence, 5u);    // and the meta records have no gap
}

TEST_F(RecordingTest, ACutLastRecordIsLeftOutAndSaid)
{
    std::vector<event::Record> records;
    records.push_back(tick(1'000, 1));
    records.push_back(fork(1'500, 1));
    record(records);
    std::filesystem::resize_file(path(), std::filesystem::file_size(path()) - 8);
    auto player = Player::open(path());
    ASSERT_TRUE(player);
    std::size_t count = 0;
    while (true) {
        const auto next = player->next();
        ASSERT_TRUE(next);
        if (!*next)
            break;
        ++count;
    }
    EXPECT_EQ(count, 2u); // the tick, and the end that is supplied
    EXPECT_TRUE(player->was_cut());
}

TEST_F(RecordingTest, ATickBringsTheFileUpToDate)
{
    auto recorder = Recorder::create(path());
    ASSERT_TRUE(recorder);
    ASSERT_TRUE(recorder->take(fork(1'000, 1)));
    EXPECT_EQ(std::filesystem::file_size(path()), 0u);
    ASSERT_TRUE(recorder->take(tick(2'000, 1)));
    EXPECT_GT(std::filesystem::file_size(path()), sizeof(sentra_fork));
}

TEST_F(RecordingTest, AnExistingFileIsNotWrittenOver)
{
    std::ofstream(path()) << "mine";
    const auto recorder = Recorder::create(path());
    ASSERT_FALSE(recorder);
    EXPECT_NE(recorder.error().text.find("run.rec"), std::string::npos);
    EXPECT_EQ(std::filesystem::file_size(path()), 4u);
}

TEST_F(RecordingTest, AnotherFileIsRefusedWithItsName)
{
    std::ofstream(path()) << "Dec 10 06:55:46 host sshd[1]: hello\n";
    const auto player = Player::open(path());
    ASSERT_FALSE(player);
    EXPECT_NE(player.error().text.find("run.rec"), std::string::npos);
}

} // namespace
} // namespace sentra::replay
