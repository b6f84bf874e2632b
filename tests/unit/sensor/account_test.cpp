// SPDX-License-Identifier: MIT
// The account's arithmetic, the watch list, and what is read of /proc.
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "event/catalogue.h"
#include "sensor/account.h"
#include "sensor/arguments.h"
#include "sensor/features.h"
#include "sensor/hooks.h"
#include "sensor/watch_list.h"

namespace sentra::sensor {
namespace {

AccountRows some_rows()
{
    AccountRows rows{};
    sentra_account_row &exec = rows[SENTRA_ROW(SENTRA_PROCESS_EXEC)];
    exec.seen = 100;
    exec.handed = 90;
    exec.lost = 3;
    exec.own = 4;
    exec.elsewhere = 2;
    exec.repeated = 1;
    rows[SENTRA_ROW(SENTRA_FILE_WRITE)].seen = 5;
    rows[SENTRA_ROW(SENTRA_FILE_WRITE)].handed = 5;
    return rows;
}

TEST(Account, AddsUp)
{
    const auto rows = to_rows(some_rows());
    const Row &total = rows.back();
    EXPECT_EQ(total.event, "total");
    EXPECT_EQ(total.seen, 105U);
    EXPECT_EQ(total.handed, 95U);
    EXPECT_EQ(total.filtered, 7U);
    EXPECT_EQ(total.lost, 3U);
    EXPECT_EQ(rows.front().event, "process.exec");
    EXPECT_EQ(rows.front().seen, rows.front().handed + rows.front().filtered + rows.front().lost);
    for (const Row &row : rows)
        EXPECT_NE(row.event, "process.snapshot"); // does not come through the ring
}

TEST(Account, BalancesOnlyWhenNothingIsUnderWay)
{
    AccountRows rows = some_rows();
    EXPECT_TRUE(balances(rows));
    ++rows[SENTRA_ROW(SENTRA_FILE_WRITE)].seen;
    EXPECT_FALSE(balances(rows));
}

TEST(Account, GivesEveryTypeARowOfItsOwn)
{
    std::vector<int> taken(SENTRA_ROWS);
    for (const event::Type &type : event::Catalogue::get().types()) {
        const auto id = static_cast<std::uint16_t>(type.id);
        if (id >= 0x0600)
            continue; // not the kernel's
        ASSERT_LT(SENTRA_ROW(id), SENTRA_ROWS);
        EXPECT_EQ(++taken[SENTRA_ROW(id)], 1) << type.name;
    }
    EXPECT_EQ(to_rows({}).size(), 20U + 1U);
}

TEST(LossLedger, TellsWhatIsNewOnly)
{
    LossLedger ledger;
    ledger.begin(100);
    LossCounts counts;
    counts.rows = some_rows();
    auto steps = ledger.step(counts, 200);
    ASSERT_EQ(steps.size(), 1U);
    EXPECT_EQ(steps[0].kind, SENTRA_LOSS_RING_FULL);
    EXPECT_EQ(steps[0].of_type, SENTRA_PROCESS_EXEC);
    EXPECT_EQ(steps[0].count, 3U);
    EXPECT_TRUE(ledger.step(counts, 300).empty());

    counts.rows[SENTRA_ROW(SENTRA_PROCESS_EXEC)].lost += 2;
    counts.rows[SENTRA_ROW(SENTRA_CRED_CHANGE)].state_gone = 1;
    counts.missed = {{"process_created", SENTRA_PROCESS_FORK, 6}};
    counts.dropped[SENTRA_LOSS_BAD_RECORD] = 4;
    steps = ledger.step(counts, 400);
    ASSERT_EQ(steps.size(), 4U);
    EXPECT_EQ(steps[0].count, 2U);
    EXPECT_EQ(steps[0].total, 5U);
    EXPECT_EQ(steps[1].kind, SENTRA_LOSS_STATE_FULL);
    EXPECT_EQ(steps[2].kind, SENTRA_LOSS_RECURSION);
    EXPECT_EQ(steps[2].of_type, SENTRA_PROCESS_FORK);
    EXPECT_EQ(steps[2].count, 6U);
    EXPECT_EQ(steps[3].kind, SENTRA_LOSS_BAD_RECORD);
    EXPECT_EQ(steps[3].of_type, 0U);
    EXPECT_EQ(steps[3].count, 4U);
}

TEST(LossLedger, SaysBetweenWhichLooksItHappened)
{
    LossLedger ledger;
    ledger.begin(100);
    LossCounts counts;
    EXPECT_TRUE(ledger.step(counts, 200).empty());
    counts.rows[SENTRA_ROW(SENTRA_FILE_WRITE)].lost = 1;
    const auto steps = ledger.step(counts, 300);
    ASSERT_EQ(steps.size(), 1U);
    EXPECT_EQ(steps[0].from_ns, 200U);
    EXPECT_EQ(steps[0].to_ns, 300U);
}

TEST(LossLedger, AddsProgramsOfOneEventUpAndSurvivesAFreshCounter)
{
    LossLedger ledger;
    LossCounts counts;
    counts.missed = {{"one", SENTRA_PROCESS_EXEC, 2}, {"other", SENTRA_PROCESS_EXEC, 3}};
    auto steps = ledger.step(counts, 1);
    ASSERT_EQ(steps.size(), 1U);
    EXPECT_EQ(steps[0].count, 5U);
    counts.missed = {{"one", SENTRA_PROCESS_EXEC, 0}, {"other", SENTRA_PROCESS_EXEC, 4}};
    steps = ledger.step(counts, 2);
    ASSERT_EQ(steps.size(), 1U);
    EXPECT_EQ(steps[0].count, 1U);
    EXPECT_EQ(steps[0].total, 6U);
}

TEST(LossLedger, KnowsWhatMayHaveCostAProcess)
{
    EXPECT_TRUE(
        shakes_process_tree({.kind = SENTRA_LOSS_RING_FULL, .of_type = SENTRA_PROCESS_EXIT}));
    EXPECT_TRUE(shakes_process_tree({.kind = SENTRA_LOSS_RECURSION, .of_type = 0}));
    EXPECT_TRUE(
        shakes_process_tree({.kind = SENTRA_LOSS_STATE_FULL, .of_type = SENTRA_CRED_CHANGE}));
    EXPECT_FALSE(
        shakes_process_tree({.kind = SENTRA_LOSS_RING_FULL, .of_type = SENTRA_FILE_WRITE}));
    EXPECT_FALSE(
        shakes_process_tree({.kind = SENTRA_LOSS_TRUNCATED, .of_type = SENTRA_PROCESS_EXEC}));
}

TEST(Recursion, CountsAProgramOnceHoweverManyHooksItHas)
{
    ProgramRow row;
    row.event = "file.write";
    row.program = "file_opened";
    row.recursion_misses = 5;
    ProgramRow other;
    other.event = "process.exec";
    other.program = "program_started";
    other.recursion_misses = 2;
    ProgramRow mode = row;
    mode.event = "file.mode";
    EXPECT_EQ(recursion_total({row, row, row, other}), 7U);
    const auto missed = missed_runs({row, row, other, mode});
    ASSERT_EQ(missed.size(), 2U);
    EXPECT_EQ(missed[0].of_type, 0U); // serves two
    EXPECT_EQ(missed[0].runs, 5U);
    EXPECT_EQ(missed[1].of_type, SENTRA_PROCESS_EXEC);
}

TEST(Hooks, NameEveryEventTypeOnce)
{
    for (const Row &row : to_rows({})) {
        // Told by a program that is listed under its other event.
        if (row.event == "total" || row.event == "file.read" || row.event == "net.listen")
            continue;
        bool found = false;
        for (const Hook &hook : hooks())
            found |=
                event::Catalogue::get().find_type(static_cast<std::uint16_t>(hook.event))->name ==
                row.event;
        EXPECT_TRUE(found) << row.event;
    }
}

TEST(WatchList, ExpandsPatternsAndKeepsNames)
{
    const std::string folder = std::filesystem::temp_directory_path() / "sentra-watch-test";
    std::filesystem::create_directories(folder);
    for (const char *name : {"one", "two"})
        std::ofstream(folder + "/" + name) << name;
    const std::vector<std::string> patterns{folder + "/*", folder + "/two", folder + "/absent",
                                            "id_rsa"};
    const WatchList list = expand(patterns);
    struct stat facts {};
    ASSERT_EQ(stat((folder + "/one").c_str(), &facts), 0);
    bool found = false;
    for (const auto &file : list.files)
        found |= file.inode == facts.st_ino;
    EXPECT_TRUE(found);
    EXPECT_EQ(list.names, (std::vector<std::string>{"two", "absent", "id_rsa"}));
    std::filesystem::remove_all(folder);
}

TEST(Arguments, FindTheStartBehindAnyName)
{
    const std::string tail = " S 1 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4711 0 0";
    EXPECT_EQ(start_ticks("1 (init)" + tail), 4711U);
    EXPECT_EQ(start_ticks("1 (a) b (c) )" + tail), 4711U);
    EXPECT_EQ(start_ticks("1 (cut) S 1 1"), 0U);
    EXPECT_EQ(start_ticks(""), 0U);
}

TEST(Arguments, BelongToTheSameProcessOnly)
{
    sentra_actor actor{};
    actor.pid = static_cast<std::uint32_t>(getpid());
    const auto line = read_file("/proc/self/stat");
    ASSERT_TRUE(line.has_value());
    const auto ticks = static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
    actor.start_ns = start_ticks(*line) * (1'000'000'000 / ticks) + 5;
    EXPECT_NE(read_arguments(actor).find("unit_sensor"), std::string::npos);
    actor.start_ns += 1'000'000'000;
    EXPECT_EQ(read_arguments(actor), "");
}

TEST(Features, SayWhatIsMissingInASentence)
{
    Features features;
    features.kernel = "5.4.0";
    features.major = 5;
    features.minor = 4;
    EXPECT_NE(features.sufficient().error().text.find("too old"), std::string::npos);
    features.minor = 15;
    EXPECT_NE(features.sufficient().error().text.find("type information"), std::string::npos);
    features.type_information = true;
    features.lockdown = "confidentiality";
    EXPECT_NE(features.sufficient().error().text.find("lockdown=integrity"), std::string::npos);
    features.lockdown = "integrity";
    EXPECT_NE(features.sufficient().error().text.find("root"), std::string::npos);
    features.capabilities = ~std::uint64_t{0};
    EXPECT_TRUE(features.sufficient().has_value());
    EXPECT_FALSE(features.sentences().empty());
}

} // namespace
} // namespace sentra::sensor
