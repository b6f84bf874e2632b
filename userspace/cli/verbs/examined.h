// SPDX-License-Identifier: MIT
// What `sentra status` and `sentra doctor` find out, for those who write it elsewhere.
#pragma once

#include <vector>

#include "cli/fetch.h"
#include "pipeline/checkup.h"

namespace sentra::cli {

// One line: the status with what is asked besides (status_page.h).
[[nodiscard]] tl::expected<Fetched, NotFetched> whole_status(const Arguments &arguments);
[[nodiscard]] std::vector<pipeline::Finding> examine(const Arguments &arguments);
[[nodiscard]] std::string to_json(const pipeline::Finding &finding); // one line

} // namespace sentra::cli
