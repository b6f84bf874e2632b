// SPDX-License-Identifier: MIT
// Conditions, one grammar for where, when and unless: a map of "field|modifier|...: value or list"
// is AND, a list of maps OR, a nested "not:" must not hold. Compiled once, then asked of every
// event that the index lets through; asking allocates nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/pattern.h"
#include "engine/read.h"
#include "engine/vocabulary.h"
#include "session/fields.h"

namespace sentra::engine {

inline constexpr int kThisEvent = -1;

// A field, of the event at hand or of one that a step has taken.
struct Where;
struct Place {
    int step = kThisEvent;
    session::FieldRef field;
    bool is_count = false; // "step.count": how many events the step has taken
    int item = -1;         // "process.args[1]": this one of a list, from 0; -1: all of it
    // The field's number where it is the event at hand's (engine/questions.h).
    static constexpr std::uint32_t kUnnumbered = ~std::uint32_t{0};
    std::uint32_t number = kUnnumbered;
};

struct Test {
    enum class Kind : std::uint8_t { patterns, exists, absent, fieldref, fresh };
    Kind kind = Kind::patterns;
    std::string key; // as written, for complaints
    Mark mark;
    Place place;
    bool base_name = false; // of the value, before it is compared
    bool all = false;       // every pattern must match; else one
    bool wanted = true;     // exists: true or false; fresh: what lets the event pass unasked
    bool lowered = false;   // all patterns ask for the lower-case text: made once for all
    std::vector<Pattern> patterns;
    Place other; // fieldref
    Compare compare = Compare::equals;
    bool cased = false;
    unsigned fresh = 0; // which of the step's fresh values
    // Its number among all that is asked of the event at hand (engine/questions.h).
    static constexpr std::uint32_t kUnnumbered = ~std::uint32_t{0};
    std::uint32_t question = kUnnumbered;

    // A field of the event at hand, whole, is as that of an earlier step.
    [[nodiscard]] bool is_same_text() const
    {
        return kind == Kind::fieldref && compare == Compare::equals && !base_name &&
               place.number != Place::kUnnumbered && place.item < 0 && other.item < 0 &&
               other.step != kThisEvent && !other.is_count;
    }
};

struct Clause {
    std::vector<Test> tests; // cheap ones first
    std::vector<Where> nots;
    std::vector<int> steps; // all that it names, in nots too; unbound: it does not hold
};

struct Where {
    std::vector<Clause> any; // empty: always holds
    [[nodiscard]] bool asks_steps() const;
    [[nodiscard]] bool asks_fresh() const;
};

// "field|new: 30d": asked once, when a step takes an event.
struct Fresh {
    session::FieldRef field;
    std::uint64_t window_ns = 0;
};

// What a condition may name.
struct StepNames {
    std::string name;
    std::vector<const event::Type *> types;
    std::vector<Fresh> *fresh = nullptr; // where "new" on this step's fields is gathered
};
struct Scope {
    std::vector<const event::Type *> types; // of the event at hand; empty: no plain fields
    std::span<const StepNames> steps;       // that may be named
    bool steps_left = false;                // also on the left side ("login.source.ip: ...")
    std::vector<Fresh> *fresh = nullptr;    // for plain fields; null: "new" is refused
    const Vocabulary *vocabulary = nullptr;
    std::string event_words; // "file.write or file.rename", for complaints
    // Written for other sensors too (Sigma): a value that can never be met is no fault.
    bool foreign = false;
};

// Complaints tell what is wrong; the result is then of no use.
[[nodiscard]] Where compile_where(const Node &node, const Scope &scope, Complaints &complaints);

// A field by name, as templates and conditions write it; complains about unknown ones, and about
// fields that none of the events has. nullopt: a complaint was made.
[[nodiscard]] std::optional<Place> find_place(std::string_view name, const Mark &mark,
                                              const Scope &scope, bool steps_too,
                                              Complaints &complaints);

// Whether an event of the type can have the field at all.
[[nodiscard]] bool carries(const event::Type &type, const session::FieldRef &field);
[[nodiscard]] const std::vector<std::string_view> &known_fields();

} // namespace sentra::engine
