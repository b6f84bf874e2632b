// SPDX-License-Identifier: MIT
#include "report/words.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "signal/words.h"

namespace sentra::report {

namespace {

constexpr std::array<const char *, 7> kDays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                               "Friday", "Saturday", "Sunday"};
constexpr std::array<const char *, 12> kMonths = {"January",   "February", "March",    "April",
                                                  "May",       "June",     "July",     "August",
                                                  "September", "October",  "November", "December"};

const char *month(const Civil &civil)
{
    return kMonths.at(civil.month - 1);
}

const char *weekday(const Civil &civil)
{
    const std::int64_t days = unix_from_civil({civil.year, civil.month, civil.day}) / 86400;
    return kDays.at(static_cast<std::size_t>((days + 3) % 7));
}

std::string tenths(std::uint64_t value)
{
    return value % 10 == 0 ? number(value / 10)
                           : number(value / 10) + "." + std::to_string(value % 10);
}

bool is_midnight(const Civil &civil)
{
    return civil.hour == 0 && civil.minute == 0 && civil.second == 0;
}

} // namespace

std::string number(std::uint64_t value)
{
    std::string digits = std::to_string(value);
    for (std::size_t at = digits.size(); at > 3; at -= 3)
        digits.insert(at - 3, ",");
    return digits;
}

std::string counted(std::uint64_t value, std::string_view one, std::string_view many)
{
    return number(value) + " " + std::string(value == 1 ? one : many);
}

std::string listed(const std::vector<std::string> &names, std::size_t most)
{
    std::string text;
    const std::size_t shown = names.size() > most ? most - 1 : names.size();
    for (std::size_t at = 0; at < shown; ++at) {
        const bool is_last = at + 1 == names.size();
        text += at == 0 ? "" : is_last ? " and " : ", ";
        text += names[at];
    }
    if (shown < names.size())
        text += " and " + counted(names.size() - shown, "other", "others");
    return text;
}

std::string day(std::uint64_t time_ns, const Zone &zone)
{
    const Civil civil = zone.civil(time_ns);
    return fmt::format("{} {} {} {}", weekday(civil), civil.day, month(civil), civil.year);
}

std::string short_day(std::uint64_t time_ns, const Zone &zone)
{
    const Civil civil = zone.civil(time_ns);
    return fmt::format("{} {}", civil.day, month(civil));
}

std::string moment(std::uint64_t time_ns, const Zone &zone)
{
    const Civil civil = zone.civil(time_ns);
    return fmt::format("{} {} {} at {:02}:{:02}", weekday(civil), civil.day, month(civil),
                       civil.hour, civil.minute);
}

std::string dated(std::uint64_t time_ns, const Zone &zone)
{
    const Civil civil = zone.civil(time_ns);
    return fmt::format("{} at {:02}:{:02}", day(time_ns, zone), civil.hour, civil.minute);
}

std::string stamp(std::uint64_t time_ns, const Zone &zone)
{
    const Civil civil = zone.civil(time_ns);
    return fmt::format("{} {} {:02}:{:02}", civil.day, month(civil), civil.hour, civil.minute);
}

std::string span(const Period &period, const Zone &zone)
{
    const Civil from = zone.civil(period.from_ns), to = zone.civil(period.to_ns);
    if (!is_midnight(from) || !is_midnight(to))
        return fmt::format("{} {} to {} {}", moment(period.from_ns, zone), from.year,
                           moment(period.to_ns, zone), to.year);
    const Civil last = zone.civil(period.to_ns - 1);
    if (from.year == last.year && from.month == last.month && from.day == last.day)
        return day(period.from_ns, zone);
    const std::string begin = from.year == last.year
                                  ? fmt::format("{} {} {}", weekday(from), from.day, month(from))
                                  : day(period.from_ns, zone);
    return begin + " to " + day(period.to_ns - 1, zone);
}

std::string zone_in_words(const Zone &zone, std::uint64_t time_ns)
{
    const auto unix_s = static_cast<std::int64_t>(time_ns / kSecondNs);
    std::string abbreviation;
    for (const Zone::Change &change : zone.changes)
        if (change.from_s <= unix_s)
            abbreviation = change.abbreviation;
    return abbreviation.empty() || abbreviation == zone.name
               ? zone.name
               : zone.name + " (" + abbreviation + ")";
}

std::string lasting(std::uint64_t duration_ns)
{
    const std::uint64_t minutes = duration_ns / kMinuteNs;
    if (minutes == 0)
        return "less than a minute";
    if (minutes < 120)
        return counted(minutes, "minute", "minutes");
    const std::uint64_t whole_hours = minutes / 60;
    const std::string in_hours = counted(whole_hours, "hour", "hours");
    if (whole_hours < 48)
        return minutes % 60 == 0 ? in_hours
                                 : in_hours + " and " + counted(minutes % 60, "minute", "minutes");
    const std::string days = counted(whole_hours / 24, "day", "days");
    return whole_hours % 24 == 0 ? days
                                 : days + " and " + counted(whole_hours % 24, "hour", "hours");
}

std::string hours(std::uint64_t duration_ns)
{
    return tenths(duration_ns / (kHourNs / 10));
}

std::string percent(std::uint64_t part, std::uint64_t whole)
{
    if (whole == 0)
        return "0";
    // Thousandths of a 64-bit count of nanoseconds would run over after some months.
    const std::uint64_t scale = std::max<std::uint64_t>(1, whole / 1'000'000'000);
    return tenths(std::min<std::uint64_t>(1000, (part / scale) * 1000 / (whole / scale)));
}

std::string actor_in_words(const session::Actor &actor)
{
    using Kind = session::ActorKind;
    const std::string name = signal::in_words(actor.user);
    switch (actor.kind) {
    case Kind::unit:
        return "the service " + actor.unit;
    case Kind::job:
        return "the scheduled job " + (actor.job.empty() ? actor.unit : actor.job) +
               (name.empty() ? "" : " of " + name);
    case Kind::container:
        return "the container " + actor.container.substr(0, 12);
    case Kind::kernel:
        return "the kernel";
    case Kind::process:
    case Kind::session:
        return name.empty() ? "somebody whose name is not known" : name;
    case Kind::unknown:
        break;
    }
    return name.empty() ? "somebody who could not be known" : name;
}

std::string as_sentence(std::string text)
{
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
        text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

} // namespace sentra::report
