// SPDX-License-Identifier: MIT
// How a courier goes on after each handover: what becomes of every document, how many may go at
// once, and how long to wait. Pure: durations out, chance handed in, no clock.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "output/transport.h"

namespace sentra::pipeline {

inline constexpr std::uint64_t kFirstWaitNs = kSecondNs;
inline constexpr std::uint64_t kWaitMostNs = 5 * kMinuteNs;
inline constexpr std::uint64_t kBetweenProbesNs = 5 * kMinuteNs;
// What a sink may ask for; one that asks for a week is asked again all the same.
inline constexpr std::uint64_t kAskedMostNs = kHourNs;
// After an outage a host brings at most 50 batches a second.
inline constexpr std::uint64_t kBetweenBatchesNs = 20 * 1'000'000;

// What becomes of one document.
struct Ruling {
    enum class What : std::uint8_t {
        delivered,
        again,   // it counts as an attempt
        smaller, // again, with fewer beside it
        shorten, // again, alone and shortened
        dead,
    } what = What::again;
    std::string why; // it was not delivered
};

class Pace {
public:
    explicit Pace(std::size_t most_at_once) : most_at_once_(most_at_once), at_once_(most_at_once) {}

    // How many documents may go at once now.
    [[nodiscard]] std::size_t at_once() const { return paused_.empty() ? at_once_ : 1; }
    // Nothing works until a person acts: why; only one document goes, every few minutes, to see.
    [[nodiscard]] const std::string &paused() const { return paused_; }
    // How often in a row nothing was delivered.
    [[nodiscard]] unsigned failures() const { return failures_; }
    // A person acted, or the sink was opened anew: it is tried at once.
    void begin_anew();

    struct Next {
        std::vector<Ruling> rulings; // one per document, in their order
        std::uint64_t wait_ns = 0;   // before the next handover
    };
    // `chance` is from 0 to 1. was_shortened: the one document was.
    [[nodiscard]] Next judge(const output::Handover &handover, std::size_t sent, bool was_shortened,
                             double chance);

private:
    [[nodiscard]] Ruling rule(const output::Outcome &outcome, std::size_t sent,
                              bool was_shortened) const;
    [[nodiscard]] std::uint64_t wait_ns(const output::Handover &handover, double chance) const;

    std::size_t most_at_once_, at_once_;
    std::string paused_;
    unsigned failures_ = 0;
};

} // namespace sentra::pipeline
