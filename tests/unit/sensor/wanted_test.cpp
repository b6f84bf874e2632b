// SPDX-License-Identifier: MIT
#include "sensor/wanted.h"

#include <gtest/gtest.h>

#include <sentra/sensor.h>

namespace sentra::sensor {
namespace {

using How = Need::How;

std::uint64_t bit(sentra_type type)
{
    return std::uint64_t{1} << SENTRA_ROW(static_cast<unsigned>(type));
}

Wanted writes(How how, std::string value)
{
    return Wanted({{"file.write", how, std::move(value)}});
}

TEST(Wanted, LeavesOutTypesThatNobodyAsksFor)
{
    const Wanted wanted = writes(How::begins, "/etc/");
    for (const sentra_type type : {SENTRA_FILE_RENAME, SENTRA_FILE_MODE, SENTRA_NET_CONNECT,
                                   SENTRA_NET_LISTEN, SENTRA_FILE_READ})
        EXPECT_TRUE(wanted.unwanted_types() & bit(type)) << std::hex << type;
    EXPECT_FALSE(wanted.unwanted_types() & bit(SENTRA_FILE_WRITE));
}

TEST(Wanted, NeverLeavesOutWhatTheSessionIsMadeOf)
{
    const Wanted wanted({});
    for (const sentra_type type :
         {SENTRA_PROCESS_EXEC, SENTRA_PROCESS_FORK, SENTRA_PROCESS_EXIT, SENTRA_PROCESS_SNAPSHOT,
          SENTRA_CRED_CHANGE, SENTRA_PROCESS_PTRACE, SENTRA_PROCESS_SIGNAL, SENTRA_PROCESS_IO_URING,
          SENTRA_KERNEL_MODULE, SENTRA_KERNEL_BPF})
        EXPECT_FALSE(wanted.unwanted_types() & bit(type)) << std::hex << type;
    EXPECT_TRUE(wanted.unwanted_types() & bit(SENTRA_FILE_WRITE));
    EXPECT_EQ(wanted.placed_types(), 0U);
}

TEST(Wanted, CountsRepeatsOfWhatProgramsDoOverAndOver)
{
    const Wanted wanted({{"file.write", How::any, "", true}, {"net.connect", How::any, ""}});
    EXPECT_FALSE(wanted.repeating_types() & bit(SENTRA_FILE_WRITE)) << "each one is asked for";
    EXPECT_TRUE(wanted.repeating_types() & bit(SENTRA_NET_CONNECT));
    EXPECT_FALSE(wanted.repeating_types() & bit(SENTRA_FILE_RENAME));
    EXPECT_FALSE(wanted.repeating_types() & bit(SENTRA_PROCESS_EXEC));
}

TEST(Wanted, GoesByPlaceOnlyWhereEveryNeedHasOne)
{
    EXPECT_TRUE(writes(How::is, "/etc/crontab").placed_types() & bit(SENTRA_FILE_WRITE));
    EXPECT_FALSE(writes(How::any, "").placed_types() & bit(SENTRA_FILE_WRITE));
    EXPECT_FALSE(writes(How::contains, "authorized").placed_types() & bit(SENTRA_FILE_WRITE));
    EXPECT_FALSE(Wanted({{"file.write", How::is, "/etc/crontab"}, {"file.write", How::any, ""}})
                     .placed_types() &
                 bit(SENTRA_FILE_WRITE));
    // One type that is wanted everywhere does not change what is asked of another.
    const Wanted mixed({{"file.write", How::is, "/etc/crontab"}, {"file.delete", How::any, ""}});
    EXPECT_TRUE(mixed.placed_types() & bit(SENTRA_FILE_WRITE));
    EXPECT_FALSE(mixed.placed_types() & bit(SENTRA_FILE_DELETE));
    EXPECT_EQ(mixed.verdict("/srv"), Verdict::quiet);
}

struct Case {
    How how;
    const char *value;
    const char *directory;
    Verdict verdict;
};

class WantedVerdict : public testing::TestWithParam<Case> {};

TEST_P(WantedVerdict, IsNeverTooQuiet)
{
    const Case &one = GetParam();
    const Wanted wanted = writes(one.how, one.value);
    EXPECT_EQ(wanted.verdict(one.directory), one.verdict) << one.value << " in " << one.directory;
    if (std::string_view(one.directory) != "/") {
        EXPECT_EQ(wanted.verdict(std::string(one.directory) + "/"), one.verdict);
    }
}

INSTANTIATE_TEST_SUITE_P(
    OfDirectories, WantedVerdict,
    testing::Values(
        Case{How::is, "/etc/crontab", "/etc", Verdict::names},
        Case{How::is, "/etc/crontab", "/ETC", Verdict::names},
        Case{How::is, "/etc/crontab", "/etc/cron.d", Verdict::quiet},
        Case{How::is, "/etc/crontab", "/", Verdict::quiet},
        Case{How::is, "/etc/crontab", "/srv/etc", Verdict::quiet},
        Case{How::is, "/x", "/", Verdict::names},
        Case{How::begins, "/Srv/", "/srv/a", Verdict::all},
        Case{How::is, "/a/a-name-that-is-longer-than-the-kernel-keeps", "/a", Verdict::all},
        Case{How::begins, "/etc/cron.d/", "/etc/cron.d", Verdict::all},
        Case{How::begins, "/etc/cron.d/", "/etc/cron.d/deep/er", Verdict::all},
        Case{How::begins, "/etc/cron.d/", "/etc", Verdict::quiet},
        Case{How::begins, "/etc/cron.d/", "/etc/cron.daily", Verdict::quiet},
        Case{How::begins, "/etc/cron", "/etc", Verdict::all},
        Case{How::begins, "/etc/cron", "/etc/cron.daily", Verdict::all},
        Case{How::begins, "/etc/cron", "/", Verdict::quiet},
        Case{How::begins, "/", "/anything", Verdict::all},
        Case{How::ends, "/.ssh/authorized_keys", "/home/u/.ssh", Verdict::names},
        Case{How::ends, "/.ssh/authorized_keys", "/.ssh", Verdict::names},
        Case{How::ends, "/.ssh/authorized_keys", "/home/u/x.ssh", Verdict::quiet},
        Case{How::ends, "/.ssh/authorized_keys", "/home/u", Verdict::quiet},
        Case{How::ends, ".ssh/authorized_keys", "/home/u/x.ssh", Verdict::names},
        Case{How::ends, ".service", "/anywhere", Verdict::names},
        Case{How::ends, "authorized_keys", "/", Verdict::names},
        Case{How::contains, "/.config/systemd/", "/home/u/.config/systemd", Verdict::all},
        Case{How::contains, "/.config/systemd/", "/home/u/.config/systemd/user", Verdict::all},
        Case{How::contains, "/.config/systemd/", "/home/u/.config", Verdict::quiet},
        Case{How::contains, ".wants/", "/etc/systemd/system/a.wants", Verdict::all},
        Case{How::contains, ".wants/", "/etc/systemd/system", Verdict::quiet},
        Case{How::contains, "/cron.d/job", "/etc/cron.d", Verdict::all},
        Case{How::contains, "/cron.d/job", "/etc", Verdict::quiet}));

TEST(WantedVerdictOf, WhatIsNoWholePathIsAll)
{
    const Wanted wanted = writes(How::is, "/etc/crontab");
    for (const char *directory : {"", "deep/down", "memfd:x"})
        EXPECT_EQ(wanted.verdict(directory), Verdict::all) << directory;
}

TEST(WantedVerdictOf, TheStrongestNeedWins)
{
    const Wanted wanted({{"file.write", How::is, "/etc/crontab"},
                         {"file.write", How::begins, "/etc/cron.d/"},
                         {"file.delete", How::begins, "/var/log/"}});
    EXPECT_EQ(wanted.verdict("/etc"), Verdict::names);
    EXPECT_EQ(wanted.verdict("/etc/cron.d"), Verdict::all);
    EXPECT_EQ(wanted.verdict("/var/log"), Verdict::all);
    EXPECT_EQ(wanted.verdict("/usr/src"), Verdict::quiet);
}

TEST(WantedNames, AreThoseTheKernelComparesWith)
{
    const Wanted wanted({{"file.write", How::is, "/etc/crontab"},
                         {"file.write", How::ends, "/.ssh/authorized_keys"},
                         {"file.write", How::ends, ".service"},
                         {"file.write", How::ends, ".authorized"},
                         {"file.write", How::begins, "/etc/cron.d/"}});
    EXPECT_EQ(wanted.names(), (std::vector<std::string>{"authorized_keys", "crontab"}));
    // The kernel looks at eight bytes: more is told then, never less.
    EXPECT_EQ(wanted.endings(), (std::vector<std::string>{".service", "thorized"}));
}

TEST(WantedNames, MoreThanThereIsRoomForMakeItAll)
{
    std::vector<Need> needs;
    for (int i = 0; i <= SENTRA_WANTED_NAMES_MAX; ++i)
        needs.push_back({"file.write", How::is, "/etc/" + std::to_string(i)});
    const Wanted wanted(std::move(needs));
    EXPECT_EQ(wanted.verdict("/etc"), Verdict::all);
    EXPECT_EQ(wanted.verdict("/srv"), Verdict::quiet);
}

TEST(WantedByBoth, IsWhatEitherAsksFor)
{
    const Wanted a({{"file.write", How::begins, "/a/"}, {"net.connect", How::any, "", true}});
    const Wanted b({{"file.write", How::begins, "/b/"}, {"net.listen", How::any, ""}});
    const auto both = Wanted::both(a, b);
    EXPECT_EQ(both->unwanted_types(), a.unwanted_types() & b.unwanted_types());
    EXPECT_EQ(both->repeating_types(), a.repeating_types() & b.repeating_types());
    EXPECT_EQ(both->verdict("/a"), Verdict::all);
    EXPECT_EQ(both->verdict("/b"), Verdict::all);
    EXPECT_EQ(both->verdict("/c"), Verdict::quiet);
}

} // namespace
} // namespace sentra::sensor
