// SPDX-License-Identifier: MIT
// The parts of the weekly report, each from the same picture of the period. Only for this room.
#pragma once

#include <string>
#include <vector>

#include "report/weekly.h"

namespace sentra::report {

// The input, sorted out: secrets removed, signals in order of time, each in its place.
struct Picture {
    Input input;
    std::uint64_t to_ns = 0; // the period's end, or the time of writing where that is earlier
    std::vector<const signal::Signal *> seen;    // those of the period
    std::vector<const signal::Signal *> earlier; // still asking for action, from before it
    std::vector<const signal::Signal *> open;    // all that ask for action, the most serious first
    signal::Decisions decisions;                 // as the ledger has them
    std::uint64_t redacted = 0;

    [[nodiscard]] bool is_within(std::uint64_t time_ns) const
    {
        return time_ns >= input.period.from_ns && time_ns < to_ns;
    }
    // "this week", "in this period"
    [[nodiscard]] std::string this_time() const;
    [[nodiscard]] const signal::Signal *find(const std::string &uid) const;
};

[[nodiscard]] Picture sorted_out(Input input);

// Time in the period in which no gap is known; within what the store covers.
[[nodiscard]] std::uint64_t watched_ns(const Input &input, const Period &period);

[[nodiscard]] Watching watching_of(const Picture &picture);
[[nodiscard]] std::vector<Need> needs_of(const Picture &picture, std::size_t most);
[[nodiscard]] std::vector<Happened> happened_of(const Picture &picture);
[[nodiscard]] Noise noise_of(const Picture &picture);
[[nodiscard]] Access access_of(const Picture &picture);
[[nodiscard]] std::vector<Decided> decided_of(const Picture &picture);
[[nodiscard]] std::vector<Standing> overrides_of(const Picture &picture);
[[nodiscard]] std::vector<Week> trend_of(const Picture &picture);
[[nodiscard]] std::vector<Moment> timeline_of(const Picture &picture);
[[nodiscard]] std::vector<std::string> handover_of(const Picture &picture, const Weekly &report);
[[nodiscard]] std::vector<engine::Playbook> playbooks_of(const Picture &picture);
[[nodiscard]] std::vector<Row> rows_of(const Picture &picture);

// "Reviewed by anna: a false positive"; empty where nobody decided.
[[nodiscard]] std::string decision_in_words(const signal::Signal &signal);
// "SOC 2 CC6.1, CC7.2", one for each framework
[[nodiscard]] std::vector<std::string> controls_in_words(const signal::Signal &signal);

} // namespace sentra::report
