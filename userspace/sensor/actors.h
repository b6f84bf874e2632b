// SPDX-License-Identifier: MIT
// Who a pid is: from the records that pass, so that a process which is gone before anybody looks is
// still known by what the kernel said of it. All running processes, and those that ended last.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>

#include <sentra/event/all.h>

#include "event/record.h"

namespace sentra::sensor {

class Actors {
public:
    // Takes what a start, an end or a change of credentials says; other records pass.
    void learn(const event::Record &record);
    // The latest process of that number.
    [[nodiscard]] const sentra_actor *find(std::uint32_t pid) const;
    [[nodiscard]] std::size_t size() const { return actors_.size(); }

private:
    void ended(std::uint32_t pid, std::uint64_t start_ns);

    std::unordered_map<std::uint32_t, sentra_actor> actors_;
    std::deque<std::pair<std::uint32_t, std::uint64_t>> ended_; // pid and start, oldest first
};

// What /proc says of a process now: nothing of it when it is gone. start_ns is as coarse as the
// kernel's clock ticks; control group, namespaces and the parent's start are not asked for.
[[nodiscard]] std::optional<sentra_actor> look_at_process(std::uint32_t pid);

// Both together: identity from the records, credentials as they are now. Where neither knows it,
// only the pid.
[[nodiscard]] sentra_actor describe_actor(std::uint32_t pid, const sentra_actor *known,
                                          const std::optional<sentra_actor> &now);

} // namespace sentra::sensor
