// SPDX-License-Identifier: MIT
#include "sensor/survival.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <limits>
#include <thread>

#include <bpf/bpf.h>

#include "base/text.h"
#include "sensor/adopt.h"
#include "sensor/clock.h"

namespace sentra::sensor {

namespace {

// A call that began before the new programs listened has ended by then, as good as always: what
// they need to have seen of its beginning is there.
constexpr std::chrono::milliseconds kOverlap(10);
// Nothing but duplicates may come of it, should the sensor be killed before it is known.
constexpr std::uint64_t kNotYetKnown = std::numeric_limits<std::uint64_t>::max();
constexpr const char *kAside = "aside_";
constexpr std::size_t kWords = sizeof(sentra_account_row) / sizeof(std::uint64_t);

using Words = std::array<std::uint64_t, kWords>;

Result<Ring> open_ring(const Generation &generation)
{
    const auto map = generation.map("ring");
    if (!map)
        return tl::unexpected(map.error());
    bpf_map_info info{};
    __u32 bytes = sizeof info;
    if (bpf_obj_get_info_by_fd(map->get(), &info, &bytes) != 0)
        return system_failure("ask what a pinned ring is", errno);
    if (info.type != BPF_MAP_TYPE_RINGBUF)
        return failure("its ring is none");
    return Ring::open(map->get(), info.max_entries);
}

} // namespace

// ---- which losses have been told -------------------------------------------------------------

std::string to_text(const LossCounts &counts)
{
    std::string text;
    for (std::size_t row = 0; row < counts.rows.size(); ++row) {
        Words words{};
        std::memcpy(words.data(), &counts.rows[row], sizeof words);
        if (std::all_of(words.begin(), words.end(), [](std::uint64_t word) { return word == 0; }))
            continue;
        text += "row " + std::to_string(row);
        for (const std::uint64_t word : words)
            text += ' ' + std::to_string(word);
        text += '\n';
    }
    for (const Missed &missed : counts.missed)
        text += "missed " + missed.program + ' ' + std::to_string(missed.of_type) + ' ' +
                std::to_string(missed.runs) + '\n';
    return text;
}

LossCounts parse_losses(std::string_view text)
{
    LossCounts counts;
    for (const std::string_view line : split(text, '\n')) {
        const auto parts = split(line, ' ');
        if (parts.size() == kWords + 2 && parts[0] == "row") {
            const auto row = parse_number<std::size_t>(parts[1]).value_or(SENTRA_ROWS);
            Words words{};
            for (std::size_t i = 0; i < kWords; ++i)
                words[i] = parse_number<std::uint64_t>(parts[i + 2]).value_or(0);
            if (row < SENTRA_ROWS)
                std::memcpy(&counts.rows[row], words.data(), sizeof words);
        } else if (parts.size() == 4 && parts[0] == "missed") {
            counts.missed.push_back({std::string(parts[1]),
                                     parse_number<std::uint16_t>(parts[2]).value_or(0),
                                     parse_number<std::uint64_t>(parts[3]).value_or(0)});
        }
    }
    return counts;
}

// ---- start -----------------------------------------------------------------------------------

Result<Survival> Survival::open(const std::string &directory)
{
    Survival survival;
    survival.continuity_.gap = "nothing kept what happened then";
    if (directory.empty()) {
        survival.continuity_.why_lost = "it is not asked for";
        return survival;
    }
    auto pins = Pins::open(directory);
    if (pins)
        survival.pins_.emplace(std::move(*pins));
    else if (pins.error().text.find("another sensor") != std::string::npos)
        return tl::unexpected(std::move(pins.error()));
    else
        survival.continuity_.why_lost = pins.error().text;
    return survival;
}

void Survival::look_at(const std::string &version, const std::string &own)
{
    auto generation = Generation::read(pins_->path(version));
    const auto is_paused =
        generation ? generation->is_paused() : Result<bool>(tl::unexpected(generation.error()));
    if (!is_paused) {
        continuity_.notes.push_back("what an earlier sensor left cannot be used and is removed: " +
                                    is_paused.error().text);
        pins_->remove(version);
        return;
    }
    if (version == own && !*is_paused) {
        own_.emplace(std::move(*generation));
        return;
    }
    if (generation->manifest().treaty != treaty_version()) {
        continuity_.gap = "the sensor was changed, and its records of before cannot be read";
        // Only deaf for now: what it holds cannot be told, and its hooks go with it.
        pins_->remove(version);
        return;
    }
    if (*is_paused)
        continuity_.gap = "the sensor was being stopped";
    replace(version, std::move(*generation));
}

void Survival::replace(const std::string &version, Generation generation)
{
    auto ring = open_ring(generation);
    if (!ring) {
        continuity_.notes.push_back("the ring of an earlier sensor cannot be read: " +
                                    ring.error().text);
        pins_->remove(version);
        return;
    }
    const bool is_listening = !generation.is_paused().value_or(true);
    if (is_listening)
        continuity_.gap.clear();
    rings_.push_back(std::move(*ring));
    earlier_.push_back({version, std::move(generation), is_listening});
}

Result<std::unique_ptr<KernelHalf>> Survival::kernel(std::uint32_t ring_bytes,
                                                     std::optional<Rung> only)
{
    if (!pins_)
        return KernelHalf::load(ring_bytes, only);
    version_ = stand_version(ring_bytes, only);
    for (const std::string &version : pins_->versions())
        look_at(version, version_);
    if (own_) {
        auto adopted = KernelHalf::adopt(*own_, only);
        if (adopted) {
            manifest_ = own_->manifest();
            is_adopted_ = is_kept_ = true;
            continuity_.gap.clear();
            const Belongings all = (*adopted)->belongings();
            maps_ = all.maps.size();
            links_ = all.links.size();
            return adopted;
        }
        continuity_.notes.push_back("what an earlier sensor left is damaged and is replaced: " +
                                    adopted.error().text);
        const std::string aside = kAside + version_;
        pins_->rename(version_, aside);
        if (auto moved = Generation::read(pins_->path(aside)))
            replace(aside, std::move(*moved));
        continuity_.gap = "some of the sensor's hooks had been taken away";
    }
    auto loaded = KernelHalf::load(ring_bytes, only);
    if (loaded)
        keep(**loaded);
    return loaded;
}

void Survival::keep(const KernelHalf &kernel)
{
    Belongings all = kernel.belongings();
    all.manifest.since_ns = earlier_.empty() ? 0 : kNotYetKnown;
    maps_ = all.maps.size();
    links_ = all.links.size();
    auto kept = pins_->keep(version_, all.manifest, all.maps, all.links);
    is_kept_ = kept.has_value();
    if (!kept)
        continuity_.why_lost = kept.error().text;
    manifest_ = std::move(all.manifest);
}

void Survival::begin(KernelHalf &kernel)
{
    if (is_adopted_)
        return;
    kernel.begin();
    if (earlier_.empty())
        return;
    const auto is_listening = [](const Earlier &one) { return one.is_listening; };
    if (std::any_of(earlier_.begin(), earlier_.end(), is_listening))
        std::this_thread::sleep_for(kOverlap);
    manifest_.since_ns = boot_now_ns();
    if (auto told = pins_->tell(version_, manifest_); !told)
        continuity_.notes.push_back(told.error().text);
    for (Earlier &one : earlier_)
        if (auto paused = one.generation.pause(); !paused)
            continuity_.notes.push_back("an earlier sensor's programs go on until their hooks are "
                                        "removed: " +
                                        paused.error().text);
}

// ---- later -----------------------------------------------------------------------------------

Result<bool> forget(const std::string &pins)
{
    return Pins::forget(pins);
}

std::uint64_t Survival::since_ns() const
{
    return manifest_.since_ns == kNotYetKnown ? 0 : manifest_.since_ns;
}

std::optional<LossCounts> Survival::told_losses() const
{
    return is_adopted_ ? std::optional(parse_losses(own_->told())) : std::nullopt;
}

void Survival::keep_told(const LossCounts &counts) const
{
    if (!is_kept_)
        return;
    // Not written: the next sensor tells a loss for the second time.
    (void)pins_->told(version_, to_text(counts));
}

void Survival::forget_earlier()
{
    rings_.clear();
    for (const Earlier &one : earlier_)
        pins_->remove(one.version);
    earlier_.clear();
}

bool Survival::is_whole() const
{
    return !is_kept_ || pins_->is_whole(version_, maps_, links_);
}

Result<void> Survival::keep_again(const KernelHalf &kernel)
{
    auto again = Pins::reopen(std::move(*pins_));
    if (!again)
        return tl::unexpected(std::move(again.error()));
    pins_.emplace(std::move(*again));
    pins_->remove(version_);
    Belongings all = kernel.belongings();
    all.manifest.since_ns = manifest_.since_ns;
    return pins_->keep(version_, all.manifest, all.maps, all.links);
}

void Survival::forget()
{
    if (pins_)
        pins_->remove_all();
    is_kept_ = false;
}

} // namespace sentra::sensor
