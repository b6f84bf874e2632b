// SPDX-License-Identifier: MIT
// Which records came out of which part of a ring, so that its room is given back when they are kept
// elsewhere and not before: what a killed sensor had read but nobody had kept is read again by the
// next one.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>

#include "sensor/ring.h"

namespace sentra::sensor {

class Trail {
public:
    // keeping: false: the ring ends with its reader, and room is given back as soon as it is read.
    Trail(Ring &ring, bool keeping) : ring_(ring), keeping_(keeping) {}

    // The reader's thread, after each record: the last sequence number given so far, and the ring's
    // position behind the record. When more than half of the ring is read and not released, the
    // oldest part goes all the same: what a crash may cost is better than what a full ring costs.
    void took(std::uint64_t sequence, std::uint64_t behind);
    // The reader's thread, when it has nothing more to read for now.
    void rest();
    // Any thread: everything up to that sequence number is kept.
    void release(std::uint64_t sequence);

private:
    struct Mark {
        std::uint64_t sequence = 0, behind = 0;
    };
    void mark();

    Ring &ring_;
    bool keeping_;
    Mark last_;                  // the reader's own
    std::uint32_t unmarked_ = 0; // records since the last mark
    std::mutex mutex_;           // guards marks_ and the ring's release()
    std::deque<Mark> marks_;     // oldest first
};

} // namespace sentra::sensor
