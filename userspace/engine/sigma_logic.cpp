// SPDX-License-Identifier: MIT
#include "engine/sigma_logic.h"

#include <algorithm>

#include "base/text.h"

namespace sentra::engine {

namespace {

// Alternatives multiply; beyond this the larger side is asked as one condition instead.
constexpr std::size_t kBranchesMost = 64;

bool is_meta(const event::Type &type)
{
    return type.name.substr(0, 5) == "meta.";
}

bool carries_lines(const event::Type &type)
{
    static const auto kMessage = event::Catalogue::get().find_field("message");
    return kMessage && type.slot(*kMessage) != nullptr;
}

bool is_named(const event::Type &type, std::string_view word)
{
    if (word == "lines")
        return carries_lines(type);
    if (word.size() > 2 && word.substr(word.size() - 2) == ".*")
        return type.name.substr(0, word.size() - 1) == word.substr(0, word.size() - 1);
    return type.name == word;
}

// "The event is one of these", as a condition.
Test is_one_of(EventSet events)
{
    Test test;
    test.key = "event.name";
    test.place.field = *session::find_field("event.name");
    test.lowered = true;
    for (const event::Type *type : types_of(events))
        if (auto pattern = Pattern::make(Compare::equals, type->name, false))
            test.patterns.push_back(std::move(*pattern));
    return test;
}

Clause clause_of(const Branch &branch, EventSet within)
{
    Clause clause = branch.clause;
    if ((within & ~branch.events) != 0)
        clause.tests.insert(clause.tests.begin(), is_one_of(branch.events & within));
    return clause;
}

// The whole as one condition that must not be false: holds wherever it does.
Logic folded(const Logic &logic)
{
    Where whole;
    for (const Branch &branch : logic.any)
        whole.any.push_back(clause_of(branch, events_of(logic)));
    Where not_whole;
    not_whole.any.emplace_back();
    not_whole.any.back().nots.push_back(std::move(whole));
    Logic made;
    made.any.push_back({events_of(logic), {}});
    made.any.back().clause.nots.push_back(std::move(not_whole));
    return made;
}

bool is_empty(const Clause &clause)
{
    return clause.tests.empty() && clause.nots.empty();
}

} // namespace

EventSet events_named(std::string_view words)
{
    EventSet events = 0;
    const auto types = event::Catalogue::get().types();
    for (const std::string_view word : split(words, ' '))
        for (std::size_t i = 0; i < types.size() && i < 64; ++i)
            if (is_named(types[i], word) && !is_meta(types[i]))
                events |= EventSet{1} << i;
    return events;
}

std::vector<const event::Type *> types_of(EventSet events)
{
    std::vector<const event::Type *> types;
    const auto all = event::Catalogue::get().types();
    for (std::size_t i = 0; i < all.size() && i < 64; ++i)
        if ((events >> i & 1U) != 0 && !is_meta(all[i]))
            types.push_back(&all[i]);
    return types;
}

bool Logic::is_always() const
{
    return std::any_of(any.begin(), any.end(), [](const Branch &branch) {
        return branch.events == kAllEvents && is_empty(branch.clause);
    });
}

EventSet events_of(const Logic &logic)
{
    EventSet events = 0;
    for (const Branch &branch : logic.any)
        events |= branch.events;
    return events;
}

Logic operator&&(Logic a, Logic b)
{
    if (a.any.size() * b.any.size() > kBranchesMost)
        (a.any.size() > b.any.size() ? a : b) = folded(a.any.size() > b.any.size() ? a : b);
    Logic made;
    for (const Branch &left : a.any)
        for (const Branch &right : b.any) {
            Branch both = left;
            both.events &= right.events;
            if (both.events == 0)
                continue;
            both.clause.tests.insert(both.clause.tests.end(), right.clause.tests.begin(),
                                     right.clause.tests.end());
            both.clause.nots.insert(both.clause.nots.end(), right.clause.nots.begin(),
                                    right.clause.nots.end());
            made.any.push_back(std::move(both));
        }
    return made;
}

Logic operator||(Logic a, Logic b)
{
    if (a.is_always() || b.is_always())
        return Logic::always();
    std::move(b.any.begin(), b.any.end(), std::back_inserter(a.any));
    return a;
}

Logic operator!(const Logic &logic)
{
    if (logic.is_always())
        return Logic::never();
    if (logic.is_never())
        return Logic::always();
    Where inner;
    for (const Branch &branch : logic.any)
        inner.any.push_back(clause_of(branch, kAllEvents));
    Logic made = Logic::always();
    made.any.front().clause.nots.push_back(std::move(inner));
    return made;
}

Where where_of(const Logic &logic, const std::vector<const event::Type *> &types)
{
    EventSet within = 0;
    for (const event::Type *type : types)
        within |= events_named(type->name);
    Where where;
    for (const Branch &branch : logic.any)
        if ((branch.events & within) != 0)
            where.any.push_back(clause_of(branch, within));
    return where;
}

} // namespace sentra::engine
