// SPDX-License-Identifier: MIT
// Runs a program once over all tasks and takes what it writes.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "sensor/handles.h"

namespace sentra::sensor {

[[nodiscard]] Result<std::vector<std::byte>> read_iterator(const bpf_program *program);

} // namespace sentra::sensor
