// SPDX-License-Identifier: MIT
// Sigma's condition as written ("selection and not 1 of filter_*") as a tree of names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sentra::engine {

struct SigmaCondition {
    enum class Kind : unsigned char { name, all_of, any_of, negated };
    Kind kind = Kind::name;
    std::string name;                  // of a selection
    std::vector<SigmaCondition> parts; // of the others; of a negation: one

    // names: the selections that exist. The error is a clause.
    [[nodiscard]] static Result<SigmaCondition> parse(std::string_view text,
                                                      const std::vector<std::string> &names);
};

} // namespace sentra::engine
