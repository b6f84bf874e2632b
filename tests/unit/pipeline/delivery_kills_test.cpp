// SPDX-License-Identifier: MIT
// A process that commits signals and brings them to a file, killed a hundred times at any moment:
// what the file has is what was committed, and no number is missing.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <random>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "pipeline/config.h"
#include "pipeline/deliveries.h"
#include "unit/store/made.h"

namespace sentra::pipeline {
namespace {

constexpr int kKills = 100;

class Kills : public store::made::StoreTest {
protected:
    void SetUp() override
    {
        StoreTest::SetUp();
        config_.state_dir = folder_ + "/state";
        output::SinkSettings sink;
        sink.name = "lines";
        sink.type = "file";
        sink.values = {{"path", folder_ + "/lines"}, {"format", "ecs"}};
        config_.sinks = {sink};
    }

    // What the loop does, for ever, or until everything has been brought.
    int run(bool is_last)
    {
        auto store = store::Store::open(path_, store::Store::Access::write);
        if (!store)
            return 1;
        auto deliveries = Deliveries::make(config_, **store);
        if (!deliveries)
            return 2;
        const std::string cursor = (*store)->position()->cursor;
        (*deliveries)->start();
        for (unsigned done = cursor.empty() ? 0 : *parse_number<unsigned>(cursor); !is_last;
             ++done) {
            store::Batch batch;
            for (unsigned k = 0; k < 3; ++k)
                batch.signals.push_back(store::made::signal_of(std::to_string(done * 3 + k)));
            batch.position = store::Position{std::to_string(done + 1), done, "boot", false};
            if (!settle(**store, **deliveries, std::move(batch)))
                return 3;
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        for (int tries = 0; tries < 2000; ++tries) {
            if (!settle(**store, **deliveries, {}))
                return 4;
            if ((*store)->outbox().accounts()->front().waiting == 0)
                return 0;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return 5;
    }
    static bool settle(store::Store &store, Deliveries &deliveries, store::Batch batch)
    {
        batch.now_ns = 1;
        deliveries.collect(batch);
        const auto news = store.commit(batch);
        if (!news)
            return false;
        deliveries.committed();
        deliveries.tell_news();
        return true;
    }
    // A process of its own: whatever is killed, the test is not.
    [[nodiscard]] pid_t begin(bool is_last)
    {
        const pid_t pid = ::fork();
        if (pid == 0)
            ::_exit(run(is_last));
        return pid;
    }

    Config config_;
};

TEST_F(Kills, WhatIsReceivedIsWhatWasCommittedAndNoNumberIsMissing)
{
    std::mt19937 random(20260302);
    for (int kill = 0; kill < kKills; ++kill) {
        const pid_t pid = begin(false);
        ASSERT_GT(pid, 0);
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 100'000));
        ASSERT_EQ(::kill(pid, SIGKILL), 0);
        int status = 0;
        ASSERT_EQ(::waitpid(pid, &status, 0), pid);
        ASSERT_TRUE(WIFSIGNALED(status)) << "it ended by itself: " << status;
    }
    const pid_t pid = begin(true);
    int status = 0;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    ASSERT_EQ(status, 0);

    std::map<std::uint64_t, std::string> received;
    std::ifstream lines(folder_ + "/lines");
    std::size_t repeats = 0;
    std::vector<std::string> torn, whole;
    for (std::string line; std::getline(lines, line);) {
        const auto json = nlohmann::json::parse(line, nullptr, false);
        if (!json.is_object()) { // a kill in the middle of a write; it comes again, whole
            torn.push_back(line);
            continue;
        }
        whole.push_back(line);
        const std::uint64_t sequence = json["event"]["sequence"];
        const std::string uid = json["event"]["id"];
        const auto [at, is_new] = received.emplace(sequence, uid);
        repeats += is_new ? 0 : 1;
        EXPECT_EQ(at->second, uid) << "one number for two";
    }
    for (const std::string &part : torn)
        EXPECT_TRUE(std::any_of(whole.begin(), whole.end(), [&part](const std::string &line) {
            return line.rfind(part, 0) == 0;
        })) << part;
    std::string committed;
    std::uint64_t expected = 0;
    for (const auto &[sequence, uid] : received) {
        EXPECT_EQ(sequence, ++expected) << "a number is missing";
        committed += std::to_string(sequence) + "|" + uid + "|";
    }
    EXPECT_EQ(sql("SELECT sequence, uid FROM told ORDER BY sequence"), committed);
    EXPECT_EQ(sql("SELECT count(*) FROM signals"), std::to_string(received.size()) + "|");
    // Kills that always came before the first commit would have proved nothing.
    EXPECT_GT(received.size(), std::size_t{kKills} / 2);
    std::printf("%d kills: %zu documents committed and received, %zu of them twice\n", kKills,
                received.size(), repeats);
}

} // namespace
} // namespace sentra::pipeline
