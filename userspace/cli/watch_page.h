// SPDX-License-Identifier: MIT
// What `sentra watch` shows. In: the lines of signals and of the status that the daemon answers
// with. Out: what is to be printed now. Pure: who waits, asks and prints is verbs/watch.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/screen.h"
#include "signal/signal.h"

namespace sentra::cli {

// Which signals are new and which have grown, by what was seen before.
class Seen {
public:
    struct News {
        std::string line; // as it came
        signal::Signal signal;
        bool is_update = false;
    };
    // In the order of the lines; lines that cannot be read are an error.
    [[nodiscard]] Result<std::vector<News>> take(const std::vector<std::string> &lines);
    // Those whose last event is older are not asked for any more.
    void forget_before(std::uint64_t time_ns);

private:
    struct Known {
        std::string line;
        std::uint64_t last_ns = 0;
        bool is_current = true; // was in the last answer
    };
    std::map<std::string, Known> known_; // by uid
};

// One signal, in lines that fit.
[[nodiscard]] std::vector<std::string> signal_lines(const Seen::News &news, const Screen &screen);

// What the daemon says of itself, in one line; its first word is about its health.
struct State {
    bool is_there = false;
    std::string health; // "healthy", "degraded"
    std::string line;   // what it watches
    std::vector<std::string> troubles;
};
[[nodiscard]] State state_in(std::string_view status);
[[nodiscard]] std::string state_line(const State &state, const Screen &screen);

} // namespace sentra::cli
