// SPDX-License-Identifier: MIT
// Looks whether anybody has laid hands on the kernel half, and puts right what can be put right.
// In: the sensor's own parts. Out: signs, each once. Root can always do worse than this sees; what
// it does see is told. Belongs to the sensor's thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sentra/event/meta.h>

#include "sensor/kernel_half.h"
#include "sensor/survival.h"

namespace sentra::sensor {

struct Sign {
    sentra_tampering kind = SENTRA_TAMPER_UNKNOWN;
    bool is_mended = false;
    std::string detail;
};

class Guard {
public:
    Guard(KernelHalf &kernel, Survival &survival) : kernel_(kernel), survival_(survival) {}

    // Called as often as one likes; looks every few seconds. now_ns: boot time.
    [[nodiscard]] std::vector<Sign> look(std::uint64_t now_ns);

private:
    void look_at_pause(std::vector<Sign> &signs);
    void look_at_pins(std::vector<Sign> &signs);
    void look_at_hooks(std::vector<Sign> &signs);
    void look_at_sight(std::vector<Sign> &signs);

    KernelHalf &kernel_;
    Survival &survival_;
    std::uint64_t looked_ns_ = 0, looked_deeper_ns_ = 0;
    std::vector<std::string> detached_; // already told
    int times_unseen_ = 0;
    bool is_blind_ = false, pins_are_gone_ = false; // already told
};

} // namespace sentra::sensor
