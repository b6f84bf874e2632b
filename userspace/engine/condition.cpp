// SPDX-License-Identifier: MIT
#include "engine/condition.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "engine/contradiction.h"
#include "engine/modifiers.h"

namespace sentra::engine {

namespace {

bool starts_with(std::string_view text, std::string_view with)
{
    return text.substr(0, with.size()) == with;
}

// Collects what a clause and the conditions inside it say.
void note_step(std::vector<int> &steps, int step)
{
    if (step != kThisEvent && std::find(steps.begin(), steps.end(), step) == steps.end())
        steps.push_back(step);
}

class Compiler {
public:
    Compiler(const Scope &scope, Complaints &complaints) : scope_(scope), complaints_(complaints) {}

    Where where(const Node &node, bool inside_not)
    {
        Where made;
        if (node.is_map()) {
            made.any.push_back(clause(node, inside_not));
        } else if (node.is_list() && !node.items.empty()) {
            for (const Node &item : node.items) {
                if (item.is_map())
                    made.any.push_back(clause(item, inside_not));
                else
                    complaints_.add(item.mark, std::string("each alternative must be a map of "
                                                           "fields, and this is ") +
                                                   item.kind_name());
            }
        } else {
            complaints_.add(node.mark, std::string("a condition must be a map of fields, or a list "
                                                   "of such maps, and this is ") +
                                           node.kind_name());
        }
        return made;
    }

private:
    Clause clause(const Node &node, bool inside_not)
    {
        Clause made;
        const std::size_t before = complaints_.size();
        if (node.entries.empty())
            complaints_.add(node.mark, "an empty condition says nothing; leave it out");
        for (const Entry &entry : node.entries) {
            if (entry.key == "not") {
                made.nots.push_back(where(entry.value, !inside_not));
                for (const Clause &inner : made.nots.back().any)
                    for (const int step : inner.steps)
                        note_step(made.steps, step);
                continue;
            }
            if (auto test = compile_test(entry, inside_not)) {
                note_step(made.steps, test->place.step);
                note_step(made.steps, test->other.step);
                made.tests.push_back(std::move(*test));
            }
        }
        if (complaints_.size() == before && !scope_.foreign)
            refuse_contradictions(made, complaints_);
        std::stable_sort(made.tests.begin(), made.tests.end(),
                         [](const Test &a, const Test &b) { return cost(a) < cost(b); });
        return made;
    }

    // Fields of the event itself before those that are put together, patterns before other fields.
    static int cost(const Test &test)
    {
        const int kind = test.kind == Test::Kind::fresh      ? 8
                         : test.kind == Test::Kind::fieldref ? 4
                         : test.patterns.size() > 8          ? 1
                                                             : 0;
        return kind + (test.place.field.own ? 0 : 2);
    }

    std::optional<Test> compile_test(const Entry &entry, bool inside_not)
    {
        const std::vector<std::string_view> parts = split(entry.key, '|');
        auto place = find_place(parts.front(), entry.mark, scope_, scope_.steps_left, complaints_);
        auto modifiers = read_modifiers(entry, std::span(parts).subspan(1), complaints_);
        if (!place || !modifiers)
            return std::nullopt;
        Test test;
        test.key = entry.key;
        test.mark = entry.mark;
        test.place = std::move(*place);
        test.base_name = modifiers->base_name;
        test.all = modifiers->all;
        test.cased = modifiers->cased;
        test.compare = modifiers->compare;
        switch (modifiers->kind) {
        case Test::Kind::exists:
            return exists(std::move(test), entry.value);
        case Test::Kind::fieldref:
            return fieldref(std::move(test), entry.value);
        case Test::Kind::fresh:
            return fresh(std::move(test), entry, inside_not);
        default:
            return patterns(std::move(test), entry.value, *modifiers);
        }
    }

    std::optional<Test> exists(Test test, const Node &value)
    {
        test.kind = Test::Kind::exists;
        if (!value.is_scalar() || (value.text != "true" && value.text != "false")) {
            complaints_.add(value.mark, "\"exists\" is followed by true or false");
            return std::nullopt;
        }
        test.wanted = value.text == "true";
        return test;
    }

