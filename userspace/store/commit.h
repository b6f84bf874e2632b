// SPDX-License-Identifier: MIT
// Writing one batch, inside a transaction that the caller holds.
#pragma once

#include <vector>

#include "store/sqlite.h"
#include "store/store.h"

namespace sentra::store {

// The signals of the batch that are news, in its order.
[[nodiscard]] Result<std::vector<signal::Signal>>
write_signals(const Database &database, const std::vector<signal::Signal> &signals);
[[nodiscard]] Result<void> write_decided(const Database &database,
                                         const std::vector<signal::Signal> &signals);
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
