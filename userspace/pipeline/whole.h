// SPDX-License-Identifier: MIT
// How far a source's records have been taken without one missing. They leave the merge in the order
// of time, which is nearly that of their numbers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

namespace sentra::pipeline {

class Whole {
public:
    void take(std::uint64_t sequence)
    {
        if (sequence != until_ + 1) {
            ahead_.push(sequence);
            return;
        }
        for (++until_; !ahead_.empty() && ahead_.top() <= until_ + 1; ahead_.pop())
            until_ = std::max(until_, ahead_.top());
    }
    // Every record from 1 to here has been taken.
    [[nodiscard]] std::uint64_t until() const { return until_; }

private:
    std::uint64_t until_ = 0;
    std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>> ahead_;
};

} // namespace sentra::pipeline
