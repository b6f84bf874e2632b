// SPDX-License-Identifier: MIT
// The configuration as a verb's options name it: --config, or the host's own where there is one;
// then --state-dir, --socket and --rules over it.
#pragma once

#include "cli/options.h"
#include "pipeline/config.h"

namespace sentra::cli {

[[nodiscard]] Result<pipeline::Config> configured(const Arguments &arguments);
// The same with the origin of every value. `file`: instead of --config; may be empty.
[[nodiscard]] Result<pipeline::LoadedConfig> loaded_config(const Arguments &arguments,
                                                           const std::string &file);
// How a verb ends that could not read it: kNotAllowed, or kFinding.
[[nodiscard]] Exit status_of_config(const Arguments &arguments);

} // namespace sentra::cli
