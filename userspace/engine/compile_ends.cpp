// SPDX-License-Identifier: MIT
// What calls a rule off, what makes it forget, what must not follow, what is excepted.
#include <algorithm>

#include "engine/compile.h"

namespace sentra::engine {

namespace {

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
        draft.made.memory_ns = std::max(draft.made.memory_ns, unless.within_ns);
        draft.made.unless.push_back(std::move(unless));
    }
}

void read_until(const Node &root, Draft &draft)
{
    const Node *node = root.find("until");
    if (node == nullptr)
        return;
    if (!node->is_list()) {
        draft.complaints.add(node->mark, "\"until\" is a list: \"- {event: ..., where: ...}\"");
        return;
    }
    for (const Node &item : node->items) {
        if (!item.is_map()) {
            draft.complaints.add(item.mark, "what ends a behaviour is a map with \"event\"");
            continue;
        }
        refuse_unknown_keys(item, "until", {"event", "where"}, {}, draft.complaints);
        Until until;
        until.types = read_types(item, draft);
        Scope scope;
        scope.types = until.types;
        scope.vocabulary = &draft.vocabulary;
        until.where = read_where(item, scope, draft);
        draft.made.until.push_back(std::move(until));
    }
    const bool is_remembered = !draft.made.is_single() || draft.made.then_absent;
    if (!node->items.empty() && !draft.made.steps.empty() && !is_remembered)
        draft.complaints.add(node->mark, "\"until\" has nothing to end: one event is the whole "
                                         "behaviour");
}

void read_then_absent(const Node &root, Draft &draft)
{
    const Node *node = root.find("then_absent");
    if (node == nullptr)
        return;
    if (!node->is_map()) {
        draft.complaints.add(node->mark, "\"then_absent\" is a map: {event: auth.session, "
                                         "within: 8h}");
        return;
    }
    refuse_unknown_keys(*node, "then_absent", {"event", "where", "within"}, {}, draft.complaints);
    ThenAbsent absent;
    absent.types = read_types(*node, draft);
    Scope scope = draft.looking_back();
    scope.types = absent.types;
    scope.steps_left = false;
    scope.fresh = nullptr;
    absent.where = read_where(*node, scope, draft);
    if (const Node *within = node->find("within"))
        absent.within_ns = duration_of(*within, draft.complaints).value_or(1);
    else
        draft.complaints.add(node->mark, "\"within\" is missing: how long is waited for it?");
    draft.made.then_absent = std::move(absent);
}

// Written in the rule, or beside it by a site; always with its reason.
void read_except(const Node &root, Draft &draft)
{
    const Node *node = root.find("except");
    if (node == nullptr)
        return;
    if (!node->is_list()) {
        draft.complaints.add(node->mark, "\"except\" is a list: \"- {when: {...}, why: ...}\"");
        return;
    }
    for (const Node &item : node->items) {
        if (!item.is_map()) {
            draft.complaints.add(item.mark, "an exception is a map: {when: {...}, why: \"...\"}");
            continue;
        }
        refuse_unknown_keys(item, "an exception", {"when", "why"}, {}, draft.complaints);
        Except except;
        except.why = text_of(item, "why", true, item.mark, draft.complaints);
        const Node *when = item.find("when");
        if (when == nullptr)
            draft.complaints.add(item.mark, "\"when\" is missing: an exception to everything is "
                                            "\"disable: true\"");
        else if (!draft.made.steps.empty() && !draft.deciding().types.empty())
            except.when = compile_where(*when, draft.looking_back(), draft.complaints);
        draft.made.except.push_back(std::move(except));
    }
}

} // namespace

void compile_ends(const Node &root, Draft &draft)
{
    read_unless(root, draft);
    read_then_absent(root, draft);
    read_until(root, draft);
    read_except(root, draft);
}

} // namespace sentra::engine
