// SPDX-License-Identifier: MIT
// sentrad: start-up as a list of steps, the one loop, and an ordered end. Owns every lifetime.
#pragma once

#include <functional>
#include <string>

#include "pipeline/config.h"
#include "signal/signal.h"

namespace sentra::pipeline {

// What stdout is given of each signal that is news, written at once; empty: nothing.
struct Print {
    std::function<std::string(const signal::Signal &)> text;
    bool for_people = false; // who watches: the log need not say it as well
};

// Runs until it is asked to stop. The error names the step that failed.
[[nodiscard]] Result<void> run_daemon(const Config &config, Print print);

// Removes what an ended sentrad of this configuration left in the kernel.
[[nodiscard]] Result<void> forget_pins(const Config &config);

} // namespace sentra::pipeline
