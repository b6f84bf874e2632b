// SPDX-License-Identifier: MIT
#include "mutations.h"

#include <algorithm>
#include <functional>

#include "base/text.h"

namespace sentra::tests {

namespace {

using engine::Entry;
using engine::Mark;
using engine::Node;

constexpr const char *kLongest = "31d"; // the longest time a rule may say

Node *find(Node &map, std::string_view key)
{
    for (Entry &entry : map.entries)
        if (entry.key == key)
            return &entry.value;
    return nullptr;
}

void erase(Node &map, std::string_view key)
{
    const auto same = [key](const Entry &entry) { return entry.key == key; };
    map.entries.erase(std::remove_if(map.entries.begin(), map.entries.end(), same),
                      map.entries.end());
}

class Mutator {
public:
    explicit Mutator(Node rule) : rule_(std::move(rule)) { erase(rule_, "proof"); }

    std::vector<Mutation> all()
    {
        steps();
        together();
        guarded_list(rule_, "unless", "where");
        guarded_list(rule_, "until", "where");
        then_absent();
        guarded_list(rule_, "except", "when");
        texts(rule_, "yields_to", 0);
        terms();
        return std::move(made_);
    }

private:
    using Edit = std::function<void()>;

    // Keeps the rule as it is when `target` was changed, and puts it back.
    void with(Node &target, Mark mark, std::string what, const Edit &edit, bool is_key = true)
    {
        Node before = target;
        edit();
        made_.push_back({mark, where_ + std::move(what), is_key, rule_});
        target = std::move(before);
    }

    void without_key(Node &map, std::string_view key, const std::string &what, bool is_key)
    {
        const auto at = std::find_if(map.entries.begin(), map.entries.end(),
                                     [key](const Entry &entry) { return entry.key == key; });
        with(
            map, at->mark, what, [&] { erase(map, key); }, is_key);
    }

    void without_item(Node &list, std::size_t at, const std::string &what, bool is_key)
    {
        with(
            list, list.items[at].mark, what,
            [&] { list.items.erase(list.items.begin() + static_cast<std::ptrdiff_t>(at)); },
            is_key);
    }

    // The condition behind owner's key. negated: under an odd number of "not"; the less it asks,
    // the less the rule matches. Nothing below `owner` is looked at again without being found
    // again.
    void condition(Node &owner, std::string_view key, bool negated)
    {
        if (owner.find(key) == nullptr)
            return;
        const std::size_t alternatives = count(owner, key);
        for (std::size_t i = 0; i < alternatives; ++i) {
            const std::string what = negated ? "one of a not" : "an alternative";
            if (alternatives > 1)
                without_item(*find(owner, key), i, what + kGone, negated);
            clause(alternative(owner, key, i), negated);
            // A clause that asks nothing always holds: the only key takes the whole with it. What
            // "not" would then never let pass is left out by its own turn.
            const Node &map = alternative(owner, key, i);
            if (key != "not" && !negated && map.entries.size() == 1 &&
                !is_each_by_itself(map.entries.front()))
                with(owner, map.entries.front().mark, map.entries.front().key + kGone,
                     [&] { erase(owner, key); });
        }
    }

    static std::size_t count(const Node &owner, std::string_view key)
    {
        const Node *node = owner.find(key);
        return node->is_list() ? node->items.size() : 1;
    }

    static Node &alternative(Node &owner, std::string_view key, std::size_t at)
    {
        Node *node = find(owner, key);
        return node->is_list() ? node->items[at] : *node;
    }

    // "not" with a list: each of its maps must not hold.
    static bool is_each_by_itself(const Entry &entry)
    {
        return entry.key == "not" && entry.value.is_list() && entry.value.items.size() > 1;
    }

    // What holds together.
    void clause(Node &map, bool negated)
    {
        for (std::size_t i = 0; i < map.entries.size(); ++i) {
            const std::string name = map.entries[i].key;
            if (map.entries.size() > 1 && !is_each_by_itself(map.entries[i]))
                without_key(map, name, name + kGone, !negated);
            if (name == "not")
                condition(map, "not", !negated);
        }
    }

