// SPDX-License-Identifier: MIT
#include "engine/holds.h"

#include <algorithm>

#include "base/text.h"
#include "engine/answers.h"

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

event::Value whole_value_of(const Place &place, const Asked &asked, session::Scratch &scratch)
{
    if (asked.answers != nullptr && place.number != Place::kUnnumbered)
        return asked.answers->value(place.number);
    if (place.step == kThisEvent)
        return session::read(place.field, asked.event, asked.context, asked.session, scratch);
    const TakenPtr &taken = asked.steps[static_cast<std::size_t>(place.step)];
    if (place.is_count)
        return taken->bound.count;
    return session::read(place.field, *taken->bound.event, taken->bound.context, asked.session,
                         scratch);
}

event::Value value_of(const Place &place, const Asked &asked, session::Scratch &scratch)
{
    const event::Value value = whole_value_of(place, asked, scratch);
    return place.item < 0 ? value : item_of(value, place.item);
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

bool texts_hold(const Test &test, std::string_view one, std::string_view other, const Asked &asked)
{
    if (test.cased)
        return texts_compare(one, other, test.compare);
    if (test.compare == Compare::equals)
        return equals_ignoring_case(one, other);
    const bool is_known_lowered =
        asked.answers != nullptr && test.place.number != Place::kUnnumbered && test.place.item < 0;
    const std::string_view lowered = is_known_lowered
                                         ? asked.answers->lowered(test.place.number, false).text
                                         : lower_into(one, asked.buffers.lowered);
    return texts_compare(lowered, lower_into(other, asked.buffers.other_lowered), test.compare);
}

// Two fields of whatever kinds, as texts; numbers by size where the comparison asks for it.
bool fields_hold(const Test &test, const Asked &asked)
{
    const event::Value left = value_of(test.place, asked, asked.buffers.value);
    const event::Value right = value_of(test.other, asked, asked.buffers.other);
    if (!is_known(left) || !is_known(right))
        return false;
    // What most ask: the same path. Asked of every way that led here, it must not build texts.
    const auto *one = std::get_if<std::string_view>(&left);
    const auto *other = std::get_if<std::string_view>(&right);
    if (one != nullptr && other != nullptr && test.compare <= Compare::ends && !test.base_name)
        return texts_hold(test, *one, *other, asked);
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
    if (test.kind == Test::Kind::fresh)
        return is_fresh(test, asked);
    if (test.kind == Test::Kind::fieldref)
        return fields_hold(test, asked);
    return holds_of(test, whole_value_of(test.place, asked, asked.buffers.value),
                    asked.buffers.lowered);
}

bool ask(const Test &test, const Asked &asked)
{
    if (asked.answers != nullptr && test.question != Test::kUnnumbered)
        return asked.answers->holds(test.question);
    return holds(test, asked);
}

} // namespace

bool holds_of(const Test &test, const event::Value &whole, std::string &buffer)
{
    const event::Value value = test.place.item < 0 ? whole : item_of(whole, test.place.item);
    if (test.kind == Test::Kind::exists)
        return is_known(value) == test.wanted;
    if (test.kind == Test::Kind::absent)
        return !is_known(value);
    return patterns_hold(test, value, buffer);
}

bool holds(const Clause &clause, const Asked &asked)
{
    for (const int step : clause.steps) {
        const auto at = static_cast<std::size_t>(step);
        if (at >= asked.steps.size() || asked.steps[at] == nullptr)
            return false;
    }
    for (const Test &test : clause.tests)
        if (!ask(test, asked))
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
