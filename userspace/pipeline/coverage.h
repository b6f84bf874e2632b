// SPDX-License-Identifier: MIT
// What is known about loss, as the records tell it: how many events are missing around a time, and
// when nobody watched. A signal says so when that may have cost it a step.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "event/event.h"
#include "signal/signal.h"

namespace sentra::pipeline {

class Coverage {
public:
    void take(const event::Event &event); // meta.loss and meta.gap; others are of no interest
    void lose(std::uint64_t time_ns, std::uint64_t count); // a record nobody could read

    // Around a behaviour that lasted from first_ns to last_ns.
    [[nodiscard]] signal::Coverage around(std::uint64_t first_ns, std::uint64_t last_ns) const;

private:
    struct Loss {
        std::uint64_t from_ns = 0, to_ns = 0, count = 0;
    };
    struct Gap {
        std::uint64_t from_ns = 0, to_ns = 0; // to_ns 0: still open
        std::uint32_t source = 0;
        std::string reason;
    };
    std::deque<Loss> losses_; // oldest first, bounded
    std::deque<Gap> gaps_;
};

} // namespace sentra::pipeline
