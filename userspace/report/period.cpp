// SPDX-License-Identifier: MIT
#include "report/period.h"

#include <algorithm>

#include "base/text.h"

namespace sentra::report {

namespace {

constexpr std::int64_t kDayS = 86400;

std::int64_t weekday_from_monday(std::int64_t days_since_1970)
{
    return ((days_since_1970 + 3) % 7 + 7) % 7; // 1970 began on a Thursday
}

std::int64_t day_number(const Civil &day)
{
    return unix_from_civil({day.year, day.month, day.day}) / kDayS;
}

Civil day_of(std::int64_t days_since_1970)
{
    return civil_from_unix(days_since_1970 * kDayS);
}

Result<Civil> parse_day(std::string_view text)
{
    const auto parts = split(text, '-');
    if (parts.size() == 3 && text.size() == 10) {
        const auto year = parse_number<std::int64_t>(parts[0]);
        const auto month = parse_number<unsigned>(parts[1]), day = parse_number<unsigned>(parts[2]);
        if (year && month && day && *year >= 1970 && *month >= 1 && *month <= 12 && *day >= 1) {
            const Civil asked{*year, *month, *day};
            if (const Civil is = day_of(day_number(asked));
                is.day == *day && is.month == *month && is.year == *year)
                return asked;
        }
    }
    return failure("\"" + printable(text, 60) + "\" is no day; write 2026-03-02");
}

Period week_from(std::int64_t monday, const Zone &zone)
{
    return {zone.midnight_ns(day_of(monday)), zone.midnight_ns(day_of(monday + 7))};
}

} // namespace

Period last_full_week(std::uint64_t now_ns, const Zone &zone)
{
    const std::int64_t today = day_number(zone.civil(now_ns));
    return week_from(today - weekday_from_monday(today) - 7, zone);
}

Result<Period> week_of(std::string_view text, const Zone &zone)
{
    const auto at = text.find("-W");
    if (at != std::string_view::npos) {
        const auto year = parse_number<std::int64_t>(text.substr(0, at));
        const auto week = parse_number<std::int64_t>(text.substr(at + 2));
        if (!year || !week || *year < 1970 || *year > 9999 || *week < 1 || *week > 53)
            return failure("\"" + printable(text, 60) + "\" is no week; write 2026-W10");
        // ISO 8601: week 1 is the one with 4 January in it.
        const std::int64_t fourth = day_number({*year, 1, 4});
        return week_from(fourth - weekday_from_monday(fourth) + (*week - 1) * 7, zone);
    }
    const auto day = parse_day(text);
    if (!day)
        return failure("\"" + printable(text, 60) + "\" is no week; write 2026-W10 or a day in it");
    const std::int64_t number = day_number(*day);
    return week_from(number - weekday_from_monday(number), zone);
}

Result<Period> period_of(std::string_view from, std::string_view to, const Zone &zone)
{
    Period period;
    for (const bool is_end : {false, true}) {
        const std::string_view text = is_end ? to : from;
        std::uint64_t &into = is_end ? period.to_ns : period.from_ns;
        if (text.size() > 10) {
            const auto time = parse_rfc3339(text);
            if (!time)
                return failure("\"" + printable(text, 60) + "\" is no time");
            into = *time;
            continue;
        }
        auto day = parse_day(text);
        if (!day)
            return tl::unexpected(std::move(day.error()));
        into = zone.midnight_ns(is_end ? day_of(day_number(*day) + 1) : *day);
    }
    if (period.to_ns <= period.from_ns)
        return failure("the period ends before it begins");
    return period;
}

Period days_before(std::uint64_t end_ns, int days_back, int days_long, const Zone &zone)
{
    // From noon of the last day: an end at midnight belongs to the day before it.
    const std::int64_t last = day_number(zone.civil(end_ns == 0 ? 0 : end_ns - 1));
    return {zone.midnight_ns(day_of(last + 1 - days_back - days_long)),
            zone.midnight_ns(day_of(last + 1 - days_back))};
}

} // namespace sentra::report
