// SPDX-License-Identifier: MIT
#include "pipeline/errands.h"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sentra::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Errands, AreRunByTheLoopAndAnswered)
{
    Errands errands;
    std::atomic<bool> answered = false;
    const auto loop = std::this_thread::get_id();
    std::thread door([&] {
        const auto lines = errands.run([&]() -> Errands::Lines {
            EXPECT_EQ(std::this_thread::get_id(), loop);
            return std::vector<std::string>{"done"};
        });
        ASSERT_TRUE(lines);
        EXPECT_THAT(*lines, ElementsAre("done"));
        const auto refused = errands.run([]() -> Errands::Lines { return failure("no"); });
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().text, "no");
        answered = true;
    });
    while (!answered)
        errands.run_pending();
    door.join();
}

TEST(Errands, ThatAreNotRunAnyMoreAreToldSo)
{
    Errands errands;
    bool was_run = false;
    std::thread door([&] {
        const auto lines = errands.run([&]() -> Errands::Lines {
            was_run = true;
            return std::vector<std::string>{};
        });
        ASSERT_FALSE(lines);
        EXPECT_THAT(lines.error().text, HasSubstr("is stopping"));
    });
    errands.close();
    door.join();
    errands.run_pending();
    EXPECT_FALSE(was_run);
    EXPECT_FALSE(errands.run([]() -> Errands::Lines { return std::vector<std::string>{}; }));
}

} // namespace
} // namespace sentra::pipeline
