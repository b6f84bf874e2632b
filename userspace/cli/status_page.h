// SPDX-License-Identifier: MIT
// `sentra status`: what the daemon, or the store alone, says of itself, put on one screen. In: its
// object of JSON. Out: the same with what is not the daemon's to say (the clock, the last signal,
// overrides, coverage since the host was started), and the page. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/screen.h"

namespace sentra::cli {

// What is asked besides. Empty where it was not answered.
struct Besides {
    bool clock_is_right = false;
    std::uint64_t boot_ns = 0, now_ns = 0;
    std::vector<std::string> signals;   // the last one
    std::vector<std::string> overrides; // as `sentra override list --json` has them
    bool has_overrides = false;         // it was answered
};
// Empty: the status is no object of JSON.
[[nodiscard]] std::string completed(const std::string &status, const Besides &besides);

// Of the completed status. `all`: every kernel event's account and every gap, too.
[[nodiscard]] std::vector<std::string> status_page(const std::string &completed,
                                                   const Screen &screen, bool all);

// Seconds of these gaps that lie between two times, each second once. Times are RFC 3339; a gap
// without an end goes on.
struct Unwatched {
    std::size_t gaps = 0;
    std::uint64_t seconds = 0;
};
[[nodiscard]] Unwatched unwatched_between(const std::string &status, std::uint64_t from_ns,
                                          std::uint64_t to_ns);

} // namespace sentra::cli
