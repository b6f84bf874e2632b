// SPDX-License-Identifier: MIT
// A rule as it is matched. Made by compile.cpp from YAML (and by other front ends); never changed
// afterwards.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/condition.h"
#include "engine/index.h"
#include "engine/rule.h"
#include "engine/template.h"

namespace sentra::engine {

// What a step's events have in common with those of the other steps.
enum class By : std::uint8_t { actor, session, process_tree, process, unit, user, source, host };

struct Count {
    std::uint64_t at_least = 1;
    std::optional<session::FieldRef> distinct; // count its different values, not the events
    std::uint64_t within_ns = 0;
};

struct Step {
    std::string name;
    std::vector<const event::Type *> types;
    Where where;
    bool optional = false;
    // Where it stands in the sequence: the steps of one `any` group share a place.
    std::size_t position = 0;
    std::optional<Count> count;
    bool asks_steps = false, asks_fresh = false; // what its condition looks at beside the event
    std::vector<Fresh> fresh;
    // Fields that texts, merge keys and terms name: read when the step takes an event. For a plain
    // field, the deciding step keeps it.
    std::vector<session::FieldRef> keep;
    // What later steps compare with of this step and of those before it: ways that differ in it are
    // kept side by side.
    std::vector<Place> joined;
};

struct Unless {
    std::vector<const event::Type *> types;
    Where where;
    std::uint64_t within_ns = 0; // before the deciding event; 0: the deciding event only
};

// Forgets what was seen so far.
struct Until {
    std::vector<const event::Type *> types;
    Where where;
};

// The behaviour is whole only when no such event has come by then.
struct ThenAbsent {
    std::vector<const event::Type *> types;
    Where where; // may look at the steps
    std::uint64_t within_ns = 0;
};

// Where it holds, the completed behaviour is not told.
struct Except {
    Where when;
    std::string why;
};

struct Term {
    std::string name;
    Where when;
    double add = 0;
    Template why;
    std::string intent; // empty: as it was
};

struct MergePart {
    bool actor = false;
    Place place;
};

struct SigmaTraits; // engine/sigma.h

struct CompiledRule {
    std::shared_ptr<Rule> rule;
    std::vector<By> by;
    std::vector<session::FieldRef> by_fields; // beside those: values of every step's event
    std::uint64_t within_ns = 0;
    bool lasts_session = false; // "within: session"
    std::vector<Step> steps;
    std::size_t deciding = 0; // the last step that is required; never one of a group
    std::vector<Unless> unless;
    std::vector<Until> until;
    std::optional<ThenAbsent> then_absent;
    std::vector<Except> except;
    std::vector<Term> terms; // base first
    std::vector<MergePart> merge;
    std::vector<std::size_t> yields_to; // indices of rules
    std::uint64_t memory_ns = 0;        // how long an instance can still matter
    std::shared_ptr<SigmaTraits> sigma; // of a Sigma rule (engine/sigma.h), else null

    // Places where it waits for events, in the index's order: steps, unless, until, then_absent.
    [[nodiscard]] std::size_t first_unless() const { return steps.size(); }
    [[nodiscard]] std::size_t first_until() const { return steps.size() + unless.size(); }
    [[nodiscard]] std::size_t part_absent() const { return first_until() + until.size(); }
    // A single event is the whole behaviour: nothing need be remembered for it.
    [[nodiscard]] bool is_single() const { return steps.size() == 1 && !steps[0].count; }
};

// The value of a place in a completion: kept text if the step kept it.
[[nodiscard]] int kept_at(const Step &step, std::string_view field);

struct RuleSet {
    std::vector<CompiledRule> rules; // in order of id
    Questions questions;             // of all their conditions
    Index index;

    void build_index(); // once, when the rules stay where they are
};
using RuleSetPtr = std::shared_ptr<const RuleSet>;

} // namespace sentra::engine
