// SPDX-License-Identifier: MIT
// Writing one batch, inside a transaction that the caller holds.
#pragma once

#include <vector>

#include "store/sqlite.h"
#include "store/store.h"

namespace sentra::store {

enum class Room : std::uint8_t { enough, for_signals_only }; // without rows of evidence

// The signals of the batch that are news, in its order; each is told.
[[nodiscard]] Result<std::vector<signal::Signal>> write_signals(const Database &database,
                                                                const Batch &batch, Room room);
[[nodiscard]] Result<void> write_decided(const Database &database, const Batch &batch, Room room);
// outbox.cpp: the signal's latest form gets its number, and a row for every sink in use.
[[nodiscard]] Result<void> write_told(const Database &database, const signal::Signal &signal,
                                      const std::string &json, std::uint64_t now_ns);
// What became of rows that waited, and what people decided about sinks.
[[nodiscard]] Result<void> write_delivery(const Database &database, const Batch &batch);
[[nodiscard]] Result<void> write_position(const Database &database, const Position &position);
[[nodiscard]] Result<void> write_sightings(const Database &database,
                                           const std::vector<engine::Sighting> &sightings);
[[nodiscard]] Result<void> write_gaps(const Database &database, const std::vector<Gap> &gaps);
[[nodiscard]] Result<void> write_sessions(const Database &database,
                                          const std::vector<signal::SessionSummary> &sessions);
[[nodiscard]] Result<void>
write_losses(const Database &database, std::uint64_t run,
             const std::vector<std::pair<std::string, std::uint64_t>> &losses);

} // namespace sentra::store
