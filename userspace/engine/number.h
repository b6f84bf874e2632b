// SPDX-License-Identifier: MIT
// Risk numbers as authors write them: hundredths, so that sums are exact and the same everywhere.
#pragma once

#include <optional>
#include <string_view>

namespace sentra::engine {

// "0.45", "-0.35", "1": two decimals at most; in hundredths. nullopt: something else.
[[nodiscard]] std::optional<int> parse_hundredths(std::string_view text);

} // namespace sentra::engine
