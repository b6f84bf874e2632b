// SPDX-License-Identifier: MIT
// What a rule waits for: by, within, steps.
#include <algorithm>

#include <re2/re2.h>

#include "base/text.h"
#include "base/time.h"
#include "engine/compile.h"

namespace sentra::engine {

namespace {

struct ByWord {
    std::string_view word;
    By by;
};
constexpr ByWord kByWords[] = {
    {"actor", By::actor},     {"session", By::session}, {"process_tree", By::process_tree},
    {"process", By::process}, {"unit", By::unit},       {"user", By::user},
    {"source", By::source},   {"host", By::host},
};

const std::vector<std::string_view> kStepKeys = {"event", "where", "any", "optional", "count"};
const std::vector<std::string_view> kRuleKeys = {"until", "then_absent", "unless", "except", "by"};
constexpr std::uint64_t kLongestNs = 31 * kDayNs;
// Words that texts and merge keys use for something else.
constexpr std::string_view kTakenNames[] = {"count", "story", "sources", "users", "actor", "host"};

void read_by(const Node &root, Draft &draft)
{
    const Node *node = root.find("by");
    if (node == nullptr) {
        draft.made.by = {By::actor};
        return;
    }
    const std::vector<std::string> words = read_texts(*node, "by", draft.complaints);
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string &word = words[i];
        const Mark &mark =
            node->is_list() && i < node->items.size() ? node->items[i].mark : node->mark;
        const auto *found = std::find_if(std::begin(kByWords), std::end(kByWords),
                                         [&](const ByWord &one) { return one.word == word; });
        if (found != std::end(kByWords)) {
            draft.made.by.push_back(found->by);
            continue;
        }
        if (auto field = session::find_field(word)) {
            draft.made.by_fields.push_back(std::move(*field));
            draft.by_marks.push_back(mark);
            continue;
        }
        const bool is_field = word.find('.') != std::string::npos;
        std::vector<std::string_view> known =
            is_field ? known_fields() : std::vector<std::string_view>();
        for (const ByWord &one : kByWords)
            known.push_back(one.word);
        draft.complaints.add_unknown(mark, is_field ? "field" : "word for \"by\"", word, known);
    }
    if (draft.made.by.empty())
        draft.made.by.push_back(By::host); // fields alone: whoever they belong to
}

// As long as a login session lasts: its key is never used again, so the longest time will do where
// its end is not seen.
std::uint64_t read_within(const Node &node, Draft &draft)
{
    if (node.text != "session")
        return duration_of(node, draft.complaints).value_or(1);
    const std::vector<By> &by = draft.made.by;
    if (std::find(by.begin(), by.end(), By::session) == by.end())
        draft.complaints.add(node.mark, "\"within: session\" needs \"by: session\"");
    return kLongestNs;
}

// A value that the steps share must be one that each of them has.
void refuse_by_of_others(Draft &draft)
{
    for (std::size_t i = 0; i < draft.made.by_fields.size(); ++i)
        for (const Step &step : draft.made.steps)
            for (const event::Type *type : step.types)
                if (!carries(*type, draft.made.by_fields[i])) {
                    draft.complaints.add(draft.by_marks[i],
                                         "no " + std::string(type->name) + " event has a field \"" +
                                             draft.made.by_fields[i].name + "\"");
                    return;
                }
}

const event::Type *find_type(const std::string &name, const Mark &mark, Complaints &complaints)
{
    const event::Type *type = event::Catalogue::get().find_type(std::string_view(name));
    if (type != nullptr && type->id == SENTRA_META_TICK) {
        complaints.add(mark, "meta.tick is the passing of time, and no event of the host");
        return nullptr;
    }
    if (type == nullptr) {
        std::vector<std::string_view> known;
        for (const event::Type &one : event::Catalogue::get().types())
            known.push_back(one.name);
        complaints.add_unknown(mark, "event", name, known);
    }
    return type;
}

} // namespace

std::vector<const event::Type *> read_types(const Node &body, Draft &draft)
{
    std::vector<const event::Type *> types;
    const Node *node = body.find("event");
    if (node == nullptr) {
        draft.complaints.add(body.mark, "\"event\" is missing");
        return types;
    }
    const std::vector<std::string> names = read_texts(*node, "event", draft.complaints);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const bool in_list = node->is_list() && i < node->items.size();
        const Mark &mark = in_list ? node->items[i].mark : node->mark;
        if (const event::Type *type = find_type(names[i], mark, draft.complaints))
            types.push_back(type);
    }
    return types;
}

