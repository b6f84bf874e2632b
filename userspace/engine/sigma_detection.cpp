// SPDX-License-Identifier: MIT
#include "engine/sigma_detection.h"

#include <algorithm>

#include "base/text.h"
#include "engine/sigma_condition.h"
#include "engine/sigma_table.h"

namespace sentra::engine {

namespace {

using Words = std::vector<std::string_view>;

std::string text_at(const Node &map, std::string_view key)
{
    const Node *node = map.find(key);
    return node != nullptr && node->is_scalar() ? node->text : std::string();
}

Node scalar(std::string text, const Mark &mark)
{
    Node node;
    node.kind = Node::Kind::scalar;
    node.text = std::move(text);
    node.quoted = true;
    node.mark = mark;
    return node;
}

// Sigma knows no $macros: every text is what it says.
Node as_texts(Node node)
{
    node.quoted = node.quoted || node.is_scalar();
    for (Node &item : node.items)
        item.quoted = item.quoted || item.is_scalar();
    return node;
}

std::vector<Node> values_of(const Node &node)
{
    return node.is_list() ? node.items : std::vector<Node>{node};
}

bool begins_with_process(std::string_view source)
{
    return source == "process_creation" || source == "network_connection" ||
           source.substr(0, 5) == "file_";
}

const SigmaMapping *mapping_of(std::string_view source, std::string_view name)
{
    for (const SigmaMapping &row : sigma_mappings())
        if (row.name == name &&
            (row.source == source || (row.source == "*" && begins_with_process(source))))
            return &row;
    return nullptr;
}

bool has_word(const Words &words, std::string_view word)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

class Reader {
public:
    Reader(const Vocabulary &vocabulary, SigmaDetection &made)
        : vocabulary_(vocabulary), made_(made)
    {}

    void read(const Node &rule)
    {
        const Node *logsource = rule.find("logsource");
        const Node *detection = rule.find("detection");
        if (logsource == nullptr || !logsource->is_map() || detection == nullptr ||
            !detection->is_map())
            return miss("\"logsource\" and \"detection\" must be maps");
        const Logic source = source_of(*logsource);
        if (source.is_never())
            return;
        for (const Entry &entry : detection->entries)
            if (entry.key != "condition" && entry.key != "timeframe" && !entry.key.empty())
                names_.push_back(entry.key);
        note_paths(*detection);
        detection_ = detection;
        made_.logic = source && conditions(detection->find("condition"));
        if (made_.logic.is_never() && made_.reasons.empty())
            miss("no event can be all that it asks for");
    }

private:
    void miss(const std::string &why)
    {
        if (std::find(made_.reasons.begin(), made_.reasons.end(), why) == made_.reasons.end())
            made_.reasons.push_back(why);
    }
    // What is missing neither makes an "and" true nor a "not".
    Logic missing(const std::string &why, bool wanted)
    {
        miss(why);
        return wanted ? Logic::never() : Logic::always();
    }

    Logic source_of(const Node &logsource)
    {
        const std::string product = text_at(logsource, "product");
        if (!product.empty() && product != "linux")
            return missing("the product is " + printable(product, 80) + ", not linux", true);
        made_.source = text_at(logsource, "category");
        if (made_.source.empty())
            made_.source = text_at(logsource, "service");
        Logic any;
        for (const SigmaSource &row : sigma_sources()) {
            if (row.source != made_.source)
                continue;
            Logic one = Logic::always();
            one.any.front().events = events_named(row.events);
            if (!row.field.empty())
                one = one && leaf(row.field, scalar(std::string(row.value), logsource.mark),
                                  one.any.front().events, true);
            any = std::move(any) || std::move(one);
        }
        if (any.is_never())
            return missing(
                "no event comes from the log source \"" + printable(made_.source, 80) + "\"", true);
        return any;
    }

    // A path that is read shows only where its whole name is asked for: nothing else is watched.
    void note_paths(const Node &detection)
    {
        for (const Entry &selection : detection.entries) {
            has_nametype_ = has_nametype_ || selection.value.find("nametype") != nullptr;
            for (const Node &item : selection.value.items)
                has_nametype_ = has_nametype_ || item.find("nametype") != nullptr;
        }
    }

    Logic conditions(const Node *node)
    {
        if (node == nullptr)
            return missing("there is no condition", true);
        Logic any;
        for (const Node &one : values_of(*node)) {
            const auto parsed = SigmaCondition::parse(one.text, names_);
            any = std::move(any) ||
                  (parsed ? condition(*parsed, true) : missing(parsed.error().text, true));
        }
        return any;
    }
    Logic condition(const SigmaCondition &node, bool wanted)
    {
        using Kind = SigmaCondition::Kind;
        if (node.kind == Kind::name)
            return selection(*detection_->find(node.name), wanted);
        if (node.kind == Kind::negated)
            return !condition(node.parts.front(), !wanted);
        Logic made = node.kind == Kind::all_of ? Logic::always() : Logic::never();
        for (const SigmaCondition &part : node.parts) {
            Logic one = condition(part, wanted);
            made = node.kind == Kind::all_of ? std::move(made) && std::move(one)
                                             : std::move(made) || std::move(one);
        }
        return made;
    }

