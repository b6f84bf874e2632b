// SPDX-License-Identifier: MIT
#include "pipeline/playback.h"

#include <clocale>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

#include "engine/stream.h"
#include "pipeline/loop.h"
#include "pipeline/proof.h"
#include "replay/recorder.h"

namespace sentra::pipeline {
namespace {

const std::string kTree = SENTRA_TESTS_DIR "/..";

class Playback : public testing::Test {
protected:
    Playback()
    {
        folder_ = std::filesystem::temp_directory_path() /
                  ("sentra-playback-" + std::to_string(::getpid()));
        std::filesystem::create_directories(folder_);
    }
    ~Playback() override { std::filesystem::remove_all(folder_); }

    static std::shared_ptr<const engine::Rules> rules()
    {
        auto loaded = engine::Rules::load({kTree + "/rules"});
        EXPECT_TRUE(loaded) << loaded.error().text;
        return loaded ? *loaded : nullptr;
    }
    // A written session, recorded as a live run would.
    std::string record(const std::string &stream_name)
    {
        const auto stream =
            engine::read_stream(kTree + "/tests/fixtures/sessions/" + stream_name + ".yaml");
        EXPECT_TRUE(stream) << stream.error().text;
        std::string path = (folder_ / (stream_name + ".rec")).string();
        auto recorder = replay::Recorder::create(path);
        EXPECT_TRUE(recorder);
        for (const event::Record &one : stream->records)
            EXPECT_TRUE(recorder->take(one));
        EXPECT_TRUE(recorder->finish());
        return path;
    }
    static std::string text_of(const std::vector<signal::Signal> &signals)
    {
        std::string text;
        for (const signal::Signal &one : signals)
            text += signal::to_json(one) + "\n";
        return text;
    }
    std::string signals_of(const std::string &path)
    {
        notes_.clear();
        const auto signals = replay_signals(
            path, rules(), [this](const std::string &note) { notes_ += note + "\n"; });
        EXPECT_TRUE(signals) << signals.error().text;
        return signals ? text_of(*signals) : "";
    }
    std::filesystem::path folder_;
    std::string notes_;
};

constexpr const char *kStory = "login-sudo-key-sudoers-uid0";

TEST_F(Playback, ARecordingSaysWhatTheLiveRunSaid)
{
    const auto stream = engine::read_stream(kTree + "/tests/fixtures/sessions/" + kStory + ".yaml");
    ASSERT_TRUE(stream) << stream.error().text;
    event::Losses losses;
    Loop live(rules(), losses);
    FinalForms forms;
    std::vector<signal::Signal> signals;
    for (const event::Record &one : stream->records) {
        live.take(one, signals);
        forms.take(signals);
    }
    const std::string said = text_of(std::move(forms).in_order());
    EXPECT_NE(said.find("\"ssh-key-added\""), std::string::npos);
    EXPECT_EQ(signals_of(record(kStory)), said);
    EXPECT_NE(notes_.find("a recording of"), std::string::npos);
}

TEST_F(Playback, NeitherTimeZoneNorLocaleChangesAByte)
{
    const std::string path = record(kStory);
    const std::string first = signals_of(path);
    ASSERT_FALSE(first.empty());
    ::setenv("TZ", "Pacific/Kiritimati", 1);
    ::tzset();
    (void)std::setlocale(LC_ALL, "tr_TR.UTF-8");
    EXPECT_EQ(signals_of(path), first);
    (void)std::setlocale(LC_ALL, "C");
    ::setenv("TZ", "UTC", 1);
    ::tzset();
}

TEST_F(Playback, ACutRecordingIsReplayedUpToTheCut)
{
    const std::string path = record(kStory);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) * 2 / 3 + 3);
    EXPECT_FALSE(signals_of(path).empty());
    EXPECT_NE(notes_.find("cut"), std::string::npos);
}

TEST_F(Playback, ALogIsImportedWithItsYearSaidAndItsSignalsInOrder)
{
    const std::string said = signals_of(kTree + "/tests/replay/fixtures/auth.log");
    EXPECT_NE(notes_.find("text log"), std::string::npos);
    EXPECT_NE(notes_.find("year"), std::string::npos);
    EXPECT_NE(notes_.find("1 lines could not be read"), std::string::npos) << notes_;
    EXPECT_NE(said.find("\"uid0-user\""), std::string::npos) << said;
}

TEST_F(Playback, EventsAreOneLineEachInOrder)
{
    std::vector<std::string> lines;
    const auto played = replay_events(
        kTree + "/tests/replay/fixtures/journal.json",
        [&](std::string_view line) { lines.emplace_back(line); }, [](const std::string &) {});
    ASSERT_TRUE(played) << played.error().text;
    ASSERT_GT(lines.size(), 5u);
    EXPECT_NE(lines.back().find("meta.tick"), std::string::npos);
    for (const std::string &line : lines)
        EXPECT_EQ(line.find("8.8.8.8"), std::string::npos) << line; // logger is not sshd
}

TEST_F(Playback, AFileThatIsNothingIsAClearError)
{
    const auto none =
        replay_signals((folder_ / "none").string(), rules(), [](const std::string &) {});
    ASSERT_FALSE(none);
    EXPECT_NE(none.error().text.find("none"), std::string::npos);
}

TEST_F(Playback, ProofsOfTheShippedRulesAreRunAndHold)
{
    const auto tally = run_proofs(rules(), {.streams = streams_beside(kTree + "/rules")});
    EXPECT_GE(tally.rules, 20u);
    EXPECT_GE(tally.proofs, 2 * tally.rules);
    for (const auto &failure : tally.failures) {
        std::string text = failure.place + ": " + failure.proof;
        for (const std::string &line : failure.lines)
            text += "\n  " + line;
        ADD_FAILURE() << text;
    }
}

TEST_F(Playback, AProofWhoseStreamIsMissingFails)
{
    const auto tally = run_proofs(rules(), {.streams = "/nowhere", .only_rule = "ssh-key-added"});
    EXPECT_EQ(tally.rules, 1u);
    EXPECT_GT(tally.failures.size(), 0u);
    EXPECT_NE(tally.failures.front().lines.front().find("/nowhere"), std::string::npos);
}

} // namespace
} // namespace sentra::pipeline
