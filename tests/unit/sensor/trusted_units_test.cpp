// SPDX-License-Identifier: MIT
#include "sensor/trusted_units.h"

#include <filesystem>

#include <gtest/gtest.h>

#include <sys/stat.h>

namespace sentra::sensor {
namespace {

namespace fs = std::filesystem;

class TrustedUnits : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = testing::TempDir() + "sentra-groups-XXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        root = pattern;
    }
    void TearDown() override { fs::remove_all(root); }

    std::uint64_t make(const std::string &below)
    {
        fs::create_directories(root + "/" + below);
        struct stat facts {};
        EXPECT_EQ(stat((root + "/" + below).c_str(), &facts), 0);
        return facts.st_ino;
    }
    std::vector<std::uint64_t> found(std::vector<std::string> units)
    {
        auto groups = groups_of(units, root);
        std::sort(groups.begin(), groups.end());
        return groups;
    }
    static std::vector<std::uint64_t> sorted(std::vector<std::uint64_t> ids)
    {
        std::sort(ids.begin(), ids.end());
        return ids;
    }
    std::string root;
};

TEST_F(TrustedUnits, AreFoundInTheirSlicesWithAllBelow)
{
    const auto plain = make("system.slice/redis.service");
    const auto instance = make("system.slice/system-postgresql.slice/postgresql@16-main.service");
    const auto below =
        make("system.slice/system-postgresql.slice/postgresql@16-main.service/workers/one");
    const auto workers =
        make("system.slice/system-postgresql.slice/postgresql@16-main.service/workers");
    make("system.slice/cron.service");
    EXPECT_EQ(found({"redis.service"}), sorted({plain}));
    EXPECT_EQ(found({"postgresql@16-main.service", "redis.service"}),
              sorted({plain, instance, workers, below}));
}

TEST_F(TrustedUnits, AreNotWhatSomebodyElseCalledLikeThem)
{
    make("user.slice/user-1000.slice/user@1000.service/app.slice/redis.service");
    make("system.slice/docker-0123.scope/system.slice/redis.service");
    make("system.slice/cron.service/redis.service");
    make("docker/0123/redis.service");
    EXPECT_TRUE(found({"redis.service"}).empty());
}

TEST_F(TrustedUnits, NoneAreNoneAndNoGroupsAreNone)
{
    make("system.slice/redis.service");
    EXPECT_TRUE(found({}).empty());
    EXPECT_TRUE(groups_of(std::vector<std::string>{"redis.service"}, "/nowhere").empty());
    EXPECT_TRUE(groups_of(std::vector<std::string>{"redis.service"}, "").empty());
}

} // namespace
} // namespace sentra::sensor
