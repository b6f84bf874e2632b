// SPDX-License-Identifier: MIT
// The table of programs: which event is seen by which program at which hook. One program serves all
// system calls of a kind. A row that a kernel lacks (an old call, modules not built in) is
// reported, not fatal.
#pragma once

#include <span>
#include <string_view>

#include <sentra/wire.h>

#include "sensor/sensor.h"

namespace sentra::sensor {

struct Hook {
    sentra_type event;
    std::string_view program;
    std::string_view
        category; // "sched", "sock", "module": kernel objects as arguments; or "syscalls"
    std::string_view name;
    Rung rung = Rung::tracepoint;

    [[nodiscard]] bool is_syscall() const { return category == "syscalls"; }
};

[[nodiscard]] std::span<const Hook> hooks();

} // namespace sentra::sensor
