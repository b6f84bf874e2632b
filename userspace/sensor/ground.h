// SPDX-License-Identifier: MIT
// What a ladder stands on: which rungs the running kernel bears at all, and which hooks it has.
// Asked once, before anything is loaded: a class of programs that is refused must not cost a load
// per program.
#pragma once

#include <array>
#include <functional>
#include <string>

#include "sensor/handles.h"
#include "sensor/hooks.h"

namespace sentra::sensor {

struct Ground {
    struct Verdict {
        std::string refusal; // empty: worth trying
        std::string advice;  // what would help
    };
    std::array<Verdict, kRungs.size()> rungs; // by Rung
    // Programs there are preempted, and while one is, the kernel skips every other run on the CPU.
    bool fentry_is_preempted = false;
    bool tracepoints_are_preempted = false;
    // Empty: the kernel has this hook. Else the reason why not.
    std::function<std::string(const Hook &)> missing;

    [[nodiscard]] const Verdict &of(Rung rung) const
    {
        return rungs[static_cast<std::size_t>(rung)];
    }
    // types must outlive `missing`.
    [[nodiscard]] static Ground look(const btf *types);
};

// Parameters of the kernel's tracepoint, without the leading data pointer; -1: there is no such
// tracepoint.
[[nodiscard]] int tracepoint_parameters(const btf *types, const std::string &name);

} // namespace sentra::sensor
