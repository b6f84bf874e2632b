// SPDX-License-Identifier: MIT
#include "engine/holds.h"

#include <algorithm>

#include "base/text.h"

namespace sentra::engine {

namespace {

// One of a list's items; nothing where the list is shorter, or the value is no list.
event::Value item_of(const event::Value &value, int item)
{
    const auto *list = std::get_if<event::List>(&value);
    if (list == nullptr)
        return {};
    std::string_view rest = list->joined;
    for (; item > 0 && !rest.empty(); --item) {
        const auto end = rest.find('\0');
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    if (rest.empty())
        return {};
    return rest.substr(0, rest.find('\0'));
}

event::Value value_of(const Place &place, const Asked &asked, session::Scratch &scratch)
{
    if (place.step == kThisEvent) {
        event::Value value =
            session::read(place.field, asked.event, asked.context, asked.session, scratch);
        return place.item < 0 ? value : item_of(value, place.item);
    }
    const TakenPtr &taken = asked.steps[static_cast<std::size_t>(place.step)];
    if (place.is_count)
        return taken->bound.count;
    return session::read(place.field, *taken->bound.event, taken->bound.context, asked.session,
                         scratch);
}

event::Value last_component(const event::Value &value)
{
    if (const auto *text = std::get_if<std::string_view>(&value))
        return base_name(*text);
    return value;
}

// Lists keep their items' whole paths; each is cut as it is compared.
bool any_base_name(const event::List &list, const Pattern &pattern, std::string &buffer)
{
    std::string_view rest = list.joined;
    while (!rest.empty()) {
        const std::string_view item = rest.substr(0, rest.find('\0'));
        if (pattern.matches_text(base_name(item), buffer))
            return true;
        rest.remove_prefix(std::min(rest.size(), item.size() + 1));
    }
    return false;
}

bool patterns_hold(const Test &test, const event::Value &found, std::string &buffer)
{
    if (!is_known(found))
        return false;
    const auto *list = std::get_if<event::List>(&found);
    const event::Value value = test.base_name ? last_component(found) : found;
    const auto *text = std::get_if<std::string_view>(&value);
    const std::string_view lowered =
        text != nullptr && test.lowered ? lower_into(*text, buffer) : std::string_view();
    const auto one = [&](const Pattern &pattern) {
        if (text != nullptr && test.lowered)
            return pattern.matches_lowered(lowered);
        return test.base_name && list != nullptr ? any_base_name(*list, pattern, buffer)
                                                 : pattern.matches(value, buffer);
    };
    return test.all ? std::all_of(test.patterns.begin(), test.patterns.end(), one)
                    : std::any_of(test.patterns.begin(), test.patterns.end(), one);
}

// Two fields of whatever kinds, as texts; numbers by size where the comparison asks for it.
bool fields_hold(const Test &test, const Asked &asked)
{
    const event::Value left = value_of(test.place, asked, asked.buffers.value);
    const event::Value right = value_of(test.other, asked, asked.buffers.other);
    if (!is_known(left) || !is_known(right))
        return false;
    std::string a = event::to_text(left);
    std::string b = event::to_text(right);
    if (test.compare > Compare::network) {
        const auto x = Number::parse(a);
        const auto y = Number::parse(b);
        const int side = x && y ? order(*x, *y) : 0;
        return x && y &&
               ((test.compare == Compare::greater && side > 0) ||
                (test.compare == Compare::at_least && side >= 0) ||
                (test.compare == Compare::less && side < 0) ||
                (test.compare == Compare::at_most && side <= 0));
    }
    if (!test.cased) {
        a = lower_ascii(a);
        b = lower_ascii(b);
    }
    return texts_compare(test.base_name ? base_name(a) : std::string_view(a), b, test.compare);
}

bool is_fresh(const Test &test, const Asked &asked)
{
    const std::uint32_t bits = test.place.step == kThisEvent
                                   ? asked.fresh
                                   : asked.steps[static_cast<std::size_t>(test.place.step)]->fresh;
    return bits == kNotAsked ? test.wanted : (bits >> test.fresh & 1U) != 0;
}

bool holds(const Test &test, const Asked &asked)
{
    switch (test.kind) {
    case Test::Kind::fresh:
        return is_fresh(test, asked);
    case Test::Kind::fieldref:
        return fields_hold(test, asked);
    case Test::Kind::exists:
        return is_known(value_of(test.place, asked, asked.buffers.value)) == test.wanted;
    case Test::Kind::absent:
        return !is_known(value_of(test.place, asked, asked.buffers.value));
    case Test::Kind::patterns:
        break;
    }
    return patterns_hold(test, value_of(test.place, asked, asked.buffers.value),
                         asked.buffers.lowered);
}

} // namespace

bool holds(const Clause &clause, const Asked &asked)
{
    for (const int step : clause.steps) {
        const auto at = static_cast<std::size_t>(step);
        if (at >= asked.steps.size() || asked.steps[at] == nullptr)
            return false;
    }
    for (const Test &test : clause.tests)
        if (!holds(test, asked))
            return false;
    for (const Where &nots : clause.nots)
        if (holds(nots, asked))
            return false;
    return true;
}

bool holds(const Where &where, const Asked &asked)
{
    if (where.any.empty())
        return true;
    for (const Clause &clause : where.any)
        if (holds(clause, asked))
            return true;
    return false;
}

} // namespace sentra::engine
