// SPDX-License-Identifier: MIT
#include "sensor/filter.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>

#include <sys/random.h>

#include <bpf/bpf.h>

#include <sentra/sensor.h>

#include "base/time.h"
#include "sensor/clock.h"

namespace sentra::sensor {

namespace {

// Long enough that a loop over files or peers is one event, short enough that a behaviour which
// takes minutes still sees every part of it. A rule that waits for less asks for each.
constexpr std::uint64_t kRepeatNs = 10 * kSecondNs;

void set(std::uint64_t *word, std::uint64_t value)
{
    __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
}

// The kernel half counts its time in ticks: reading a clock would cost it 20 ns.
std::uint64_t tick_ns()
{
    timespec tick{};
    const bool known = clock_getres(CLOCK_MONOTONIC_COARSE, &tick) == 0 && tick.tv_nsec > 0;
    return known ? static_cast<std::uint64_t>(tick.tv_nsec) : 4'000'000;
}

void empty_map(int fd, std::size_t key_bytes)
{
    std::array<std::byte, sizeof(sentra_wanted_name)> key{};
    while (key_bytes <= key.size() && bpf_map_get_next_key(fd, nullptr, key.data()) == 0)
        if (bpf_map_delete_elem(fd, key.data()) != 0)
            return;
}

// As the kernel half reads it: the last byte on top.
std::uint64_t ending_key(std::string_view ending)
{
    std::uint64_t key = 0;
    for (const char c : ending)
        key = key >> 8U | std::uint64_t{static_cast<unsigned char>(c)} << 56U;
    return key;
}

std::uint64_t random_word()
{
    std::uint64_t word = 0;
    // Cannot fail for so few bytes once the host has booted; the time would do as well.
    if (getrandom(&word, sizeof word, 0) != sizeof word)
        word = boot_now_ns() * 0x9e3779b97f4a7c15U;
    return word;
}

} // namespace

Filter::Filter(const FilterSeat &seat, std::shared_ptr<const Wanted> wanted) : seat_(seat)
{
    set(seat_.trusted_count, 0);
    empty_map(seat_.trusted, sizeof(std::uint64_t));
    put_in_force(std::move(wanted));
}

bool Filter::is_trusted(std::uint64_t group) const
{
    return std::find(trusted_.begin(), trusted_.end(), group) != trusted_.end();
}

std::shared_ptr<const Wanted> Filter::wanted() const
{
    const std::lock_guard lock(mutex_);
    return wanted_;
}

void Filter::widen(std::shared_ptr<const Wanted> next)
{
    const std::lock_guard lock(mutex_);
    put_in_force(wanted_ && next ? Wanted::both(*wanted_, *next) : nullptr);
}

void Filter::narrow(std::shared_ptr<const Wanted> next)
{
    const std::lock_guard lock(mutex_);
    put_in_force(std::move(next));
}

// Everything is told from the first line to the last: whatever a program reads in between, it never
// goes by the new words and the old maps.
void Filter::put_in_force(std::shared_ptr<const Wanted> wanted)
{
    set(seat_.unwanted_types, 0);
    set(seat_.placed_types, 0);
    set(seat_.repeating_types, 0);
    wanted_ = std::move(wanted);
    forget_places();
    write_names();
    // Who asks anew has not been told: with another seed every fact is new.
    set(seat_.place_seed, random_word());
    set(seat_.repeat_ticks, kRepeatNs / tick_ns());
    if (!wanted_)
        return;
    set(seat_.repeating_types, wanted_->repeating_types());
    set(seat_.placed_types, wanted_->placed_types());
    set(seat_.unwanted_types, wanted_->unwanted_types());
}

void Filter::write_names() const
{
    const std::uint8_t present = 1;
    std::uint64_t lengths = 0, ending_lengths = 0;
    std::array<std::uint64_t, 4> bytes{};
    empty_map(seat_.names, sizeof(sentra_wanted_name));
    empty_map(seat_.endings, sizeof(std::uint64_t));
    for (const std::string &name : wanted_ ? wanted_->names() : std::vector<std::string>()) {
        sentra_wanted_name key{};
        std::memcpy(key.name, name.data(), std::min(name.size(), sizeof key.name - 1));
        bpf_map_update_elem(seat_.names, &key, &present, BPF_ANY);
        lengths |= std::uint64_t{1} << name.size();
    }
    for (const std::string &ending : wanted_ ? wanted_->endings() : std::vector<std::string>()) {
        const std::uint64_t key = ending_key(ending);
        bpf_map_update_elem(seat_.endings, &key, &present, BPF_ANY);
        ending_lengths |= std::uint64_t{1} << ending.size();
        bytes[key >> 62U] |= std::uint64_t{1} << (key >> 56U & 63U);
    }
    set(seat_.wanted_lengths, lengths);
    set(seat_.ending_lengths, ending_lengths);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        set(seat_.ending_bytes + i, bytes[i]);
}

void Filter::forget_places()
{
    for (const std::uint64_t place : judged_)
        bpf_map_delete_elem(seat_.places, &place);
    judged_.clear();
    empty_map(seat_.places, sizeof(std::uint64_t)); // of an earlier run
}

void Filter::judge(std::uint64_t place, std::string_view directory)
{
    if (place == 0)
        return;
    const std::lock_guard lock(mutex_);
    // Asked while other rules were in force: the verdict is by those of now.
    const Verdict verdict = wanted_ ? wanted_->verdict(directory) : Verdict::all;
    if (verdict == Verdict::all)
        return;
    const std::uint64_t value =
        place ^ (verdict == Verdict::quiet ? SENTRA_PLACE_QUIET : SENTRA_PLACE_NAMES);
    if (judged_.size() >= SENTRA_PLACES_MAX) {
        bpf_map_delete_elem(seat_.places, &judged_.front());
        judged_.pop_front();
    }
    // Several events of a directory may have been under way: it is there already, and counted once.
    if (bpf_map_update_elem(seat_.places, &place, &value, BPF_NOEXIST) == 0)
        judged_.push_back(place);
}

void Filter::trust(std::vector<std::uint64_t> groups)
{
    std::sort(groups.begin(), groups.end());
    groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
    if (groups.size() > SENTRA_TRUSTED_MAX)
        groups.resize(SENTRA_TRUSTED_MAX);
    if (groups == trusted_)
        return;
    const std::uint8_t present = 1;
    for (const std::uint64_t gone : trusted_)
        if (!std::binary_search(groups.begin(), groups.end(), gone))
            bpf_map_delete_elem(seat_.trusted, &gone);
    for (const std::uint64_t group : groups)
        bpf_map_update_elem(seat_.trusted, &group, &present, BPF_ANY);
    trusted_ = std::move(groups);
    set(seat_.trusted_count, trusted_.size());
}

} // namespace sentra::sensor
