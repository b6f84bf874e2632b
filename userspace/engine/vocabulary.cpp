// SPDX-License-Identifier: MIT
#include "engine/vocabulary.h"

#include <algorithm>

#include "base/text.h"

namespace sentra::engine {

namespace {

// A list's name in the place of a value.
bool is_macro(const Node &node)
{
    return node.is_scalar() && !node.quoted && node.text.size() > 1 && node.text.front() == '$';
}

constexpr std::size_t kListMax = 20'000; // as many as a condition may compare with
constexpr std::size_t kListsDeep = 8;

} // namespace

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

void Vocabulary::read_families(const Node &root, Complaints &complaints)
{
    if (!expect_map(root, "families", complaints))
        return;
    for (const Entry &entry : root.entries)
        if (families.emplace(entry.key, read_controls(entry.value, catalogues, complaints)).second)
            written.push_back({CatalogueEntry::Kind::family, entry.key, entry.mark});
        else
            complaints.add(entry.mark, "family " + entry.key + " is in an earlier families.yaml");
}

} // namespace sentra::engine
