// SPDX-License-Identifier: MIT
#include "base/time.h"

#include <array>
#include <cstdio>

#include "base/text.h"

namespace sentra {

namespace {

constexpr std::array<const char *, 12> kMonths = {"January",   "February", "March",    "April",
                                                  "May",       "June",     "July",     "August",
                                                  "September", "October",  "November", "December"};

template <typename... Arguments> std::string formatted(const char *format, Arguments... arguments)
{
    std::array<char, 64> buffer{};
    const int length = std::snprintf(buffer.data(), buffer.size(), format, arguments...);
    return {buffer.data(), static_cast<std::size_t>(length)};
}

// Takes `count` digits off the front.
std::optional<unsigned> take_digits(std::string_view &text, std::size_t count)
{
    if (text.size() < count)
        return std::nullopt;
    const auto value = parse_number<unsigned>(text.substr(0, count));
    text.remove_prefix(count);
    return value;
}

bool take(std::string_view &text, char wanted)
{
    if (text.empty() || text.front() != wanted)
        return false;
    text.remove_prefix(1);
    return true;
}

std::optional<std::uint64_t> take_fraction_ns(std::string_view &text)
{
    if (!take(text, '.') && !take(text, ','))
        return 0;
    std::uint64_t value = 0;
    std::uint64_t unit = kSecondNs;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
        unit /= 10;
        value += static_cast<std::uint64_t>(text[digits] - '0') * unit;
    }
    text.remove_prefix(digits);
    return digits > 0 ? std::optional(value) : std::nullopt;
}

// "Z", "+02:00", "-0330" or nothing: seconds east of UTC.
std::optional<std::int64_t> take_offset(std::string_view &text)
{
    if (text.empty() || take(text, 'Z') || take(text, 'z'))
        return 0;
    const bool east = text.front() == '+';
    if (!take(text, '+') && !take(text, '-'))
        return std::nullopt;
    const auto hours = take_digits(text, 2);
    take(text, ':');
    const auto minutes = take_digits(text, 2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59)
        return std::nullopt;
    const std::int64_t seconds = std::int64_t{*hours} * 3600 + std::int64_t{*minutes} * 60;
    return east ? seconds : -seconds;
}

} // namespace

// Howard Hinnant's days_from_civil and its inverse (public domain algorithm).
Civil civil_from_unix(std::int64_t seconds)
{
    std::int64_t days = seconds / 86400;
    std::int64_t rest = seconds % 86400;
    if (rest < 0) {
        rest += 86400;
        --days;
    }
    days += 719468;
    const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    const auto day_of_era = static_cast<unsigned>(days - era * 146097);
    const unsigned year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const unsigned day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const unsigned shifted = (5 * day_of_year + 2) / 153;
    Civil civil;
    civil.day = day_of_year - (153 * shifted + 2) / 5 + 1;
    civil.month = shifted < 10 ? shifted + 3 : shifted - 9;
    civil.year = static_cast<std::int64_t>(year_of_era) + era * 400 + (civil.month <= 2 ? 1 : 0);
    civil.hour = static_cast<unsigned>(rest / 3600);
    civil.minute = static_cast<unsigned>(rest / 60 % 60);
    civil.second = static_cast<unsigned>(rest % 60);
    return civil;
}

std::int64_t unix_from_civil(const Civil &civil)
{
    const std::int64_t year = civil.year - (civil.month <= 2 ? 1 : 0);
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const auto year_of_era = static_cast<unsigned>(year - era * 400);
    const unsigned shifted = civil.month > 2 ? civil.month - 3 : civil.month + 9;
    const unsigned day_of_year = (153 * shifted + 2) / 5 + civil.day - 1;
    const unsigned day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    const std::int64_t days = era * 146097 + static_cast<std::int64_t>(day_of_era) - 719468;
    return days * 86400 + civil.hour * 3600 + civil.minute * 60 + civil.second;
}

std::string format_rfc3339(std::uint64_t time_ns)
{
    const Civil at = civil_from_unix(static_cast<std::int64_t>(time_ns / kSecondNs));
    return formatted("%04lld-%02u-%02uT%02u:%02u:%02u.%03uZ", static_cast<long long>(at.year),
                     at.month, at.day, at.hour, at.minute, at.second,
                     static_cast<unsigned>(time_ns % kSecondNs / 1'000'000));
}

std::string format_for_reading(std::uint64_t time_ns)
{
    const Civil at = civil_from_unix(static_cast<std::int64_t>(time_ns / kSecondNs));
    return formatted("%u %s at %02u:%02u UTC", at.day, kMonths[at.month - 1], at.hour, at.minute);
}

std::string format_date(std::uint64_t time_ns)
{
    const Civil at = civil_from_unix(static_cast<std::int64_t>(time_ns / kSecondNs));
    return formatted("%04lld-%02u-%02u", static_cast<long long>(at.year), at.month, at.day);
}

std::optional<std::uint64_t> parse_rfc3339(std::string_view text)
{
    const auto year = take_digits(text, 4);
    const bool dash1 = take(text, '-');
    const auto month = take_digits(text, 2);
    const bool dash2 = take(text, '-');
    const auto day = take_digits(text, 2);
    if (!year || !month || !day || !dash1 || !dash2 || text.empty())
        return std::nullopt;
    if (!take(text, 'T') && !take(text, 't') && !take(text, ' '))
        return std::nullopt;
    const auto hour = take_digits(text, 2);
    const bool colon1 = take(text, ':');
    const auto minute = take_digits(text, 2);
    const bool colon2 = take(text, ':');
    const auto second = take_digits(text, 2);
    if (!hour || !minute || !second || !colon1 || !colon2)
        return std::nullopt;
    if (*month < 1 || *month > 12 || *day < 1 || *day > 31 || *hour > 23 || *minute > 59 ||
        *second > 60)
        return std::nullopt;
    const auto fraction_ns = take_fraction_ns(text);
    const auto offset = take_offset(text);
    if (!fraction_ns || !offset || !text.empty())
        return std::nullopt;
    const std::int64_t seconds =
        unix_from_civil({*year, *month, *day, *hour, *minute, *second}) - *offset;
    if (seconds < 0)
        return std::nullopt;
    return static_cast<std::uint64_t>(seconds) * kSecondNs + *fraction_ns;
}

std::optional<std::uint64_t> parse_duration(std::string_view text)
{
    if (text.size() < 2)
        return std::nullopt;
    const auto count = parse_number<std::uint32_t>(text.substr(0, text.size() - 1));
    if (!count)
        return std::nullopt;
    switch (text.back()) {
    case 's':
        return *count * kSecondNs;
    case 'm':
        return *count * kMinuteNs;
    case 'h':
        return *count * kHourNs;
    case 'd':
        return *count * kDayNs;
    case 'w':
        return *count * 7 * kDayNs;
    default:
        return std::nullopt;
    }
}

std::string format_duration(std::uint64_t duration_ns)
{
    const auto say = [](std::uint64_t count, const char *unit) {
        return std::to_string(count) + " " + unit + (count == 1 ? "" : "s");
    };
    if (duration_ns >= kDayNs)
        return say(duration_ns / kDayNs, "day");
    if (duration_ns >= kHourNs)
        return say(duration_ns / kHourNs, "hour");
    if (duration_ns >= kMinuteNs)
        return say(duration_ns / kMinuteNs, "minute");
    return say(duration_ns / kSecondNs, "second");
}

} // namespace sentra
