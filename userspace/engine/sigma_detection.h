// SPDX-License-Identifier: MIT
// Sigma's logsource and detection as a condition of ours. What cannot be had is left out where the
// rest still says something (one branch of an "or"), and makes the rule impossible where it does
// not: a rule never matches more than its author wrote. Either way the reason is told.
#pragma once

#include <string>
#include <vector>

#include "engine/sigma_logic.h"

namespace sentra::engine {

struct SigmaDetection {
    Logic logic;                      // never: the rule cannot be evaluated
    std::vector<std::string> reasons; // what is missing, each once
    std::string source;               // category or service
};

[[nodiscard]] SigmaDetection read_sigma_detection(const Node &rule, const Vocabulary &vocabulary);

// Our field for one of Sigma's, or of our own, in rules of the source; nullopt: there is none.
[[nodiscard]] std::optional<session::FieldRef> sigma_field(std::string_view source,
                                                           std::string_view name);

} // namespace sentra::engine
