// SPDX-License-Identifier: MIT
// The small words of a report: numbers, days and lists as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report/period.h"
#include "signal/signal.h"

namespace sentra::report {

// "1,204"
[[nodiscard]] std::string number(std::uint64_t value);
// "1 signal", "1,204 signals"
[[nodiscard]] std::string counted(std::uint64_t value, std::string_view one, std::string_view many);
// "maria, jonas and 3 others"
[[nodiscard]] std::string listed(const std::vector<std::string> &names, std::size_t most = 4);

// "Monday 2 March 2026"
[[nodiscard]] std::string day(std::uint64_t time_ns, const Zone &zone);
// "2 March"
[[nodiscard]] std::string short_day(std::uint64_t time_ns, const Zone &zone);
// "Monday 2 March at 10:11"
[[nodiscard]] std::string moment(std::uint64_t time_ns, const Zone &zone);
// "Monday 2 March 2026 at 10:11"
[[nodiscard]] std::string dated(std::uint64_t time_ns, const Zone &zone);
// "2 March 10:11", for tables
[[nodiscard]] std::string stamp(std::uint64_t time_ns, const Zone &zone);
// "Monday 2 March to Sunday 8 March 2026", or with times where it is not whole days
[[nodiscard]] std::string span(const Period &period, const Zone &zone);
// "UTC", "Europe/Berlin (CET)"
[[nodiscard]] std::string zone_in_words(const Zone &zone, std::uint64_t time_ns);
// "40 minutes", "9 hours and 30 minutes", "2 days and 3 hours"
[[nodiscard]] std::string lasting(std::uint64_t duration_ns);
// In tenths, never rounded up: "167.9", "168"
[[nodiscard]] std::string hours(std::uint64_t duration_ns);
// In tenths, never rounded up to the whole: "89.2", "100"
[[nodiscard]] std::string percent(std::uint64_t part, std::uint64_t whole);

// Who acted: "maria", "the service nginx.service", "somebody who could not be known".
[[nodiscard]] std::string actor_in_words(const session::Actor &actor);
// The first letter large.
[[nodiscard]] std::string as_sentence(std::string text);

} // namespace sentra::report
