// SPDX-License-Identifier: MIT
#include "sensor/trail.h"

namespace sentra::sensor {

namespace {

// Each release pulls a cache line from the producers; each mark costs memory.
constexpr std::uint32_t kRecordsPerMark = 64;

} // namespace

void Trail::mark()
{
    unmarked_ = 0;
    if (!keeping_)
        return ring_.release(last_.behind);
    const std::lock_guard lock(mutex_);
    marks_.push_back(last_);
    while (!marks_.empty() && ring_.held_bytes() > ring_.size_bytes() / 2) {
        ring_.release(marks_.front().behind);
        marks_.pop_front();
    }
}

void Trail::took(std::uint64_t sequence, std::uint64_t behind)
{
    last_ = {sequence, behind};
    if (++unmarked_ >= kRecordsPerMark)
        mark();
}

void Trail::rest()
{
    if (unmarked_ != 0)
        mark();
}

void Trail::release(std::uint64_t sequence)
{
    const std::lock_guard lock(mutex_);
    std::uint64_t behind = 0;
    for (; !marks_.empty() && marks_.front().sequence <= sequence; marks_.pop_front())
        behind = marks_.front().behind;
    if (behind != 0)
        ring_.release(behind);
}

} // namespace sentra::sensor
