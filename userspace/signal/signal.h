// SPDX-License-Identifier: MIT
// A behaviour that deserves a sentence, in the one shape that everything downstream shares (the
// schema "sentra.signal/1", signal.schema.json). Strings in it are already escaped for showing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/catalogues.h"
#include "engine/engine.h"
#include "engine/match.h"
#include "engine/rule.h"
#include "session/session.h"

namespace sentra::signal {

inline constexpr std::string_view kSchema = "sentra.signal/1";
inline constexpr std::string_view kAttackVersion = "19";
// From this score on a signal asks for action.
inline constexpr double kActionFrom = 0.5;
// Arguments a signal shows of the process that acted; build systems hand over thousands.
inline constexpr std::size_t kArgumentsMost = 64;

using Technique = engine::Technique;

struct Evidence {
    std::uint64_t time_ns = 0;
    std::string event, text, ref;
    bool besides = false; // proves nothing by itself: what else the actor did. Not written out
};

// What else the actor's deeds matched: evidence from rules that raise no alarm (Sigma's).
struct Tag {
    std::string rule_id, title, level;
    std::vector<std::string> attack;
    std::uint64_t count = 0;
};

// One behaviour of the several that a signal tells as one story.
struct Chapter {
    std::string uid; // of the signal it would be alone
    std::uint64_t first_ns = 0, last_ns = 0;
    std::string rule_id, rule_pack;
    std::uint32_t rule_version = 0;
    std::string title, text, intent;
    double score = 0;
    std::vector<std::string> attack;
    std::uint64_t count = 0;
};

// What somebody decided about the signal (signal/decision.h).
struct Decision {
    std::string by;
    std::uint64_t time_ns = 0;
    std::string verdict;      // of a review
    std::string standing;     // the override's id, where it was one
    std::string status, note; // "REVIEWED", "RESOLVED"
    std::string text;         // the sentence at the narrative's end
    std::string action;       // the next step without the decision
};

struct Signal {
    std::string id;  // 12 hex digits
    std::string uid; // 64 hex digits
    std::string tenant, host_name, host_id, host_boot;
    std::uint64_t first_ns = 0, last_ns = 0;
    std::string rule_id, rule_pack, rule_bundle;
    std::uint32_t rule_version = 0;
    std::string intent, title, narrative;
    bool action_needed = false;
    std::string action_text, playbook;
    std::optional<Decision> decision;
    std::string state;                   // "Low", "Low (Reviewed)", "Action Recommended"
    double score = 0;                    // two decimals
    std::vector<engine::RiskTerm> terms; // their values count in hundredths
    std::string confidence;              // "low", "medium", "high"
    std::vector<Technique> techniques;
    std::map<std::string, std::vector<std::string>> controls;
    session::Actor actor;
    std::uint32_t process_pid = 0;
    std::uint64_t process_start_ns = 0;
    std::string process_executable;
    std::vector<std::string> process_args;
    std::vector<std::string> files, ips, users; // entities
    std::uint64_t count = 0;
    std::vector<Chapter> story; // in order of time; empty where there is but one behaviour
    std::vector<Evidence> evidence;
    std::uint64_t evidence_left_out = 0;
    std::vector<Tag> tags;
    bool coverage_complete = true;
    std::uint64_t coverage_lost = 0;
};

// What the pipeline knows about loss around the time of the match.
struct Coverage {
    bool complete = true;
    std::uint64_t lost = 0;
    std::string why; // "12 events were lost between 10:11 and 10:12 UTC"; empty when complete
};

[[nodiscard]] Signal compose(const engine::Match &match, const session::Host &host,
                             const std::string &bundle, const Coverage &coverage);
[[nodiscard]] inline Signal compose(const engine::Match &match, const session::Session &session,
                                    const std::string &bundle, const Coverage &coverage)
{
    return compose(match, session.host(), bundle, coverage);
}

// One line of JSON, keys in the order of the schema, no key with an empty value.
[[nodiscard]] std::string to_json(const Signal &signal);
// Reads what to_json wrote (from the store).
[[nodiscard]] Result<Signal> from_json(std::string_view line);
// What `sentra explain` prints: the rule, the matched conditions, every risk term with its reason;
// what to do, step by step, where the playbook is at hand.
[[nodiscard]] std::string explain(const Signal &signal, const engine::Playbook *playbook = nullptr);

} // namespace sentra::signal
