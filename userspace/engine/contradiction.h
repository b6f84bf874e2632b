// SPDX-License-Identifier: MIT
// Conditions that no event can fulfil: found when a rule is compiled, so that an author learns of a
// dead step from the compiler and not from silence.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "engine/condition.h"

namespace sentra::engine {

// Why the value can never be the field's, of whichever event; nullopt: it can.
[[nodiscard]] std::optional<std::string> cannot_match(const Pattern &pattern, const Place &place,
                                                      std::span<const event::Type *const> types);

// Tests of one clause that exclude each other.
void refuse_contradictions(const Clause &clause, Complaints &complaints);

} // namespace sentra::engine
