// SPDX-License-Identifier: MIT
// The files whose reading is told: patterns become (device, inode) and names.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <sentra/sensor.h>

namespace sentra::sensor {

struct WatchList {
    std::vector<sentra_watched_file> files;
    std::vector<std::string> names;
};

// A pattern with a slash is a path: its files as they are now, and its last part where that is no
// pattern itself. One without is a name. Never more than SENTRA_WATCHED_MAX of each.
[[nodiscard]] WatchList expand(std::span<const std::string> patterns);

} // namespace sentra::sensor
