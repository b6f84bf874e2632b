// SPDX-License-Identifier: MIT
// What must be right before a daemon starts or reloads, looked at without starting one.
#pragma once

#include <memory>

#include "engine/engine.h"
#include "pipeline/config.h"

namespace sentra::pipeline {

// The rules of this configuration, or of the installation. The error is one complaint a line.
[[nodiscard]] Result<std::shared_ptr<const engine::Rules>> load_rules(const Config &config);

// What a daemon of this configuration would start with, in a sentence; the error is what is wrong.
[[nodiscard]] Result<std::string> check(const Config &config);

} // namespace sentra::pipeline
