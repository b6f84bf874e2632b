// SPDX-License-Identifier: MIT
#include "sensor/pins.h"

#include <gtest/gtest.h>

#include "sensor/survival.h"

namespace sentra::sensor {
namespace {

Manifest some()
{
    Manifest manifest{};
    manifest.treaty = treaty_version();
    manifest.since_ns = 123456789012345;
    manifest.words = "sentra_k.bss";
    manifest.paused_at = 24;
    manifest.hooks = {"process_execed sched:sched_process_exec", "file_opened lsm/file_open"};
    manifest.failures = {{"module_loaded module:module_load", "this kernel has none of it"}};
    return manifest;
}

TEST(Manifest, IsReadBackAsItWasWritten)
{
    const auto read = Manifest::parse(some().to_text());
    ASSERT_TRUE(read.has_value()) << read.error().text;
    EXPECT_EQ(read->to_text(), some().to_text());
    EXPECT_EQ(read->hooks, some().hooks);
    EXPECT_EQ(read->failures, some().failures);
    EXPECT_EQ(read->since_ns, some().since_ns);
    EXPECT_EQ(read->words, "sentra_k.bss");
    EXPECT_EQ(read->paused_at, 24U);
}

TEST(Manifest, OfAnotherKindOrInPartsIsRefused)
{
    const auto complaint = [](std::string_view text) {
        const auto read = Manifest::parse(text);
        return read ? std::string("taken") : read.error().text;
    };
    EXPECT_EQ(complaint(""), "the manifest is of another kind");
    EXPECT_EQ(complaint("something else\n"), "the manifest is of another kind");
    EXPECT_EQ(complaint("sentra pins 1\n"), "the manifest is not whole");
    EXPECT_EQ(complaint("sentra pins 1\nsince soon\n"), "the manifest does not say since when");
    EXPECT_EQ(complaint("sentra pins 1\npaused here bss\n"),
              "the manifest does not say where the words are");
    // Whatever is cut off it, it is not taken for another one that is whole.
    const std::string whole = some().to_text();
    for (std::size_t bytes = 0; bytes < whole.find("hook"); ++bytes)
        EXPECT_NE(complaint(std::string_view(whole).substr(0, bytes)), "taken") << bytes;
}

TEST(Manifest, TheTreatyHasOneVersion)
{
    EXPECT_EQ(treaty_version().size(), 16U);
    EXPECT_EQ(treaty_version(), treaty_version());
}

TEST(ToldLosses, AreReadBackAsTheyWereWritten)
{
    LossCounts counts;
    counts.rows[3].lost = 17;
    counts.rows[3].seen = 1'000'000'000'000;
    counts.rows.back().truncated = 2;
    counts.missed = {{"file_opened", 0x0301, 4}};
    const LossCounts read = parse_losses(to_text(counts));
    EXPECT_EQ(read.rows[3].lost, 17U);
    EXPECT_EQ(read.rows[3].seen, 1'000'000'000'000U);
    EXPECT_EQ(read.rows.back().truncated, 2U);
    EXPECT_EQ(read.rows[4].lost, 0U);
    ASSERT_EQ(read.missed.size(), 1U);
    EXPECT_EQ(read.missed[0].program, "file_opened");
    EXPECT_EQ(read.missed[0].runs, 4U);
    EXPECT_EQ(to_text(read), to_text(counts));
}

TEST(ToldLosses, NonsenseIsNothing)
{
    for (const char *text : {"", "row", "row 1", "row 99999 1 2 3", "missed a b", "row x y z\n\n"})
        EXPECT_EQ(to_text(parse_losses(text)), "") << text;
}

} // namespace
} // namespace sentra::sensor
