// SPDX-License-Identifier: MIT
// Which of the forms that wait for people are told now, which later, which not at all. Pure: what
// they were told before and the time are handed in. Nothing is lost by it: what is withheld is
// marked so, with the reason, and other sinks, reports and the screen have it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "output/notice.h"
#include "pipeline/letters.h"

namespace sentra::pipeline {

// The form of the signal that the sink has.
struct ToldBefore {
    std::uint64_t time_ns = 0; // when it was told
    signal::Signal signal;
};

struct Waiting {
    const Letter *letter = nullptr;
    std::optional<ToldBefore> before;
};

struct Notices {
    std::vector<std::size_t> now; // by place, in order
    bool as_one = false;          // together, as digest_of()
    struct Withheld {
        std::size_t at = 0;
        std::string why;
    };
    std::vector<Withheld> withheld;
    std::uint64_t next_ns = 0; // when to look again at what waits for its time; 0: nothing does
};

// waiting: all that waits, in order of sequence. lately: messages in the last kStormNs.
inline constexpr std::uint64_t kStormNs = 10 * kMinuteNs;
inline constexpr std::uint64_t kStaleNs = kDayNs;
[[nodiscard]] Notices choose(const output::NoticePolicy &policy, std::span<const Waiting> waiting,
                             std::uint64_t lately, std::uint64_t now_ns);

// One signal that says what the others say: how many, the gravest first, where to read them.
[[nodiscard]] signal::Signal digest_of(std::span<const signal::Signal> signals);

} // namespace sentra::pipeline
