// SPDX-License-Identifier: MIT
// The kernel's account made readable, and what of it is new loss.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <sentra/sensor.h>
#include <sentra/wire.h>

#include "sensor/sensor.h"

namespace sentra::sensor {

using AccountRows = std::array<sentra_account_row, SENTRA_ROWS>;

// One row per event type the kernel half tells, then "total".
[[nodiscard]] std::vector<Row> to_rows(const AccountRows &rows);

// Whether every event the kernel half has seen was handed over, filtered or lost: nothing is under
// way.
[[nodiscard]] bool balances(const AccountRows &rows);

// Runs of one program that the kernel skipped because another was under way on that CPU. Which
// events they would have seen, and whether any, nobody knows.
struct Missed {
    std::string program;
    std::uint16_t of_type = 0; // sentra_type; 0: the program serves more than one
    std::uint64_t runs = 0;
};

// Each program once, however many hooks it has.
[[nodiscard]] std::vector<Missed> missed_runs(const std::vector<ProgramRow> &programs);
[[nodiscard]] std::uint64_t recursion_total(const std::vector<ProgramRow> &programs);

// Everything that counts loss, as it stood at one look.
struct LossCounts {
    AccountRows rows{};
    std::vector<Missed> missed;
    // Records the user half could not read (short_record, unknown_type, bad_record, ...).
    std::array<std::uint64_t, SENTRA_LOSS_COUNT> dropped{};
};

struct LossStep {
    sentra_loss kind = SENTRA_LOSS_COUNT;
    std::uint16_t of_type = 0; // sentra_type, 0 where it is not known
    std::uint64_t count = 0;   // since the last step
    std::uint64_t total = 0;
    std::uint64_t from_ns = 0, to_ns = 0; // boot time: the last look without it, and this one
};

// Events that happened and were not told, and that may have changed somebody's credentials: lost,
// missed, unreadable, or wanted by no rule.
[[nodiscard]] std::uint64_t untold_events(const LossCounts &counts);

// Whether the picture of the running processes may be wrong after it: a start, an end or a change
// of user can be among what is missing.
[[nodiscard]] bool shakes_process_tree(const LossStep &step);

// Remembers what has been told.
class LossLedger {
public:
    // Whatever a later look finds was lost after this (boot time).
    void begin(std::uint64_t now_ns) { looked_ns_ = now_ns; }
    [[nodiscard]] std::vector<LossStep> step(const LossCounts &counts, std::uint64_t now_ns);

private:
    void compare(std::vector<LossStep> &steps, LossStep step, std::uint64_t &told) const;
    AccountRows told_{};
    std::map<std::string, std::uint64_t> told_programs_;
    std::map<std::uint16_t, std::uint64_t> missed_; // by event type, over all programs
    std::array<std::uint64_t, SENTRA_LOSS_COUNT> told_dropped_{};
    std::uint64_t looked_ns_ = 0;
};

} // namespace sentra::sensor
