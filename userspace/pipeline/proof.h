// SPDX-License-Identifier: MIT
// A rule's word kept: its proofs, run through the same loop as a live host with all rules loaded,
// and what came out compared with what the rule says will.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "engine/rule.h"
#include "engine/stream.h"
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
    std::string streams;                      // the directory of named streams
    std::string only_rule;                    // empty: all
    std::function<void(std::size_t)> reached; // is told how many rules were tried
};

[[nodiscard]] ProofTally run_proofs(const std::shared_ptr<const engine::Rules> &rules,
                                    const ProofOptions &options);

// The stream that a proof runs over: its own, or a named one of the directory.
[[nodiscard]] Result<std::shared_ptr<const engine::Stream>> stream_of(const engine::Proof &proof,
                                                                      const std::string &directory);
// What the rule said about the stream, each signal in its final form; what other rules saw in it is
// their own business.
[[nodiscard]] std::vector<signal::Signal>
signals_of(const std::shared_ptr<const engine::Rules> &rules, const std::string &rule,
           const engine::Stream &stream);
// What was expected and what came instead, a line each; empty: the proof holds.
[[nodiscard]] std::vector<std::string>
differences(const std::vector<engine::Proof::Expected> &expected,
            const std::vector<signal::Signal> &got);

// Where the named streams of a rules directory lie: <rules>/../tests/fixtures/sessions.
[[nodiscard]] std::string streams_beside(const std::string &rules_directory);

} // namespace sentra::pipeline
