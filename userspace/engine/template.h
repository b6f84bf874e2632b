// SPDX-License-Identifier: MIT
// Texts with holes: "{name}", "{name|name}" (its base name), "{name?words}" (where there is no
// value),
// "{{" for a brace. Taken apart here so that the compiler can refuse a name that nothing fills; the
// signal room renders titles and narratives, the engine the reasons of risk terms.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sentra::engine {

struct Piece {
    std::string text; // literal, or a hole's name
    bool is_hole = false;
    bool base_name = false;
    std::string otherwise; // of a hole; "unknown" where the template gives none
};

struct Template {
    std::vector<Piece> pieces;

    // The error is a clause without a place ("a hole \"{\" is not closed").
    [[nodiscard]] static Result<Template> parse(std::string_view text);
    // value: of a hole's name, not escaped; empty when there is none. The result is printable.
    [[nodiscard]] std::string
    render(const std::function<std::string(std::string_view)> &value) const;
};

} // namespace sentra::engine
