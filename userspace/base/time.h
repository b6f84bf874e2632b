// SPDX-License-Identifier: MIT
// UTC, spelled. Unix nanoseconds in, text out and back; no time zone, no locale, no clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sentra {

inline constexpr std::uint64_t kSecondNs = 1'000'000'000;
inline constexpr std::uint64_t kMinuteNs = 60 * kSecondNs;
inline constexpr std::uint64_t kHourNs = 60 * kMinuteNs;
inline constexpr std::uint64_t kDayNs = 24 * kHourNs;

struct Civil {
    std::int64_t year = 1970;
    unsigned month = 1, day = 1, hour = 0, minute = 0, second = 0;
};

[[nodiscard]] Civil civil_from_unix(std::int64_t seconds);
[[nodiscard]] std::int64_t unix_from_civil(const Civil &civil);

// "2026-03-02T10:11:03.412Z"
[[nodiscard]] std::string format_rfc3339(std::uint64_t time_ns);
// "2 March at 10:11 UTC"
[[nodiscard]] std::string format_for_reading(std::uint64_t time_ns);
// "2026-03-02"
[[nodiscard]] std::string format_date(std::uint64_t time_ns);

// RFC 3339 with any offset and up to nanoseconds; "2026-03-02 10:11:03" is taken as UTC.
[[nodiscard]] std::optional<std::uint64_t> parse_rfc3339(std::string_view text);

// "30s", "10m", "8h", "30d", "1w" in nanoseconds.
[[nodiscard]] std::optional<std::uint64_t> parse_duration(std::string_view text);
// The largest whole unit: "30 minutes", "1 day".
[[nodiscard]] std::string format_duration(std::uint64_t duration_ns);

} // namespace sentra
