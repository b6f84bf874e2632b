// SPDX-License-Identifier: MIT
// What the engine hands upwards: a behaviour seen, with the events that prove it. Facts only; the
// signal room turns them into sentences.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event/event.h"
#include "session/session.h"

namespace sentra::engine {

struct Rule; // engine/rule.h

// One event that a step of a rule took, with everything templates may ask of it: fields are read
// when the step takes the event, because the session's picture moves on.
struct Bound {
    std::string step; // the step's name in the rule
    event::Owned event;
    session::Context context;
    std::uint64_t count = 1; // events this step has taken (count steps take many; this is the last)
};

struct RiskTerm {
    std::string name; // "base", or the term's name
    double value = 0;
    std::string why; // rendered
};

struct Evidence {
    std::uint64_t time_ns = 0;
    std::string event; // "auth.login"
    std::string step;
    std::string ref; // "rec:<source>:<sequence>"
    event::Owned record;
    session::Context context;
};

// What else the actor's deeds matched: evidence from rules that raise no alarm (Sigma's).
struct Tag {
    std::shared_ptr<const Rule> rule;
    std::string level;
    std::uint64_t first_ns = 0, last_ns = 0, count = 0;
};

struct Match {
    std::shared_ptr<const Rule> rule;
    // Canonical texts that, with tenant, host and rule, make the stable id: the merge key's values
    // in the order of the rule ("session:<boot>:42", "/home/deploy/.ssh/authorized_keys").
    std::vector<std::string> merge_values;
    std::uint64_t window_start_ns = 0; // UTC: the window the merge key was opened in
    std::uint64_t first_ns = 0, last_ns = 0;
    std::uint64_t waited_until_ns = 0; // for what did not come; 0: nothing was waited for
    std::uint64_t count = 0;           // how often the behaviour completed inside the window
    std::vector<Bound> bound;          // of the completion that made this match, in step order
    std::vector<Evidence> evidence;    // over the whole window, in order, bounded (first and last)
    std::uint64_t evidence_left_out = 0;
    // Distinct peers (source.ip) and user names over all events of the window, kept as evidence or
    // not: sorted, not escaped. all_names: none was left out.
    std::vector<std::string> sources, users;
    bool all_names = false;
    std::shared_ptr<const session::Actor> actor; // of the deciding event; never null
    std::vector<RiskTerm> terms;                 // base first
    std::string intent;                          // after terms that change it
    std::vector<Tag> tags;                       // in the order they were first seen
    std::vector<Evidence> trail; // what the actor did lately besides, in order; no step's
    bool again = false;          // the same merge window has been handed up before

    // The value of "step.field" (a bound event's field), or of "field" (the deciding event's).
    // Empty when there is none. Not escaped. Filled in by the engine.
    std::function<std::string(std::string_view)> text;
};

} // namespace sentra::engine
