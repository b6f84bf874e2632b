// SPDX-License-Identifier: MIT
// The programs in the kernel: loaded, attached, asked for their account.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sentra/sensor.h>

#include "base/result.h"
#include "sensor/account.h"
#include "sensor/filter.h"
#include "sensor/sensor.h"

namespace sentra::sensor {

class Generation;
struct Belongings;
struct Stand;

class KernelHalf {
public:
    // Loaded and attached, and deaf until begin(). ring_bytes: a power of two. What this kernel
    // does not have is left out; error: nothing is left.
    [[nodiscard]] static Result<std::unique_ptr<KernelHalf>> load(std::uint32_t ring_bytes,
                                                                  std::optional<Rung> only);
    // As an earlier sensor left it: listening all the while.
    [[nodiscard]] static Result<std::unique_ptr<KernelHalf>> adopt(const Generation &generation,
                                                                   std::optional<Rung> only);
    // What is to be kept so that the next sensor can adopt it.
    [[nodiscard]] Belongings belongings() const;
    KernelHalf(const KernelHalf &) = delete;
    KernelHalf &operator=(const KernelHalf &) = delete;
    ~KernelHalf();

    // What is read (and the sensor's own process), before the first event.
    void watch(std::span<const sentra_watched_file> files, std::span<const std::string> names);
    // Where the programs look for what they leave out.
    [[nodiscard]] FilterSeat filter_seat() const;
    // Events are kept from here on.
    void begin();
    // No event is seen any more. Detaching is left to the destructor: it takes the kernel seconds.
    void pause();
    [[nodiscard]] bool is_paused() const;
    // Hooks that no longer hold their program: "syscalls:sys_exit_openat".
    [[nodiscard]] std::vector<std::string> detached() const;
    // Whether a hook that tells this type is attached.
    [[nodiscard]] bool sees(sentra_type type) const;

    [[nodiscard]] int ring_fd() const;
    // The running processes, as sentra_exec records one after the other (sizes are multiples of 8).
    [[nodiscard]] Result<std::vector<std::byte>> snapshot() const;
    [[nodiscard]] Result<AccountRows> account() const; // all CPUs together
    [[nodiscard]] std::vector<ProgramRow> programs() const;
    [[nodiscard]] std::vector<Watch> watches() const;
    // Starts of processes and programs that were lost, for whatever reason: cheap enough to be
    // asked for in every turn.
    [[nodiscard]] std::uint64_t lost_starts() const;

private:
    struct Inside;
    explicit KernelHalf(std::unique_ptr<Inside> inside);
    [[nodiscard]] static Result<std::unique_ptr<KernelHalf>> begin_with(Stand stand);
    [[nodiscard]] Result<void> learn_self();
    std::unique_ptr<Inside> inside_;
};

} // namespace sentra::sensor
