// SPDX-License-Identifier: MIT
// "Were we watching?" and eight weeks beside each other.
#include <algorithm>

#include "report/page_parts.h"
#include "report/words.h"

namespace sentra::report {

namespace {

struct LossWords {
    std::string_view name, says;
};
constexpr LossWords kLossWords[] = {
#define SENTRA_LOSS(symbol, name, says) {name, says},
#include <sentra/losses.def>
#undef SENTRA_LOSS
};

std::string in_words(const std::string &loss)
{
    const auto *at = std::find_if(std::begin(kLossWords), std::end(kLossWords),
                                  [&](const LossWords &row) { return row.name == loss; });
    return std::string(at == std::end(kLossWords) ? loss : at->says);
}

Text losses_in_words(const Watching &watching)
{
    if (watching.losses.empty())
        return "None since Sentra began to keep count.";
    std::uint64_t total = 0;
    std::vector<std::string> kinds;
    for (const auto &[name, count] : watching.losses) {
        total += count;
        kinds.push_back(number(count) + " (" + in_words(name) + ")");
    }
    Text text(counted(total, "event", "events") + " since Sentra began to keep count: " +
              listed(kinds, 8) + ". The count does not say in which week.");
    text.plain(watching.signals_near_losses == 0
                   ? " No signal of this period tells of events lost around it."
                   : " " + counted(watching.signals_near_losses, "signal", "signals") +
                         " of this period " +
                         (watching.signals_near_losses == 1 ? "tells" : "tell") +
                         " of events lost around it.");
    return text;
}

Text gap_in_words(const Watching &watching, const Zone &zone)
{
    if (!watching.longest)
        return "None.";
    const Unwatched &gap = *watching.longest;
    return lasting(gap.to_ns - gap.from_ns) + ", from " + moment(gap.from_ns, zone) + " to " +
           moment(gap.to_ns, zone) + ". We could not see " + gap.what + ": " + gap.reason + ".";
}

Text deliveries_in_words(const Watching &watching)
{
    if (watching.deliveries.empty())
        return "No place to deliver signals to is known to this report.";
    std::vector<std::string> lines;
    for (const Delivery &delivery : watching.deliveries) {
        std::string line =
            delivery.name + ": " +
            (delivery.pending == 0 ? "nothing is waiting" : number(delivery.pending) + " waiting");
        if (delivery.undeliverable > 0)
            line += ", " + number(delivery.undeliverable) + " could not be delivered";
        lines.push_back(std::move(line));
    }
    std::string text;
    for (const std::string &line : lines)
        text += (text.empty() ? "" : "; ") + line;
    return text + ".";
}

std::optional<double> value_of(const Week &week, std::uint64_t value)
{
    return week.is_watched ? std::optional<double>(double(value)) : std::nullopt;
}

Columns chart_of(const Weekly &report, const char *id, const char *title,
                 std::uint64_t Week::*member)
{
    Columns chart{id, title, "", {}, 0};
    std::vector<std::string> said;
    for (const Week &week : report.trend) {
        const std::uint64_t value = week.*member;
        chart.bars.push_back({short_day(week.period.from_ns, report.zone),
                              week.is_watched ? number(value) : "not watched",
                              value_of(week, value)});
        chart.most = std::max(chart.most, week.is_watched ? double(value) : 0);
        said.push_back(chart.bars.back().value_text);
    }
    chart.says = "Eight weeks, oldest first: " + listed(said, 8) + ".";
    return chart;
}

Columns hours_chart(const Weekly &report)
{
    Columns chart{"trend-hours", "Hours watched", "", {}, 168};
    std::vector<std::string> said;
    for (const Week &week : report.trend) {
        const std::string value = hours(week.watched_ns);
        // A week in which nothing was watched is a zero, and a fact.
        chart.bars.push_back({short_day(week.period.from_ns, report.zone), value,
                              double(week.watched_ns) / double(kHourNs)});
        said.push_back(value);
    }
    chart.says = "Eight weeks, oldest first: " + listed(said, 8) + ". A week has 168 hours.";
    return chart;
}

Table trend_table(const Weekly &report)
{
    Table table{"Eight weeks in numbers",
                {"Week from", "Signals", "Asked for action", "Sign-ins refused", "Hours watched"},
                {}};
    for (const Week &week : report.trend) {
        const auto value = [&](std::uint64_t count) {
            return week.is_watched ? number(count) : std::string("not watched");
        };
        table.rows.push_back({"",
                              {day(week.period.from_ns, report.zone), value(week.signals),
                               value(week.asking), value(week.refused), hours(week.watched_ns)},
                              false});
    }
    return table;
}

} // namespace

void put_watching(std::vector<Block> &page, const Weekly &report)
{
    const Watching &watching = report.watching;
    page.emplace_back(Heading{2, "Were we watching?", "", false});
    Pairs pairs;
    pairs.pairs.emplace_back("Hours watched",
                             hours(watching.watched_ns) + " of " + hours(watching.period_ns) +
                                 " (" + percent(watching.watched_ns, watching.period_ns) + " %)");
    pairs.pairs.emplace_back("Longest gap", gap_in_words(watching, report.zone));
    pairs.pairs.emplace_back("Events lost", losses_in_words(watching));
    Text clock;
    if (watching.clock.empty())
        clock.plain("We did not see anybody set it. Whether it agrees with the time of the world "
                    "was not checked.");
    else
        clock.plain("It was set " + counted(watching.clock.size(), "time", "times") + ":");
    for (const std::string &id : watching.clock)
        clock.plain(" ").id(id);
    pairs.pairs.emplace_back("Clock", std::move(clock));
    pairs.pairs.emplace_back("Delivery", deliveries_in_words(watching));
    page.emplace_back(std::move(pairs));
    if (watching.days.empty())
        return;
    page.emplace_back(Strip{"coverage", "Hours watched, by day",
                            "One row a day, one cell an hour. A full cell was watched throughout, "
                            "an empty one not at all.",
                            watching.days, "Day", "Hours watched"});
}

void put_trend(std::vector<Block> &page, const Weekly &report)
{
    page.emplace_back(Heading{2, "Eight weeks", "", true});
    page.emplace_back(
        Charts{{chart_of(report, "trend-signals", "Signals", &Week::signals),
                chart_of(report, "trend-asking", "Signals that asked for action", &Week::asking),
                chart_of(report, "trend-refused", "Sign-ins refused", &Week::refused),
                hours_chart(report)},
               trend_table(report)});
    page.emplace_back(Heading{2, "What the behaviour was for", "", false});
    if (report.intents.empty()) {
        page.emplace_back(Paragraph{"No signals in this period.", false});
        return;
    }
    page.emplace_back(Bars{"intents", "Signals by intent",
                           "How many signals of the period had which intent. The table below has "
                           "the same numbers.",
                           "Intent", "Signals", report.intents});
}

} // namespace sentra::report
