// SPDX-License-Identifier: MIT
// The kernel's filters as user space sees them: writes what is told into the programs' words and
// maps, and answers their question about a directory. Anything it does not say, or has no room for,
// is told. widen() and narrow() may come from any thread; judge() and trust() are the sensor's own.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "sensor/wanted.h"

namespace sentra::sensor {

// Where the programs look (bpf/maps.h, bpf/wanted.h): words, and descriptors of maps.
struct FilterSeat {
    std::uint64_t *unwanted_types = nullptr, *placed_types = nullptr, *repeating_types = nullptr;
    std::uint64_t *repeat_ticks = nullptr, *place_seed = nullptr;
    std::uint64_t *wanted_lengths = nullptr, *ending_lengths = nullptr, *ending_bytes = nullptr;
    std::uint64_t *trusted_count = nullptr;
    int places = -1, names = -1, endings = -1, trusted = -1;
};

class Filter {
public:
    // wanted null: everything is told, each time.
    Filter(const FilterSeat &seat, std::shared_ptr<const Wanted> wanted);
    Filter(const Filter &) = delete;
    Filter &operator=(const Filter &) = delete;

    // From when it returns on, what `next` asks for is told as well; then, once the rules behind it
    // are in use, narrow() to it alone. Between the two nothing is missing for either.
    void widen(std::shared_ptr<const Wanted> next);
    void narrow(std::shared_ptr<const Wanted> next);

    // An open was told from a place (0: the kernel does not ask) in that directory.
    void judge(std::uint64_t place, std::string_view directory);
    // The control groups whose file and network events are not told.
    void trust(std::vector<std::uint64_t> groups);
    [[nodiscard]] bool is_trusted(std::uint64_t group) const;
    // What is in force; null: everything is told.
    [[nodiscard]] std::shared_ptr<const Wanted> wanted() const;

private:
    void put_in_force(std::shared_ptr<const Wanted> wanted);
    void write_names() const;
    void forget_places();

    const FilterSeat seat_;
    mutable std::mutex mutex_; // guards what is below, and the maps but for `trusted`
    std::shared_ptr<const Wanted> wanted_;
    std::deque<std::uint64_t> judged_; // oldest first
    std::vector<std::uint64_t> trusted_;
};

} // namespace sentra::sensor
