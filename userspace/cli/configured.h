// SPDX-License-Identifier: MIT
// The configuration file, with what the command line says instead.
#pragma once

#include "cli/options.h"
#include "pipeline/config.h"

namespace sentra::cli {

[[nodiscard]] Result<pipeline::Config> configured(const Arguments &arguments);

} // namespace sentra::cli
