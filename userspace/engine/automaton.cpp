// SPDX-License-Identifier: MIT
#include "engine/automaton.h"

#include <algorithm>
#include <deque>

#include "base/text.h"

namespace sentra::engine {

namespace {

constexpr std::uint32_t kNone = ~std::uint32_t{0};

char lowered(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

} // namespace

void Automaton::add(std::string_view text, std::uint32_t value)
{
    Text one;
    one.bytes = std::min(text.size(), kBytesMost);
    std::transform(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(one.bytes),
                   one.text.begin(), lowered);
    one.value = value;
    texts_.push_back(one);
}

std::uint32_t Automaton::place(const Text &text, std::vector<std::vector<std::uint32_t>> &ends)
{
    std::uint32_t state = 0;
    for (std::size_t i = 0; i < text.bytes; ++i) {
        const auto letter = class_of_[static_cast<unsigned char>(text.text[i])];
        if (next_[row(state) + letter] == kNone) {
            const auto made = static_cast<std::uint32_t>(ends.size());
            next_[row(state) + letter] = made;
            next_.insert(next_.end(), classes_, kNone);
            ends.emplace_back();
        }
        state = next_[row(state) + letter];
    }
    return state;
}

// Where a text breaks off, the walk goes on with the longest other beginning that it has just seen.
void Automaton::link(std::vector<std::vector<std::uint32_t>> &ends)
{
    std::vector<std::uint32_t> back(ends.size(), 0);
    std::deque<std::uint32_t> waiting;
    for (std::uint32_t letter = 0; letter < classes_; ++letter) {
        std::uint32_t &child = next_[letter];
        if (child == kNone)
            child = 0;
        else
            waiting.push_back(child);
    }
    while (!waiting.empty()) {
        const std::uint32_t state = waiting.front();
        waiting.pop_front();
        const std::vector<std::uint32_t> &shorter = ends[back[state]];
        ends[state].insert(ends[state].end(), shorter.begin(), shorter.end());
        for (std::uint32_t letter = 0; letter < classes_; ++letter) {
            std::uint32_t &child = next_[row(state) + letter];
            const std::uint32_t otherwise = next_[row(back[state]) + letter];
            if (child == kNone) {
                child = otherwise;
            } else {
                back[child] = otherwise;
                waiting.push_back(child);
            }
        }
    }
}

void Automaton::build()
{
    if (texts_.empty())
        return;
    for (const Text &text : texts_)
        for (std::size_t i = 0; i < text.bytes; ++i) {
            auto &letter = class_of_[static_cast<unsigned char>(text.text[i])];
            if (letter == 0)
                letter = static_cast<std::uint8_t>(classes_++);
        }
    for (unsigned char c = 'A'; c <= 'Z'; ++c)
        class_of_[c] = class_of_[static_cast<unsigned char>(lowered(static_cast<char>(c)))];
    std::vector<std::vector<std::uint32_t>> ends(1);
    next_.assign(classes_, kNone);
    for (const Text &text : texts_)
        ends[place(text, ends)].push_back(text.value);
    link(ends);
    for (std::vector<std::uint32_t> &values : ends) {
        std::sort(values.begin(), values.end());
        values.erase(std::unique(values.begin(), values.end()), values.end());
        first_.push_back(static_cast<std::uint32_t>(values_.size()));
        values_.insert(values_.end(), values.begin(), values.end());
    }
    first_.push_back(static_cast<std::uint32_t>(values_.size()));
    texts_.clear();
    texts_.shrink_to_fit();
}

void Automaton::find(std::string_view text, std::vector<std::uint32_t> &out) const
{
    if (next_.empty())
        return;
    std::uint32_t state = 0;
    for (const char c : text) {
        state = next_[row(state) + class_of_[static_cast<unsigned char>(c)]];
        for (std::uint32_t i = first_[state]; i < first_[state + 1]; ++i)
            out.push_back(values_[i]);
    }
}

} // namespace sentra::engine
