// SPDX-License-Identifier: MIT
// Behaviours on their way: for each rule and each key (an actor, a source, ...) which steps have
// been seen. Every step keeps the latest way that led to it, so that A1 B1 A2 C1 is still A1 B1 C1.
// Bounded; who was seen longest ago is forgotten first, and counted.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "engine/compiled.h"
#include "engine/novelty.h"
#include "engine/recent.h"

namespace sentra::engine {

// A behaviour that an event made whole.
struct Completion {
    std::uint32_t rule = 0;
    std::vector<TakenPtr> bound;   // by step; null: an optional step that was not seen
    std::vector<TakenPtr> counted; // further events of count steps, oldest first
    std::uint64_t counted_left_out = 0;
    std::uint64_t weight = 1; // times it completed; 0: an optional step came after the fact
};

class Sequences {
public:
    explicit Sequences(RuleSetPtr set);

    // found: what Index::find gave. Appends in order of rule.
    void step(const std::vector<Waiting> &found, const Asked &asked, Novelty &novelty,
              std::vector<Completion> &out, std::uint64_t &evicted);
    void forget(std::uint64_t now_ns); // what is too old to matter
    [[nodiscard]] std::size_t size() const;

private:
    struct Counter {
        struct Entry {
            std::uint64_t time_ns, weight;
            std::uint64_t owed; // of the weight: not yet part of a completion's
        };
        std::deque<Entry> entries;
        std::uint64_t total = 0;
        std::vector<std::pair<std::uint64_t, std::uint64_t>> distinct; // hash, last time
        std::vector<TakenPtr> first; // a sample for evidence: the first and the latest
        std::deque<TakenPtr> latest;
    };
    struct Instance {
        std::vector<std::vector<TakenPtr>> stages; // by step: the way to it; empty: not reached
        std::vector<Counter> counters;             // by step
        std::vector<std::uint64_t> called_off_ns;  // by unless
    };
    struct Turn; // one event at one rule

    void take(Turn &turn, std::size_t number);
    bool prefix(const Turn &turn, std::size_t step, std::vector<TakenPtr> &way) const;
    bool called_off(const Turn &turn) const;
    void complete(Turn &turn, std::size_t number, std::vector<TakenPtr> way);
    static void expire(Counter &counter, const Count &count, std::uint64_t now_ns);
    static bool enough(Counter &counter, const Count &count, const Asked &asked,
                       const TakenPtr &taken, std::uint64_t weight);

    RuleSetPtr set_;
    std::vector<Recent<Instance>> by_rule_;
    std::vector<TakenPtr> way_; // reused
    std::string key_;           // reused
};

} // namespace sentra::engine
