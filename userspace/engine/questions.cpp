// SPDX-License-Identifier: MIT
#include "engine/questions.h"

#include <algorithm>

namespace sentra::engine {

namespace {

// Some hundred different texts in a day, where paths and command lines have as many as events.
constexpr std::string_view kRecurring[] = {
    "process.executable",  "process.given_path", "process.working_directory",
    "process.tty",         "process.package",    "user.name",
    "user.effective.name", "group.name",         "file.directory",
    "file.extension",      "file.owner",         "event.name"};

constexpr std::size_t kNeedlesMost = 4; // of one question

// Two tests with the same text ask the same. The key has the modifiers as written, among them those
// that a pattern does not show (the flags of an expression).
std::string text_of(const Test &test)
{
    std::string text = test.key;
    const auto add = [&text](std::string_view part) { text.append("\x1f").append(part); };
    add(test.place.field.name);
    for (const int part :
         {static_cast<int>(test.kind), test.place.item, static_cast<int>(test.base_name),
          static_cast<int>(test.all), static_cast<int>(test.wanted), static_cast<int>(test.compare),
          static_cast<int>(test.cased)})
        add(std::to_string(part));
    for (const Pattern &pattern : test.patterns) {
        add(std::to_string(static_cast<int>(pattern.compare())));
        add(pattern.written());
    }
    return text;
}

bool is_word(const Pattern &pattern)
{
    return pattern.compare() == Compare::equals && pattern.is_lowered() && pattern.plain();
}

// The texts of which one must stand in a value for the pattern to match; empty: there are none.
std::vector<std::string> needles_of(const Pattern &pattern)
{
    if (pattern.compare() == Compare::regex)
        return pattern.needles();
    if (const auto plain = pattern.plain())
        return {std::string(*plain)};
    std::string longest;
    for (std::string &piece : pattern.pieces())
        if (piece.size() > longest.size())
            longest = std::move(piece);
    if (longest.empty())
        return {};
    return {longest};
}

} // namespace

std::size_t shortest_of(const std::vector<std::string> &needles)
{
    std::size_t shortest = needles.empty() ? 0 : ~std::size_t{0};
    for (const std::string &needle : needles)
        shortest = std::min(shortest, needle.size());
    return shortest;
}

std::vector<std::string> needles_of(const Test &test)
{
    std::vector<std::string> all;
    for (const Pattern &pattern : test.patterns) {
        std::vector<std::string> needles = needles_of(pattern);
        const std::size_t shortest = shortest_of(needles);
        if (test.all) {
            if (shortest > shortest_of(all))
                all = std::move(needles);
        } else if (shortest == 0) {
            return {};
        } else {
            all.insert(all.end(), needles.begin(), needles.end());
        }
    }
    return all;
}

std::uint32_t Questions::add_field(const session::FieldRef &field)
{
    const auto [at, is_new] =
        by_field_.emplace(field.name, static_cast<std::uint32_t>(fields_.size()));
    if (is_new) {
        fields_.push_back(field);
        depends_.push_back(session::depends_on(field));
        recurs_.push_back(std::find(std::begin(kRecurring), std::end(kRecurring), field.name) !=
                          std::end(kRecurring));
    }
    return at->second;
}

void Questions::add(Test &test)
{
    for (Place *place : {&test.place, &test.other})
        if (place->step == kThisEvent && (place->field.own || place->field.derived))
            place->number = add_field(place->field);
    const bool is_of_event = test.place.step == kThisEvent && !test.place.is_count;
    const bool is_plain = test.kind == Test::Kind::patterns || test.kind == Test::Kind::exists ||
                          test.kind == Test::Kind::absent;
    if (!is_of_event || !is_plain)
        return;
    const auto [at, is_new] =
        by_text_.emplace(text_of(test), static_cast<std::uint32_t>(all_.size()));
    test.question = at->second;
    if (!is_new)
        return;
    Question &made = all_.emplace_back(Question{&test, test.place.number, {}, {}});
    const bool are_words = test.kind == Test::Kind::patterns &&
                           (!test.all || test.patterns.size() < 2) &&
                           std::all_of(test.patterns.begin(), test.patterns.end(), is_word);
    for (std::size_t i = 0; are_words && i < test.patterns.size(); ++i)
        made.words.add(*test.patterns[i].plain());
    const auto is_expression = [](const Pattern &pattern) {
        return pattern.compare() == Compare::regex;
    };
    if (std::any_of(test.patterns.begin(), test.patterns.end(), is_expression))
        made.needles = needles_of(test);
    // To look for many is more work than to ask the expression.
    if (made.needles.size() > kNeedlesMost)
        made.needles.clear();
}

void Questions::add(Where &where)
{
    for (Clause &clause : where.any) {
        for (Test &test : clause.tests)
            add(test);
        for (Where &nots : clause.nots)
            add(nots);
    }
}

} // namespace sentra::engine