    std::optional<Test> fieldref(Test test, const Node &value)
    {
        test.kind = Test::Kind::fieldref;
        if (!value.is_scalar()) {
            complaints_.add(value.mark, "\"fieldref\" is followed by the name of one other field");
            return std::nullopt;
        }
        auto other = find_place(value.text, value.mark, scope_, true, complaints_);
        if (!other)
            return std::nullopt;
        test.other = std::move(*other);
        return test;
    }

    std::optional<Test> fresh(Test test, const Entry &entry, bool inside_not)
    {
        test.kind = Test::Kind::fresh;
        const auto window_ns =
            entry.value.is_scalar() ? parse_duration(entry.value.text) : std::nullopt;
        if (!window_ns || *window_ns < kHourNs) {
            complaints_.add(entry.value.mark, "\"new\" is followed by a time of an hour or more, "
                                              "as in \"30d\"");
            return std::nullopt;
        }
        std::vector<Fresh> *gathered = scope_.fresh;
        if (test.place.step != kThisEvent)
            gathered = scope_.steps[static_cast<std::size_t>(test.place.step)].fresh;
        if (gathered == nullptr || test.place.is_count) {
            complaints_.add(entry.mark, "\"new\" can be asked of a step's event only");
            return std::nullopt;
        }
        test.wanted = !inside_not;
        for (; test.fresh < gathered->size(); ++test.fresh) {
            const Fresh &one = (*gathered)[test.fresh];
            if (one.field.name == test.place.field.name && one.window_ns == *window_ns)
                return test;
        }
        constexpr std::size_t kFreshMax = 31; // bits of Taken::fresh, and one state: not asked yet
        if (gathered->size() == kFreshMax) {
            complaints_.add(entry.mark, "a step can ask for 31 \"new\" values at most");
            return std::nullopt;
        }
        gathered->push_back({test.place.field, *window_ns});
        return test;
    }

    std::optional<Test> patterns(Test test, const Node &value, const Modifiers &modifiers)
    {
        if (value.is_null() || (value.is_scalar() && value.text.empty())) {
            if (modifiers.compare != Compare::equals) {
                complaints_.add(value.mark, "nothing to compare with; write a value");
                return std::nullopt;
            }
            test.kind = Test::Kind::absent;
            return test;
        }
        const auto values = read_values(value, modifiers, *scope_.vocabulary, complaints_);
        if (!values)
            return std::nullopt;
        const std::size_t before = complaints_.size();
        for (const Written &one : *values) {
            auto pattern =
                Pattern::make(modifiers.compare, one.text, modifiers.cased, modifiers.regex_flags);
            if (!pattern)
                complaints_.add(one.mark, "\"" + printable(one.text, 80) +
                                              "\" is refused: " + pattern.error().text);
            else if (const auto why =
                         scope_.foreign ? std::nullopt
                                        : cannot_match(*pattern, test.place, types_of(test.place)))
                complaints_.add(one.mark, *why);
            else
                test.patterns.push_back(std::move(*pattern));
        }
        if (complaints_.size() != before)
            return std::nullopt;
        test.lowered = std::all_of(test.patterns.begin(), test.patterns.end(),
                                   [](const Pattern &pattern) { return pattern.is_lowered(); });
        return test;
    }

    std::span<const event::Type *const> types_of(const Place &place) const
    {
        if (place.step == kThisEvent)
            return scope_.types;
        return scope_.steps[static_cast<std::size_t>(place.step)].types;
    }

