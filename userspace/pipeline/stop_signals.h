// SPDX-License-Identifier: MIT
// SIGTERM, SIGINT, SIGUSR1 and SIGHUP as something to ask for, not something that interrupts. Made
// before any thread is.
#pragma once

#include "base/fd.h"
#include "base/result.h"

namespace sentra::pipeline {

class StopSignals {
public:
    [[nodiscard]] static Result<StopSignals> open();
    // What has come since the last call.
    struct Asked {
        int to_stop = 0;           // SIGTERM, SIGINT: how often
        bool to_hand_over = false; // SIGUSR1: end, and leave the kernel half listening
        bool to_reload = false;    // SIGHUP: read the rules again
    };
    [[nodiscard]] Asked come();

private:
    explicit StopSignals(Fd fd) : fd_(std::move(fd)) {}
    Fd fd_;
};

} // namespace sentra::pipeline
