// SPDX-License-Identifier: MIT
// An event as one line of JSON: time, event, source, sequence, then its fields under their names,
// in the order of the register. Fields without a value are left out; texts are escaped for showing.
#pragma once

#include <string>

#include "event/event.h"

namespace sentra::event {

[[nodiscard]] std::string to_json_line(const Event &event); // ends without a newline

} // namespace sentra::event
