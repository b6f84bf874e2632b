// SPDX-License-Identifier: MIT
// The part of a condition's key after the field ("|contains|all"), and the values that follow it,
// with lists, $macros and Sigma's transformations resolved to what is compared in the end.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/condition.h"

namespace sentra::engine {

struct Modifiers {
    Test::Kind kind = Test::Kind::patterns;
    Compare compare = Compare::equals;
    bool all = false, cased = false, base_name = false, expand = false;
    std::string regex_flags;
    std::vector<std::string_view> transforms; // windash wide base64 base64offset, as written
};

// nullopt: a complaint was made.
[[nodiscard]] std::optional<Modifiers>
read_modifiers(const Entry &entry, std::span<const std::string_view> words, Complaints &complaints);

struct Written {
    std::string text;
    Mark mark;
};
[[nodiscard]] std::optional<std::vector<Written>> read_values(const Node &node,
                                                              const Modifiers &modifiers,
                                                              const Vocabulary &vocabulary,
                                                              Complaints &complaints);

} // namespace sentra::engine
