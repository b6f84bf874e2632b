// SPDX-License-Identifier: MIT
#include "cli/progress.h"

#include <gtest/gtest.h>

#include "cli/screen.h"

namespace sentra::cli {
namespace {

TEST(Progress, SaysHowFarItHasCome)
{
    EXPECT_EQ(progress_line("reading x", 0, 200, 80), "reading x [--------------------]   0 %");
    EXPECT_EQ(progress_line("reading x", 84, 200, 80), "reading x [########------------]  42 %");
    EXPECT_EQ(progress_line("reading x", 200, 200, 80), "reading x [####################] 100 %");
    // A file that grows while it is read.
    EXPECT_EQ(progress_line("reading x", 300, 200, 80), "reading x [####################] 100 %");
}

TEST(Progress, FitsNarrowTerminals)
{
    const std::string name = "reading /var/log/a-long-name-of-a-file";
    for (std::size_t columns = 20; columns < 100; ++columns) {
        const std::string line = progress_line(name, 1, 2, columns);
        EXPECT_LE(columns_of(line), columns);
        EXPECT_TRUE(line.ends_with(" 50 %")) << line;
    }
}

TEST(Progress, OfUnknownLengthSaysOnlyWhatIsDone)
{
    EXPECT_EQ(progress_line("reading x", 7, 0, 80), "reading x");
}

TEST(Progress, IsNotForFiles)
{
    testing::internal::CaptureStderr();
    {
        Progress progress("reading x", 10);
        for (std::uint64_t done = 0; done <= 10; ++done)
            progress.reached(done);
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

} // namespace
} // namespace sentra::cli
