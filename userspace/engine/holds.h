// SPDX-License-Identifier: MIT
// Asks a compiled condition of an event. Allocates nothing once the buffers have grown.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/condition.h"
#include "engine/match.h"

namespace sentra::engine {

// An event that a step took, with what was true then.
struct Taken {
    Bound bound;
    std::vector<std::string> kept; // values of Step::keep, in its order
    std::uint32_t fresh = 0;       // bit i: Step::fresh[i] was new
    std::uint64_t time_ns = 0;
};
using TakenPtr = std::shared_ptr<const Taken>;

struct Buffers {
    session::Scratch value, other;
    std::string lowered, other_lowered;
    std::vector<std::uint64_t> found; // the index's candidates, by bit
};

class Answers; // engine/answers.h

// "new" has not been asked yet: a condition holds as far as it can without.
inline constexpr std::uint32_t kNotAsked = ~std::uint32_t{0};

struct Asked {
    const event::Event &event;
    const session::Context &context;
    const session::Session &session;
    std::span<const TakenPtr> steps;         // by step; null: not bound
    std::uint32_t fresh = ~std::uint32_t{0}; // of the event at hand
    Buffers &buffers;
    Answers *answers = nullptr; // to questions about this event; null: each test is made anew
};

[[nodiscard]] bool holds(const Where &where, const Asked &asked);
[[nodiscard]] bool holds(const Clause &clause, const Asked &asked);
// A test that asks about one value only: patterns, exists, absent.
[[nodiscard]] bool holds_of(const Test &test, const event::Value &value, std::string &buffer);

} // namespace sentra::engine
