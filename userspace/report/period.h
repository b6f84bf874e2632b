// SPDX-License-Identifier: MIT
// Days and weeks as people count them: the periods a report may be about.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/zone.h"

namespace sentra::report {

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
