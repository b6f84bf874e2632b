// SPDX-License-Identifier: MIT
// The programs in the kernel: loaded, attached, asked for their account.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <sentra/sensor.h>

#include "base/result.h"
#include "sensor/account.h"
#include "sensor/filter.h"
#include "sensor/sensor.h"

namespace sentra::sensor {

class KernelHalf {
public:
    // ring_bytes: a power of two. A program that the verifier of this kernel refuses is left out.
    [[nodiscard]] static Result<std::unique_ptr<KernelHalf>> load(std::uint32_t ring_bytes);
    KernelHalf(const KernelHalf &) = delete;
    KernelHalf &operator=(const KernelHalf &) = delete;
    ~KernelHalf();

    // What is read (and the sensor's own process), before the first event.
    void watch(std::span<const sentra_watched_file> files, std::span<const std::string> names);
    // Where the programs look for what they leave out.
    [[nodiscard]] FilterSeat filter_seat() const;
    // Error: not one hook could be attached.
    [[nodiscard]] Result<void> attach();
    // No event is seen any more. Detaching is left to the destructor: it takes the kernel seconds.
    void pause();

    [[nodiscard]] int ring_fd() const;
    // The running processes, as sentra_exec records one after the other (sizes are multiples of 8).
    [[nodiscard]] Result<std::vector<std::byte>> snapshot() const;
    [[nodiscard]] Result<AccountRows> account() const; // all CPUs together
    [[nodiscard]] std::vector<ProgramRow> programs() const;
    // Starts of processes and programs that were lost, for whatever reason: cheap enough to be
    // asked for in every turn.
    [[nodiscard]] std::uint64_t lost_starts() const;

private:
    struct Inside;
    explicit KernelHalf(std::unique_ptr<Inside> inside);
    [[nodiscard]] Result<void> learn_self();
    std::unique_ptr<Inside> inside_;
};

} // namespace sentra::sensor
