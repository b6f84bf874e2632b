// SPDX-License-Identifier: MIT
// What the rules need, as the sensor understands it: the engine and the sensor do not know each
// other.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "sensor/wanted.h"

namespace sentra::pipeline {

[[nodiscard]] std::shared_ptr<const sensor::Wanted> wanted_by(const engine::Rules &rules);

// The files whose reading some rule asks about, where it names them: every file is no answer.
[[nodiscard]] std::vector<std::string> reads_watched_by(const engine::Rules &rules);

} // namespace sentra::pipeline
