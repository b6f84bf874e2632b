// SPDX-License-Identifier: MIT
#include "engine/vocabulary.h"

#include <algorithm>

#include <re2/re2.h>

#include "base/text.h"

namespace sentra::engine {

namespace {

struct Framework {
    std::string_view name;
    const char *form; // of its ids, whole
    std::string_view example;
};

// SOC 2: TSC 2017. ISO/IEC 27001:2022 Annex A, written without "A.". PCI DSS v4.0.1.
// NIS2: Directive (EU) 2022/2555, or "CIR" and a point of Implementing Regulation (EU) 2024/2690.
constexpr Framework kFrameworks[] = {
    {"soc2", R"((CC[1-9]\.[0-9]{1,2}|A1\.[1-3]|C1\.[12]|PI1\.[1-5]|P[1-8]\.[0-9]))", "CC6.1"},
    {"iso27001", R"([5-8]\.[0-9]{1,2})", "8.15"},
    {"pci", R"([0-9]{1,2}(\.[0-9]{1,2}){1,4})", "10.2.1.4"},
    {"nis2", R"((21\(2\)\([a-j]\)|23(\([0-9]+\))?|CIR [0-9]{1,2}(\.[0-9]{1,2}){1,3}))", "21(2)(b)"},
    {"hipaa", R"(164\.[0-9]{3}(\([a-zA-Z0-9]+\))*)", "164.312(b)"},
};

const Framework *find_framework(std::string_view name)
{
    for (const Framework &framework : kFrameworks)
        if (framework.name == name)
            return &framework;
    return nullptr;
}

bool expect_map(const Node &node, std::string_view what, Complaints &complaints)
{
    if (node.is_map())
        return true;
    if (!node.is_null())
        complaints.add(node.mark,
                       std::string(what) + " must be a map, and this is " + node.kind_name());
    return false;
}

// A list's name in the place of a value.
bool is_macro(const Node &node)
{
    return node.is_scalar() && !node.quoted && node.text.size() > 1 && node.text.front() == '$';
}

constexpr std::size_t kListMax = 20'000; // as many as a condition may compare with
constexpr std::size_t kListsDeep = 8;

} // namespace

std::vector<std::string> read_texts(const Node &node, std::string_view what, Complaints &complaints)
{
    std::vector<std::string> texts;
    if (node.is_scalar()) {
        texts.push_back(node.text);
        return texts;
    }
    if (!node.is_list()) {
        complaints.add(node.mark, std::string(what) + " must be a text or a list of texts, and " +
                                      "this is " + node.kind_name());
        return texts;
    }
    for (const Node &item : node.items) {
        if (item.is_scalar())
            texts.push_back(item.text);
        else
            complaints.add(item.mark,
                           std::string(what) + " must hold texts, and this is " + item.kind_name());
    }
    return texts;
}

Controls read_controls(const Node &node, Complaints &complaints)
{
    Controls controls;
    if (!expect_map(node, "controls", complaints))
        return controls;
    for (const Entry &entry : node.entries) {
        const Framework *framework = find_framework(entry.key);
        if (framework == nullptr) {
            std::vector<std::string_view> known;
            for (const Framework &one : kFrameworks)
                known.push_back(one.name);
            complaints.add_unknown(entry.mark, "framework", entry.key, known);
            continue;
        }
        const re2::RE2 form(framework->form);
        for (std::string &id : read_texts(entry.value, entry.key, complaints)) {
            if (re2::RE2::FullMatch(id, form))
                controls[entry.key].push_back(std::move(id));
            else
                complaints.add(entry.value.mark,
                               "\"" + printable(id, 80) + "\" is no control id of " + entry.key +
                                   "; one looks like \"" + std::string(framework->example) + "\"");
        }
    }
    return controls;
}

void Vocabulary::read_lists(const Node &root, Complaints &complaints)
{
    if (!expect_map(root, "lists", complaints))
        return;
    for (const Entry &entry : root.entries) {
        std::string_view name = entry.key;
        if (!name.empty() && name.front() == '$')
            name.remove_prefix(1);
        std::vector<std::string> &values = lists[std::string(name)];
        for (std::string &value : read_texts(without_inclusions(entry), entry.key, complaints))
            values.push_back(std::move(value));
    }
}

// What the entry says of its own; the lists it names are noted.
Node Vocabulary::without_inclusions(const Entry &entry)
{
    std::string name = entry.key;
    if (!name.empty() && name.front() == '$')
        name.erase(0, 1);
    Node own = entry.value;
    if (is_macro(own)) {
        inclusions_[name].push_back({own.text.substr(1), own.mark});
        own = Node{};
        own.kind = Node::Kind::list;
    }
    for (const Node &item : own.items)
        if (is_macro(item))
            inclusions_[name].push_back({item.text.substr(1), item.mark});
    own.items.erase(std::remove_if(own.items.begin(), own.items.end(), is_macro), own.items.end());
    return own;
}

void Vocabulary::settle_lists(Complaints &complaints)
{
    std::vector<std::string> way;
    while (!inclusions_.empty()) {
        const std::string name = inclusions_.begin()->first;
        settle(name, way, complaints);
    }
}

// way: the lists whose values are being gathered, each for the one before it.
void Vocabulary::settle(const std::string &name, std::vector<std::string> &way,
                        Complaints &complaints)
{
    const auto at = inclusions_.find(name);
    if (at == inclusions_.end())
        return;
    way.push_back(name);
    std::vector<std::string> &values = lists[name];
    for (const Inclusion &one : at->second) {
        if (lists.find(one.list) == lists.end()) {
            complaints.add_unknown(one.mark, "list", one.list, keys_of(lists));
            continue;
        }
        if (std::find(way.begin(), way.end(), one.list) != way.end()) {
            complaints.add(one.mark, "the list $" + one.list + " would hold itself");
            continue;
        }
        if (way.size() < kListsDeep)
            settle(one.list, way, complaints);
        const std::vector<std::string> &more = lists.find(one.list)->second;
        if (way.size() == kListsDeep || values.size() + more.size() > kListMax) {
            complaints.add(one.mark, "lists in lists: too deep, or more than 20000 values");
            break;
        }
        values.insert(values.end(), more.begin(), more.end());
    }
    way.pop_back();
    inclusions_.erase(at);
}

void Vocabulary::read_attack(const Node &root, Complaints &complaints)
{
    if (!expect_map(root, "attack", complaints))
        return;
    static const re2::RE2 kTechniqueForm(R"(T[0-9]{4}(\.[0-9]{3})?)");
    static const re2::RE2 kTacticForm(R"(TA[0-9]{4})");
    for (const Entry &entry : root.entries) {
        if (entry.key == "version" && entry.value.is_scalar())
            continue;
        if (!re2::RE2::FullMatch(entry.key, kTechniqueForm)) {
            complaints.add(entry.mark, "\"" + printable(entry.key, 80) +
                                           "\" is no technique id; one looks like \"T1098.004\"");
            continue;
        }
        if (!expect_map(entry.value, "a technique", complaints))
            continue;
        Technique technique{entry.key, {}, {}};
        for (const Entry &part : entry.value.entries) {
            if (part.key == "name" && part.value.is_scalar())
                technique.name = part.value.text;
            else if (part.key == "tactics")
                technique.tactics = read_texts(part.value, "tactics", complaints);
            else
                complaints.add_unknown(part.mark, "key", part.key, {"name", "tactics"});
        }
        if (technique.name.empty() || technique.tactics.empty())
            complaints.add(entry.mark, "a technique has a name and tactics");
        for (const std::string &tactic : technique.tactics)
            if (!re2::RE2::FullMatch(tactic, kTacticForm))
                complaints.add(entry.mark, "\"" + printable(tactic, 80) +
                                               "\" is no tactic id; one looks like \"TA0003\"");
        if (!attack.emplace(entry.key, std::move(technique)).second)
            complaints.add(entry.mark, entry.key + " is in an earlier attack.yaml");
    }
}

void Vocabulary::read_families(const Node &root, Complaints &complaints)
{
    if (!expect_map(root, "families", complaints))
        return;
    for (const Entry &entry : root.entries)
        if (!families.emplace(entry.key, read_controls(entry.value, complaints)).second)
            complaints.add(entry.mark, "family " + entry.key + " is in an earlier families.yaml");
}

} // namespace sentra::engine
