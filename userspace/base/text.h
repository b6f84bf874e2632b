// SPDX-License-Identifier: MIT
// Text from outside, made safe to show and easy to take apart. Nothing here knows a locale.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentra {

// Valid UTF-8 in which nothing can move the cursor, end a line or turn the reading direction:
// control characters become \xNN, bidi and zero-width format characters \u{NNNN}, bytes that are
// not UTF-8 \xNN. Cuts after max_bytes at a character boundary and adds an ellipsis.
[[nodiscard]] std::string printable(std::string_view text, std::size_t max_bytes = 4096);

[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
[[nodiscard]] std::string lower_ascii(std::string_view text);
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b); // ASCII

// The last component of a path: "/usr/bin/vim.basic" -> "vim.basic".
[[nodiscard]] std::string_view base_name(std::string_view path);
// Everything before the last slash; "/" for "/x".
[[nodiscard]] std::string_view directory_name(std::string_view path);
// Joins and resolves "." and ".." by text alone; an absolute `path` replaces `directory`.
[[nodiscard]] std::string join_path(std::string_view directory, std::string_view path);

// The whole text is a number of the type, or nothing.
template <typename Number>
[[nodiscard]] std::optional<Number> parse_number(std::string_view text, int base = 10)
{
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty())
        return std::nullopt;
    return value;
}

// The word of `known` nearest to `word` by edit distance, if it is near enough to be a slip.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      const std::vector<std::string_view> &known);

} // namespace sentra
