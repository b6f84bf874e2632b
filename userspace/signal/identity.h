// SPDX-License-Identifier: MIT
// The stable id of a signal: the same recording and rules give the same id on every machine, in
// every time zone and locale.
//
// The uid is SHA-256, in 64 lower-case hex digits, over these texts in this order, each written as
// a netstring (<length in decimal>:<bytes>,) so that no two lists of texts give the same bytes:
//   "sentra.signal/1", tenant, host id (the host's name where it has no id), rule id,
//   the number of merge values in decimal, each merge value in the order of the rule,
//   the window's start in Unix nanoseconds in decimal.
// The id that people see is its first 12 digits.
#pragma once

#include <string>

#include "engine/match.h"
#include "session/session.h"

namespace sentra::signal {

inline constexpr std::size_t kIdDigits = 12;

[[nodiscard]] std::string canonical_text(const engine::Match &match, const session::Host &host);
[[nodiscard]] std::string stable_uid(const engine::Match &match, const session::Host &host);

} // namespace sentra::signal
