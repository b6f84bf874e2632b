// SPDX-License-Identifier: MIT
// What was seen before, and for whom: the memory behind "new: 30d". A sighting is one (field,
// value, window), and for addresses and keys also one user; addresses count by their neighbourhood.
// An uninterrupted run of sightings keeps its first time, so that re-reading the last day after a
// restart finds the same events new that were new the first time.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/holds.h"

namespace sentra::engine {

class Novelty {
public:
    // What is new of the event, one bit for each of the list. Everything is noted as seen, but only
    // by commit(): another rule that asks about the same event must get the same answer.
    [[nodiscard]] std::uint32_t ask(const std::vector<Fresh> &fresh, const Asked &asked);
    void commit(std::uint64_t &evicted);

    void remember(const Sighting &sighting);
    [[nodiscard]] std::vector<Sighting> take_new(); // in order of key
    void set_learning_until(std::uint64_t time_ns) { learning_until_ns_ = time_ns; }
    [[nodiscard]] std::size_t size() const { return seen_.size(); }

private:
    struct Pending {
        std::string key;
        std::uint64_t time_ns = 0, window_ns = 0;
    };
    [[nodiscard]] bool is_new(const Pending &asked) const;
    void evict_oldest(std::uint64_t &evicted);

    struct Seen {
        std::uint64_t first_ns = 0, last_ns = 0;
    };
    std::map<std::string, Seen, std::less<>> seen_;
    std::set<std::string> changed_; // keys, since take_new()
    std::vector<Pending> pending_;
    std::uint64_t learning_until_ns_ = 0;
};

} // namespace sentra::engine
