// SPDX-License-Identifier: MIT
#include "session/actor.h"

namespace sentra::session {

const char *name_of(ActorKind kind)
{
    switch (kind) {
    case ActorKind::unknown:
        return "unknown";
    case ActorKind::session:
        return "session";
    case ActorKind::unit:
        return "unit";
    case ActorKind::job:
        return "job";
    case ActorKind::container:
        return "container";
    case ActorKind::process:
        return "process";
    case ActorKind::kernel:
        return "kernel";
    }
    return "unknown";
}

} // namespace sentra::session
