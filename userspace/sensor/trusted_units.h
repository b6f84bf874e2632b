// SPDX-License-Identifier: MIT
// The control groups of services whose file and network events are not told. Only where the
// system's own service manager puts services: a container or a user's manager can name a group as
// it likes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sentra::sensor {

// Where cgroup v2 is mounted; empty: it is not.
[[nodiscard]] std::string group_root();

// The ids of the units' groups, and of all below them, as they are now: a unit that restarts gets
// another. units: "postgresql@16-main.service".
[[nodiscard]] std::vector<std::uint64_t> groups_of(std::span<const std::string> units,
                                                   const std::string &root);

} // namespace sentra::sensor
