// SPDX-License-Identifier: MIT
// What an earlier sensor left to be told, as this one sees it: how old the oldest of it is, and
// which of it is not for it. Belongs to the sensor's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sensor/ring.h"
#include "sensor/survival.h"

namespace sentra::sensor {

class Former {
public:
    // Before anything is read; own is the kernel half's. now_ns: boot time.
    void look(Survival &survival, const Ring &own, std::uint64_t now_ns);

    // Boot time of the oldest event that is still to be told; 0: there is none.
    [[nodiscard]] std::uint64_t oldest_ns() const { return oldest_ns_; }
    // Not for us: what the other ring has too, and what this process did itself before the programs
    // knew it for the sensor.
    [[nodiscard]] bool is_for_us(std::span<const std::byte> bytes, bool is_earlier) const;

private:
    void look_at(const Ring &ring);
    std::uint64_t oldest_ns_ = 0, until_ns_ = 0, since_ns_ = 0, own_start_ns_ = 0;
};

} // namespace sentra::sensor
