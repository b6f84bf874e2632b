// SPDX-License-Identifier: MIT
// What a live run tells of its host besides what its sources tell: at the start, and when it
// changes. A clock is read here, at the edge, and nowhere behind it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "pipeline/facts.h"
#include "pipeline/merge.h"
#include "pipeline/sources.h"

namespace sentra::pipeline {

[[nodiscard]] std::uint64_t unix_now_ns();

class Facts {
public:
    explicit Facts(std::string tenant) : tenant_(std::move(tenant)) {}
    // Which host, which users, and that the kernel is not watched where it is not. Before the first
    // next().
    void tell_first(Merge &merge, const Sources &sources);
    // Users that changed, losses that grew: at most once a second.
    void refresh(Merge &merge, Sources &sources, Merge::Clock::time_point now);

private:
    std::string tenant_;
    Accounts accounts_;
    Merge::Clock::time_point refreshed_{};
};

} // namespace sentra::pipeline
