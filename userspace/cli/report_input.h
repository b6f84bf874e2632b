// SPDX-License-Identifier: MIT
// What a report or an audit bundle is made of: the store's content, the period that was asked for,
// and what is known of the host. The clock, the files and the host's own names are read here.
#pragma once

#include "cli/fetch.h"
#include "engine/engine.h"
#include "report/weekly.h"

namespace sentra::cli {

// The group reads what was written, others do not.
inline constexpr unsigned kReportMode = 0640;

// "--time-zone"; UTC without it.
[[nodiscard]] Result<Zone> zone_of(const Arguments &arguments);
// "--week", or "--from" and "--to", or the last week that is over.
[[nodiscard]] Result<report::Period> period_of(const Arguments &arguments, const Zone &zone,
                                               std::uint64_t now);
struct ReportInput {
    report::Input input;
    std::unique_ptr<store::Store> store; // where it came from, open for reading
};
[[nodiscard]] tl::expected<ReportInput, NotFetched>
report_input(const Arguments &arguments, const engine::Rules &rules, std::uint64_t now);

} // namespace sentra::cli