    const Scope &scope_;
    Complaints &complaints_;
};

std::string names_of(std::span<const event::Type *const> types)
{
    std::string names;
    for (const event::Type *type : types)
        names.append(names.empty() ? "" : " or ").append(type->name);
    return names;
}

bool any_carries(std::span<const event::Type *const> types, const session::FieldRef &field)
{
    return std::any_of(types.begin(), types.end(),
                       [&](const event::Type *type) { return carries(*type, field); });
}

void complain_of_field(std::string_view name, const Mark &mark,
                       std::span<const event::Type *const> types, Complaints &complaints)
{
    complaints.add(mark,
                   "no " + names_of(types) + " event has a field \"" + std::string(name) + "\"");
}

// "process.args[1]": one item of a list. nullopt: the name is written without a number.
std::optional<std::pair<std::string_view, int>> as_item(std::string_view name)
{
    constexpr int kItemMost = 255;
    const auto open = name.find('[');
    if (open == std::string_view::npos || name.back() != ']')
        return std::nullopt;
    const auto item = parse_number<int>(name.substr(open + 1, name.size() - open - 2));
    if (!item || *item < 0 || *item > kItemMost)
        return std::nullopt;
    return std::pair(name.substr(0, open), *item);
}

} // namespace

bool Where::asks_steps() const
{
    return std::any_of(any.begin(), any.end(), [](const Clause &c) { return !c.steps.empty(); });
}

bool Where::asks_fresh() const
{
    for (const Clause &clause : any)
        for (const Test &test : clause.tests)
            if (test.kind == Test::Kind::fresh)
                return true;
    for (const Clause &clause : any)
        for (const Where &nots : clause.nots)
            if (nots.asks_fresh())
                return true;
    return false;
}

const std::vector<std::string_view> &known_fields()
{
    static const std::vector<std::string_view> kNames = [] {
        const auto own = event::Catalogue::get().field_names();
        std::vector<std::string_view> all(own.begin(), own.end());
        for (const session::DerivedField &field : session::derived_fields())
            all.push_back(field.name);
        std::sort(all.begin(), all.end());
        all.erase(std::unique(all.begin(), all.end()), all.end());
        return all;
    }();
    return kNames;
}

bool carries(const event::Type &type, const session::FieldRef &field)
{
    if (field.own && type.slot(*field.own) != nullptr)
        return true;
    if (!field.derived)
        return false;
    if (starts_with(field.name, "file."))
        return starts_with(type.name, "file.");
    if (starts_with(field.name, "actor.") || starts_with(field.name, "event.") ||
        starts_with(field.name, "host."))
        return true;
    return !starts_with(type.name, "meta."); // what is known of a process and its people
}

std::optional<Place> find_place(std::string_view name, const Mark &mark, const Scope &scope,
                                bool steps_too, Complaints &complaints)
{
    if (const auto item = as_item(name)) {
        auto place = find_place(item->first, mark, scope, false, complaints);
        if (place)
            place->item = item->second;
        return place;
    }
    const auto plain = session::find_field(name);
    if (plain && any_carries(scope.types, *plain))
        return Place{kThisEvent, *plain, false};
    const auto dot = name.find('.');
    const std::string_view step_name = name.substr(0, dot);
    for (std::size_t i = 0; i < scope.steps.size() && dot != std::string_view::npos; ++i) {
        const StepNames &step = scope.steps[i];
        if (step.name != step_name)
            continue;
        if (!steps_too) {
            complaints.add(mark, "a step's field cannot stand here; compare with it by "
                                 "\"field|fieldref: " +
                                     std::string(name) + "\"");
            return std::nullopt;
        }
        const std::string_view rest = name.substr(dot + 1);
        if (rest == "count")
            return Place{static_cast<int>(i), {std::string(rest), {}, {}}, true};
        const auto field = session::find_field(rest);
        if (!field) {
            complaints.add_unknown(mark, "field", rest, known_fields());
            return std::nullopt;
        }
        if (!any_carries(step.types, *field)) {
            complain_of_field(rest, mark, step.types, complaints);
            return std::nullopt;
        }
        return Place{static_cast<int>(i), *field, false};
    }
    if (!plain)
        complaints.add_unknown(mark, "field", name, known_fields());
    else
        complain_of_field(name, mark, scope.types, complaints);
    return std::nullopt;
}

Where compile_where(const Node &node, const Scope &scope, Complaints &complaints)
{
    return Compiler(scope, complaints).where(node, false);
}

} // namespace sentra::engine
