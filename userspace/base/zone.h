// SPDX-License-Identifier: MIT
// A time zone, handed in as a table. No clock, no environment, no locale.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace sentra {

struct Zone {
    struct Change {
        std::int64_t from_s = 0; // Unix
        std::int32_t offset_s = 0;
        std::string abbreviation;
    };
    std::string name = "UTC";
    std::vector<Change> changes; // in order of time; empty: UTC

    [[nodiscard]] std::int64_t offset_s(std::int64_t unix_s) const;
    [[nodiscard]] Civil civil(std::uint64_t time_ns) const;
    // When the day begins there.
    [[nodiscard]] std::uint64_t midnight_ns(const Civil &day) const;
};

// The bytes of a file of the zone database (RFC 8536, its 64-bit block).
[[nodiscard]] Result<Zone> zone_from_tzif(std::string name, std::string_view text);
// "Europe/Berlin", from the system's zone database; "UTC" needs none.
[[nodiscard]] Result<Zone> load_zone(const std::string &name);

} // namespace sentra
