// SPDX-License-Identifier: MIT
// The arguments of a process that ran before the sensor did.
#pragma once

#include <string>
#include <string_view>

#include <sentra/event/process.h>

namespace sentra::sensor {

// The boot time at which the process of a /proc/<pid>/stat line started, in clock ticks; 0: not to
// be read.
[[nodiscard]] std::uint64_t start_ticks(std::string_view stat_line);

// As the kernel holds them, NUL after each; empty when the process is gone or another has its pid.
[[nodiscard]] std::string read_arguments(const sentra_actor &actor);

} // namespace sentra::sensor
