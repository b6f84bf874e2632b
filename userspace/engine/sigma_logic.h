// SPDX-License-Identifier: MIT
// And, or, not over conditions, each for its own events: what Sigma's free conditions become before
// they are the alternatives (Where) that the matcher knows. Every alternative keeps its tests in
// the open, so that the index can choose among them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/condition.h"

namespace sentra::engine {

// A set of event types, a bit each, by place in the catalogue.
using EventSet = std::uint64_t;
inline constexpr EventSet kAllEvents = ~EventSet{0};

// "process.exec file.* lines": the events of a table row.
[[nodiscard]] EventSet events_named(std::string_view words);
[[nodiscard]] std::vector<const event::Type *> types_of(EventSet events); // without meta.*

struct Branch {
    EventSet events = kAllEvents;
    Clause clause;
};

struct Logic {
    std::vector<Branch> any; // none: never

    [[nodiscard]] bool is_never() const { return any.empty(); }
    [[nodiscard]] bool is_always() const;
    [[nodiscard]] static Logic never() { return {}; }
    [[nodiscard]] static Logic always() { return {{Branch{}}}; }
};

[[nodiscard]] Logic operator&&(Logic a, Logic b);
[[nodiscard]] Logic operator||(Logic a, Logic b);
[[nodiscard]] Logic operator!(const Logic &logic);

// Alternatives that hold for the types only where their branch says so.
[[nodiscard]] Where where_of(const Logic &logic, const std::vector<const event::Type *> &types);
[[nodiscard]] EventSet events_of(const Logic &logic);

} // namespace sentra::engine
