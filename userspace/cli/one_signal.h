// SPDX-License-Identifier: MIT
// The one signal that an id, or how it begins, names.
#pragma once

#include <string>

#include "cli/fetch.h"
#include "signal/signal.h"

namespace sentra::cli {

// The signal as its line of JSON. Several that begin so are an error that lists them.
[[nodiscard]] tl::expected<std::string, NotFetched> one_signal(const Arguments &arguments);

} // namespace sentra::cli
