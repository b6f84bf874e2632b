// SPDX-License-Identifier: MIT
// How a sensor continues what an earlier one began, and leaves the next something to continue. In:
// a directory for pins. Out: a kernel half that listens, and the rings of earlier ones that have to
// be read first. Owned by the sensor; its calls belong to one thread, which is not always the same.
//
// An earlier kernel half of the same version is adopted: its programs run all the while. One of
// another version is replaced: the new programs listen, then the old ones are made deaf. What
// happened before since_ns() is told by the old ring, the rest by the new one; an event that both
// programs saw while that moment passed may be told twice, at most one for each CPU.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "sensor/account.h"
#include "sensor/kernel_half.h"
#include "sensor/pins.h"
#include "sensor/ring.h"
#include "sensor/sensor.h"

namespace sentra::sensor {

class Survival {
public:
    // directory empty: nothing survives. Error: another sensor is using it.
    [[nodiscard]] static Result<Survival> open(const std::string &directory);

    // Adopted, or loaded; kept for the next sensor where that is possible. Deaf until begin() if it
    // is a new one.
    [[nodiscard]] Result<std::unique_ptr<KernelHalf>> kernel(std::uint32_t ring_bytes,
                                                             std::optional<Rung> only);
    // Listens from here on; earlier ones do no more.
    void begin(KernelHalf &kernel);

    // Rings of earlier kernel halves that are to be read to their end.
    [[nodiscard]] std::vector<Ring> &earlier() { return rings_; }
    // Boot time. What is earlier is in the earlier rings, what is not is in the kernel half's own.
    // 0: there is nothing to choose between.
    [[nodiscard]] std::uint64_t since_ns() const;
    [[nodiscard]] bool is_adopted() const { return is_adopted_; }
    [[nodiscard]] bool keeps() const { return is_kept_; }
    [[nodiscard]] const Continuity &continuity() const { return continuity_; }
    // Which losses an earlier sensor has told of the same kernel half.
    [[nodiscard]] std::optional<LossCounts> told_losses() const;

    // The records that told these losses are kept.
    void keep_told(const LossCounts &counts) const;
    // What came out of the earlier rings is kept: they are not needed any more.
    void forget_earlier();
    // Whether the pins are as they were left.
    [[nodiscard]] bool is_whole() const;
    [[nodiscard]] Result<void> keep_again(const KernelHalf &kernel);
    // Nothing is left for the next one.
    void forget();

private:
    void look_at(const std::string &version, const std::string &own);
    void replace(const std::string &version, Generation generation);
    void keep(const KernelHalf &kernel);

    std::optional<Pins> pins_;
    std::string version_;
    std::optional<Generation> own_; // to be adopted
    struct Earlier {
        std::string version;
        Generation generation;
        bool is_listening = false;
    };
    std::vector<Earlier> earlier_;
    std::vector<Ring> rings_;
    Manifest manifest_{};
    std::size_t maps_ = 0, links_ = 0;
    bool is_adopted_ = false, is_kept_ = false;
    Continuity continuity_;
};

// Text of a LossCounts as a kernel half's own counters have it.
[[nodiscard]] std::string to_text(const LossCounts &counts);
[[nodiscard]] LossCounts parse_losses(std::string_view text);

} // namespace sentra::sensor
