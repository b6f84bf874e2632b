// SPDX-License-Identifier: MIT
// What a rule waits for: by, within, steps, unless.
#include <algorithm>

#include <re2/re2.h>

#include "base/text.h"
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

const std::vector<std::string_view> kStepKeys = {"event", "where", "optional", "count"};
const std::vector<std::string_view> kStepLaterKeys = {"any", "until", "then_absent", "by"};
// Words that texts and merge keys use for something else.
constexpr std::string_view kTakenNames[] = {"count", "story", "sources", "users", "actor", "host"};

void read_by(const Node &root, Draft &draft)
{
    const Node *node = root.find("by");
    if (node == nullptr) {
        draft.made.by = {By::actor};
        return;
    }
    for (const std::string &word : read_texts(*node, "by", draft.complaints)) {
        const auto *found = std::find_if(std::begin(kByWords), std::end(kByWords),
                                         [&](const ByWord &one) { return one.word == word; });
        if (found != std::end(kByWords)) {
            draft.made.by.push_back(found->by);
            continue;
        }
        std::vector<std::string_view> known;
        for (const ByWord &one : kByWords)
            known.push_back(one.word);
        draft.complaints.add_unknown(node->mark, "word for \"by\"", word, known);
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

void name_step(const Entry &entry, Draft &draft)
{
    static const re2::RE2 kForm("[a-z][a-z0-9_]*");
    if (entry.key == "any") {
        draft.complaints.add(entry.mark, "\"any\" is not supported by this version");
        return;
    }
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
    refuse_unknown_keys(entry.value, "a step", kStepKeys, kStepLaterKeys, draft.complaints);
    Step step;
    step.name = entry.key;
    step.types = read_types(entry.value, draft);
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
    scope.steps = std::span(draft.step_names).subspan(0, at);
    scope.fresh = &step.fresh;
    scope.vocabulary = &draft.vocabulary;
    step.where = read_where(body, scope, draft);
    step.asks_steps = step.where.asks_steps();
    step.asks_fresh = step.where.asks_fresh();
    if (const Node *count = body.find("count"))
        step.count = read_count(*count, step, draft);
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
    for (const Node &item : steps->items) {
        if (!item.is_map() || item.entries.size() != 1) {
            draft.complaints.add(item.mark, "a step is a map with one key, its name: "
                                            "\"- written: {event: file.write}\"");
            continue;
        }
        const std::size_t before = draft.made.steps.size();
        name_step(item.entries.front(), draft);
        if (draft.made.steps.size() != before)
            bodies.push_back(&item.entries.front().value);
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
    if (!found)
        draft.complaints.add(steps->mark, "at least one step must not be optional");
    if (draft.made.steps.size() > 1 && draft.made.within_ns == 0)
        draft.complaints.add(draft.top, "\"within\" is missing: a sequence needs a time");
}

void read_unless(const Node &root, Draft &draft)
{
    const Node *node = root.find("unless");
    if (node == nullptr)
        return;
    if (!node->is_list()) {
        draft.complaints.add(node->mark, "\"unless\" is a list: \"- {event: ..., where: ...}\"");
        return;
    }
    for (const Node &item : node->items) {
        if (!item.is_map()) {
            draft.complaints.add(item.mark, "what calls a rule off is a map with \"event\"");
            continue;
        }
        refuse_unknown_keys(item, "unless", {"event", "where", "within"}, {}, draft.complaints);
        Unless unless;
        unless.types = read_types(item, draft);
        Scope scope;
        scope.types = unless.types;
        scope.vocabulary = &draft.vocabulary;
        unless.where = read_where(item, scope, draft);
        unless.within_ns = draft.made.within_ns;
        if (const Node *within = item.find("within"))
            unless.within_ns = duration_of(*within, draft.complaints).value_or(0);
        draft.made.unless.push_back(std::move(unless));
    }
}

} // namespace

void compile_steps(const Node &root, Draft &draft)
{
    read_by(root, draft);
    if (const Node *within = root.find("within"))
        draft.made.within_ns = duration_of(*within, draft.complaints).value_or(1);
    read_steps(root, draft);
    find_deciding(root, draft);
    read_unless(root, draft);
    std::uint64_t memory_ns = draft.made.within_ns;
    for (const Step &step : draft.made.steps)
        memory_ns = std::max(memory_ns, step.count ? step.count->within_ns : 0);
    for (const Unless &unless : draft.made.unless)
        memory_ns = std::max(memory_ns, unless.within_ns);
    draft.made.memory_ns = memory_ns;
}

} // namespace sentra::engine
