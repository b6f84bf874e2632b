// SPDX-License-Identifier: MIT
#include "engine/site.h"

#include <algorithm>

#include "base/text.h"
#include "engine/compile.h"

namespace sentra::engine {

namespace {

std::string slug(std::string_view field)
{
    std::string made;
    for (const char c : field.substr(0, field.find('|')))
        made += c == '.' ? '_' : c;
    return made;
}

Node *child(Node &map, std::string_view key)
{
    for (Entry &entry : map.entries)
        if (entry.key == key)
            return &entry.value;
    return nullptr;
}

void put(Node &map, const std::string &key, const Node &value)
{
    if (Node *known = child(map, key)) {
        *known = value;
        return;
    }
    map.entries.push_back({key, value.mark, value});
}

Node &list_at(Node &map, const std::string &key, const Mark &mark)
{
    if (child(map, key) == nullptr) {
        Node list;
        list.kind = Node::Kind::list;
        list.mark = mark;
        map.entries.push_back({key, mark, std::move(list)});
    }
    return *child(map, key);
}

std::string in_words(const Node *node)
{
    return node == nullptr ? std::string() : printable(node->text, 200);
}

void change_base(const Node &base, Node &risk, Change &told)
{
    Node *old = child(risk, "base");
    if (old == nullptr || old->items.size() != 2)
        return; // the rule itself is refused for that
    told.says.push_back("risk base " + in_words(&old->items[0]) + " -> " + in_words(&base));
    old->items[0] = base;
}

void change_term(const Node &change, Node &terms, Change &told, Complaints &complaints)
{
    refuse_unknown_keys(change, "a risk term", {"name", "when", "add", "why", "intent"}, {},
                        complaints);
    const Node *name = change.find("name");
    if (name == nullptr || !name->is_scalar()) {
        complaints.add(change.mark, "\"name\" is missing: which term?");
        return;
    }
    std::vector<std::string> names;
    for (std::size_t i = 0; i < terms.items.size(); ++i) {
        Node &term = terms.items[i];
        names.push_back(name_of_term(term, i + 1));
        if (names.back() != name->text)
            continue;
        for (const Entry &entry : change.entries) {
            if (entry.key == "name")
                continue;
            if (entry.value.is_scalar())
                told.says.push_back("risk term " + name->text + ": " + entry.key + " " +
                                    in_words(term.find(entry.key)) + " -> " +
                                    in_words(&entry.value));
            else
                told.says.push_back("risk term " + name->text + ": another \"" + entry.key + "\"");
            put(term, entry.key, entry.value);
        }
        put(term, "name", *name);
        return;
    }
    if (change.find("when") == nullptr) {
        const std::vector<std::string_view> known(names.begin(), names.end());
        complaints.add_unknown(name->mark, "risk term", name->text, known);
        return;
    }
    told.says.push_back("new risk term " + name->text + ": " + in_words(change.find("add")));
    terms.items.push_back(change);
}

void change_risk(const Node &change, Node &rule, Change &told, Complaints &complaints)
{
    if (!change.is_map()) {
        complaints.add(change.mark, "\"risk\" is a map with \"base\" or \"terms\"");
        return;
    }
    refuse_unknown_keys(change, "risk", {"base", "terms"}, {}, complaints);
    Node *risk = child(rule, "risk");
    if (risk == nullptr || !risk->is_map())
        return;
    if (const Node *base = change.find("base")) {
        if (base->is_scalar())
            change_base(*base, *risk, told);
        else
            complaints.add(base->mark, "a changed base is a number; its reason stays");
    }
    const Node *terms = change.find("terms");
    if (terms == nullptr)
        return;
    if (!terms->is_list())
        complaints.add(terms->mark, "\"terms\" is a list");
    Node &all = list_at(*risk, "terms", terms->mark);
    for (const Node &term : terms->items) {
        if (term.is_map())
            change_term(term, all, told, complaints);
        else
            complaints.add(term.mark, "a risk term is a map: {name: ..., add: 0.25}");
    }
}

void add_exceptions(const Node &except, Node &rule, Change &told, Complaints &complaints)
{
    if (!except.is_list() || except.items.empty()) {
        complaints.add(except.mark, "\"except\" is a list: \"- {when: {...}, why: ...}\"");
        return;
    }
    Node &all = list_at(rule, "except", except.mark);
    for (const Node &item : except.items) {
        told.says.push_back("exception: " + in_words(item.find("why")));
        all.items.push_back(item);
    }
}

SiteChange read_change(const Node &node, Complaints &complaints)
{
    refuse_unknown_keys(node, "a change", {"change", "reason", "disable", "risk", "except"}, {},
                        complaints);
    SiteChange made;
    made.node = &node;
    made.rule = text_of(node, "change", true, node.mark, complaints);
    made.mark = node.find("change")->mark;
    made.told.place = made.mark.text();
    made.told.reason = text_of(node, "reason", true, node.mark, complaints);
    if (const Node *disable = node.find("disable")) {
        made.told.disables = disable->text == "true";
        if (disable->text != "true" && disable->text != "false")
            complaints.add(disable->mark, "\"disable\" is true or false");
        if (made.told.disables)
            made.told.says.emplace_back("disabled");
    }
    if (node.find("disable") == nullptr && node.find("risk") == nullptr &&
        node.find("except") == nullptr)
        complaints.add(node.mark, "nothing is changed; a change has \"disable\", \"risk\" or "
                                  "\"except\"");
    return made;
}

} // namespace

std::string name_of_term(const Node &term, std::size_t number)
{
    if (const Node *name = term.find("name"); name != nullptr && !name->text.empty())
        return name->text;
    const Node *map = term.find("when");
    if (map != nullptr && map->is_list() && !map->items.empty())
        map = &map->items.front();
    if (map != nullptr && !map->entries.empty() && map->entries.front().key != "not")
        return slug(map->entries.front().key);
    return "term_" + std::to_string(number);
}

bool is_site_change(const Node &root)
{
    if (root.is_list())
        return !root.items.empty() && root.items.front().find("change") != nullptr;
    return root.find("change") != nullptr;
}

std::vector<SiteChange> read_site_changes(const Node &root, Complaints &complaints)
{
    std::vector<SiteChange> made;
    if (root.is_map())
        made.push_back(read_change(root, complaints));
    for (const Node &item : root.items) {
        if (item.find("change") != nullptr)
            made.push_back(read_change(item, complaints));
        else
            complaints.add(item.mark, "a change names the rule it is about: \"change: "
                                      "ssh-key-added\"");
    }
    return made;
}

void apply(SiteChange &change, Node &rule, Complaints &complaints)
{
    if (const Node *risk = change.node->find("risk"))
        change_risk(*risk, rule, change.told, complaints);
    if (const Node *except = change.node->find("except"))
        add_exceptions(*except, rule, change.told, complaints);
}

} // namespace sentra::engine
