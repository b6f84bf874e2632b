// SPDX-License-Identifier: MIT
#include "engine/compile.h"

#include <algorithm>
#include <set>

#include <re2/re2.h>

#include "base/text.h"
#include "base/time.h"
#include "engine/intent.h"
#include "engine/sigma.h"

namespace sentra::engine {

namespace {

const std::vector<std::string_view> kKeys = {
    "id",          "version", "title",     "intent", "attack", "family",
    "controls",    "by",      "within",    "steps",  "unless", "until",
    "then_absent", "except",  "yields_to", "risk",   "signal", "proof"};

void read_id(const Node &root, Draft &draft)
{
    static const re2::RE2 kForm("[a-z0-9]+(-[a-z0-9]+)*");
    Rule &rule = *draft.made.rule;
    rule.id = text_of(root, "id", true, draft.top, draft.complaints);
    draft.id = draft.top;
    if (const Node *id = root.find("id"))
        draft.id = id->mark;
    if (!rule.id.empty() && !re2::RE2::FullMatch(rule.id, kForm))
        draft.complaints.add(draft.id, "a rule's id is in small letters, digits and hyphens: "
                                       "\"ssh-key-added\"");
    const std::string version = text_of(root, "version", true, draft.top, draft.complaints);
    const auto number = parse_number<std::uint32_t>(version);
    if (!version.empty() && (!number || *number == 0))
        draft.complaints.add(root.find("version")->mark, "a version is a number from 1");
    rule.version = number.value_or(1);
}

void read_intent(const Node &root, Draft &draft)
{
    Rule &rule = *draft.made.rule;
    rule.intent = text_of(root, "intent", true, draft.top, draft.complaints);
    if (!rule.intent.empty() && find_intent(rule.intent) == nullptr)
        draft.complaints.add_unknown(root.find("intent")->mark, "intent", rule.intent,
                                     intent_names());
}

void read_attack(const Node &root, Draft &draft)
{
    Rule &rule = *draft.made.rule;
    const Node *attack = root.find("attack");
    if (attack == nullptr)
        return;
    rule.attack = read_texts(*attack, "attack", draft.complaints);
    const Catalogues &known = draft.vocabulary.catalogues;
    for (std::size_t i = 0; i < rule.attack.size(); ++i) {
        const std::string &id = rule.attack[i];
        const Mark &mark = attack->is_list() ? attack->items[i].mark : attack->mark;
        if (known.renamed.find(id) != known.renamed.end())
            draft.complaints.add(mark, "\"" + id + "\" is an ATT&CK technique of before v19; did " +
                                           "you mean \"" + std::string(known.current(id)) + "\"?");
        else if (const Technique *technique = known.technique(id))
            rule.techniques.push_back(*technique);
        else
            draft.complaints.add_unknown(mark, "ATT&CK technique", id, keys_of(known.attack));
    }
}

void read_family(const Node &root, Draft &draft)
{
    Rule &rule = *draft.made.rule;
    rule.family = text_of(root, "family", true, draft.top, draft.complaints);
    const auto family = draft.vocabulary.families.find(rule.family);
    if (!rule.family.empty() && family == draft.vocabulary.families.end())
        draft.complaints.add_unknown(root.find("family")->mark, "family", rule.family,
                                     keys_of(draft.vocabulary.families));
    const Node *controls = root.find("controls");
    if (controls != nullptr && controls->is_map())
        rule.controls = read_controls(*controls, draft.vocabulary.catalogues, draft.complaints);
    else if (controls != nullptr && controls->text != "auto")
        draft.complaints.add(controls->mark, "controls are \"auto\" or a map of frameworks");
    else if (family != draft.vocabulary.families.end())
        rule.controls = family->second;
}

void read_yields(const Node &root, Draft &draft)
{
    const Node *yields = root.find("yields_to");
    if (yields == nullptr)
        return;
    const std::vector<std::string> ids = read_texts(*yields, "yields_to", draft.complaints);
    for (std::size_t i = 0; i < ids.size(); ++i)
        draft.yields_to.emplace_back(ids[i], yields->is_list() && i < yields->items.size()
                                                 ? yields->items[i].mark
                                                 : yields->mark);
}

void note_fields(const Where &where, std::set<std::string> &fields)
{
    for (const Clause &clause : where.any) {
        for (const Test &test : clause.tests) {
            if (!test.place.is_count)
                fields.insert(test.place.field.name);
            if (!test.other.field.name.empty())
                fields.insert(test.other.field.name);
        }
        for (const Where &nots : clause.nots)
            note_fields(nots, fields);
    }
}

} // namespace

void note_needs(CompiledRule &made)
{
    std::set<std::string> events;
    std::set<std::string> fields;
    for (const Step &step : made.steps) {
        for (const event::Type *type : step.types)
            events.emplace(type->name);
        note_fields(step.where, fields);
        for (const session::FieldRef &field : step.keep)
            fields.insert(field.name);
    }
    for (const Unless &unless : made.unless) {
        for (const event::Type *type : unless.types)
            events.emplace(type->name);
        note_fields(unless.where, fields);
    }
    for (const Until &until : made.until) {
        for (const event::Type *type : until.types)
            events.emplace(type->name);
        note_fields(until.where, fields);
    }
    if (made.then_absent) {
        for (const event::Type *type : made.then_absent->types)
            events.emplace(type->name);
        note_fields(made.then_absent->where, fields);
    }
    for (const session::FieldRef &field : made.by_fields)
        fields.insert(field.name);
    for (const Except &except : made.except)
        note_fields(except.when, fields);
    for (const Term &term : made.terms)
        note_fields(term.when, fields);
    made.rule->events.assign(events.begin(), events.end());
    made.rule->fields.assign(fields.begin(), fields.end());
}

Scope Draft::looking_back()
{
    Scope scope;
    scope.types = made.steps.empty() ? std::vector<const event::Type *>{} : deciding().types;
    scope.steps = step_names;
    scope.steps_left = true;
    scope.fresh = made.steps.empty() ? nullptr : &made.steps[made.deciding].fresh;
    scope.vocabulary = &vocabulary;
    return scope;
}

void Draft::keep(const Place &place)
{
    if (place.is_count || made.steps.empty())
        return;
    const std::size_t at =
        place.step == kThisEvent ? made.deciding : static_cast<std::size_t>(place.step);
    Step &step = made.steps[at];
    if (kept_at(step, place.field.name) < 0)
        step.keep.push_back(place.field);
}

int kept_at(const Step &step, std::string_view field)
{
    for (std::size_t i = 0; i < step.keep.size(); ++i)
        if (step.keep[i].name == field)
            return static_cast<int>(i);
    return -1;
}

void RuleSet::build_index()
{
    link_sigma(*this);
    for (CompiledRule &rule : rules) {
        for (Step &step : rule.steps)
            questions.add(step.where);
        for (Unless &unless : rule.unless)
            questions.add(unless.where);
        for (Until &until : rule.until)
            questions.add(until.where);
        if (rule.then_absent)
            questions.add(rule.then_absent->where);
    }
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const CompiledRule &rule = rules[i];
        const auto number = static_cast<std::uint32_t>(i);
        std::uint32_t part = 0;
        if (rule.sigma && rule.sigma->correlation)
            continue; // its parts wait for events
        for (const Step &step : rule.steps)
            index.add({number, part++, &step.where, &step.types}, questions);
        for (const Unless &unless : rule.unless)
            index.add({number, part++, &unless.where, &unless.types}, questions);
        for (const Until &until : rule.until)
            index.add({number, part++, &until.where, &until.types}, questions);
        if (rule.then_absent)
            index.add({number, part++, &rule.then_absent->where, &rule.then_absent->types},
                      questions);
    }
    index.build();
}

