// SPDX-License-Identifier: MIT
// What can be left out of a rule, one thing at a time. In: the tree of a rule. Out: the trees of
// the rules that differ from it in one condition, without their proofs.
//
// A key condition is a part of a rule that
//   1. can be left out (or loosened by one), so that what is left is still a rule, and
//   2. makes the rule speak less or judge otherwise: without it the rule matches more, or a risk
//      term counts always, or never.
// These are: each key of each alternative of a step's "where"; each item of a "not" in it; each
// "unless", "until", "except", "then_absent" and "yields_to"; that a step before the deciding one
// is required; each word of "by" and each fieldref by which steps join; a count's threshold by one,
// its "distinct", and the times within which steps and counts belong together; each risk term, and
// each key of its "when". No condition may be there that no proof of the rule needs.
//
// None are: the events a step looks at, an optional step that no condition and no merge value asks
// about (it is only shown), and that a step is required where a later one is compared with it.
//
// The reverse, each alternative and each condition inside a "not", makes a rule match less; these
// are the others.
#pragma once

#include <string>
#include <vector>

#include "engine/read.h"

namespace sentra::tests {

struct Mutation {
    engine::Mark mark; // of what is left out
    std::string what;  // "written.where: file.path|endswith left out"
    bool is_key = true;
    engine::Node rule;
};

[[nodiscard]] std::vector<Mutation> mutations_of(const engine::Node &rule);

} // namespace sentra::tests
