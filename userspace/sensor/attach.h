// SPDX-License-Identifier: MIT
// One loaded program to one hook, whatever rung the hook is on.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "sensor/handles.h"
#include "sensor/hooks.h"
#include "sensor/tracepoints.h"

namespace sentra::sensor {

// A hook that is being listened to, for as long as the link lives (or is pinned).
struct Attached {
    const Hook *hook = nullptr; // of the table: it has the program's name
    Link link;
};

class Attacher {
public:
    // Never fails: what is missing is the reason why a hook cannot be attached.
    [[nodiscard]] static Attacher ask();

    [[nodiscard]] Result<Link> attach(const Hook &hook, const bpf_program *program) const;

private:
    Result<Tracepoints> tracepoints_ = failure("tracefs was not looked for");
};

} // namespace sentra::sensor
