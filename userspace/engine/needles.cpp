// SPDX-License-Identifier: MIT
#include "engine/needles.h"

#include <algorithm>

#include "base/text.h"

namespace sentra::engine {

void Needles::add(std::string_view text, std::uint32_t value)
{
    if (text.empty())
        always_.push_back(value);
    else
        added_.emplace_back(lower_ascii(text.substr(0, kBytesMost)), value);
}

// By those of its letters that the fewest others are known by. Of several, the last: beginnings are
// what most paths have in common.
void Needles::know(std::uint32_t number, std::vector<std::uint32_t> &uses)
{
    Needle &needle = needles_[number];
    const std::size_t letters = std::min<std::size_t>(needle.bytes, kLettersMost);
    Known &known = known_[letters - 1];
    const auto load_at = [&](std::size_t at) {
        std::uint32_t loaded = 0;
        std::memcpy(&loaded, needle.text.data() + at, letters);
        return loaded;
    };
    const auto uses_at = [&](std::size_t at) {
        const Known::Place &place = known.places[place_of(known, load_at(at))];
        return place.needle == kNone ? 0 : uses[place.needle];
    };
    for (std::size_t at = 1; at + letters <= needle.bytes; ++at)
        if (uses_at(at) <= uses_at(needle.at))
            needle.at = static_cast<std::uint8_t>(at);
    const std::uint32_t chosen = load_at(needle.at);
    Known::Place &place = known.places[place_of(known, chosen)];
    uses[number] = place.needle == kNone ? 1 : uses[place.needle] + 1;
    needle.next = place.needle;
    place = {chosen, number};
    const std::uint32_t bit = hash(chosen) >> (32 - kBits);
    known.bits[bit / 64] |= std::uint64_t{1} << bit % 64;
}

void Needles::build()
{
    std::sort(added_.begin(), added_.end());
    added_.erase(std::unique(added_.begin(), added_.end()), added_.end());
    std::array<std::size_t, kLettersMost> many{};
    const std::string *before = nullptr;
    for (const auto &[text, value] : added_) {
        if (before == nullptr || *before != text) {
            Needle &made = needles_.emplace_back();
            made.bytes = static_cast<std::uint8_t>(text.size());
            std::copy(text.begin(), text.end(), made.text.begin());
            ++many[std::min(text.size(), kLettersMost) - 1];
        }
        needles_.back().values.push_back(value);
        before = &text;
    }
    for (std::size_t i = 0; i < known_.size(); ++i) {
        std::size_t places = many[i] == 0 ? 0 : 2;
        while (places != 0 && places < many[i] * 2)
            places *= 2;
        known_[i].places.resize(places);
    }
    std::vector<std::uint32_t> uses(needles_.size(), 0);
    for (std::uint32_t i = 0; i < needles_.size(); ++i)
        know(i, uses);
    added_.clear();
    added_.shrink_to_fit();
}

} // namespace sentra::engine
