// SPDX-License-Identifier: MIT
// Many texts looked for at once (Aho and Corasick, 1975): one walk over an event's value finds
// every text in it, however many rules ask. RE2::Set would do the same for expressions, but gives
// up when its memory is full; this one's size is known when the rules are compiled.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sentra::engine {

class Automaton {
public:
    // Of a longer text only this much is looked for: what is found is asked again in full.
    static constexpr std::size_t kBytesMost = 12;

    // Compared without regard to case. value: what a find is reported as.
    void add(std::string_view text, std::uint32_t value);
    void build(); // once, after the last add

    [[nodiscard]] bool empty() const { return texts_.empty() && next_.empty(); }

    // Appends the values of all texts in it; a value may come several times.
    void find(std::string_view text, std::vector<std::uint32_t> &out) const;

private:
    struct Text {
        std::string_view::size_type bytes = 0;
        std::array<char, kBytesMost> text{};
        std::uint32_t value = 0;
    };
    [[nodiscard]] std::size_t row(std::uint32_t state) const { return state * classes_; }
    std::uint32_t place(const Text &text, std::vector<std::vector<std::uint32_t>> &ends);
    void link(std::vector<std::vector<std::uint32_t>> &ends);

    std::vector<Text> texts_; // until built
    std::array<std::uint8_t, 256> class_of_{};
    std::uint32_t classes_ = 1;        // class 0: in none of the texts
    std::vector<std::uint32_t> next_;  // state by class; 0 is the beginning
    std::vector<std::uint32_t> first_; // by state: where its values begin; one more at the end
    std::vector<std::uint32_t> values_;
};

} // namespace sentra::engine
