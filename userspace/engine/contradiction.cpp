// SPDX-License-Identifier: MIT
#include "engine/contradiction.h"

#include <algorithm>

#include "base/text.h"

namespace sentra::engine {

namespace {

std::optional<std::string> wrong_choice(const Pattern &pattern, const event::Slot &slot)
{
    std::string buffer;
    std::vector<std::string_view> known;
    for (const char *choice : slot.choices) {
        if (pattern.matches_text(choice, buffer))
            return std::nullopt;
        known.emplace_back(choice);
    }
    std::string why =
        "\"" + std::string(slot.name) + "\" is never \"" + printable(pattern.written(), 80) + "\"";
    if (const auto near = nearest(std::string_view(pattern.written()).substr(0, 100), known))
        return why.append("; did you mean \"").append(*near).append("\"?");
    why += "; it is one of";
    for (const std::string_view choice : known)
        why.append(" ").append(choice);
    return why;
}

std::optional<std::string> wrong_number(const Pattern &pattern, const event::Slot &slot)
{
    const std::string written = printable(pattern.written(), 80);
    if (pattern.compare() == Compare::equals && pattern.plain() && !pattern.number())
        return "\"" + std::string(slot.name) + "\" is a number, and \"" + written + "\" is none";
    const bool tiny = slot.kind != Kind::integer && slot.width < 8;
    if (!pattern.number() || !tiny || pattern.compare() > Compare::equals)
        return std::nullopt;
    const Number most{false, (std::uint64_t{1} << (8U * slot.width)) - 1};
    if (pattern.number()->negative || order(*pattern.number(), most) > 0)
        return "\"" + std::string(slot.name) + "\" can never be " + written;
    return std::nullopt;
}

std::optional<std::string> wrong_value(const Pattern &pattern, const event::Slot &slot)
{
    switch (slot.kind) {
    case Kind::choice:
        return wrong_choice(pattern, slot);
    case Kind::flag: {
        std::string buffer;
        if (pattern.matches_text("true", buffer) || pattern.matches_text("false", buffer))
            return std::nullopt;
        return "\"" + std::string(slot.name) + "\" is true or false";
    }
    case Kind::ip:
        if (pattern.compare() == Compare::equals && pattern.plain() && !pattern.ip())
            return "\"" + std::string(slot.name) + "\" is an address, and \"" +
                   printable(pattern.written(), 80) + "\" is none";
        return std::nullopt;
    case Kind::number:
    case Kind::integer:
    case Kind::id:
    case Kind::mask:
        return wrong_number(pattern, slot);
    default:
        return std::nullopt;
    }
}

bool same_place(const Test &a, const Test &b)
{
    return a.place.step == b.place.step && a.place.is_count == b.place.is_count &&
           a.place.field.name == b.place.field.name;
}

bool passes(const Test &test, const Pattern &exact)
{
    std::string buffer;
    const std::string_view text = test.base_name ? base_name(*exact.plain()) : *exact.plain();
    const auto one = [&](const Pattern &pattern) {
        // Lower-cased texts say nothing about a cased pattern; let it pass.
        return (pattern.cased() && !exact.cased()) || pattern.matches_text(text, buffer);
    };
    switch (test.kind) {
    case Test::Kind::absent:
        return false;
    case Test::Kind::exists:
        return test.wanted;
    case Test::Kind::patterns:
        return test.all ? std::all_of(test.patterns.begin(), test.patterns.end(), one)
                        : std::any_of(test.patterns.begin(), test.patterns.end(), one);
    default:
        return true;
    }
}

// Whether the test is a closed list of values: any other test on the field can be tried on them.
bool is_exact(const Test &test)
{
    if (test.kind != Test::Kind::patterns || test.base_name || test.place.is_count)
        return false;
    return std::all_of(test.patterns.begin(), test.patterns.end(), [](const Pattern &pattern) {
        return pattern.compare() == Compare::equals && pattern.plain();
    });
}

bool excluded(const Pattern &exact, const Test &test, const Clause &clause)
{
    for (const Test &other : clause.tests)
        if (&other != &test && same_place(other, test) && !passes(other, exact))
            return true;
    for (const Where &nots : clause.nots)
        for (const Clause &inner : nots.any)
            if (inner.tests.size() == 1 && inner.nots.empty() && same_place(inner.tests[0], test) &&
                inner.tests[0].kind != Test::Kind::fieldref && !inner.tests[0].patterns.empty() &&
                !inner.tests[0].patterns[0].cased() && passes(inner.tests[0], exact))
                return true;
    return false;
}

// gt, gte, lt, lte on one field: is there a number between?
bool empty_range(const Clause &clause, const Test &test)
{
    std::optional<Number> low;
    std::optional<Number> high;
    bool open = false;
    for (const Test &other : clause.tests) {
        if (!same_place(other, test) || other.patterns.size() != 1)
            continue;
        const Pattern &pattern = other.patterns[0];
        const bool from_below =
            pattern.compare() == Compare::greater || pattern.compare() == Compare::at_least;
        const bool from_above =
            pattern.compare() == Compare::less || pattern.compare() == Compare::at_most;
        if (from_below && (!low || order(*low, *pattern.number()) < 0))
            low = pattern.number();
        if (from_above && (!high || order(*high, *pattern.number()) > 0))
            high = pattern.number();
        open = open || pattern.compare() == Compare::greater || pattern.compare() == Compare::less;
    }
    if (!low || !high)
        return false;
    const int side = order(*low, *high);
    return side > 0 || (side == 0 && open);
}

bool is_list(const Test &test)
{
    // A list field (arguments, ancestors) can hold several values at once.
    return test.place.field.name.find("args") != std::string::npos ||
           test.place.field.name.rfind("ancestor.", 0) == 0;
}

} // namespace

std::optional<std::string> cannot_match(const Pattern &pattern, const Place &place,
                                        std::span<const event::Type *const> types)
{
    if (place.is_count || place.field.derived || !place.field.own)
        return std::nullopt;
    std::optional<std::string> why;
    for (const event::Type *type : types) {
        const event::Slot *slot = type->slot(*place.field.own);
        if (slot == nullptr)
            continue;
        why = wrong_value(pattern, *slot);
        if (!why)
            return std::nullopt;
    }
    return why;
}

void refuse_contradictions(const Clause &clause, Complaints &complaints)
{
    for (const Test &test : clause.tests) {
        if (is_list(test))
            continue;
        bool never = empty_range(clause, test);
        if (is_exact(test)) {
            const auto dead = [&](const Pattern &exact) { return excluded(exact, test, clause); };
            const bool several = test.all && test.patterns.size() > 1;
            never =
                never || several || std::all_of(test.patterns.begin(), test.patterns.end(), dead);
        }
        if (test.kind == Test::Kind::absent)
            for (const Test &other : clause.tests)
                never = never || (&other != &test && same_place(other, test));
        if (never) {
            complaints.add(test.mark, "no event can match this: the conditions on \"" +
                                          test.place.field.name + "\" exclude each other");
            return;
        }
    }
}

} // namespace sentra::engine
