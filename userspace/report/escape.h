// SPDX-License-Identifier: MIT
// Text from outside on its way onto a page: user names, paths, arguments, host names, notes. Each
// of these makes any bytes inert in its format: control characters and bidi marks become visible
// escapes first, then what the format itself would read as more than text is taken its meaning.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sentra::report {

inline constexpr std::size_t kTextMost = 4096;

// For an element's text and for an attribute's value in double quotes.
[[nodiscard]] std::string html(std::string_view text, std::size_t most_bytes = kTextMost);

// For a paragraph, an item of a list or a cell of a table in GitHub's dialect: no markup, no HTML,
// no entity, no link (bare addresses neither), no mention, no cell boundary.
[[nodiscard]] std::string markdown(std::string_view text, std::size_t most_bytes = kTextMost);

// A span of code.
[[nodiscard]] std::string markdown_code(std::string_view text, bool in_table = false,
                                        std::size_t most_bytes = kTextMost);

// A field of RFC 4180, always in quotes. One that a spreadsheet would take for a formula gets an
// apostrophe in front, which it shows as text.
[[nodiscard]] std::string csv(std::string_view text, std::size_t most_bytes = kTextMost);

// An id as it may stand in an anchor: hex digits only, else empty.
[[nodiscard]] std::string anchor(std::string_view id);

} // namespace sentra::report
