// SPDX-License-Identifier: MIT
// Rules as a verb's options name them, else those installed with this program.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"

namespace sentra::cli {

[[nodiscard]] Result<std::vector<std::string>> rules_directories(std::vector<std::string> given);
[[nodiscard]] Result<std::shared_ptr<const engine::Rules>>
load_rules(std::vector<std::string> given);

} // namespace sentra::cli
