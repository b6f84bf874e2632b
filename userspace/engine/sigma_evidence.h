// SPDX-License-Identifier: MIT
// Sigma's matches while events go by: what each actor's deeds matched, for tags on his signals, and
// which correlations that makes whole. Bounded; who was seen longest ago is forgotten first, and
// counted.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "engine/recent.h"
#include "engine/sequence.h"
#include "engine/sigma.h"

namespace sentra::engine {

class SigmaEvidence {
public:
    explicit SigmaEvidence(RuleSetPtr set);

    // found: what Index::find gave; Sigma's rules are taken out of it. Appends what raises signals.
    void step(std::vector<Waiting> &found, const Asked &asked, std::vector<Completion> &out,
              std::uint64_t &evicted);
    // Adds to the matches from `first` on what else their actors' deeds matched within a day.
    void tag(std::vector<Match> &matches, std::size_t first);
    void forget(std::uint64_t now_ns); // what is too old to matter
    // was: for each rule of the next set its number in this one, or kNoRule.
    void replace(RuleSetPtr next, const std::vector<std::uint32_t> &was);
    [[nodiscard]] std::size_t size() const;

private:
    struct Note {
        std::shared_ptr<const Rule> rule;
        std::string level;
        std::uint64_t first_ns = 0, last_ns = 0, count = 0;
    };
    struct Seen {
        std::uint64_t time_ns = 0, weight = 1, value = 0;
        std::size_t part = 0;
        TakenPtr taken;
    };
    struct Group { // events that agree in what a correlation groups by
        std::deque<Seen> seen;
    };
    struct Turn;

    void matched(Turn &turn, std::uint32_t number);
    void note(const CompiledRule &rule, const Asked &asked, std::uint64_t &evicted);
    void correlate(Turn &turn, std::uint32_t correlation, std::uint32_t part_rule);
    void complete(Turn &turn, std::uint32_t number, Group &group);
    static bool group_key(const SigmaCorrelation::Part &part, const Asked &asked, std::string &key);
    static bool is_whole(const SigmaCorrelation &correlation, const Group &group);

    RuleSetPtr set_;
    bool has_rules_ = false;
    Recent<std::vector<Note>> by_actor_;
    std::vector<Recent<Group>> groups_; // by rule; used for correlations only
    std::string key_;                   // reused
};

} // namespace sentra::engine
