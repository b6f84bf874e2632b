// SPDX-License-Identifier: MIT
// What the daemon remembers when it starts: its store, or a new one in the place of a damaged one.
// The sensor never stays down because its history is damaged.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "pipeline/committer.h"
#include "pipeline/config.h"
#include "store/store.h"

namespace sentra::pipeline {

struct Memory {
    std::unique_ptr<store::Store> store;
    std::unique_ptr<store::Store> reader; // the door's own
    std::string set_aside;                // where the damaged store is; empty: this one was whole
    std::uint64_t damaged_ns = 0;         // when that one was written last

    // That a store was set aside is said, in the log and in the ledger of the new one.
    [[nodiscard]] static Result<Memory> open(const Config &config, std::uint64_t now_ns);
    // Up to where everything was taken in. After damage: everything until the damaged store was
    // written last is not told again, although nobody can say what of it was.
    [[nodiscard]] Result<store::Position> position() const;
    [[nodiscard]] Result<Committer::Rebuild> rebuild_after(const store::Position &last,
                                                           std::uint64_t from_ns) const;
};

} // namespace sentra::pipeline
