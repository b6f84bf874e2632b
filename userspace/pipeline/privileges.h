// SPDX-License-Identifier: MIT
// What root may do, given up once everything is open. The daemon stays uid 0, because the files it
// reads and keeps are root's, but with the few capabilities of one table, for ever: no program can
// give them back.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"

namespace sentra::pipeline {

struct KeptCapability {
    int number; // CAP_*
    const char *name;
    const char *because;
};
[[nodiscard]] std::span<const KeptCapability> kept_capabilities();

// Every thread of this process, also those that run already. Without effect for who is not root.
[[nodiscard]] Result<void> drop_privileges();

} // namespace sentra::pipeline
