// SPDX-License-Identifier: MIT
#include "pipeline/coverage.h"

#include <algorithm>

#include <sentra/event/meta.h>

#include "base/text.h"
#include "base/time.h"

namespace sentra::pipeline {

namespace {

// Losses are reported every few seconds: the lost events are about as old as that, and the steps of
// a behaviour may lie some minutes before the event that completed it.
constexpr std::uint64_t kAroundNs = 5 * kMinuteNs;
constexpr std::size_t kRemembered = 256;

// Whether an event went missing; the other kinds tell of something that was still used, or refused.
bool costs_events(std::uint32_t kind)
{
    switch (kind) {
    case SENTRA_LOSS_RING_FULL:
    case SENTRA_LOSS_RECURSION:
    case SENTRA_LOSS_STATE_FULL:
    case SENTRA_LOSS_QUEUE_FULL:
    case SENTRA_LOSS_SHORT_RECORD:
    case SENTRA_LOSS_UNKNOWN_TYPE:
    case SENTRA_LOSS_BAD_RECORD:
    case SENTRA_LOSS_JOURNAL_GAP:
        return true;
    default:
        return false;
    }
}

std::string clock_of(std::uint64_t time_ns)
{
    return format_rfc3339(time_ns).substr(11, 5);
}

std::string between(std::uint64_t from_ns, std::uint64_t to_ns)
{
    if (format_date(from_ns) != format_date(to_ns))
        return "between " + format_for_reading(from_ns) + " and " + format_for_reading(to_ns);
    if (clock_of(from_ns) == clock_of(to_ns))
        return "at " + clock_of(from_ns) + " UTC";
    return "between " + clock_of(from_ns) + " and " + clock_of(to_ns) + " UTC";
}

const char *watched_name(std::uint32_t source)
{
    return source == SENTRA_SOURCE_KERNEL ? "the kernel's events" : "the journal";
}

} // namespace

void Coverage::take(const event::Event &event)
{
    if (event.is(SENTRA_META_LOSS)) {
        const auto &loss = event.as<sentra_lost>();
        if (costs_events(loss.kind))
            lose(event.time_ns(), loss.count);
    } else if (event.is(SENTRA_META_GAP)) {
        const auto &gap = event.as<sentra_gap>();
        gaps_.push_back(
            {gap.from_ns, gap.to_ns, gap.of_source, std::string(event.text(gap.reason))});
        if (gaps_.size() > kRemembered)
            gaps_.pop_front();
    }
}

void Coverage::lose(std::uint64_t time_ns, std::uint64_t count)
{
    if (count == 0)
        return;
    if (!losses_.empty() && time_ns >= losses_.back().to_ns &&
        time_ns - losses_.back().to_ns < kMinuteNs) {
        losses_.back().to_ns = time_ns;
        losses_.back().count += count;
        return;
    }
    losses_.push_back({time_ns, time_ns, count});
    if (losses_.size() > kRemembered)
        losses_.pop_front();
}

signal::Coverage Coverage::around(std::uint64_t first_ns, std::uint64_t last_ns) const
{
    const std::uint64_t from_ns = first_ns - std::min(first_ns, kAroundNs);
    const std::uint64_t to_ns = last_ns + kAroundNs;
    signal::Coverage coverage;
    Loss all;
    for (const Loss &loss : losses_) {
        if (loss.to_ns < from_ns || loss.from_ns > to_ns)
            continue;
        all.from_ns = all.count == 0 ? loss.from_ns : all.from_ns;
        all.to_ns = loss.to_ns;
        all.count += loss.count;
    }
    if (all.count > 0) {
        coverage.lost = all.count;
        coverage.why = (all.count == 1 ? std::string("1 event was lost ")
                                       : std::to_string(all.count) + " events were lost ") +
                       between(all.from_ns, all.to_ns);
    }
    for (const Gap &gap : gaps_) {
        if ((gap.to_ns != 0 && gap.to_ns < from_ns) || gap.from_ns > to_ns)
            continue;
        if (!coverage.why.empty())
            coverage.why += "; ";
        coverage.why += std::string(watched_name(gap.source)) +
                        (gap.source == SENTRA_SOURCE_KERNEL ? " were" : " was") + " not watched ";
        coverage.why += gap.to_ns == 0 ? "since " + format_for_reading(gap.from_ns)
                                       : between(gap.from_ns, gap.to_ns);
        if (!gap.reason.empty())
            coverage.why += " (" + printable(gap.reason, 200) + ")";
        break; // one is enough to say so
    }
    coverage.complete = coverage.why.empty();
    return coverage;
}

} // namespace sentra::pipeline
