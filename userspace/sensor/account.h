// SPDX-License-Identifier: MIT
// The kernel's account made readable, and what of it is new loss.
#pragma once

#include <array>
#include <cstdint>
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

// Runs the kernel skipped because another was under way on that CPU, all programs together: each
// once, however many hooks it has.
[[nodiscard]] std::uint64_t recursion_total(const std::vector<ProgramRow> &programs);

struct LossStep {
    sentra_loss kind;
    std::uint16_t of_type; // sentra_type, 0 where it is not known
    std::uint64_t count;   // since the last step
    std::uint64_t total;
};

// Remembers what has been told.
class LossLedger {
public:
    [[nodiscard]] std::vector<LossStep> step(const AccountRows &rows, std::uint64_t recursion);

private:
    void compare(std::vector<LossStep> &steps, sentra_loss kind, std::uint16_t type,
                 std::uint64_t &told, std::uint64_t now);
    AccountRows told_{};
    std::uint64_t told_recursion_ = 0;
};

} // namespace sentra::sensor
