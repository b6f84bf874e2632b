// SPDX-License-Identifier: MIT
// What proves a signal: one short sentence per event, and who and what the events speak of.
#pragma once

#include <string>
#include <vector>

#include "engine/match.h"
#include "signal/signal.h"

namespace sentra::signal {

// More than this many sentences nobody reads; the first and the last half are kept.
inline constexpr std::size_t kEvidenceMost = 32;
// With what the actor did besides, and of all chapters of a story.
inline constexpr std::size_t kStoryEvidenceMost = 128;
// Names a signal lists at most: a guessing run tries thousands of user names.
inline constexpr std::size_t kEntitiesMost = 100;

// "maria signed in from 203.0.113.7 (password)", "opened /root/.ssh/authorized_keys for writing".
[[nodiscard]] std::string sentence(const event::Event &event, const session::Context &context);

// Fills evidence and evidence_left_out; what the actor did besides only where action is asked for.
void add_evidence(const engine::Match &match, Signal &signal);
// In its place in time, unless it is there.
void add_besides(Signal &signal, Evidence item);
// Fills files, ips and users: sorted, each once.
void add_entities(const engine::Match &match, Signal &signal);

// Distinct source addresses and user names over the window, in words: "203.0.113.7",
// "27 addresses", "at least 27 addresses" where some were not kept; empty when there is none.
[[nodiscard]] std::string sources_in_words(const engine::Match &match);
[[nodiscard]] std::string users_in_words(const engine::Match &match);

} // namespace sentra::signal
