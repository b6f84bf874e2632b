// SPDX-License-Identifier: MIT
#include "pipeline/facts.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sentra/event/all.h>

#include "base/time.h"
#include "event/build.h"
#include "event/event.h"
#include "pipeline/coverage.h"

namespace sentra::pipeline {
namespace {

class AccountsTest : public testing::Test {
protected:
    AccountsTest()
    {
        root_ =
            std::filesystem::temp_directory_path() / ("sentra-facts-" + std::to_string(::getpid()));
        std::filesystem::create_directories(root_ / "etc");
    }
    ~AccountsTest() override { std::filesystem::remove_all(root_); }

    // As the tools do it: a new file takes the place of the old one.
    void write(const std::string &name, const std::string &text) const
    {
        std::ofstream(root_ / "etc/new") << text;
        std::filesystem::rename(root_ / "etc/new", root_ / "etc" / name);
    }
    static std::vector<std::string> told(Accounts &accounts)
    {
        std::vector<std::string> lines;
        for (const event::Record &record : accounts.changed()) {
            const auto event = event::Event::decode(record);
            EXPECT_TRUE(event);
            const auto &name = event->as<sentra_name>();
            lines.push_back(std::string(name.removed == 1 ? "-" : "+") +
                            (name.is_group == 1 ? "g " : "u ") +
                            std::string(event->text(name.name)) + " " + std::to_string(name.id) +
                            " " + std::string(event->text(name.home)));
        }
        return lines;
    }
    std::filesystem::path root_;
};

using Lines = std::vector<std::string>;

TEST_F(AccountsTest, OnlyWhatChangedIsToldAgain)
{
    write("passwd", "root:x:0:0:root:/root:/bin/bash\nmaria:x:1001:1001::/home/maria:/bin/bash\n");
    write("group", "root:x:0:\nsudo:x:27:maria\n");
    Accounts accounts(root_.string());
    EXPECT_EQ(told(accounts),
              (Lines{"+u root 0 /root", "+u maria 1001 /home/maria", "+g root 0 ", "+g sudo 27 "}));
    EXPECT_EQ(told(accounts), Lines{});
    write("passwd", "root:x:0:0:root:/root:/bin/bash\nx:x:0:0::/home/x:/bin/sh\n");
    EXPECT_EQ(told(accounts), (Lines{"-u maria 1001 /home/maria", "+u x 0 /home/x"}));
}

TEST_F(AccountsTest, BrokenLinesAreNobody)
{
    write("passwd", "root:x:0:0:root:/root:/bin/bash\n:x:1:1:::\nx:x:-1:1::/:/\n\nshort\n+::::::\n"
                    "big:x:99999999999:1::/:/\n");
    Accounts accounts(root_.string());
    EXPECT_EQ(told(accounts), Lines{"+u root 0 /root"});
}

TEST_F(AccountsTest, HugeFilesAreKnownByTheirBeginning)
{
    std::string text = "root:x:0:0:root:/root:/bin/bash\n";
    constexpr std::size_t many = 200'000;
    for (std::size_t i = 1; i < many; ++i)
        text += "user" + std::to_string(i) + ":x:" + std::to_string(i) + ":1::/:/\n";
    write("passwd", text);
    Accounts accounts(root_.string());
    const Lines lines = told(accounts);
    EXPECT_GT(lines.size(), many / 2);
    EXPECT_LT(lines.size(), many);
    EXPECT_EQ(lines.front(), "+u root 0 /root");
    const std::string number = std::to_string(lines.size() - 1);
    EXPECT_EQ(lines.back(), "+u user" + number + " " + number + " /") << "no line is cut";
}

TEST_F(AccountsTest, APipeInTheFilesPlaceIsNotWaitedFor)
{
    ASSERT_EQ(::mkfifo((root_ / "etc/passwd").c_str(), 0644), 0);
    Accounts accounts(root_.string());
    EXPECT_EQ(told(accounts), Lines{});
}

TEST_F(AccountsTest, NoFilesNoNames)
{
    Accounts accounts(root_.string());
    EXPECT_EQ(told(accounts), Lines{});
}

TEST(HostFact, NamesTheHostAndHidesTheMachinesId)
{
    const event::Record record = host_fact("acme");
    const auto event = event::Event::decode(record);
    ASSERT_TRUE(event);
    const auto &host = event->as<sentra_host>();
    EXPECT_EQ(event->text(host.tenant), "acme");
    EXPECT_FALSE(event->text(host.name).empty());
    EXPECT_EQ(event->text(host.boot_id).size(), 32u);
    EXPECT_EQ(event->text(host.boot_id).find('-'), std::string_view::npos);
    const std::size_t id_size = event->text(host.machine_id).size();
    EXPECT_TRUE(id_size == 64 || id_size == 0) << id_size;
    EXPECT_NE(host.pid_namespace, 0u);
}

TEST(Namespace, IsANumberOrAPath)
{
    EXPECT_EQ(*namespace_number("4026531836"), 4026531836u);
    EXPECT_NE(*namespace_number("/proc/self/ns/pid"), 0u);
    EXPECT_FALSE(namespace_number("/proc/self/ns/none"));
}

constexpr std::uint64_t kNoon = 1'772'452'800'000'000'000; // 2026-03-02T12:00:00Z

void take(Coverage &coverage, event::Record record, std::uint64_t time_ns)
{
    record.head().time_ns = time_ns;
    coverage.take(*event::Event::decode(record));
}

TEST(CoverageTest, LossNearbyIsSaidAndFarAwayIsNot)
{
    Coverage coverage;
    EXPECT_TRUE(coverage.around(kNoon, kNoon).complete);
    take(coverage, loss_fact(SENTRA_LOSS_RING_FULL, 10, 10), kNoon + 10 * kSecondNs);
    take(coverage, loss_fact(SENTRA_LOSS_RING_FULL, 2, 12), kNoon + 65 * kSecondNs);
    take(coverage, loss_fact(SENTRA_LOSS_TRUNCATED, 7, 7), kNoon); // cut, not missing
    const auto near = coverage.around(kNoon, kNoon + kMinuteNs);
    EXPECT_FALSE(near.complete);
    EXPECT_EQ(near.lost, 12u);
    EXPECT_EQ(near.why, "12 events were lost between 12:00 and 12:01 UTC");
    EXPECT_TRUE(coverage.around(kNoon + kHourNs, kNoon + kHourNs).complete);
}

event::Record lost(sentra_loss kind, std::uint32_t of_type, std::uint64_t count,
                   std::uint64_t from_ns, std::uint64_t to_ns)
{
    event::Build<sentra_lost> loss(SENTRA_META_LOSS, SENTRA_SOURCE_KERNEL, 0, 1);
    loss->kind = kind;
    loss->of_type = of_type;
    loss->count = count;
    loss->from_ns = from_ns;
    loss->to_ns = to_ns;
    return loss.finish();
}

TEST(CoverageTest, ALossCoversTheTimeItSays)
{
    Coverage coverage;
    const std::uint64_t from_ns = kNoon + 11 * kMinuteNs, to_ns = from_ns + kMinuteNs;
    take(coverage, lost(SENTRA_LOSS_RING_FULL, SENTRA_PROCESS_EXEC, 12, from_ns, to_ns),
         from_ns - kSecondNs); // told with an earlier time, so that everything after it knows
    EXPECT_EQ(coverage.around(to_ns, to_ns).why,
              "12 exec events were lost between 12:11 and 12:12 UTC");
    EXPECT_TRUE(coverage.around(to_ns + 6 * kMinuteNs, to_ns + 6 * kMinuteNs).complete);
    take(coverage, lost(SENTRA_LOSS_RING_FULL, SENTRA_PROCESS_FORK, 3, from_ns, to_ns), to_ns);
    EXPECT_EQ(coverage.around(to_ns, to_ns).why,
              "15 process events were lost between 12:11 and 12:12 UTC");
    take(coverage, lost(SENTRA_LOSS_RING_FULL, SENTRA_FILE_WRITE, 1, to_ns, to_ns), to_ns);
    EXPECT_EQ(coverage.around(to_ns, to_ns).why, "16 events were lost between 12:11 and 12:12 UTC");
}

TEST(CoverageTest, SkippedRunsAreAnUpperBound)
{
    Coverage coverage;
    take(coverage, lost(SENTRA_LOSS_RECURSION, SENTRA_FILE_WRITE, 7, kNoon, kNoon + kSecondNs),
         kNoon);
    EXPECT_EQ(coverage.around(kNoon, kNoon).why, "at most 7 file events were lost at 12:00 UTC");
}

TEST(CoverageTest, ALossThatNoStepCouldNeedIsNotMentioned)
{
    Coverage coverage;
    const std::vector<std::string> files{"file.write"}, logins{"auth.login"};
    const std::vector<std::string> reads{"file.read"}, credentials{"cred.change"};
    take(coverage, lost(SENTRA_LOSS_RING_FULL, SENTRA_FILE_WRITE, 5, kNoon, kNoon), kNoon);
    EXPECT_FALSE(coverage.around(kNoon, kNoon, files).complete);
    EXPECT_TRUE(coverage.around(kNoon, kNoon, logins).complete);
    EXPECT_TRUE(coverage.around(kNoon, kNoon, reads).complete);
    // One program tells both: which of them was missed is not known.
    take(coverage, lost(SENTRA_LOSS_RECURSION, SENTRA_FILE_WRITE, 5, kNoon, kNoon), kNoon);
    EXPECT_FALSE(coverage.around(kNoon, kNoon, reads).complete);
    EXPECT_TRUE(coverage.around(kNoon, kNoon, credentials).complete);
    // Who acts may hang on a start that was lost, whatever the steps are.
    take(coverage, lost(SENTRA_LOSS_RING_FULL, SENTRA_PROCESS_EXEC, 1, kNoon, kNoon), kNoon);
    EXPECT_EQ(coverage.around(kNoon, kNoon, logins).lost, 1u);
    EXPECT_EQ(coverage.around(kNoon, kNoon, logins).why, "1 exec event was lost at 12:00 UTC");
}

TEST(CoverageTest, ALossThatGoesOnIsOne)
{
    Coverage coverage;
    for (std::uint64_t second = 0; second < 3600; ++second) {
        const std::uint64_t at_ns = kNoon + second * kSecondNs;
        for (const sentra_type type : {SENTRA_PROCESS_EXEC, SENTRA_FILE_WRITE})
            take(coverage, lost(SENTRA_LOSS_RING_FULL, type, 1, at_ns, at_ns + kSecondNs), at_ns);
    }
    EXPECT_EQ(coverage.around(kNoon, kNoon).lost, 7200u);
    EXPECT_EQ(coverage.around(kNoon, kNoon).why,
              "7200 events were lost between 12:00 and 13:00 UTC");
}

TEST(CoverageTest, AGapIsSaidWithItsReason)
{
    Coverage coverage;
    take(coverage,
         gap_fact(SENTRA_SOURCE_KERNEL, kNoon - 20 * kMinuteNs, kNoon, "the sensor was stopped"),
         kNoon);
    EXPECT_EQ(coverage.around(kNoon, kNoon).why, "the kernel's events were not watched between "
                                                 "11:40 and 12:00 UTC (the sensor was stopped)");
    EXPECT_TRUE(coverage.around(kNoon + kHourNs, kNoon + kHourNs).complete);
    EXPECT_EQ(coverage.around(kNoon, kNoon).lost, 0u);
}

TEST(CoverageTest, AnOpenGapHoldsOn)
{
    Coverage coverage;
    take(coverage, gap_fact(SENTRA_SOURCE_KERNEL, kNoon, 0, "no BTF"), kNoon);
    EXPECT_FALSE(coverage.around(kNoon + 100 * kHourNs, kNoon + 100 * kHourNs).complete);
    EXPECT_TRUE(coverage.around(kNoon - kHourNs, kNoon - kHourNs).complete);
}

} // namespace
} // namespace sentra::pipeline
