// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace sentra {

// Texts one behind the other: "a, b, c".
template <typename Texts>
[[nodiscard]] std::string join(const Texts &texts, std::string_view between = ", ")
{
    std::string all;
    bool is_first = true;
    for (const auto &text : texts) {
        all.append(is_first ? std::string_view() : between).append(text);
        is_first = false;
    }
    return all;
}

} // namespace sentra
