// SPDX-License-Identifier: MIT
// Days and weeks as people count them: a time zone handed in as a table, and the periods a report
// may be about. No clock, no environment, no locale.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace sentra::report {

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

struct Period {
    std::uint64_t from_ns = 0, to_ns = 0; // the end is not part of it
};

// Monday to Sunday, the last that is over.
[[nodiscard]] Period last_full_week(std::uint64_t now_ns, const Zone &zone);
// "2026-W10", or any day in it: "2026-03-04".
[[nodiscard]] Result<Period> week_of(std::string_view text, const Zone &zone);
// Days are whole and both are in it; a time of RFC 3339 is taken as it is.
[[nodiscard]] Result<Period> period_of(std::string_view from, std::string_view to,
                                       const Zone &zone);
// The period of the same length in days that ends where `days` days before `end_ns` began.
[[nodiscard]] Period days_before(std::uint64_t end_ns, int days_back, int days_long,
                                 const Zone &zone);

} // namespace sentra::report