void refuse_unknown_keys(const Node &map, std::string_view what,
                         const std::vector<std::string_view> &known,
                         const std::vector<std::string_view> &elsewhere, Complaints &complaints)
{
    for (const Entry &entry : map.entries) {
        if (std::find(known.begin(), known.end(), entry.key) != known.end())
            continue;
        if (std::find(elsewhere.begin(), elsewhere.end(), entry.key) != elsewhere.end())
            complaints.add(entry.mark, "\"" + entry.key + "\" belongs to the rule, not to " +
                                           std::string(what));
        else
            complaints.add_unknown(entry.mark, std::string("key of ").append(what), entry.key,
                                   known);
    }
}

std::string text_of(const Node &map, std::string_view key, bool needed, const Mark &place,
                    Complaints &complaints)
{
    const Node *node = map.find(key);
    if (node == nullptr || node->is_null() || (node->is_scalar() && node->text.empty())) {
        if (needed)
            complaints.add(node == nullptr ? place : node->mark,
                           "\"" + std::string(key) + "\" is missing");
        return {};
    }
    if (!node->is_scalar()) {
        complaints.add(node->mark, "\"" + std::string(key) + "\" must be a text, and this is " +
                                       node->kind_name());
        return {};
    }
    return node->text;
}

std::optional<std::uint64_t> duration_of(const Node &node, Complaints &complaints)
{
    constexpr std::uint64_t kLongest = 31 * kDayNs;
    const auto duration_ns = node.is_scalar() ? parse_duration(node.text) : std::nullopt;
    if (duration_ns && *duration_ns > 0 && *duration_ns <= kLongest)
        return duration_ns;
    complaints.add(node.mark, duration_ns ? "a time is from 1s to 31d"
                                          : "not a time; write \"30s\", \"10m\", \"8h\" or \"2d\"");
    return std::nullopt;
}

std::optional<Draft> compile_rule(const Node &root, const std::string &file,
                                  const std::string &pack, const Vocabulary &vocabulary,
                                  Complaints &complaints)
{
    const std::size_t before = complaints.size();
    Draft draft{vocabulary, complaints, {}, root.mark, {}, {}, {}, {}};
    if (!root.is_map()) {
        complaints.add(root.mark,
                       std::string("a rule must be a map, and this is ") + root.kind_name());
        return std::nullopt;
    }
    draft.made.rule = std::make_shared<Rule>();
    draft.made.rule->file = file;
    draft.made.rule->pack = pack;
    refuse_unknown_keys(root, "a rule", kKeys, {}, complaints);
    read_id(root, draft);
    read_intent(root, draft);
    read_attack(root, draft);
    read_family(root, draft);
    read_yields(root, draft);
    compile_steps(root, draft);
    compile_ends(root, draft);
    compile_meaning(root, draft);
    compile_proofs(root, draft);
    if (complaints.size() != before)
        return std::nullopt;
    note_needs(draft.made);
    return draft;
}

} // namespace sentra::engine
