// SPDX-License-Identifier: MIT
// A rule's word kept: its proofs, run through the same loop as a live host with all rules loaded,
// and what came out compared with what the rule says will.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "signal/signal.h"

namespace sentra::pipeline {

struct ProofFailure {
    std::string place; // "rules/x.yaml:40"
    std::string rule, proof;
    std::vector<std::string> lines; // expected and got, each with its difference
};

struct ProofTally {
    std::size_t rules = 0, proofs = 0;
    std::vector<ProofFailure> failures;
};

struct ProofOptions {
    std::string streams;   // the directory of named streams
    std::string only_rule; // empty: all
};

[[nodiscard]] ProofTally run_proofs(const std::shared_ptr<const engine::Rules> &rules,
                                    const ProofOptions &options);

// Where the named streams of a rules directory lie: <rules>/../tests/fixtures/sessions.
[[nodiscard]] std::string streams_beside(const std::string &rules_directory);

} // namespace sentra::pipeline
