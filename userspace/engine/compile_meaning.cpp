// SPDX-License-Identifier: MIT
// What a rule means and says: risk terms, merge window, texts with their holes.
#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "engine/compile.h"
#include "engine/intent.h"
#include "engine/number.h"
#include "engine/site.h"

namespace sentra::engine {

namespace {

// Holes that are no fields; the signal room fills them, and the engine "count".
const std::vector<std::string_view> kSpecialHoles = {"story", "count", "sources", "users"};

void check_hole(const std::string &name, const Mark &mark, bool in_reason, Draft &draft)
{
    const bool special =
        std::find(kSpecialHoles.begin(), kSpecialHoles.end(), name) != kSpecialHoles.end();
    if (special && in_reason && name != "count") {
        draft.complaints.add(mark, "\"{" + name + "}\" belongs to the narrative and the title");
        return;
    }
    if (special)
        return;
    Complaints found;
    const auto place = find_place(name, mark, draft.looking_back(), true, found);
    if (place) {
        draft.keep(*place);
        return;
    }
    // Nearest among everything a hole may name, not among fields alone.
    std::vector<std::string_view> known = known_fields();
    known.insert(known.end(), kSpecialHoles.begin(), kSpecialHoles.end());
    const bool whole_field = session::find_field(name).has_value();
    const std::string_view first = std::string_view(name).substr(0, name.find('.'));
    const bool of_step = std::any_of(draft.step_names.begin(), draft.step_names.end(),
                                     [&](const StepNames &step) { return step.name == first; });
    if (whole_field || of_step) // known words in the wrong place: say exactly that
        (void)find_place(name, mark, draft.looking_back(), true, draft.complaints);
    else
        draft.complaints.add_unknown(mark, "placeholder", name, known);
}

Template read_template(const Node &map, std::string_view key, bool needed, const Mark &place,
                       bool in_reason, Draft &draft)
{
    const std::string text = text_of(map, key, needed, place, draft.complaints);
    const Node *node = map.find(key);
    const Mark &mark = node == nullptr ? place : node->mark;
    auto parsed = Template::parse(text);
    if (!parsed) {
        draft.complaints.add(mark, parsed.error().text);
        return {};
    }
    if (!draft.made.steps.empty())
        for (const Piece &piece : parsed->pieces)
            if (piece.is_hole)
                check_hole(piece.text, mark, in_reason, draft);
    return std::move(*parsed);
}

std::optional<double> read_score(const Node &node, int least, Draft &draft)
{
    const auto hundredths = node.is_scalar() ? parse_hundredths(node.text) : std::nullopt;
    if (!hundredths || *hundredths < least || *hundredths > 100) {
        draft.complaints.add(node.mark, least < 0 ? "a term adds from -1.00 to 1.00, two decimals"
                                                  : "a risk is from 0.00 to 1.00, two decimals");
        return std::nullopt;
    }
    return *hundredths / 100.0;
}

void read_base(const Node &risk, Draft &draft)
{
    const Node *base = risk.find("base");
    if (base == nullptr || !base->is_list() || base->items.size() != 2 ||
        !base->items[1].is_scalar() || base->items[1].text.empty()) {
        draft.complaints.add(
            base == nullptr ? risk.mark : base->mark,
            "\"base\" is a number and its reason: [0.45, \"a login key was added\"]");
        return;
    }
    Term term;
    term.name = "base";
    term.add = read_score(base->items[0], 0, draft).value_or(0);
    Node reason;
    reason.kind = Node::Kind::map;
    reason.entries.push_back({"why", base->items[1].mark, base->items[1]});
    term.why = read_template(reason, "why", true, base->mark, true, draft);
    draft.made.terms.push_back(std::move(term));
}

void keep_places(const Where &where, Draft &draft)
{
    for (const Clause &clause : where.any) {
        for (const Test &test : clause.tests)
            if (test.place.step != kThisEvent)
                draft.keep(test.place);
        for (const Where &nots : clause.nots)
            keep_places(nots, draft);
    }
}

void read_term(const Node &node, Draft &draft)
{
    if (!node.is_map()) {
        draft.complaints.add(node.mark,
                             "a risk term is a map: {when: {...}, add: 0.25, why: \"...\"}");
        return;
    }
    refuse_unknown_keys(node, "a risk term", {"name", "when", "add", "why", "intent"}, {},
                        draft.complaints);
    Term term;
    const Node *when = node.find("when");
    if (when != nullptr && !draft.made.steps.empty() && !draft.deciding().types.empty()) {
        term.when = compile_where(*when, draft.looking_back(), draft.complaints);
        keep_places(term.when, draft);
    }
    term.name = text_of(node, "name", false, node.mark, draft.complaints);
    if (term.name.empty())
        term.name = name_of_term(node, draft.made.terms.size());
    for (const Term &other : draft.made.terms)
        if (other.name == term.name)
            draft.complaints.add(node.mark, "two risk terms are called \"" + term.name +
                                                "\"; give one of them a \"name\"");
    if (const Node *add = node.find("add"))
        term.add = read_score(*add, -100, draft).value_or(0);
    else
        draft.complaints.add(node.mark, "\"add\" is missing");
    term.why = read_template(node, "why", true, node.mark, true, draft);
    term.intent = text_of(node, "intent", false, node.mark, draft.complaints);
    if (!term.intent.empty() && find_intent(term.intent) == nullptr)
        draft.complaints.add_unknown(node.find("intent")->mark, "intent", term.intent,
                                     intent_names());
    draft.made.terms.push_back(std::move(term));
}

void read_risk(const Node &root, Draft &draft)
{
    const Node *risk = root.find("risk");
    if (risk == nullptr || !risk->is_map()) {
        draft.complaints.add(risk == nullptr ? draft.top : risk->mark,
                             "\"risk\" must be a map with \"base\"");
        return;
    }
    refuse_unknown_keys(*risk, "risk", {"base", "terms"}, {}, draft.complaints);
    read_base(*risk, draft);
    const Node *terms = risk->find("terms");
    if (terms == nullptr)
        return;
    if (!terms->is_list())
        draft.complaints.add(terms->mark, "\"terms\" is a list");
    for (const Node &term : terms->items)
        read_term(term, draft);
}

void read_merge_part(const std::string &name, const Mark &mark, Draft &draft)
{
    if (name == "host")
        return; // one host: adds nothing to the key
    if (name != "actor" && name.find('.') == std::string::npos && !session::find_field(name)) {
        std::vector<std::string_view> known = known_fields();
        known.insert(known.end(), {"actor", "host"});
        draft.complaints.add_unknown(mark, "merge value", name, known);
        return;
    }
    MergePart part;
    if (name == "actor") {
        part.actor = true;
    } else {
        const auto place = find_place(name, mark, draft.looking_back(), true, draft.complaints);
        if (!place)
            return;
        if (place->is_count) {
            draft.complaints.add(mark, "a count changes; it cannot tell signals apart");
            return;
        }
        draft.keep(*place);
        part.place = *place;
    }
    draft.made.merge.push_back(std::move(part));
    draft.made.rule->merge.by.push_back(name);
}

void read_merge(const Node &signal, Draft &draft)
{
    const Node *merge = signal.find("merge");
    draft.made.rule->merge.for_ns = kHourNs;
    if (merge == nullptr || !merge->is_map()) {
        draft.complaints.add(merge == nullptr ? signal.mark : merge->mark,
                             "\"merge\" must be a map: {by: [actor], for: 1h}");
        return;
    }
    refuse_unknown_keys(*merge, "merge", {"by", "for"}, {}, draft.complaints);
    const Node *by = merge->find("by");
    if (by == nullptr) {
        draft.complaints.add(merge->mark, "\"by\" is missing: what makes two of them one signal?");
    } else if (!draft.made.steps.empty()) {
        const std::vector<std::string> names = read_texts(*by, "by", draft.complaints);
        for (std::size_t i = 0; i < names.size(); ++i)
            read_merge_part(names[i],
                            by->is_list() && i < by->items.size() ? by->items[i].mark : by->mark,
                            draft);
    }
    const Node *duration = merge->find("for");
    if (duration == nullptr)
        return;
    draft.made.rule->merge.for_ns = duration_of(*duration, draft.complaints).value_or(kHourNs);
    if (draft.made.rule->merge.for_ns > kDayNs)
        draft.complaints.add(duration->mark, "a merge window lasts a day (UTC) at most");
}

void read_signal(const Node &root, Draft &draft)
{
    Rule &rule = *draft.made.rule;
    const Node *signal = root.find("signal");
    if (signal == nullptr || !signal->is_map()) {
        draft.complaints.add(signal == nullptr ? draft.top : signal->mark,
                             "\"signal\" must be a map with merge, narrative and action");
        return;
    }
    refuse_unknown_keys(*signal, "signal", {"merge", "narrative", "action", "playbook"}, {},
                        draft.complaints);
    read_merge(*signal, draft);
    (void)read_template(*signal, "narrative", true, signal->mark, false, draft);
    (void)read_template(*signal, "action", true, signal->mark, false, draft);
    const auto written = [&](std::string_view key) {
        const Node *node = signal->find(key);
        return node == nullptr ? std::string() : node->text;
    };
    rule.narrative = written("narrative");
    rule.action = written("action");
    rule.playbook = text_of(*signal, "playbook", false, signal->mark, draft.complaints);
    const Catalogues &known = draft.vocabulary.catalogues;
    if (!rule.playbook.empty() && known.playbook(rule.playbook) == nullptr)
        draft.complaints.add_unknown(signal->find("playbook")->mark, "playbook", rule.playbook,
                                     keys_of(known.playbooks));
}

} // namespace

void compile_meaning(const Node &root, Draft &draft)
{
    (void)read_template(root, "title", true, draft.top, false, draft);
    if (const Node *title = root.find("title"))
        draft.made.rule->title = title->text;
    read_risk(root, draft);
    read_signal(root, draft);
}

} // namespace sentra::engine
