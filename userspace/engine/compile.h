// SPDX-License-Identifier: MIT
// From a rule as written to a rule as matched. Each function takes one part of the document,
// complains about what is wrong in it and goes on, so that one run shows everything. Nothing here
// opens a file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/compiled.h"
#include "engine/vocabulary.h"

namespace sentra::engine {

struct Draft {
    const Vocabulary &vocabulary;
    Complaints &complaints;
    CompiledRule made;
    Mark top;                          // the document's beginning: where a missing key is missed
    std::vector<StepNames> step_names; // of all steps, once they are known
    std::vector<std::pair<std::string, Mark>> yields_to; // resolved when all rules are read
    Mark id;
    std::vector<Mark> by_marks; // of CompiledRule::by_fields

    [[nodiscard]] const Step &deciding() const { return made.steps[made.deciding]; }
    // For conditions and texts that look back on a completed behaviour.
    [[nodiscard]] Scope looking_back();
    // The step a place belongs to shall keep the field's value.
    void keep(const Place &place);
};

// nullopt: complaints were made. file, pack: for Rule.
[[nodiscard]] std::optional<Draft> compile_rule(const Node &root, const std::string &file,
                                                const std::string &pack,
                                                const Vocabulary &vocabulary,
                                                Complaints &complaints);

// The parts, in the order they are compiled.
void compile_steps(const Node &root, Draft &draft);   // by, within, steps
void compile_ends(const Node &root, Draft &draft);    // unless, until, then_absent, except
void compile_meaning(const Node &root, Draft &draft); // risk, signal, title: needs the steps
void compile_proofs(const Node &root, Draft &draft);

// The types behind "event", and the condition behind "where" over a scope of such types.
[[nodiscard]] std::vector<const event::Type *> read_types(const Node &body, Draft &draft);
[[nodiscard]] Where read_where(const Node &body, const Scope &scope, Draft &draft);

// What the rule needs from the sensor, for `rules check` and for the kernel's filters: its events
// and fields.
void note_needs(CompiledRule &made);

// Complains about keys that are not in known; of those in elsewhere, that they belong to the rule.
void refuse_unknown_keys(const Node &map, std::string_view what,
                         const std::vector<std::string_view> &known,
                         const std::vector<std::string_view> &elsewhere, Complaints &complaints);
// The text behind the key; empty after a complaint or where it is absent and not needed.
[[nodiscard]] std::string text_of(const Node &map, std::string_view key, bool needed,
                                  const Mark &place, Complaints &complaints);
[[nodiscard]] std::optional<std::uint64_t> duration_of(const Node &node, Complaints &complaints);

} // namespace sentra::engine