    void steps()
    {
        Node *list = find(rule_, "steps");
        if (list == nullptr)
            return;
        const std::size_t deciding = last_required(*list);
        for (std::size_t i = 0; i < list->items.size(); ++i) {
            Node &item = list->items[i];
            if (item.entries.size() != 1)
                continue;
            Entry &one = item.entries.front();
            if (i < deciding && !is_optional(item) && !is_joined(*list, one))
                with(item, one.mark, one.key + " made optional", [&] { make_optional(item); });
            Node &body = item.entries.front().value;
            if (item.entries.front().key != "any") {
                step(item.entries.front().key, body);
                continue;
            }
            for (std::size_t k = 0; k < body.items.size(); ++k)
                step(body.items[k].entries.front().key, body.items[k].entries.front().value);
        }
    }

    // Whether a later step cannot do without it: each of its alternatives compares with it. Then it
    // is the comparison that is left out, not the step.
    static bool is_joined(const Node &list, const Entry &step)
    {
        const auto compares = [&](const Node &clause) {
            return std::any_of(clause.entries.begin(), clause.entries.end(), [&](const Entry &one) {
                return one.key.find("|fieldref") != std::string::npos &&
                       one.value.text.substr(0, step.key.size() + 1) == step.key + ".";
            });
        };
        const auto all_compare = [&](const Node &body) {
            const Node *where = body.find("where");
            return where != nullptr && (where->is_list() ? std::all_of(where->items.begin(),
                                                                       where->items.end(), compares)
                                                         : compares(*where));
        };
        return std::any_of(list.items.begin(), list.items.end(), [&](const Node &item) {
            if (item.entries.size() != 1 || is_optional(item))
                return false;
            const Node &body = item.entries.front().value;
            const Node *any = body.find("any");
            return any == nullptr || !any->is_list()
                       ? all_compare(body)
                       : std::all_of(any->items.begin(), any->items.end(), all_compare);
        });
    }

    static bool is_optional(const Node &item)
    {
        const Entry &one = item.entries.front();
        const Node &body =
            one.key == "any" ? one.value.items.front().entries.front().value : one.value;
        return body.find("optional") != nullptr && body.find("optional")->text == "true";
    }

    static void make_optional(Node &item)
    {
        Entry &one = item.entries.front();
        Node yes;
        yes.kind = Node::Kind::scalar;
        yes.text = "true";
        if (one.key != "any")
            return one.value.entries.push_back({"optional", one.mark, yes});
        for (Node &inner : one.value.items) // of a group all are optional or none
            inner.entries.front().value.entries.push_back({"optional", one.mark, yes});
    }

    static std::size_t last_required(const Node &list)
    {
        std::size_t last = 0;
        for (std::size_t i = 0; i < list.items.size(); ++i)
            if (list.items[i].entries.size() == 1 && !is_optional(list.items[i]))
                last = i;
        return last;
    }

    // Whether a condition or a merge value asks about the step. One that is optional and that
    // nobody asks about is only shown.
    bool is_asked(const std::string &step) const
    {
        const std::string prefix = step + ".";
        const std::function<bool(const Node &)> asks = [&](const Node &node) {
            return (node.is_scalar() && node.text.substr(0, prefix.size()) == prefix) ||
                   std::any_of(node.items.begin(), node.items.end(), asks) ||
                   std::any_of(node.entries.begin(), node.entries.end(), [&](const Entry &one) {
                       return one.key.substr(0, prefix.size()) == prefix || asks(one.value);
                   });
        };
        return asks(rule_);
    }

    void step(const std::string &name, Node &body)
    {
        if (body.find("optional") != nullptr && !is_asked(name))
            return;
        where_ = name + ": ";
        condition(body, "where", false);
        const Node *any = body.find("any");
        const std::size_t kinds = any != nullptr && any->is_list() ? any->items.size() : 0;
        for (std::size_t i = 0; i < kinds; ++i) {
            condition(find(body, "any")->items[i], "where", false);
            if (kinds > 1)
                without_item(*find(body, "any"), i, "one kind of event" + kGone, false);
        }
        if (Node *counting = find(body, "count"); counting != nullptr && counting->is_map())
            loosen(*counting);
        where_.clear();
    }

