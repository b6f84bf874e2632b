// SPDX-License-Identifier: MIT
#include "journal/keeper.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

namespace sentra::journal {
namespace {

namespace fs = std::filesystem;

// A real process by journald's name, of a copy of sleep.
class JournaldKeeper : public testing::Test {
protected:
    void SetUp() override
    {
        folder_ = fs::temp_directory_path() / ("sentra-keeper." + std::to_string(getpid()));
        fs::create_directories(folder_);
        fs::copy_file("/bin/sleep", folder_ / "systemd-journald",
                      fs::copy_options::overwrite_existing);
        options_.programs = {(folder_ / "systemd-journald").string()};
        options_.patience_ns = 10;
        options_.every_ns = options_.search_every_ns = 1;
    }
    void TearDown() override
    {
        end();
        fs::remove_all(folder_);
    }
    void begin()
    {
        const std::string program = folder_ / "systemd-journald";
        pid_ = fork();
        if (pid_ == 0) {
            execl(program.c_str(), program.c_str(), "1000", nullptr);
            _exit(127);
        }
        await_state('S');
    }
    void end()
    {
        if (pid_ <= 0)
            return;
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
        pid_ = -1;
    }
    void await_state(char wanted) const
    {
        for (int tries = 0; tries < 2000; ++tries) {
            std::error_code error;
            const fs::path exe = fs::read_symlink("/proc/" + std::to_string(pid_) + "/exe", error);
            FILE *file = std::fopen(("/proc/" + std::to_string(pid_) + "/stat").c_str(), "r");
            char state = 0;
            if (file != nullptr) {
                (void)std::fscanf(file, "%*d (%*[^)]) %c", &state);
                std::fclose(file);
            }
            if (state == wanted && exe == folder_ / "systemd-journald")
                return;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        FAIL() << "the process is not in state " << wanted;
    }
    fs::path folder_;
    KeeperOptions options_;
    pid_t pid_ = -1;
};

TEST_F(JournaldKeeper, SaysNothingWhereNoneWasEverSeen)
{
    Keeper keeper(options_);
    EXPECT_EQ(keeper.look(1), std::nullopt);
    EXPECT_EQ(keeper.look(1000), std::nullopt);
}

TEST_F(JournaldKeeper, TellsThatItEndedOnceAndAgainAfterItWasBack)
{
    Keeper keeper(options_);
    begin();
    const std::string first = std::to_string(pid_);
    EXPECT_EQ(keeper.look(1), std::nullopt);
    end();
    EXPECT_EQ(keeper.look(100), std::nullopt); // for how long is not known yet
    EXPECT_EQ(keeper.look(105), std::nullopt);
    EXPECT_EQ(keeper.look(110),
              "systemd-journald (process " + first + ") ended, and none has run for 0 seconds");
    EXPECT_EQ(keeper.look(200), std::nullopt);
    begin();
    EXPECT_EQ(keeper.look(300), std::nullopt);
    end();
    EXPECT_EQ(keeper.look(400), std::nullopt);
    EXPECT_NE(keeper.look(410), std::nullopt);
}

TEST_F(JournaldKeeper, ARestartIsNoNews)
{
    Keeper keeper(options_);
    begin();
    EXPECT_EQ(keeper.look(1), std::nullopt);
    end();
    EXPECT_EQ(keeper.look(5), std::nullopt);
    begin();
    EXPECT_EQ(keeper.look(10), std::nullopt);
    EXPECT_EQ(keeper.look(1000), std::nullopt);
}

TEST_F(JournaldKeeper, TellsThatItIsHalted)
{
    Keeper keeper(options_);
    begin();
    EXPECT_EQ(keeper.look(1), std::nullopt);
    kill(pid_, SIGSTOP);
    await_state('T');
    EXPECT_EQ(keeper.look(5), std::nullopt);
    EXPECT_EQ(keeper.look(15), "systemd-journald (process " + std::to_string(pid_) +
                                   ") has been halted for 0 seconds");
    kill(pid_, SIGCONT);
    await_state('S');
    EXPECT_EQ(keeper.look(30), std::nullopt);
}

TEST_F(JournaldKeeper, TakesNobodyElseForIt)
{
    options_.programs = {"/usr/lib/systemd/systemd-journald.not"};
    Keeper keeper(options_);
    begin();
    EXPECT_EQ(keeper.look(1), std::nullopt);
    end();
    EXPECT_EQ(keeper.look(100), std::nullopt);
    EXPECT_EQ(keeper.look(1000), std::nullopt);
}

} // namespace
} // namespace sentra::journal
