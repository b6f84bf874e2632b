// SPDX-License-Identifier: MIT
#include "engine/modifiers.h"

#include <algorithm>

#include "base/encode.h"
#include "base/text.h"

namespace sentra::engine {

namespace {

// Sigma's modifiers first, Sentra's own last.
const std::vector<std::string_view> kModifiers = {
    "contains", "startswith", "endswith",     "all",  "re",     "i",        "m",   "s",
    "cidr",     "exists",     "cased",        "gt",   "gte",    "lt",       "lte", "fieldref",
    "windash",  "base64",     "base64offset", "wide", "expand", "basename", "new"};

struct Comparison {
    std::string_view word;
    Compare compare;
};
constexpr Comparison kComparisons[] = {
    {"contains", Compare::contains}, {"startswith", Compare::starts}, {"endswith", Compare::ends},
    {"re", Compare::regex},          {"cidr", Compare::network},      {"gt", Compare::greater},
    {"gte", Compare::at_least},      {"lt", Compare::less},           {"lte", Compare::at_most},
};

class Reader {
public:
    Reader(const Entry &entry, Complaints &complaints) : entry_(entry), complaints_(complaints) {}

    std::optional<Modifiers> read(std::span<const std::string_view> words)
    {
        const std::size_t before = complaints_.size();
        for (const std::string_view word : words)
            take(word);
        if (!made_.regex_flags.empty() && made_.compare != Compare::regex)
            complaints_.add(entry_.mark, "\"i\", \"m\" and \"s\" belong to \"re\"");
        if (made_.kind != Test::Kind::patterns && made_.kind != Test::Kind::fieldref &&
            (compares_ > 0 || words.size() > 1))
            complaints_.add(entry_.mark, "\"exists\" and \"new\" stand alone");
        if (made_.compare == Compare::regex && made_.cased)
            complaints_.add(entry_.mark, "\"re\" is always cased; \"i\" makes it not so");
        if (complaints_.size() != before)
            return std::nullopt;
        return std::move(made_);
    }

private:
    void take(std::string_view word)
    {
        for (const Comparison &one : kComparisons) {
            if (one.word != word)
                continue;
            made_.compare = one.compare;
            if (++compares_ > 1)
                complaints_.add(entry_.mark, "two comparisons at once; \"" + std::string(word) +
                                                 "\" is the second");
            return;
        }
        if (word == "exists")
            made_.kind = Test::Kind::exists;
        else if (word == "fieldref")
            made_.kind = Test::Kind::fieldref;
        else if (word == "new")
            made_.kind = Test::Kind::fresh;
        else if (word == "all")
            made_.all = true;
        else if (word == "cased")
            made_.cased = true;
        else if (word == "basename")
            made_.base_name = true;
        else if (word == "expand")
            made_.expand = true;
        else if (word == "i" || word == "m" || word == "s")
            made_.regex_flags += word;
        else if (std::find(kModifiers.begin(), kModifiers.end(), word) != kModifiers.end())
            transform(word);
        else
            complaints_.add_unknown(entry_.mark, "modifier", word, kModifiers);
    }
    void transform(std::string_view word)
    {
        made_.transforms.push_back(word);
        // An encoding's letters are data: without regard to case, half of them mean something else.
        made_.cased = made_.cased || word != "windash";
    }

    const Entry &entry_;
    Complaints &complaints_;
    Modifiers made_;
    int compares_ = 0;
};

void apply_transforms(std::vector<Written> &values, const Modifiers &modifiers)
{
    for (const std::string_view word : modifiers.transforms) {
        std::vector<Written> changed;
        for (const Written &value : values) {
            std::vector<std::string> forms;
            if (word == "windash")
                forms = windash_forms(value.text);
            else if (word == "base64")
                forms = {to_base64(value.text)};
            else if (word == "base64offset")
                forms = base64_offset_forms(value.text);
            else
                forms = {utf16_of(value.text)};
            for (std::string &form : forms)
                changed.push_back({std::move(form), value.mark});
        }
        values = std::move(changed);
    }
}

class ValueReader {
public:
    ValueReader(const Modifiers &modifiers, const Vocabulary &vocabulary, Complaints &complaints)
        : modifiers_(modifiers), vocabulary_(vocabulary), complaints_(complaints)
    {}

    void take(const Node &node)
    {
        if (!node.is_scalar()) {
            complaints_.add(node.mark, std::string("a value must be a text or a number, and this "
                                                   "is ") +
                                           node.kind_name());
            return;
        }
        const bool macro = !node.quoted && node.text.size() > 1 && node.text.front() == '$';
        if (macro && modifiers_.compare != Compare::regex)
            add_list(node.text.substr(1), node.mark, "macro");
        else if (modifiers_.expand)
            expand(node);
        else
            values.push_back({node.text, node.mark});
    }

    std::vector<Written> values;

private:
    const std::vector<std::string> *find_list(std::string_view name, const Mark &mark,
                                              std::string_view what)
    {
        const auto list = vocabulary_.lists.find(name);
        if (list != vocabulary_.lists.end())
            return &list->second;
        complaints_.add_unknown(mark, what, name, keys_of(vocabulary_.lists));
        return nullptr;
    }
    void add_list(std::string_view name, const Mark &mark, std::string_view what)
    {
        if (const auto *list = find_list(name, mark, what))
            for (const std::string &value : *list)
                values.push_back({value, mark});
    }
    // Sigma's "%name%" inside a text: one text for every value of the list.
    void expand(const Node &node)
    {
        const auto first = node.text.find('%');
        const auto second = first == std::string::npos ? first : node.text.find('%', first + 1);
        if (second == std::string::npos) {
            complaints_.add(node.mark, "\"expand\" needs a \"%name%\" of a list in the text");
            return;
        }
        const auto *list =
            find_list(node.text.substr(first + 1, second - first - 1), node.mark, "list");
        if (list == nullptr)
            return;
        for (const std::string &value : *list)
            values.push_back(
                {node.text.substr(0, first) + value + node.text.substr(second + 1), node.mark});
    }

    const Modifiers &modifiers_;
    const Vocabulary &vocabulary_;
    Complaints &complaints_;
};

} // namespace

std::optional<Modifiers> read_modifiers(const Entry &entry, std::span<const std::string_view> words,
                                        Complaints &complaints)
{
    return Reader(entry, complaints).read(words);
}

std::optional<std::vector<Written>> read_values(const Node &node, const Modifiers &modifiers,
                                                const Vocabulary &vocabulary,
                                                Complaints &complaints)
{
    const std::size_t before = complaints.size();
    ValueReader reader(modifiers, vocabulary, complaints);
    if (node.is_list())
        for (const Node &item : node.items)
            reader.take(item);
    else
        reader.take(node);
    if (complaints.size() == before && reader.values.empty())
        complaints.add(node.mark, "an empty list matches nothing");
    constexpr std::size_t kValuesMax = 20'000;
    if (reader.values.size() > kValuesMax)
        complaints.add(node.mark, "more than 20000 values for one field");
    if (complaints.size() != before)
        return std::nullopt;
    apply_transforms(reader.values, modifiers);
    return std::move(reader.values);
}

} // namespace sentra::engine
