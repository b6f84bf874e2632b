// SPDX-License-Identifier: MIT
// What a sink that tells people is told, as its settings have it: who is woken for everything soon
// looks at nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/zone.h"
#include "output/transport.h"

namespace sentra::output {

struct NoticePolicy {
    bool asks_only = true;            // only what asks for action
    double least = 0;                 // and has at least this score
    std::vector<std::string> intents; // and has one of these; empty: any
    struct Quiet {                    // minutes of the day; over midnight where the end is earlier
        unsigned from_min = 0, to_min = 0;
        Zone zone;
    };
    std::optional<Quiet> quiet;  // then only what asks for action
    std::uint64_t digest_ns = 0; // the rest comes together, once in that time; 0: at once
    std::uint64_t most = 10;     // messages in ten minutes; more than that come as one
};

// The keys that every sink of a notification type takes besides its own.
[[nodiscard]] std::span<const SinkKey> notice_keys();
[[nodiscard]] Result<NoticePolicy> notice_policy(const SinkSettings &settings);

} // namespace sentra::output