    Logic selection(const Node &node, bool wanted)
    {
        if (node.is_map()) {
            Logic all = Logic::always();
            for (const Entry &entry : node.entries)
                all = std::move(all) && field(node, entry, wanted);
            return all;
        }
        if (!node.is_list())
            return keywords({}, node, wanted);
        Logic any;
        Node words = node;
        words.items.clear();
        for (const Node &item : node.items)
            if (item.is_map())
                any = std::move(any) || selection(item, wanted);
            else
                words.items.push_back(item);
        return words.items.empty() ? any : std::move(any) || keywords({}, words, wanted);
    }

    Logic field(const Node &map, const Entry &entry, bool wanted)
    {
        Words modifiers = split(entry.key, '|');
        const std::string_view name = modifiers.front();
        modifiers.erase(modifiers.begin());
        if (has_word(modifiers, "neq")) {
            Entry other = entry;
            other.key = name;
            for (const std::string_view word : modifiers)
                if (word != "neq")
                    other.key.append("|").append(word);
            return !field(map, other, !wanted);
        }
        if (name.empty())
            return keywords(modifiers, entry.value, wanted);
        const SigmaMapping *row = mapping_of(made_.source, name);
        if (row == nullptr)
            return missing("no field is like \"" + printable(name, 80) + "\"", wanted);
        if (row->how == SigmaField::item && map.find("SYSCALL") != nullptr)
            return missing("what was handed to a system call is not told", wanted);
        return mapped(map, *row, modifiers, entry.value, wanted);
    }

    Logic mapped(const Node &map, const SigmaMapping &row, const Words &modifiers,
                 const Node &value, bool wanted)
    {
        switch (row.how) {
        case SigmaField::none:
            return missing("\"" + std::string(row.name) + "\": " + std::string(row.why), wanted);
        case SigmaField::always:
            return constant(row, value, wanted);
        case SigmaField::record:
            return record(map, row.name, modifiers, value, wanted);
        case SigmaField::item:
            return leaf(key(std::string(row.fields) + "[" + std::string(row.name.substr(1)) + "]",
                            modifiers),
                        value, events_named("process.exec"), wanted);
        case SigmaField::path:
            return path(row, modifiers, value, wanted);
        case SigmaField::unit:
            return leaf(key(row.fields, modifiers), with_suffix(value, ".service"),
                        events_named("unit.change"), wanted);
        case SigmaField::plain:
            break;
        }
        Logic any;
        for (const std::string_view one : split(row.fields, ' '))
            any = std::move(any) || leaf(key(one, modifiers), value, kAllEvents, wanted);
        return any;
    }

    Logic constant(const SigmaMapping &row, const Node &value, bool wanted)
    {
        for (const Node &one : values_of(value))
            if (equals_ignoring_case(one.text, row.fields))
                return Logic::always();
        return missing("\"" + std::string(row.name) + "\" is always " + std::string(row.fields),
                       wanted);
    }

    Logic record(const Node &map, std::string_view name, const Words &modifiers, const Node &value,
                 bool wanted)
    {
        const std::string_view field = name == "syscall" ? "SYSCALL" : name;
        // A record of a system call is as much as the call itself, where that is named.
        if (field == "type" && map.find("SYSCALL") != nullptr)
            return Logic::always();
        if (!modifiers.empty())
            return missing("\"" + std::string(name) + "\" is compared by its whole value only",
                           wanted);
        Logic any;
        for (const Node &one : values_of(value))
            any = std::move(any) || record_of(field, one, wanted);
        return any;
    }
    Logic record_of(std::string_view field, const Node &value, bool wanted)
    {
        Logic any;
        for (const SigmaRecord &row : sigma_records()) {
            const bool other = row.value.empty() && any.is_never();
            if (row.field != field || !(other || equals_ignoring_case(row.value, value.text)))
                continue;
            if (row.events.empty())
                return missing("\"" + std::string(field) + ": " + printable(value.text, 80) +
                                   "\": " + std::string(row.why),
                               wanted);
            Logic one = Logic::always();
            one.any.front().events = events_named(row.events);
            if (!row.test.empty())
                one = one && leaf(row.test, scalar(std::string(row.wanted), value.mark),
                                  one.any.front().events, wanted);
            any = std::move(any) || std::move(one);
        }
        return any;
    }

    // Reading is watched by path: only paths that name a file, or the files of one directory below
    // another, let so few through that they can be watched.
    static bool is_watchable(std::string_view path)
    {
        const std::string_view plain = path.substr(0, path.find_first_of("*?"));
        return path.size() > 1 && path.front() == '/' &&
               (plain == path || std::count(plain.begin(), plain.end(), '/') > 2);
    }

