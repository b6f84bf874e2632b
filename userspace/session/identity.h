// SPDX-License-Identifier: MIT
// Puts an Actor together from what the tables know. Decides nothing about joins: the session that
// an event belongs to, if any, is given.
#pragma once

#include <string>
#include <string_view>

#include "event/event.h"
#include "session/accounts.h"
#include "session/actor.h"
#include "session/login_table.h"
#include "session/process_table.h"

namespace sentra::session {

struct Surroundings {
    const Accounts &accounts;
    const ProcessTable &processes;
    std::string_view place;         // boot id
    std::string_view own_container; // in which the sensor itself runs; not a container to it
};

[[nodiscard]] Actor actor_of_process(const Surroundings &around, const Process &process,
                                     const LoginSession *session);
// process: the line's writer, if the kernel half knows him; place: as in Line.
[[nodiscard]] Actor actor_of_line(const Surroundings &around, const event::Event &event,
                                  const Process *process, const LoginSession *session);
// Of a line that the kernel's evidence contradicts: nothing it says is taken.
[[nodiscard]] Actor actor_of_forgery(const Surroundings &around, const event::Event &event,
                                     const Process *process, const LoginSession *session);
// Of the sensor's own records.
[[nodiscard]] Actor actor_of_sensor();

} // namespace sentra::session
