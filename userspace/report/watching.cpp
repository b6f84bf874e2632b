// SPDX-License-Identifier: MIT
// Whether anybody was watching: the hours, the gaps, the losses. What is not known to have been
// watched counts as not watched.
#include <algorithm>
#include <array>
#include <tuple>

#include "report/parts.h"
#include "report/words.h"

namespace sentra::report {

namespace {

// Losses by which an event went missing. The others tell of something that was used all the same,
// or refused.
constexpr std::array<std::string_view, 8> kMissing = {"ring_full",  "recursion",    "state_full",
                                                      "queue_full", "short_record", "unknown_type",
                                                      "bad_record", "journal_gap"};

const char *watched_thing(const std::string &source)
{
    if (source == "kernel")
        return "what programs did";
    return source == "journal" ? "the system's log" : "anything";
}

// Every stretch of the period in which something was not watched, in order; they may overlap.
std::vector<Unwatched> unwatched(const Input &input, const Period &period)
{
    std::vector<Unwatched> gaps;
    const auto add = [&](std::uint64_t from_ns, std::uint64_t to_ns, const char *what,
                         std::string reason) {
        from_ns = std::max(from_ns, period.from_ns);
        to_ns = std::min(to_ns, period.to_ns);
        if (from_ns < to_ns)
            gaps.push_back({from_ns, to_ns, what, std::move(reason)});
    };
    if (input.watched_from_ns == 0) {
        add(period.from_ns, period.to_ns, "anything",
            "since when this host is watched is not known");
        return gaps;
    }
    add(0, input.watched_from_ns, "anything", "Sentra's record of this host begins later");
    add(std::max(input.watched_until_ns, input.watched_from_ns), period.to_ns, "anything",
        "nothing had been kept of that time when this was written");
    for (const store::Gap &gap : input.gaps)
        add(gap.from_ns, gap.to_ns == 0 ? period.to_ns : gap.to_ns, watched_thing(gap.source),
            gap.reason);
    std::sort(gaps.begin(), gaps.end(), [](const Unwatched &a, const Unwatched &b) {
        return std::tie(a.from_ns, a.to_ns, a.what, a.reason) <
               std::tie(b.from_ns, b.to_ns, b.what, b.reason);
    });
    return gaps;
}

std::uint64_t covered_ns(const std::vector<Unwatched> &gaps)
{
    std::uint64_t total = 0, until = 0;
    for (const Unwatched &gap : gaps) {
        const std::uint64_t from = std::max(gap.from_ns, until);
        if (gap.to_ns > from)
            total += gap.to_ns - from;
        until = std::max(until, gap.to_ns);
    }
    return total;
}

std::vector<Strip::Day> days_of(const Picture &picture)
{
    constexpr std::size_t most = 31;
    std::vector<Strip::Day> days;
    const Zone &zone = picture.input.zone;
    Civil civil = zone.civil(picture.input.period.from_ns);
    std::uint64_t begin = zone.midnight_ns(civil);
    while (begin < picture.to_ns && days.size() < most) {
        const std::uint64_t next = zone.midnight_ns(zone.civil(begin + 36 * kHourNs));
        Strip::Day day;
        day.label = short_day(begin, zone);
        for (std::uint64_t hour = begin; hour < next && day.percent.size() < 24; hour += kHourNs)
            day.percent.push_back(static_cast<unsigned>(
                watched_ns(picture.input, {hour, hour + kHourNs}) * 100 / kHourNs));
        const Period whole{std::max(begin, picture.input.period.from_ns),
                           std::min(next, picture.to_ns)};
        day.value_text =
            hours(watched_ns(picture.input, whole)) + " of " + hours(whole.to_ns - whole.from_ns);
        days.push_back(std::move(day));
        begin = next;
    }
    return days;
}

} // namespace

std::uint64_t watched_ns(const Input &input, const Period &period)
{
    return period.to_ns - period.from_ns - covered_ns(unwatched(input, period));
}

Watching watching_of(const Picture &picture)
{
    const Period period{picture.input.period.from_ns, picture.to_ns};
    Watching watching;
    watching.period_ns = period.to_ns - period.from_ns;
    watching.watched_ns = watched_ns(picture.input, period);
    watching.gaps = unwatched(picture.input, period);
    const auto longest = std::max_element(watching.gaps.begin(), watching.gaps.end(),
                                          [](const Unwatched &a, const Unwatched &b) {
                                              return a.to_ns - a.from_ns < b.to_ns - b.from_ns;
                                          });
    if (longest != watching.gaps.end())
        watching.longest = *longest;
    for (const auto &[name, total] : picture.input.losses)
        if (total > 0 && std::find(kMissing.begin(), kMissing.end(), name) != kMissing.end())
            watching.losses.emplace_back(name, total);
    for (const signal::Signal *signal : picture.seen) {
        watching.signals_near_losses += signal->coverage_complete ? 0 : 1;
        if (signal->rule_id == "clock-stepped")
            watching.clock.push_back(signal->id);
    }
    watching.deliveries = picture.input.deliveries;
    watching.blind = picture.input.blind;
    watching.ledger_wrong = store::verify(picture.input.ledger);
    watching.days = days_of(picture);
    return watching;
}

std::vector<Week> trend_of(const Picture &picture)
{
    std::vector<Week> weeks;
    const Input &input = picture.input;
    for (std::size_t back = kTrendWeeks; back-- > 0;) {
        Week week;
        week.period = days_before(input.period.to_ns, static_cast<int>(back) * 7, 7, input.zone);
        const Period until{week.period.from_ns, std::min(week.period.to_ns, input.written_ns)};
        week.watched_ns = until.to_ns > until.from_ns ? watched_ns(input, until) : 0;
        week.is_watched = week.watched_ns > 0;
        for (const signal::Signal &signal : input.signals) {
            if (signal.last_ns < week.period.from_ns || signal.last_ns >= week.period.to_ns)
                continue;
            week.is_watched = true;
            week.signals += 1;
            week.asking += signal.score >= signal::kActionFrom ? 1 : 0;
            week.refused += is_noise(signal.rule_id) ? signal.count : 0;
        }
        weeks.push_back(week);
    }
    return weeks;
}

} // namespace sentra::report
