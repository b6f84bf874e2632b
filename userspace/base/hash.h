// SPDX-License-Identifier: MIT
// Hashes that are the same on every machine. SHA-256 is for ids and digests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sentra {

// 64 lower-case hex digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);
// 32 bytes.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view bytes);

// FNV-1a: for counts of distinct values. std::hash may differ between libraries, and a count must
// not.
[[nodiscard]] inline std::uint64_t fnv1a(std::string_view bytes)
{
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : bytes) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3U;
    }
    return hash;
}

} // namespace sentra
