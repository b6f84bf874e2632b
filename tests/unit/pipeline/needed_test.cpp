// SPDX-License-Identifier: MIT
// What the shipped rules let the kernel leave out.
#include "pipeline/needed.h"

#include <gtest/gtest.h>

#include <sentra/sensor.h>

namespace sentra::pipeline {
namespace {

using sensor::Verdict;

std::uint64_t bit(sentra_type type)
{
    return std::uint64_t{1} << SENTRA_ROW(static_cast<unsigned>(type));
}

class ShippedRules : public testing::Test {
protected:
    void SetUp() override
    {
        auto loaded = engine::Rules::load({SENTRA_TESTS_DIR "/../rules"});
        ASSERT_TRUE(loaded) << loaded.error().text;
        rules = *loaded;
        wanted = wanted_by(*rules);
    }
    std::shared_ptr<const engine::Rules> rules;
    std::shared_ptr<const sensor::Wanted> wanted;
};

TEST_F(ShippedRules, DoNotNeedEveryWrite)
{
    for (const engine::Need &need : rules->needs()) {
        if (need.event == "file.write") {
            EXPECT_NE(need.how, engine::Need::How::any);
        }
    }
    EXPECT_TRUE(wanted->placed_types() & bit(SENTRA_FILE_WRITE));
    EXPECT_FALSE(wanted->unwanted_types() & bit(SENTRA_FILE_WRITE));
}

// Files that shells, servers and Python run by themselves are looked for by name wherever they are.
TEST_F(ShippedRules, FindNoMoreThanNamesWhereProgramsWork)
{
    for (const char *directory : {"/usr/src/linux/kernel/sched", "/home/u/src/project/build",
                                  "/var/lib/postgresql/16/main/base/5", "/tmp", "/srv/www",
                                  "/var/lib/docker/overlay2/0123/diff/usr/lib", "/root/.cache/go"})
        EXPECT_NE(wanted->verdict(directory), Verdict::all) << directory;
}

TEST_F(ShippedRules, FindWhatTheyAreThereFor)
{
    for (const char *directory :
         {"/etc/cron.d", "/etc/sudoers.d", "/etc/systemd/system", "/usr/lib/systemd/system",
          "/home/u/.config/systemd/user", "/var/spool/cron/crontabs"})
        EXPECT_EQ(wanted->verdict(directory), Verdict::all) << directory;
    for (const char *directory : {"/etc", "/root/.ssh", "/home/u/.ssh"})
        EXPECT_GE(wanted->verdict(directory), Verdict::names) << directory;
}

TEST_F(ShippedRules, DoNotNeedWhatNoneNames)
{
    for (const sentra_type type : {SENTRA_FILE_OWNER})
        EXPECT_TRUE(wanted->unwanted_types() & bit(type)) << std::hex << type;
    EXPECT_FALSE(wanted->unwanted_types() & bit(SENTRA_FILE_READ));
}

TEST_F(ShippedRules, NameTheFilesTheyReadAbout)
{
    const auto reads = reads_watched_by(*rules);
    EXPECT_NE(std::find(reads.begin(), reads.end(), "/etc/shadow"), reads.end());
    for (const std::string &glob : reads)
        EXPECT_NE(glob, "*");
}

} // namespace
} // namespace sentra::pipeline
