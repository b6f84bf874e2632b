// SPDX-License-Identifier: MIT
#include "pipeline/checkup.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace sentra::pipeline {
namespace {

using Level = Finding::Level;

sensor::Watch watch(const char *event, const char *rung, std::vector<std::string> blind)
{
    return {event, rung, "", std::move(blind), "", "lsm: it is not switched on"};
}

std::vector<Finding> of(const std::vector<Finding> &all, Level level)
{
    std::vector<Finding> found;
    for (const Finding &finding : all)
        if (finding.level == level)
            found.push_back(finding);
    return found;
}

TEST(Checkup, SaysTheSameBlindnessOfManyEventsOnce)
{
    const auto found = check_watches({watch("file.write", "tracepoint", {"32-bit calls"}),
                                      watch("file.rename", "tracepoint", {"32-bit calls"}),
                                      watch("net.connect", "lsm", {})});
    const auto notes = of(found, Level::note);
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_EQ(notes[0].what, "not seen of file.write, file.rename: 32-bit calls");
    EXPECT_EQ(notes[0].why, "no better hook works here: lsm: it is not switched on");
    const auto good = of(found, Level::good);
    ASSERT_EQ(good.size(), 2U);
    EXPECT_EQ(good[0].what, "watched by lsm: net.connect");
    EXPECT_EQ(good[1].what, "watched by tracepoint: file.write, file.rename");
}

TEST(Checkup, AnEventWithoutAHookIsTrouble)
{
    const auto found = of(check_watches({watch("net.accept", "not watched", {})}), Level::trouble);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].what, "net.accept is not watched");
    EXPECT_EQ(found[0].why, "lsm: it is not switched on");
}

TEST(Checkup, AKernelWithoutTypesSaysWhatIsLeft)
{
    sensor::Features features;
    features.kernel = "5.10.0";
    const auto found = of(check_kernel(features), Level::trouble);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NE(found[0].fix.find("journal"), std::string::npos);
}

TEST(Checkup, AJournalThatIsNotThereIsTroubleOnlyWhereItIsWanted)
{
    Config config;
    config.journal.directory = "/nowhere/journal";
    const auto found = check_journal(config);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].level, Level::trouble);
    EXPECT_EQ(found[0].what, "there is no journal at /nowhere/journal");
    config.journal.enabled = false;
    EXPECT_EQ(check_journal(config)[0].level, Level::note);
}

TEST(Checkup, RulesWithAFaultAreNamed)
{
    namespace fs = std::filesystem;
    const fs::path folder = fs::temp_directory_path() / "sentra-checkup";
    fs::remove_all(folder);
    fs::create_directories(folder / "rules" / "access");
    std::ofstream(folder / "rules" / "access" / "broken.yaml") << "id: broken\nfamliy: B01\n";
    Config config;
    config.rules = {(folder / "rules").string()};
    const auto found = check_rules(config);
    fs::remove_all(folder);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].level, Level::trouble);
    EXPECT_NE(found[0].what.find("broken.yaml"), std::string::npos);
    EXPECT_EQ(found[0].what.find('\n'), std::string::npos);
}

TEST(Checkup, TheStateIsLookedAtWhereItWillLie)
{
    Config config;
    config.state_dir = "/tmp/sentra/not/there/yet";
    const auto found = check_state(config);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NE(found[0].what.find("free for /tmp/sentra/not/there/yet"), std::string::npos);
}

std::string told(const std::vector<Finding> &found)
{
    constexpr const char *kLevels[] = {"good", "note", "trouble"};
    std::string text;
    for (const Finding &finding : found)
        text += std::string(kLevels[static_cast<int>(finding.level)]) + ": " + finding.what + "\n";
    return text;
}

TEST(Checkup, JournaldsLimitIsReadAsJournaldReadsIt)
{
    EXPECT_EQ(told(check_rate_limit({})),
              "good: journald keeps at most 10000 lines of a service at a time\n");
    EXPECT_EQ(told(check_rate_limit({"[Journal]\n#RateLimitBurst=5\nRateLimitBurst = 100\n"})),
              "note: journald keeps at most 100 lines of a service at a time\n");
    EXPECT_EQ(told(check_rate_limit({"RateLimitBurst=100\n", "RateLimitBurst=50000\n"})),
              "good: journald keeps at most 50000 lines of a service at a time\n");
    EXPECT_EQ(told(check_rate_limit({"RateLimitIntervalSec=0\n"})),
              "good: journald drops no lines for being many\n");
}

TEST(Checkup, MissingRightsAreNamed)
{
    EXPECT_EQ(told(check_rights("CapBnd:\t000001ffffffffff\n")),
              "good: root has the rights that the sensor needs\n");
    EXPECT_EQ(told(check_rights("CapBnd:\t00000000a80425fb\nSeccomp: 2\n")),
              "trouble: root has not all rights here: CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE, "
              "CAP_DAC_READ_SEARCH\n");
    EXPECT_TRUE(check_rights("").empty());
    EXPECT_TRUE(check_rights("CapBnd: zz").empty());
}

TEST(Checkup, SinksAreReachedOrNot)
{
    const auto found =
        check_reach(R"({"sinks":[{"name":"a","delivered":3},{"name":"b","delivered":0},)"
                    R"({"name":"c","delivered":1,"trouble":"the sink c: 4 wait\u001b[2J"}]})");
    EXPECT_EQ(told(found), "good: the sink a was reached, 3 delivered\n"
                           "note: the sink b was not sent anything yet\n"
                           "trouble: the sink c: 4 wait\\x1b[2J\n");
    for (const Finding &finding : found)
        if (finding.level != Finding::Level::good) {
            EXPECT_NE(finding.why, "");
            EXPECT_NE(finding.fix, "");
        }
    EXPECT_EQ(told(check_reach(R"({"sinks":[]})")),
              "note: no sink is configured: signals stay on this host\n");
    EXPECT_TRUE(check_reach("nonsense").empty());
}

} // namespace
} // namespace sentra::pipeline
