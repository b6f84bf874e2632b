// SPDX-License-Identifier: MIT
// Texts that rules name, each with a number: one look says which of them a value is. Made when
// rules are compiled, then only asked; most values are none of them, and that costs one place in
// memory. What an attacker writes is only looked for, never kept: no value makes it slower.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace sentra::engine {

class Words {
public:
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};

    // Never leaves this process: nothing that is kept or counted may hang on it.
    [[nodiscard]] static std::uint64_t hash(std::string_view text)
    {
        constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15U;
        std::uint64_t sum = text.size() * kOdd;
        std::uint64_t part = 0;
        for (; text.size() >= sizeof part; text.remove_prefix(sizeof part)) {
            std::memcpy(&part, text.data(), sizeof part);
            sum = (sum ^ part) * kOdd;
            sum ^= sum >> 32U;
        }
        part = 0;
        if (!text.empty())
            std::memcpy(&part, text.data(), text.size());
        sum = (sum ^ part) * kOdd;
        return sum ^ (sum >> 29U);
    }

    // The text's number, in order of adding.
    std::uint32_t add(std::string_view text)
    {
        const std::uint64_t sum = hash(text);
        if (const std::uint32_t known = find(text, sum); known != kNone)
            return known;
        texts_.emplace_back(text);
        const auto number = static_cast<std::uint32_t>(texts_.size() - 1);
        if (texts_.size() * 2 > places_.size())
            grow();
        else
            put({sum, number});
        return number;
    }

    [[nodiscard]] std::uint32_t find(std::string_view text, std::uint64_t sum) const
    {
        if (places_.empty())
            return kNone;
        for (std::size_t at = sum;; ++at) {
            const Place &place = places_[at & (places_.size() - 1)];
            if (place.number == kNone || (place.sum == sum && texts_[place.number] == text))
                return place.number;
        }
    }

    [[nodiscard]] std::size_t size() const { return texts_.size(); }

private:
    struct Place {
        std::uint64_t sum = 0;
        std::uint32_t number = kNone;
    };
    void put(const Place &place)
    {
        std::size_t at = place.sum;
        while (places_[at & (places_.size() - 1)].number != kNone)
            ++at;
        places_[at & (places_.size() - 1)] = place;
    }
    void grow()
    {
        constexpr std::size_t kFewest = 8;
        std::size_t wanted = kFewest;
        while (wanted < texts_.size() * 4)
            wanted *= 2;
        places_.assign(wanted, {}); // a power of two, at most half full
        for (std::size_t i = 0; i < texts_.size(); ++i)
            put({hash(texts_[i]), static_cast<std::uint32_t>(i)});
    }

    std::vector<Place> places_;
    std::vector<std::string> texts_;
};

} // namespace sentra::engine