namespace {

// Each alternative needs one event that has all its fields.
void refuse_scattered(const Where &where, std::span<const event::Type *const> types, Draft &draft)
{
    for (const Clause &clause : where.any) {
        const auto has_all = [&](const event::Type *type) {
            return std::all_of(clause.tests.begin(), clause.tests.end(), [&](const Test &test) {
                return test.place.step != kThisEvent || carries(*type, test.place.field);
            });
        };
        if (!types.empty() && !clause.tests.empty() &&
            std::none_of(types.begin(), types.end(), has_all))
            draft.complaints.add(clause.tests.front().mark,
                                 "no event can match this: none of the step's events has all of "
                                 "these fields");
    }
}

} // namespace

Where read_where(const Node &body, const Scope &scope, Draft &draft)
{
    const Node *node = body.find("where");
    if (node == nullptr)
        return {};
    if (scope.types.empty())
        return {}; // the event was refused already; its fields cannot be judged
    const std::size_t before = draft.complaints.size();
    Where where = compile_where(*node, scope, draft.complaints);
    if (draft.complaints.size() == before)
        refuse_scattered(where, scope.types, draft);
    return where;
}

namespace {

// One of several events, whichever comes: each alternative with a condition of its own.
const Node *alternatives_of(const Node &body)
{
    const Node *any = body.find("any");
    return any != nullptr && any->is_list() ? any : nullptr;
}

std::vector<const event::Type *> read_all_types(const Node &body, Draft &draft)
{
    const Node *any = body.find("any");
    if (any == nullptr)
        return read_types(body, draft);
    std::vector<const event::Type *> types;
    if (!any->is_list() || any->items.empty()) {
        draft.complaints.add(any->mark, "\"any\" is a list: \"- {event: ..., where: ...}\"");
        return types;
    }
    for (const std::string_view key : {"event", "where"})
        if (body.find(key) != nullptr)
            draft.complaints.add(body.find(key)->mark, "\"" + std::string(key) +
                                                           "\" belongs into each of the "
                                                           "alternatives of \"any\"");
    for (const Node &item : any->items) {
        if (!item.is_map()) {
            draft.complaints.add(item.mark, std::string("an alternative is a map with \"event\", "
                                                        "and this is ") +
                                                item.kind_name());
            continue;
        }
        refuse_unknown_keys(item, "an alternative", {"event", "where"}, {}, draft.complaints);
        for (const event::Type *type : read_types(item, draft))
            if (std::find(types.begin(), types.end(), type) == types.end())
                types.push_back(type);
    }
    return types;
}

// "event.name" is one of these: what holds an alternative to its own events.
std::optional<Test> is_one_of(const std::vector<const event::Type *> &types, const Mark &mark)
{
    auto field = session::find_field("event.name");
    if (!field)
        return std::nullopt;
    Test test;
    test.key = "event.name";
    test.mark = mark;
    test.place.field = std::move(*field);
    test.lowered = true;
    for (const event::Type *type : types)
        if (auto pattern = Pattern::make(Compare::equals, type->name, false))
            test.patterns.push_back(std::move(*pattern));
    return test;
}

Where read_alternatives(const Node &any, const Step &step, Scope scope, Draft &draft)
{
    Where all;
    for (const Node &item : any.items) {
        if (!item.is_map())
            continue;
        Complaints said; // read_all_types complained of these
        scope.types.clear();
        const Node *event = item.find("event");
        for (const std::string &name :
             event == nullptr ? std::vector<std::string>() : read_texts(*event, "event", said))
            if (const event::Type *type = event::Catalogue::get().find_type(std::string_view(name)))
                scope.types.push_back(type);
        Where one = read_where(item, scope, draft);
        if (one.any.empty())
            one.any.emplace_back();
        for (Clause &clause : one.any) {
            if (scope.types.size() < step.types.size())
                if (auto test = is_one_of(scope.types, item.mark))
                    clause.tests.push_back(std::move(*test));
            all.any.push_back(std::move(clause));
        }
    }
    return all;
}

std::optional<Count> read_count(const Node &node, const Step &step, Draft &draft)
{
    constexpr std::uint64_t kMost = 4096; // what a step remembers of one actor
    if (!node.is_map()) {
        draft.complaints.add(node.mark, "a count is a map: {gte: 5, within: 10m}");
        return std::nullopt;
    }
    refuse_unknown_keys(node, "a count", {"gte", "distinct", "within"}, {}, draft.complaints);
    Count count;
    const std::string least = text_of(node, "gte", true, node.mark, draft.complaints);
    const auto number = parse_number<std::uint64_t>(least);
    if (!least.empty() && (!number || *number < 1 || *number > kMost))
        draft.complaints.add(node.find("gte")->mark, "a count is from 1 to 4096");
    count.at_least = number.value_or(1);
    count.within_ns = draft.made.within_ns;
    if (const Node *within = node.find("within"))
        count.within_ns = duration_of(*within, draft.complaints).value_or(1);
    if (count.within_ns == 0)
        draft.complaints.add(node.mark, "\"within\" is missing: in which time are they counted?");
    if (const Node *distinct = node.find("distinct")) {
        Scope scope;
        scope.types = step.types;
        if (const auto place =
                find_place(distinct->text, distinct->mark, scope, false, draft.complaints))
            count.distinct = place->field;
    }
    return count;
}

void name_step(const Entry &entry, std::size_t position, Draft &draft)
{
    static const re2::RE2 kForm("[a-z][a-z0-9_]*");
    if (!re2::RE2::FullMatch(entry.key, kForm))
        draft.complaints.add(entry.mark,
                             "a step's name is in small letters, digits and underscores");
    if (std::find(std::begin(kTakenNames), std::end(kTakenNames), entry.key) !=
        std::end(kTakenNames))
        draft.complaints.add(entry.mark, "a step cannot be called \"" + entry.key +
                                             "\": texts use the word for something else");
    for (const Step &other : draft.made.steps)
        if (other.name == entry.key)
            draft.complaints.add(entry.mark, "two steps are called \"" + entry.key + "\"");
    if (!entry.value.is_map()) {
        draft.complaints.add(entry.value.mark, std::string("a step must be a map, and this is ") +
                                                   entry.value.kind_name());
        return;
    }
    refuse_unknown_keys(entry.value, "a step", kStepKeys, kRuleKeys, draft.complaints);
    Step step;
    step.name = entry.key;
    step.position = position;
    step.types = read_all_types(entry.value, draft);
    const std::string optional =
        text_of(entry.value, "optional", false, entry.mark, draft.complaints);
    if (!optional.empty() && optional != "true" && optional != "false")
        draft.complaints.add(entry.value.find("optional")->mark, "\"optional\" is true or false");
    step.optional = optional == "true";
    draft.made.steps.push_back(std::move(step));
}

// The steps' conditions, when all names are known: a condition may look at the steps before it.
void fill_step(std::size_t at, const Node &body, Draft &draft)
{
    Step &step = draft.made.steps[at];
    Scope scope;
    scope.types = step.types;
    // Those of its own group are no earlier steps.
    std::size_t earlier = at;
    while (earlier > 0 && draft.made.steps[earlier - 1].position == step.position)
        --earlier;
    scope.steps = std::span(draft.step_names).subspan(0, earlier);
    scope.fresh = &step.fresh;
    scope.vocabulary = &draft.vocabulary;
    const Node *any = alternatives_of(body);
    step.where = any != nullptr ? read_alternatives(*any, step, scope, draft)
                                : read_where(body, scope, draft);
    step.asks_steps = step.where.asks_steps();
    step.asks_fresh = step.where.asks_fresh();
    if (const Node *count = body.find("count"))
        step.count = read_count(*count, step, draft);
}

// "- any: [{a: {...}}, {b: {...}}]": whichever of them comes takes the place.
const Node *group_of(const Node &item)
{
    const bool is_group =
        item.is_map() && item.entries.size() == 1 && item.entries.front().key == "any";
    return is_group ? &item.entries.front().value : nullptr;
}

void place_step(const Node &item, std::size_t position, std::vector<const Node *> &bodies,
                Draft &draft)
{
    if (!item.is_map() || item.entries.size() != 1) {
        draft.complaints.add(item.mark, "a step is a map with one key, its name: "
                                        "\"- written: {event: file.write}\"");
        return;
    }
    const std::size_t before = draft.made.steps.size();
    name_step(item.entries.front(), position, draft);
    if (draft.made.steps.size() != before)
        bodies.push_back(&item.entries.front().value);
}

// The steps of a group are all optional or none of them.
void settle_groups(const Node &steps, Draft &draft)
{
    for (std::size_t i = 1; i < draft.made.steps.size(); ++i) {
        const Step &one = draft.made.steps[i - 1];
        const Step &next = draft.made.steps[i];
        if (one.position == next.position && one.optional != next.optional)
            draft.complaints.add(steps.items[one.position].mark,
                                 "in a group, all steps are optional or none is");
    }
}

void read_steps(const Node &root, Draft &draft)
{
    constexpr std::size_t kStepsMax = 16;
    const Node *steps = root.find("steps");
    if (steps == nullptr || !steps->is_list() || steps->items.empty()) {
        draft.complaints.add(steps == nullptr ? draft.top : steps->mark,
                             "\"steps\" must be a list with at least one step");
        return;
    }
    if (steps->items.size() > kStepsMax) {
        draft.complaints.add(steps->mark, "more than 16 steps");
        return;
    }
    std::vector<const Node *> bodies;
    for (std::size_t i = 0; i < steps->items.size(); ++i) {
        const Node *group = group_of(steps->items[i]);
        if (group == nullptr)
            place_step(steps->items[i], i, bodies, draft);
        else if (!group->is_list() || group->items.size() < 2)
            draft.complaints.add(group->mark, "a group of steps is a list of two or more: "
                                              "\"- any: [{a: {...}}, {b: {...}}]\"");
        else
            for (const Node &item : group->items)
                place_step(item, i, bodies, draft);
    }
    if (draft.made.steps.size() > kStepsMax) {
        draft.complaints.add(steps->mark, "more than 16 steps");
        draft.made.steps.clear(); // names and places of steps are compared with each other
        return;
    }
    for (Step &step : draft.made.steps)
        draft.step_names.push_back({step.name, step.types, &step.fresh});
    for (std::size_t i = 0; i < bodies.size(); ++i)
        fill_step(i, *bodies[i], draft);
}

void find_deciding(const Node &root, Draft &draft)
{
    bool found = false;
    for (std::size_t i = 0; i < draft.made.steps.size(); ++i) {
        if (draft.made.steps[i].optional)
            continue;
        draft.made.deciding = i;
        found = true;
    }
    if (draft.made.steps.empty())
        return;
    const Node *steps = root.find("steps");
    settle_groups(*steps, draft);
    if (!found)
        draft.complaints.add(steps->mark, "at least one step must not be optional");
    const Step &deciding = draft.deciding();
    const bool in_group =
        std::count_if(draft.made.steps.begin(), draft.made.steps.end(),
                      [&](const Step &step) { return step.position == deciding.position; }) > 1;
    if (in_group)
        draft.complaints.add(steps->items[deciding.position].mark,
                             "a group cannot be the last required step; write one step with "
                             "\"any\": \"- done: {any: [{event: ...}, {event: ...}]}\"");
    if (draft.made.steps.size() > 1 && draft.made.within_ns == 0)
        draft.complaints.add(draft.top, "\"within\" is missing: a sequence needs a time");
}

// What later conditions compare with: of the step itself and of those before it.
void note_joined(const Where &where, std::size_t at, std::vector<Step> &steps)
{
    const auto note = [&](const Place &place) {
        if (place.step == kThisEvent || place.is_count)
            return;
        for (std::size_t j = static_cast<std::size_t>(place.step);
             j < at && steps[j].position < steps[at].position; ++j) {
            std::vector<Place> &joined = steps[j].joined;
            const bool known = std::any_of(joined.begin(), joined.end(), [&](const Place &one) {
                return one.step == place.step && one.field.name == place.field.name;
            });
            if (!known)
                joined.push_back(place);
        }
    };
    for (const Clause &clause : where.any) {
        for (const Test &test : clause.tests) {
            note(test.place);
            note(test.other);
        }
        for (const Where &nots : clause.nots)
            note_joined(nots, at, steps);
    }
}

} // namespace

void compile_steps(const Node &root, Draft &draft)
{
    read_by(root, draft);
    if (const Node *within = root.find("within"))
        draft.made.within_ns = read_within(*within, draft);
    draft.made.lasts_session =
        root.find("within") != nullptr && root.find("within")->text == "session";
    read_steps(root, draft);
    find_deciding(root, draft);
    refuse_by_of_others(draft);
    for (std::size_t i = 0; i < draft.made.steps.size(); ++i)
        note_joined(draft.made.steps[i].where, i, draft.made.steps);
    draft.made.memory_ns = draft.made.within_ns;
    for (const Step &step : draft.made.steps)
        if (step.count)
            draft.made.memory_ns = std::max(draft.made.memory_ns, step.count->within_ns);
}

} // namespace sentra::engine
