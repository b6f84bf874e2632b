// SPDX-License-Identifier: MIT
// sentrad: start-up as a list of steps, the one loop, and an ordered end. Owns every lifetime.
#pragma once

#include "pipeline/config.h"

namespace sentra::pipeline {

// Runs until it is asked to stop. `print`: each signal that is news, as a line of JSON on stdout.
// The error names the step that failed.
[[nodiscard]] Result<void> run_daemon(const Config &config, bool print);

// Removes what an ended sentrad of this configuration left in the kernel.
[[nodiscard]] Result<void> forget_pins(const Config &config);

} // namespace sentra::pipeline
