// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "base/result.h"

namespace sentra::report {

// The whole file or none: written beside its place with mode 0640, synced, then moved there. A
// reader sees the old file or the new one.
[[nodiscard]] Result<void> write_whole(const std::string &path, const std::string &bytes);

} // namespace sentra::report
