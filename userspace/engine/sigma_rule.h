// SPDX-License-Identifier: MIT
// What a Sigma document says of itself, as a rule of ours: id, title, techniques, level, texts.
#pragma once

#include "engine/sigma.h"

namespace sentra::engine {

// A scalar behind the key; empty where there is none.
[[nodiscard]] std::string sigma_text(const Node &map, std::string_view key);

// A rule without its conditions. file: for its place, and its id where it has none.
[[nodiscard]] CompiledRule sigma_shell(const Node &root, const std::string &file,
                                       const Vocabulary &vocabulary);

// The one step a Sigma rule has; types and fields are noted in the rule.
void add_sigma_step(CompiledRule &made, std::vector<const event::Type *> types, Where where);

} // namespace sentra::engine
