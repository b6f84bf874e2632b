// SPDX-License-Identifier: MIT
// What the store has, as the weekly report wants it. Reads, and changes nothing.
#pragma once

#include "report/weekly.h"

namespace sentra::report {

// Everything but period, zone, time of writing and what is known of the host. tenant: only what is
// of this one; a store that knows others and not this one is refused, for an empty report would
// read as a calm one.
[[nodiscard]] Result<Input> gather(store::Store &store, const std::string &tenant);

} // namespace sentra::report
