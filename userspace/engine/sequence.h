// SPDX-License-Identifier: MIT
// Behaviours on their way: for each rule and each key (an actor, a source, ...) which steps have
// been seen. Every step keeps the latest way that led to it, so that A1 B1 A2 C1 is still A1 B1 C1;
// and where a later step compares with what it bound, the latest way for each such value, so that
// A(x) A(y) B(x) is A(x) B(x). Bounded; who was seen longest ago is forgotten first, and counted.
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
    std::uint64_t waited_until_ns = 0; // for what did not come; 0: nothing was waited for
};

class Absences;

class Sequences {
public:
    explicit Sequences(RuleSetPtr set);
    ~Sequences();
    Sequences(const Sequences &) = delete;
    Sequences &operator=(const Sequences &) = delete;

    // found: what Index::find gave. Appends in order of rule.
    void step(const std::vector<Waiting> &found, const Asked &asked, Novelty &novelty,
              std::vector<Completion> &out, std::uint64_t &evicted);
    // Appends what was waited for in vain: everything before now has been seen.
    void wait_over(std::uint64_t now_ns, std::vector<Completion> &out);
    void forget(std::uint64_t now_ns); // what is too old to matter
    // The login session is over, and with it what was to last as long as it.
    void end_session(const session::Actor &actor);
    // Goes on with another set. was: by number in the new set, the number of the same rule in the
    // old one; what the other rules of the old set knew is forgotten.
    static constexpr std::uint32_t kNoRule = ~std::uint32_t{0};
    void replace(RuleSetPtr set, const std::vector<std::uint32_t> &was);
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
    struct Way {
        std::string joined;                // values of Step::joined
        std::vector<std::uint64_t> hashes; // of each of them, in lower case
        std::vector<TakenPtr> bound;
    };
    struct Instance {
        std::vector<std::vector<Way>> stages;     // by step: the ways to it, the latest last
        std::vector<Counter> counters;            // by step
        std::vector<std::uint64_t> called_off_ns; // by unless
    };
    struct Turn; // one event at one rule

    void turn(Turn &turn, const Waiting *begin, const Waiting *end);
    void forget_all(Turn &turn);
    void take(Turn &turn, std::size_t number);
    struct Wish {
        static constexpr std::size_t kAny = ~std::size_t{0};
        std::size_t at = kAny; // of Way::hashes
        std::uint64_t hash = 0;
    };
    void gather_wishes(const Turn &turn, const Step &step, const Step &earlier);
    [[nodiscard]] bool is_wished(const Way &way) const;
    template <typename Accept> // whether a way will do
    bool find_way(const Turn &turn, std::size_t number, const Accept &accept);
    const std::vector<TakenPtr> *live(const Turn &turn, const std::vector<TakenPtr> &bound,
                                      std::size_t position);
    void keep_way(Turn &turn, std::size_t number);
    bool called_off(const Turn &turn) const;
    void complete(Turn &turn, std::size_t number, std::vector<TakenPtr> way);
    void hand_over(Turn &turn, Completion completion);
    static void expire(Counter &counter, const Count &count, std::uint64_t now_ns);
    static bool enough(Counter &counter, const Count &count, const Asked &asked,
                       const TakenPtr &taken, std::uint64_t weight);

    RuleSetPtr set_;
    std::vector<Recent<Instance>> by_rule_;
    std::vector<Absences> absences_; // by rule
    // Reused:
    std::vector<TakenPtr> way_;
    std::vector<std::pair<std::uint64_t, const Way *>> ways_; // time of the way's last step
    std::vector<Wish> wishes_;
    std::string key_, joined_;
};

} // namespace sentra::engine