    void loosen(Node &counting)
    {
        Node *least = find(counting, "gte");
        const auto number =
            least == nullptr ? std::nullopt : parse_number<std::uint64_t>(least->text);
        if (number && *number > 1)
            with(*least, least->mark, "count: one less is enough",
                 [&] { least->text = std::to_string(*number - 1); });
        if (counting.find("distinct") != nullptr)
            without_key(counting, "distinct", "count: distinct" + kGone, true);
        if (Node *within = find(counting, "within"))
            with(*within, within->mark, "count: in any time", [&] { within->text = kLongest; });
    }

    // What makes several events one behaviour.
    void together()
    {
        const Node *list = rule_.find("steps");
        if (list == nullptr || list->items.empty())
            return;
        const auto counts_as_one = [&](const Node &item) {
            const Entry &one = item.entries.front();
            return one.key == "any" || one.value.find("optional") == nullptr || is_asked(one.key);
        };
        const bool is_sequence =
            std::count_if(list->items.begin(), list->items.end(), counts_as_one) > 1;
        Node *within = find(rule_, "within");
        if (is_sequence && within != nullptr && within->text != "session")
            with(*within, within->mark, "within: in any time", [&] { within->text = kLongest; });
        const bool counts =
            std::any_of(list->items.begin(), list->items.end(), [](const Node &item) {
                return item.entries.size() == 1 &&
                       item.entries.front().value.find("count") != nullptr;
            });
        const bool waits = rule_.find("then_absent") != nullptr || rule_.find("unless") != nullptr;
        Node *by = find(rule_, "by");
        if (by == nullptr || !(is_sequence || counts || waits) || by->text == "host")
            return;
        if (by->is_list() && by->items.size() > 1)
            return texts(rule_, "by", 1);
        with(*by, by->mark, "by: whoever it was", [&] {
            by->kind = Node::Kind::scalar;
            by->text = "host";
        });
    }

    // Each of a list of words left out, `least` of them kept.
    void texts(Node &map, const std::string &key, std::size_t least)
    {
        const Node *node = map.find(key);
        if (node == nullptr)
            return;
        if (node->is_scalar() || node->items.size() == 1) {
            if (least == 0)
                without_key(map, key, key + kGone, true);
            return;
        }
        for (std::size_t i = 0; i < count(map, key); ++i) {
            Node &list = *find(map, key);
            const std::string what = key + ": " + list.items[i].text + kGone;
            without_item(list, i, what, true);
        }
    }

    // A list of maps, each with a condition; the more they match, the less the rule says.
    void guarded_list(Node &map, const std::string &key, std::string_view condition_key)
    {
        if (map.find(key) == nullptr)
            return;
        for (std::size_t i = 0; i < count(map, key); ++i) {
            where_ = key + ": ";
            if (count(map, key) == 1)
                without_key(map, key, "all" + kGone, true);
            else
                without_item(*find(map, key), i, "one" + kGone, true);
            condition(alternative(map, key, i), condition_key, true);
        }
        where_.clear();
    }

    void then_absent()
    {
        if (rule_.find("then_absent") == nullptr)
            return;
        without_key(rule_, "then_absent", "then_absent" + kGone, true);
        where_ = "then_absent: ";
        condition(*find(rule_, "then_absent"), "where", true);
        where_.clear();
    }

    void terms()
    {
        Node *risk = find(rule_, "risk");
        if (risk == nullptr || risk->find("terms") == nullptr)
            return;
        for (std::size_t i = 0; i < count(*risk, "terms"); ++i) {
            const Node *name = alternative(*risk, "terms", i).find("name");
            where_ = "term " + (name == nullptr ? std::to_string(i + 1) : name->text) + ": ";
            without_item(*find(*risk, "terms"), i, "left out", true);
            condition(alternative(*risk, "terms", i), "when", false);
        }
        where_.clear();
    }

    const std::string kGone = " left out";
    Node rule_;
    std::string where_; // of what is at hand
    std::vector<Mutation> made_;
};

} // namespace

std::vector<Mutation> mutations_of(const Node &rule)
{
    return Mutator(rule).all();
}

} // namespace sentra::tests
