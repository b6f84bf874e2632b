// SPDX-License-Identifier: MIT
// Bytes as text and back: what signatures, web hooks, mails and pages are written in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sentra {

// Lower-case digits.
[[nodiscard]] std::string to_hex(std::string_view bytes);
// Empty where the text is not lower-case hex of whole bytes.
[[nodiscard]] std::string from_hex(std::string_view hex);

// RFC 4648, with padding.
[[nodiscard]] std::string to_base64(std::string_view bytes);
// Nothing where the text is not what to_base64 would have written: two spellings of the same bytes
// would hide a key that lost its end.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

// For an element's text and for an attribute's value in quotes.
[[nodiscard]] std::string escape_html(std::string_view text);

} // namespace sentra
