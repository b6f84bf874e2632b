// SPDX-License-Identifier: MIT
// The actor's way to the deed, as the beginning of a sentence that a verb in the past tense
// continues: "On 2 March at 10:11 UTC, maria signed in from 203.0.113.7 with a password, became
// root with sudo and" ... "added an SSH key". Says only what is proven; what is not known, it says
// so.
#pragma once

#include <cstdint>
#include <string>

#include "session/actor.h"

namespace sentra::signal {

// deed_ns: Unix time of the deciding event. has_process: a process is known to have done it; a
// line in a log alone names at most a person.
[[nodiscard]] std::string story(const session::Actor &actor, std::uint64_t deed_ns,
                                bool has_process);

} // namespace sentra::signal
