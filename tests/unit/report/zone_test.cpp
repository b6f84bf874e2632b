// SPDX-License-Identifier: MIT
#include "report/period.h"

#include <gtest/gtest.h>

#include "report/words.h"
#include "unit/report/made.h"

namespace sentra::report {
namespace {

// Central European time around the changes of 2026, as the database's table has them.
Zone berlin()
{
    return {"Europe/Berlin",
            {{INT64_MIN, 3600, "CET"}, {1774746000, 7200, "CEST"}, {1792890000, 3600, "CET"}}};
}

std::string times(const Result<Period> &period)
{
    return period ? format_rfc3339(period->from_ns).substr(0, 16) + " " +
                        format_rfc3339(period->to_ns).substr(0, 16)
                  : period.error().text;
}

TEST(Zone, TheLastFullWeekEndsOnSunday)
{
    const Zone utc;
    for (const char *now : {"2026-03-09T00:00:00Z", "2026-03-12T10:00:00Z", "2026-03-15T23:59:59Z"})
        EXPECT_EQ(times(last_full_week(made::at(now), utc)), "2026-03-02T00:00 2026-03-09T00:00");
    EXPECT_EQ(times(last_full_week(made::at("2026-03-08T23:30:00Z"), berlin())),
              "2026-03-01T23:00 2026-03-08T23:00")
        << "there it is Monday already";
}

TEST(Zone, AWeekWithAChangeOfTheClockIsWhole)
{
    EXPECT_EQ(times(week_of("2026-W13", berlin())), "2026-03-22T23:00 2026-03-29T22:00");
    EXPECT_EQ(times(days_before(made::at("2026-03-29T22:00:00Z"), 7, 7, berlin())),
              "2026-03-15T23:00 2026-03-22T23:00");
}

TEST(Zone, WeeksAndDaysAreRead)
{
    const Zone utc;
    EXPECT_EQ(times(week_of("2026-W10", utc)), "2026-03-02T00:00 2026-03-09T00:00");
    EXPECT_EQ(times(week_of("2026-03-08", utc)), "2026-03-02T00:00 2026-03-09T00:00");
    EXPECT_EQ(times(week_of("2026-W01", utc)), "2025-12-29T00:00 2026-01-05T00:00");
    EXPECT_EQ(times(period_of("2026-03-02", "2026-03-02", utc)),
              "2026-03-02T00:00 2026-03-03T00:00");
    EXPECT_EQ(times(period_of("2026-03-02T10:00:00Z", "2026-03-02T12:00:00Z", utc)),
              "2026-03-02T10:00 2026-03-02T12:00");
    for (const char *wrong : {"2026-W54", "2026-W00", "W10", "2026-02-30", "", "2026-3-2", "soon"})
        EXPECT_FALSE(week_of(wrong, utc)) << wrong;
    EXPECT_FALSE(period_of("2026-03-02", "2026-03-01", utc));
    EXPECT_FALSE(period_of("yesterday", "2026-03-01", utc));
}

TEST(Zone, TablesOfTheDatabaseAreRead)
{
    const std::string head = "TZif2" + std::string(15, '\0');
    const auto counts = [](std::string_view six) {
        std::string text;
        for (const char count : six)
            text += std::string(3, '\0') + count;
        return text;
    };
    // One change to type 1 at 1774746000 (0x69c87990), from CET to CEST.
    const std::string types =
        std::string("\0\0\x0e\x10\0\0\0\0\x1c\x20\1\4", 12) + std::string("CET\0CEST\0", 9);
    const std::string table = head + counts(std::string_view("\0\0\0\0\0\0", 6)) + head +
                              counts(std::string_view("\0\0\0\1\2\x09", 6)) +
                              std::string("\0\0\0\0\x69\xc8\x79\x90\1", 9) + types + "\nCET-1\n";
    const auto zone = zone_from_tzif("X", table);
    ASSERT_TRUE(zone) << zone.error().text;
    EXPECT_EQ(zone->offset_s(1774745999), 3600);
    EXPECT_EQ(zone->offset_s(1774746000), 7200);
    EXPECT_EQ(zone_in_words(*zone, made::at("2026-07-01T00:00:00Z")), "X (CEST)");
    for (std::size_t cut = 0; cut + 8 < table.size(); ++cut)
        EXPECT_FALSE(zone_from_tzif("X", table.substr(0, cut))) << cut;
    EXPECT_FALSE(zone_from_tzif("X", table + "CET-1CEST,M3.5.0,M10.5.0/3\n"))
        << "a table that goes on by a formula we do not follow";
}

TEST(Words, Read)
{
    EXPECT_EQ(number(0), "0");
    EXPECT_EQ(number(1204), "1,204");
    EXPECT_EQ(number(1234567), "1,234,567");
    EXPECT_EQ(listed({"a", "b", "c"}), "a, b and c");
    EXPECT_EQ(listed({"a", "b", "c", "d", "e", "f"}), "a, b, c and 3 others");
    EXPECT_EQ(lasting(40 * kSecondNs), "less than a minute");
    EXPECT_EQ(lasting(9 * kHourNs + 30 * kMinuteNs), "9 hours and 30 minutes");
    EXPECT_EQ(lasting(51 * kHourNs), "2 days and 3 hours");
    EXPECT_EQ(hours(kHourNs * 1679 / 10 + 59 * kSecondNs), "167.9");
    EXPECT_EQ(percent(9999, 10000), "99.9") << "never rounded up to all";
    EXPECT_EQ(percent(1, 1), "100");
    EXPECT_EQ(percent(0, 0), "0");
    const Period week{made::at("2026-03-02T00:00:00Z"), made::at("2026-03-09T00:00:00Z")};
    EXPECT_EQ(span(week, {}), "Monday 2 March to Sunday 8 March 2026");
    EXPECT_EQ(span({week.from_ns, week.from_ns + kDayNs}, {}), "Monday 2 March 2026");
}

} // namespace
} // namespace sentra::report
