// SPDX-License-Identifier: MIT
// From a path to a Database that is ours, of a version we know, private and set up.
#pragma once

#include <memory>
#include <string>

#include "base/fd.h"
#include "store/sqlite.h"

namespace sentra::store {

// The database, and what keeps a second writer out for as long as it is open.
struct Opened {
    std::unique_ptr<Database> database;
    Fd lock;
};

// is_damaged, where it is given, tells a damaged file from every other reason.
[[nodiscard]] Result<Opened> open_for_writing(const std::string &path, bool *is_damaged = nullptr);
// When the file or its log was written last, as Unix time; 0: there is none.
[[nodiscard]] std::uint64_t written_ns(const std::string &path);
[[nodiscard]] Result<Opened> open_for_reading(const std::string &path);
[[nodiscard]] Result<void> quick_check(const Database &database);

} // namespace sentra::store
