// SPDX-License-Identifier: MIT
// What one completion means: the risk terms that hold, the intent, and the values its texts ask
// for.
#pragma once

#include <string>
#include <vector>

#include "engine/sequence.h"

namespace sentra::engine {

struct Meaning {
    std::vector<TakenPtr> bound;    // by step
    std::vector<std::size_t> terms; // that hold, of CompiledRule::terms
    int hundredths = 0;             // their sum, held between 0 and 100
    std::string intent;

    [[nodiscard]] const Taken &deciding(const CompiledRule &rule) const
    {
        return *bound[rule.deciding];
    }
};

[[nodiscard]] Meaning meaning_of(const CompiledRule &rule, const std::vector<TakenPtr> &bound,
                                 const session::Session &session, Buffers &buffers);

[[nodiscard]] std::vector<std::string> merge_values_of(const CompiledRule &rule,
                                                       const std::vector<TakenPtr> &bound,
                                                       const session::Session &session);

// Whether the site or the rule itself takes this one out.
[[nodiscard]] bool is_excepted(const CompiledRule &rule, const std::vector<TakenPtr> &bound,
                               const session::Session &session, Buffers &buffers);

// The value of "step.field", "step.count", "field" or "count"; empty when there is none. What the
// rule names was read when the step took its event; anything else is read now.
[[nodiscard]] std::string text_of(const CompiledRule &rule, const std::vector<TakenPtr> &bound,
                                  std::uint64_t count, const session::Session &session,
                                  std::string_view name);

} // namespace sentra::engine
