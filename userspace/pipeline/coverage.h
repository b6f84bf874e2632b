// SPDX-License-Identifier: MIT
// What is known about loss, as the records tell it: how many events of which kind are missing, from
// when to when, and when nobody watched. A signal says so when that may have cost it a step.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>

#include "event/event.h"
#include "signal/signal.h"

namespace sentra::pipeline {

class Coverage {
public:
    void take(const event::Event &event); // meta.loss and meta.gap; others are of no interest
    void lose(std::uint64_t time_ns, std::uint64_t count); // a record nobody could read

    // Around a behaviour that lasted from first_ns to last_ns. events: the types its rule needs by
    // name; a loss of others is not mentioned, but for starts of processes and programs, which say
    // who acts. Empty: any.
    [[nodiscard]] signal::Coverage around(std::uint64_t first_ns, std::uint64_t last_ns,
                                          std::span<const std::string> events = {}) const;

private:
    struct Loss {
        std::uint64_t from_ns = 0, to_ns = 0, count = 0;
        std::uint32_t of_type = 0; // sentra_type; 0: may be any
        // Runs that were skipped, calls that could not be followed: not every one was an event.
        bool at_most = false;
    };
    struct Gap {
        std::uint64_t from_ns = 0, to_ns = 0; // to_ns 0: still open
        std::uint32_t source = 0;
        std::string reason;
    };
    void add(const Loss &loss);
    std::deque<Loss> losses_; // by their end, bounded
    std::deque<Gap> gaps_;
};

} // namespace sentra::pipeline
