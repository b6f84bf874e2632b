// SPDX-License-Identifier: MIT
// The weekly security summary of one host. In: what the store holds, the period, the time zone and
// what is known of the host, all handed in. Out: everything the page says, as typed facts. A pure
// function: no clock, no file, no environment; the same input gives the same report to the byte.
// It says what was seen, what was not seen and what could not be seen, and nothing else.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/catalogues.h"
#include "report/document.h"
#include "report/host_facts.h"
#include "report/period.h"
#include "signal/decision.h"
#include "signal/signal.h"
#include "signal/summary.h"
#include "store/store.h"

namespace sentra::report {

inline constexpr std::string_view kReportSchema = "sentra.report/1";
inline constexpr std::size_t kTrendWeeks = 8;

// One place that signals are delivered to.
struct Delivery {
    std::string name;
    std::uint64_t pending = 0, undeliverable = 0;
};

struct Input {
    std::string tenant, host, host_id;
    Period period;
    Zone zone;
    std::uint64_t written_ns = 0;
    // When the store began, and up to where everything has been taken in. 0: not known, so nothing
    // of it is claimed.
    std::uint64_t watched_from_ns = 0, watched_until_ns = 0;
    // What is not watched right now, and why; empty: everything is, as far as is known.
    std::string blind;
    // All that the store has, also from before the period; in any order.
    std::vector<signal::Signal> signals;
    std::vector<signal::SessionSummary> sessions;
    std::vector<store::Entry> ledger;
    std::vector<store::Gap> gaps;
    std::vector<std::pair<std::string, std::uint64_t>> losses;
    std::optional<HostFacts> facts;
    std::vector<Delivery> deliveries;
    std::map<std::string, engine::Playbook, std::less<>> playbooks;
    std::string version;
};

// What somebody is asked to do.
struct Need {
    std::string id, title, when, saw, who, check, fine, by, otherwise;
};

struct Happened {
    std::string what, details;
    std::vector<std::string> ids;
};

struct Noise {
    std::uint64_t refused = 0; // sign-ins that failed or were turned away
    std::uint64_t before = 0;  // on average, in as many earlier weeks as follow
    std::size_t weeks = 0;
    std::string sentence, comparison;
    std::vector<std::string> ids;
};

struct Access {
    bool is_read = false; // whether the host's own files were
    std::uint64_t read_ns = 0;
    std::vector<Admin> admins;
    std::vector<std::string> unread;
    struct Use {
        std::string user;
        std::uint64_t sessions = 0, first_ns = 0, last_ns = 0;
        std::vector<std::string> sources;
    };
    std::vector<Use> used;
    struct Change {
        std::uint64_t time_ns = 0;
        std::string what, who, id;
    };
    std::vector<Change> changes;
};

struct Unwatched {
    std::uint64_t from_ns = 0, to_ns = 0;
    std::string what, reason;
};

struct Watching {
    std::uint64_t period_ns = 0, watched_ns = 0;
    std::vector<Unwatched> gaps; // in order of time, within the period
    std::optional<Unwatched> longest;
    std::vector<std::pair<std::string, std::uint64_t>> losses; // those that cost events
    std::uint64_t signals_near_losses = 0;
    std::vector<std::string> clock; // signals that tell of the clock being set
    std::vector<Delivery> deliveries;
    std::string blind;
    std::string ledger_wrong;
    std::vector<Strip::Day> days;
    [[nodiscard]] bool is_enough() const { return watched_ns >= period_ns - period_ns / 100; }
};

struct Decided {
    std::uint64_t time_ns = 0;
    std::string who, what, why, id; // id: of the signal, if it is of one
};

struct Standing {
    std::string id, kind, reason, author;
    std::uint64_t expires_ns = 0;
    std::uint64_t used = 0; // signals of the period
    bool is_over = false, expires_soon = false;
};

// One of the last eight weeks.
struct Week {
    Period period;
    bool is_watched = false; // at all
    std::uint64_t watched_ns = 0, signals = 0, asking = 0, refused = 0;
};

struct Moment {
    std::uint64_t time_ns = 0;
    std::string what, id;
};

// A row of the appendix.
struct Row {
    std::string id, uid, host, what, state, decision, narrative, action, rule, intent;
    std::uint64_t first_ns = 0, last_ns = 0, count = 0;
    double score = 0;
    std::vector<std::string> controls;
    bool is_open = false, is_earlier = false; // still open from before the period
};

struct Weekly {
    std::string id;   // of host and period: the same each time it is written
    std::string hash; // of everything else in its JSON
    std::string tenant, host, host_id, version;
    Period period;
    Zone zone;
    std::uint64_t written_ns = 0;
    State state = State::calm;
    std::string verdict, sentence;
    std::size_t open = 0, open_earlier = 0; // the second is part of the first
    std::vector<Need> needs;
    std::size_t further_needs = 0;
    std::vector<Happened> happened;
    Noise noise;
    Access access;
    Watching watching;
    std::vector<Decided> decided;
    std::vector<Standing> overrides;
    std::vector<Week> trend; // oldest first
    std::vector<std::pair<std::string, std::uint64_t>> intents;
    std::vector<Moment> timeline;
    std::size_t further_moments = 0;
    std::vector<std::string> handover;
    std::vector<engine::Playbook> playbooks;
    std::vector<Row> rows;
    std::uint64_t redacted = 0; // secrets taken out of what is shown
};

[[nodiscard]] Weekly weekly(Input input);
[[nodiscard]] Document page(const Weekly &report);
// One object of JSON, sentra.report/1: the same facts, and what the fleet's report reads.
[[nodiscard]] std::string to_json(const Weekly &report);

// What the three states are called.
[[nodiscard]] std::string verdict_in_words(State state, std::size_t open);
// What is known to ask for a look, reviewed or not; what is background of the Internet.
[[nodiscard]] bool is_noise(std::string_view rule_id);
// Rules that tell of a change to who may do what.
[[nodiscard]] bool changes_access(std::string_view rule_id);
// What may follow where nobody looks, by intent. Never empty.
[[nodiscard]] std::string consequence(std::string_view intent);

} // namespace sentra::report
