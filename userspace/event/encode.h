// SPDX-License-Identifier: MIT
// From field names and texts to a record: for written streams (rule proofs, tests). The inverse of
// reading fields; refuses what the type has no field for, and values a field cannot hold.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "event/catalogue.h"
#include "event/record.h"

namespace sentra::event {

struct Assignment {
    std::string field;               // "file.path", "user.id", "process.args"
    std::vector<std::string> values; // one, or the items of a list field
};

// Fields that are not assigned are zero, empty, or "not set" where the field can say so.
[[nodiscard]] Result<Record> encode(const Type &type, sentra_source source, std::uint64_t time_ns,
                                    std::uint64_t sequence,
                                    std::span<const Assignment> assignments);

} // namespace sentra::event
