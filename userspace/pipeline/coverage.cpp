// SPDX-License-Identifier: MIT
#include "pipeline/coverage.h"

#include <algorithm>

#include <sentra/event/meta.h>

#include "base/text.h"
#include "base/time.h"
#include "event/catalogue.h"

namespace sentra::pipeline {

namespace {

// The steps of a behaviour may lie some minutes before the event that completed it.
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

// What a lost event would have told, in a word. Families that have one word need no more.
std::string_view word_of(std::uint32_t type)
{
    switch (type) {
    case SENTRA_PROCESS_EXEC:
        return "exec";
    case SENTRA_PROCESS_FORK:
        return "fork";
    case SENTRA_PROCESS_EXIT:
        return "exit";
    default:
        break;
    }
    switch (type >> 8U) {
    case SENTRA_PROCESS_EXEC >> 8U:
        return "process";
    case SENTRA_CRED_CHANGE >> 8U:
        return "credential";
    case SENTRA_FILE_WRITE >> 8U:
        return "file";
    case SENTRA_NET_CONNECT >> 8U:
        return "network";
    case SENTRA_KERNEL_MODULE >> 8U:
        return "kernel";
    default:
        return "";
    }
}

// The word for two kinds together.
std::string_view common_word(std::string_view one, std::string_view other)
{
    const auto of_process = [](std::string_view word) {
        return word == "exec" || word == "fork" || word == "exit" || word == "process";
    };
    if (one == other)
        return one;
    return of_process(one) && of_process(other) ? "process" : "";
}

bool matters_to(std::uint32_t type, bool whole_family, std::span<const std::string> events)
{
    if (events.empty() || type == 0 || type == SENTRA_PROCESS_EXEC || type == SENTRA_PROCESS_FORK)
        return true;
    for (const std::string &name : events) {
        const event::Type *needed = event::Catalogue::get().find_type(name);
        if (needed == nullptr)
            continue;
        const auto id = static_cast<std::uint32_t>(needed->id);
        if (id == type || (whole_family && id >> 8U == type >> 8U))
            return true;
    }
    return false;
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
        if (!costs_events(loss.kind) || loss.count == 0)
            return;
        // A source that cannot tell when says so when it notices.
        const std::uint64_t to_ns = loss.to_ns != 0 ? loss.to_ns : event.time_ns();
        add({.from_ns = loss.from_ns != 0 ? std::min<std::uint64_t>(loss.from_ns, to_ns) : to_ns,
             .to_ns = to_ns,
             .count = loss.count,
             .of_type = loss.of_type,
             .at_most = loss.kind == SENTRA_LOSS_RECURSION || loss.kind == SENTRA_LOSS_STATE_FULL});
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
    if (count != 0)
        add({.from_ns = time_ns, .to_ns = time_ns, .count = count});
}

// Losses that go on are one: otherwise a bad hour would push everything before it out.
void Coverage::add(const Loss &loss)
{
    for (auto known = losses_.rbegin(); known != losses_.rend(); ++known) {
        if (known->of_type != loss.of_type || known->at_most != loss.at_most)
            continue;
        if (loss.from_ns > known->to_ns + kMinuteNs || loss.to_ns < known->from_ns)
            break;
        known->from_ns = std::min(known->from_ns, loss.from_ns);
        known->to_ns = std::max(known->to_ns, loss.to_ns);
        known->count += loss.count;
        return;
    }
    losses_.push_back(loss);
    if (losses_.size() > kRemembered)
        losses_.pop_front();
}

signal::Coverage Coverage::around(std::uint64_t first_ns, std::uint64_t last_ns,
                                  std::span<const std::string> events) const
{
    const std::uint64_t from_ns = first_ns - std::min(first_ns, kAroundNs);
    const std::uint64_t to_ns = last_ns + kAroundNs;
    signal::Coverage coverage;
    Loss all;
    std::string_view word;
    for (const Loss &loss : losses_) {
        if (loss.to_ns < from_ns || loss.from_ns > to_ns ||
            !matters_to(loss.of_type, loss.at_most, events))
            continue;
        word = all.count == 0 ? word_of(loss.of_type) : common_word(word, word_of(loss.of_type));
        all.from_ns = all.count == 0 ? loss.from_ns : std::min(all.from_ns, loss.from_ns);
        all.to_ns = std::max(all.to_ns, loss.to_ns);
        all.count += loss.count;
        all.at_most = all.at_most || loss.at_most;
    }
    if (all.count > 0) {
        coverage.lost = all.count;
        coverage.why = (all.at_most ? "at most " : "") + std::to_string(all.count) + " " +
                       std::string(word) + (word.empty() ? "" : " ") +
                       (all.count == 1 ? "event was" : "events were") + " lost " +
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
