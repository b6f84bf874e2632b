// SPDX-License-Identifier: MIT
// The ledger: entries in order, each holding the hash of the one before. Nothing changes or takes
// out an entry; whoever does so past this code is found by verify().
#pragma once

#include <vector>

#include "store/sqlite.h"
#include "store/store.h"

namespace sentra::store {

// Appends; number, json and hash are given here.
[[nodiscard]] Result<void> write_entries(const Database &database,
                                         const std::vector<Entry> &entries);
[[nodiscard]] Result<std::vector<Entry>> read_ledger(const Database &database);

} // namespace sentra::store
