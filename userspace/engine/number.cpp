// SPDX-License-Identifier: MIT
#include "engine/number.h"

#include <string>

#include "base/text.h"

namespace sentra::engine {

std::optional<int> parse_hundredths(std::string_view text)
{
    const bool negative = !text.empty() && text.front() == '-';
    if (!text.empty() && (text.front() == '-' || text.front() == '+'))
        text.remove_prefix(1);
    const auto dot = text.find('.');
    const std::string_view whole = text.substr(0, dot);
    std::string fraction(dot == std::string_view::npos ? "" : text.substr(dot + 1));
    if (whole.empty() || whole.size() > 3 || fraction.size() > 2)
        return std::nullopt;
    fraction.resize(2, '0');
    const auto value = parse_number<unsigned>(std::string(whole) + fraction);
    if (!value)
        return std::nullopt;
    return negative ? -static_cast<int>(*value) : static_cast<int>(*value);
}

} // namespace sentra::engine
