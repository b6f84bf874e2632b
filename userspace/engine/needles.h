// SPDX-License-Identifier: MIT
// Many texts looked for at once: one walk over an event's value finds every text in it, however
// many rules ask. Each text is known by four letters of its own (fewer, where it is shorter); the
// walk asks one bit for each four neighbours of the value, and nearly always that is all. An
// automaton (Aho and Corasick) waits for memory at every letter. RE2::Set would do the same for
// expressions, but gives up when its memory is full; this one's size is known when the rules are
// compiled.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace sentra::engine {

class Needles {
public:
    // Of a longer text only this much is looked for: what is found is asked again in full.
    static constexpr std::size_t kBytesMost = 12;

    // Compared without regard to case. value: what a find is reported as.
    void add(std::string_view text, std::uint32_t value);
    void build(); // once, after the last add

    // Shows the values of all texts in it, which must be in lower case; a value may come several
    // times.
    template <typename Visit> void find(std::string_view lowered, const Visit &visit) const
    {
        for (std::size_t i = 0; i < always_.size() && !lowered.empty(); ++i)
            visit(always_[i]);
        walk<1>(lowered, visit);
        walk<2>(lowered, visit);
        walk<3>(lowered, visit);
        walk<4>(lowered, visit);
    }

private:
    static constexpr std::size_t kLettersMost = 4;
    static constexpr unsigned kBits = 12; // of a hash: 4,096 bits are eight lines of the cache
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};

    struct Needle {
        std::uint8_t bytes = 0;
        std::uint8_t at = 0; // where its letters are in it
        std::array<char, kBytesMost> text{};
        std::uint32_t next = kNone; // with the same letters
        std::vector<std::uint32_t> values;
    };
    struct Known { // the needles known by so many letters
        std::array<std::uint64_t, (1U << kBits) / 64> bits{};
        struct Place {
            std::uint32_t letters = 0, needle = kNone;
        };
        std::vector<Place> places; // a power of two, at most half full
    };
    [[nodiscard]] static std::uint32_t hash(std::uint32_t letters) { return letters * 0x9e3779b1U; }
    template <std::size_t kLetters> [[nodiscard]] static std::uint32_t load(const char *text)
    {
        std::uint32_t letters = 0;
        if constexpr (kLetters == 3) // at once they would go through memory
            return load<2>(text) | load<1>(text + 2) << 16U;
        std::memcpy(&letters, text, kLetters);
        return letters;
    }
    template <std::size_t kLetters, typename Visit>
    void walk(std::string_view text, const Visit &visit) const
    {
        const Known &known = known_[kLetters - 1];
        if (known.places.empty())
            return;
        for (std::size_t i = 0; i + kLetters <= text.size(); ++i) {
            const std::uint32_t letters = load<kLetters>(text.data() + i);
            const std::uint32_t bit = hash(letters) >> (32 - kBits);
            if ((known.bits[bit / 64] >> bit % 64 & 1U) != 0)
                check(known, letters, text, i, visit);
        }
    }
    template <typename Visit>
    void check(const Known &known, std::uint32_t letters, std::string_view text, std::size_t i,
               const Visit &visit) const
    {
        std::uint32_t at = place_of(known, letters);
        for (at = known.places[at].needle; at != kNone; at = needles_[at].next) {
            const Needle &needle = needles_[at];
            const std::size_t begin = i - needle.at;
            if (i >= needle.at && begin + needle.bytes <= text.size() &&
                std::memcmp(text.data() + begin, needle.text.data(), needle.bytes) == 0)
                for (const std::uint32_t value : needle.values)
                    visit(value);
        }
    }
    // Where the letters are, or would be.
    [[nodiscard]] static std::uint32_t place_of(const Known &known, std::uint32_t letters)
    {
        const auto most = static_cast<std::uint32_t>(known.places.size() - 1);
        std::uint32_t at = hash(letters) >> 16U & most;
        while (known.places[at].needle != kNone && known.places[at].letters != letters)
            at = (at + 1) & most;
        return at;
    }
    void know(std::uint32_t number, std::vector<std::uint32_t> &uses);

    std::vector<std::pair<std::string, std::uint32_t>> added_; // until built
    std::vector<Needle> needles_;
    std::array<Known, kLettersMost> known_;
    std::vector<std::uint32_t> always_; // of the empty text
};

} // namespace sentra::engine