    Logic path(const SigmaMapping &row, const Words &modifiers, const Node &value, bool wanted)
    {
        Node watchable = value;
        Node others = value;
        watchable.kind = others.kind = Node::Kind::list;
        watchable.items.clear();
        others.items.clear();
        for (const Node &one : values_of(value))
            (modifiers.empty() && is_watchable(one.text) ? watchable : others).items.push_back(one);
        if (!others.items.empty() && !has_nametype_ && wanted)
            miss("that a file was read is told only where a rule gives its whole path");
        const EventSet reads = events_named("file.read");
        Logic any;
        for (const std::string_view field : split(row.fields, ' ')) {
            const EventSet events = events_named(field == "file.path" ? "file.*" : "process.exec");
            if (!watchable.items.empty())
                any = std::move(any) || leaf(key(field, modifiers), watchable, events, wanted);
            if (!others.items.empty())
                any =
                    std::move(any) || leaf(key(field, modifiers), others, events & ~reads, wanted);
        }
        return any;
    }

    Logic keywords(const Words &modifiers, const Node &value, bool wanted)
    {
        constexpr std::string_view kComparisons[] = {"startswith", "endswith", "contains", "re",
                                                     "cidr"};
        Words words = modifiers;
        const bool compares =
            std::any_of(std::begin(kComparisons), std::end(kComparisons),
                        [&](std::string_view comparison) { return has_word(words, comparison); });
        if (!compares)
            words.insert(words.begin(), "contains");
        Logic any;
        bool found = false;
        for (const SigmaKeyword &row : sigma_keywords()) {
            if (row.source != made_.source)
                continue;
            found = true;
            any = std::move(any) ||
                  leaf(key(row.field, words), value, events_named(row.events), wanted);
            if (row.events == "lines")
                miss("of logs, only the lines of sign-ins, sessions, rights, accounts, jobs and "
                     "units become events");
        }
        return found ? any : missing("words without a field cannot be looked for here", wanted);
    }

    static std::string key(std::string_view field, const Words &modifiers)
    {
        std::string key(field);
        for (const std::string_view word : modifiers)
            key.append("|").append(word == "utf16le" ? std::string_view("wide") : word);
        return key;
    }
    static Node with_suffix(const Node &value, const std::string &suffix)
    {
        Node list;
        list.kind = Node::Kind::list;
        list.mark = value.mark;
        for (const Node &one : values_of(value)) {
            list.items.push_back(one);
            list.items.push_back(scalar(one.text + suffix, one.mark));
        }
        return list;
    }

    Logic leaf(std::string_view field, const Node &value, EventSet events, bool wanted)
    {
        Node map;
        map.kind = Node::Kind::map;
        map.mark = value.mark;
        map.entries.push_back({std::string(field), value.mark, as_texts(value)});
        if (field.find("|fieldref") != std::string_view::npos && value.is_scalar())
            if (const auto other = sigma_field(made_.source, value.text))
                map.entries.front().value.text = other->name;
        if (field.find("|exists") != std::string_view::npos)
            map.entries.front().value.quoted = false;
        const std::vector<const event::Type *> types = types_of(events);
        Scope scope;
        scope.types = types;
        scope.vocabulary = &vocabulary_;
        scope.foreign = true;
        Complaints complaints;
        Where where = compile_where(map, scope, complaints);
        if (!complaints.empty() || where.any.size() != 1)
            return missing(first_line(complaints.error().text), wanted);
        Logic made;
        made.any.push_back({events, std::move(where.any.front())});
        return made;
    }
    // "file:line:column: what" without the place, which is said already.
    static std::string first_line(const std::string &complaint)
    {
        const std::string line = complaint.substr(0, complaint.find('\n'));
        std::size_t at = 0;
        for (int colons = 0; colons < 3 && at != std::string::npos; ++colons)
            at = line.find(':', at == 0 ? 0 : at + 1);
        return at == std::string::npos ? line : std::string(trim(line.substr(at + 1)));
    }

    const Vocabulary &vocabulary_;
    SigmaDetection &made_;
    const Node *detection_ = nullptr;
    std::vector<std::string> names_;
    bool has_nametype_ = false;
};

} // namespace

SigmaDetection read_sigma_detection(const Node &rule, const Vocabulary &vocabulary)
{
    SigmaDetection made;
    Reader(vocabulary, made).read(rule);
    return made;
}

std::optional<session::FieldRef> sigma_field(std::string_view source, std::string_view name)
{
    const SigmaMapping *row = mapping_of(source, name);
    if (row != nullptr && row->how == SigmaField::plain)
        return session::find_field(split(row->fields, ' ').front());
    return row == nullptr ? session::find_field(name) : std::nullopt;
}

} // namespace sentra::engine
