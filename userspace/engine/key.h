// SPDX-License-Identifier: MIT
// What the steps of a rule have in common, as a text to look instances up by.
#pragma once

#include <string>

#include "engine/compiled.h"

namespace sentra::engine {

enum class Joined : std::uint8_t {
    yes,   // key is filled
    alone, // nobody knows whose the event is: it may complete a rule by itself, and joins nothing
    excluded, // the rule is about sessions (units, ...), and the event belongs to none
};
[[nodiscard]] Joined join_key(const CompiledRule &rule, const Asked &asked, std::string &key);

} // namespace sentra::engine
