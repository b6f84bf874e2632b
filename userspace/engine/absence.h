// SPDX-License-Identifier: MIT
// What did not come: behaviours that are whole only when an event stays out for a time. In: a
// completed behaviour, and the events that would end the waiting. Out: those whose time is over, by
// the watermark. Bounded; what has to go is counted.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sequence.h"

namespace sentra::engine {

class Absences {
public:
    struct Waiting {
        std::uint64_t due_ns = 0;
        std::uint64_t number = 0; // in order of arrival
        Completion completion;
    };

    // key: of the rule's instance.
    void wait(std::string_view key, std::uint64_t due_ns, Completion completion,
              std::uint64_t &evicted);
    // A step came that adds to a deed that waits; false: none does.
    bool grow(std::string_view key, std::size_t deciding, const Completion &by);
    // The event came: the deeds before it that it answers wait no longer.
    void answer(std::string_view key, const CompiledRule &rule, const Asked &asked);
    void forget(std::string_view key);
    // Moves out what was due before now.
    void take_due(std::uint64_t now_ns, std::vector<Waiting> &out);
    // Goes on under another number of its rule.
    void renumber(std::uint32_t rule);
    [[nodiscard]] std::size_t size() const { return count_; }

private:
    void evict_first(std::uint64_t &evicted);

    std::map<std::string, std::vector<Waiting>, std::less<>> by_key_;
    std::size_t count_ = 0;
    std::uint64_t arrived_ = 0;
    std::uint64_t next_due_ns_ = ~std::uint64_t{0}; // nothing is due before
};

} // namespace sentra::engine
