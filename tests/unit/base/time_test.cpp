// SPDX-License-Identifier: MIT
#include "base/time.h"

#include <gtest/gtest.h>

namespace sentra {
namespace {

constexpr std::uint64_t kMarch = 1772446263412000000; // 2026-03-02T10:11:03.412Z

TEST(Time, WritesUtc)
{
    EXPECT_EQ(format_rfc3339(kMarch), "2026-03-02T10:11:03.412Z");
    EXPECT_EQ(format_for_reading(kMarch), "2 March at 10:11 UTC");
    EXPECT_EQ(format_date(kMarch), "2026-03-02");
    EXPECT_EQ(format_rfc3339(0), "1970-01-01T00:00:00.000Z");
}

TEST(Time, ReadsRfc3339)
{
    EXPECT_EQ(parse_rfc3339("2026-03-02T10:11:03.412Z"), kMarch);
    EXPECT_EQ(parse_rfc3339("2026-03-02T12:11:03.412+02:00"), kMarch);
    EXPECT_EQ(parse_rfc3339("2026-03-02T04:41:03,412-0530"), kMarch);
    EXPECT_EQ(parse_rfc3339("2026-03-02 10:11:03"), kMarch - 412'000'000);
    EXPECT_EQ(parse_rfc3339("2026-03-02T10:11:03.412000001Z"), kMarch + 1);
}

TEST(Time, RefusesWhatIsNoTime)
{
    for (const char *text :
         {"", "2026", "2026-13-02T10:11:03Z", "2026-03-02T25:11:03Z", "2026-03-02T10:11:03.Z",
          "2026-03-02T10:11:03Zx", "1960-01-01T00:00:00Z", "2026-03-02T10:11:03+99:00",
          "20260302T101103Z"})
        EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(Time, CivilAndBackOverFourCenturies)
{
    for (std::int64_t day = 0; day < 366 * 400; day += 17) {
        const std::int64_t seconds = day * 86400 + 3661;
        EXPECT_EQ(unix_from_civil(civil_from_unix(seconds)), seconds);
    }
    const Civil leap = civil_from_unix(951782400); // 2000-02-29
    EXPECT_EQ(leap.month, 2U);
    EXPECT_EQ(leap.day, 29U);
}

TEST(Duration, ReadsAndSays)
{
    EXPECT_EQ(parse_duration("30s"), 30 * kSecondNs);
    EXPECT_EQ(parse_duration("24h"), kDayNs);
    EXPECT_EQ(parse_duration("1w"), 7 * kDayNs);
    for (const char *text : {"", "s", "30", "-1h", "1.5h", "1y"})
        EXPECT_FALSE(parse_duration(text)) << text;
    EXPECT_EQ(format_duration(kDayNs), "1 day");
    EXPECT_EQ(format_duration(30 * kMinuteNs), "30 minutes");
}

} // namespace
} // namespace sentra
