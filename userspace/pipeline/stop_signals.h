// SPDX-License-Identifier: MIT
// SIGTERM and SIGINT as something to ask for, not something that interrupts. Made before any thread
// is.
#pragma once

#include "base/fd.h"
#include "base/result.h"

namespace sentra::pipeline {

class StopSignals {
public:
    [[nodiscard]] static Result<StopSignals> open();
    // How many have come since the last call.
    [[nodiscard]] int come();

private:
    explicit StopSignals(Fd fd) : fd_(std::move(fd)) {}
    Fd fd_;
};

} // namespace sentra::pipeline
