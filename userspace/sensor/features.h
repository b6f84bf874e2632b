// SPDX-License-Identifier: MIT
// What this kernel and this process can do for the sensor: asked once, shown by `sentra doctor` and
// `status`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace sentra::sensor {

struct Features {
    std::string kernel; // uname -r
    unsigned major = 0, minor = 0;
    bool type_information = false;  // /sys/kernel/btf/vmlinux
    std::string lockdown;           // "none", "integrity", "confidentiality", "unknown"
    std::string security_modules;   // /sys/kernel/security/lsm; empty: not to be read
    std::uint64_t capabilities = 0; // effective
    bool first_pid_namespace = false;
    // The kernel takes the CPU from a task that is inside it (preempt=full or lazy): then programs
    // at function entries are preempted too.
    bool is_preemptible = false;

    [[nodiscard]] static Features ask();

    // Why the sensor cannot work here, and what would help.
    [[nodiscard]] Result<void> sufficient() const;
    // a46023d5616e (7.0): programs on tracepoints run preemptibly.
    [[nodiscard]] bool preempts_tracepoints() const { return major >= 7; }
    // What a reader of `doctor` wants to know, best first.
    [[nodiscard]] std::vector<std::string> sentences() const;

private:
    [[nodiscard]] bool has(unsigned capability) const { return (capabilities >> capability) & 1U; }
};

} // namespace sentra::sensor
