// SPDX-License-Identifier: MIT
// SHA-256, for ids and digests that must be the same on every machine.
#pragma once

#include <string>
#include <string_view>

namespace sentra {

// 64 lower-case hex digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

} // namespace sentra
