// SPDX-License-Identifier: MIT
#include "engine/index.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace sentra::engine {

namespace {

std::size_t position(const event::Type &type)
{
    return static_cast<std::size_t>(&type - event::Catalogue::get().types().data());
}

const event::Slot *slot_of(const event::Type &type, const Test &test)
{
    return test.place.field.own ? type.slot(*test.place.field.own) : nullptr;
}

// "/.ssh/authorized_keys" ends a path only if the path's last component is "authorized_keys".
bool has_component(const Pattern &pattern)
{
    const auto plain = pattern.plain();
    return plain && pattern.compare() == Compare::ends &&
           plain->find('/') != std::string_view::npos && plain->back() != '/';
}

bool is_exact(const Pattern &pattern)
{
    return pattern.compare() == Compare::equals && pattern.plain();
}

// Derived fields that are one text: where no slot tells, the name must.
constexpr std::string_view kDerivedTexts[] = {
    "process.name",        "process.executable", "process.given_name", "process.parent.executable",
    "process.parent.name", "file.name",          "file.directory",     "file.extension",
    "file.owner",          "user.name",          "actor.kind",         "actor.unit",
    "actor.job",           "actor.user.name"};

bool is_text(const event::Slot *slot, const session::FieldRef &field)
{
    if (slot != nullptr)
        return slot->kind == Kind::text || slot->kind == Kind::path ||
               slot->kind == Kind::characters;
    return std::find(std::begin(kDerivedTexts), std::end(kDerivedTexts), field.name) !=
           std::end(kDerivedTexts);
}

// How few events a test lets through: 0 is best; nullopt: it cannot be looked up in a hash.
std::optional<int> rank(const Test &test, const event::Type &type)
{
    const event::Slot *slot = slot_of(type, test);
    const bool text = is_text(slot, test.place.field);
    if (test.kind != Test::Kind::patterns || test.place.step != kThisEvent ||
        (slot == nullptr && !text) || (test.all && test.patterns.size() > 1))
        return std::nullopt;
    const auto all = [&](auto predicate) {
        return std::all_of(test.patterns.begin(), test.patterns.end(), predicate);
    };
    if (text && all([](const Pattern &pattern) { return is_exact(pattern); }))
        return slot == nullptr ? 2 : test.base_name ? 1 : 0;
    if (text && !test.base_name && all([](const Pattern &p) { return has_component(p); }))
        return 1;
    if (slot == nullptr)
        return std::nullopt;
    if (slot->kind == Kind::choice && all([](const Pattern &p) { return is_exact(p); }))
        return 3;
    const bool number = slot->kind == Kind::number || slot->kind == Kind::id;
    if (number && all([](const Pattern &p) { return is_exact(p) && p.number(); }))
        return 2;
    return std::nullopt;
}

// What the index keeps for a pattern: lower case, so that a cased pattern is found as well.
std::string key_of(const Test &test, const Pattern &pattern, const event::Slot *slot)
{
    if (slot != nullptr && (slot->kind == Kind::number || slot->kind == Kind::id))
        return std::to_string(pattern.number()->magnitude);
    if (has_component(pattern) && !test.base_name)
        return lower_ascii(base_name(*pattern.plain()));
    return lower_ascii(*pattern.plain());
}

bool looks_at_base_name(const Test &test)
{
    return test.base_name || has_component(test.patterns.front());
}

// Fields that are texts or lists of texts, so that an automaton can walk over them.
bool is_walked(const Test &test, const event::Slot *slot)
{
    constexpr std::string_view kDerivedLists[] = {
        "process.command_line", "process.parent.command_line", "process.args",
        "process.parent.args",  "ancestor.executable",         "ancestor.name"};
    return is_text(slot, test.place.field) || (slot != nullptr && slot->kind == Kind::list) ||
           std::find(std::begin(kDerivedLists), std::end(kDerivedLists), test.place.field.name) !=
               std::end(kDerivedLists);
}

// The longest text that must stand in a value for the pattern to match; empty: there is none.
std::string needle_of(const Pattern &pattern)
{
    if (const auto plain = pattern.plain())
        return std::string(*plain);
    std::string longest;
    for (std::string &piece : pattern.pieces())
        if (piece.size() > longest.size())
            longest = std::move(piece);
    return longest;
}

// The texts of which one must stand in the field's value for the test to hold; empty: none.
std::vector<std::string> needles_of(const Test &test)
{
    std::vector<std::string> needles;
    for (const Pattern &pattern : test.patterns) {
        needles.push_back(needle_of(pattern));
        if (!test.all && needles.back().empty())
            return {};
    }
    if (!test.all || needles.size() < 2)
        return needles;
    const auto longest =
        std::max_element(needles.begin(), needles.end(),
                         [](const auto &a, const auto &b) { return a.size() < b.size(); });
    if (longest->empty())
        return {};
    return {*longest};
}

// How few events a test lets through that is looked for by an automaton, on rank()'s scale times
// ten: a long text is rarer than a program's name, a short one is in most command lines.
std::optional<int> rank_walked(const Test &test, const event::Type &type)
{
    if (test.kind != Test::Kind::patterns || test.place.step != kThisEvent ||
        !is_walked(test, slot_of(type, test)))
        return std::nullopt;
    std::size_t shortest = ~std::size_t{0};
    for (const std::string &needle : needles_of(test))
        shortest = std::min(shortest, needle.size());
    if (shortest == ~std::size_t{0})
        return std::nullopt;
    return shortest >= 6 ? 5 : shortest >= 4 ? 15 : shortest >= 2 ? 25 : 35;
}

// The alternative is for other events than this.
bool is_of_another_type(const Test &test, const event::Type &type)
{
    if (test.place.step != kThisEvent || test.kind == Test::Kind::absent ||
        (test.kind == Test::Kind::exists && !test.wanted))
        return false;
    if (test.kind == Test::Kind::patterns && test.place.field.name == "event.name") {
        std::string buffer;
        return std::none_of(
            test.patterns.begin(), test.patterns.end(),
            [&](const Pattern &pattern) { return pattern.matches_text(type.name, buffer); });
    }
    return !carries(type, test.place.field);
}

} // namespace

void Index::add(const Waiting &waiting)
{
    types_.resize(event::Catalogue::get().types().size());
    const auto number = static_cast<std::uint32_t>(waiting_.size());
    waiting_.push_back(waiting);
    for (const event::Type *type : *waiting.types) {
        OfType &of_type = types_[position(*type)];
        if (waiting.where->any.empty())
            of_type.residual.push_back({number, nullptr});
        for (const Clause &clause : waiting.where->any)
            add_clause(of_type, *type, number, clause);
    }
}

void Index::add_clause(OfType &of_type, const event::Type &type, std::uint32_t waiting,
                       const Clause &clause)
{
    const Test *best = nullptr;
    int best_rank = 1000;
    bool walked = false;
    for (const Test &test : clause.tests) {
        if (is_of_another_type(test, type))
            return;
        const auto looked_up = rank(test, type);
        const auto this_rank =
            looked_up ? std::optional<int>(*looked_up * 10) : rank_walked(test, type);
        if (this_rank && *this_rank < best_rank) {
            best = &test;
            best_rank = *this_rank;
            walked = !looked_up;
        }
    }
    if (best == nullptr)
        of_type.residual.push_back({waiting, &clause});
    else if (walked)
        scan(of_type, *best, {waiting, &clause});
    else
        anchor(of_type, type, *best, {waiting, &clause});
}

void Index::anchor(OfType &of_type, const event::Type &type, const Test &test, Candidate candidate)
{
    const bool by_base_name = looks_at_base_name(test);
    auto at = std::find_if(of_type.anchors.begin(), of_type.anchors.end(), [&](const Anchor &one) {
        return one.field.name == test.place.field.name && one.base_name == by_base_name;
    });
    if (at == of_type.anchors.end())
        at = of_type.anchors.insert(of_type.anchors.end(),
                                    Anchor{test.place.field, by_base_name, {}});
    const event::Slot *slot = slot_of(type, test);
    for (const Pattern &pattern : test.patterns) {
        std::vector<Candidate> &candidates = at->by_value[key_of(test, pattern, slot)];
        if (candidates.empty() || candidates.back().clause != candidate.clause)
            candidates.push_back(candidate);
    }
}

void Index::scan(OfType &of_type, const Test &test, Candidate candidate)
{
    auto at = std::find_if(of_type.scans.begin(), of_type.scans.end(), [&](const Scan &one) {
        return one.field.name == test.place.field.name;
    });
    if (at == of_type.scans.end())
        at = of_type.scans.insert(of_type.scans.end(), Scan{test.place.field, {}, {}});
    const auto number = static_cast<std::uint32_t>(at->candidates.size());
    at->candidates.push_back(candidate);
    for (const std::string &needle : needles_of(test))
        at->automaton.add(needle, number);
}

void Index::build()
{
    for (OfType &of_type : types_)
        for (Scan &scan : of_type.scans)
            scan.automaton.build();
}

void Index::ask(const Candidate &candidate, const Asked &asked, std::vector<Waiting> &out) const
{
    // A clause that names earlier steps is asked again with them; here it may pass.
    if (candidate.clause == nullptr || !candidate.clause->steps.empty() ||
        holds(*candidate.clause, asked))
        out.push_back(waiting_[candidate.waiting]);
}

void Index::find_anchored(const OfType &of_type, const Asked &asked,
                          std::vector<Waiting> &out) const
{
    for (const Anchor &anchor : of_type.anchors) {
        const event::Value value = session::read(anchor.field, asked.event, asked.context,
                                                 asked.session, asked.buffers.value);
        std::string_view key;
        char digits[24];
        if (const auto *text = std::get_if<std::string_view>(&value)) {
            key = lower_into(anchor.base_name ? base_name(*text) : *text, asked.buffers.lowered);
        } else if (const auto *number = std::get_if<std::uint64_t>(&value)) {
            const auto end = std::to_chars(digits, digits + sizeof digits, *number).ptr;
            key = {digits, static_cast<std::size_t>(end - digits)};
        } else {
            continue;
        }
        const auto found = anchor.by_value.find(key);
        if (found != anchor.by_value.end())
            for (const Candidate &candidate : found->second)
                ask(candidate, asked, out);
    }
}

void Index::find_scanned(const OfType &of_type, const Asked &asked, std::vector<Waiting> &out) const
{
    std::vector<std::uint32_t> &seen = asked.buffers.found;
    for (const Scan &scan : of_type.scans) {
        const event::Value value = session::read(scan.field, asked.event, asked.context,
                                                 asked.session, asked.buffers.value);
        seen.clear();
        if (const auto *text = std::get_if<std::string_view>(&value))
            scan.automaton.find(*text, seen);
        else if (const auto *list = std::get_if<event::List>(&value))
            scan.automaton.find(list->joined, seen);
        std::sort(seen.begin(), seen.end());
        seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
        for (const std::uint32_t number : seen)
            ask(scan.candidates[number], asked, out);
    }
}

void Index::find(const Asked &asked, std::vector<Waiting> &out) const
{
    out.clear();
    const std::size_t at = position(asked.event.type());
    if (at >= types_.size())
        return;
    find_anchored(types_[at], asked, out);
    find_scanned(types_[at], asked, out);
    for (const Candidate &candidate : types_[at].residual)
        ask(candidate, asked, out);
    std::sort(out.begin(), out.end(), [](const Waiting &a, const Waiting &b) {
        return a.rule != b.rule ? a.rule < b.rule : a.part < b.part;
    });
    out.erase(std::unique(out.begin(), out.end()), out.end());
}

Index::Shape Index::shape() const
{
    Shape shape;
    for (const OfType &of_type : types_) {
        for (const Anchor &anchor : of_type.anchors)
            shape.anchored += anchor.by_value.size();
        for (const Scan &scan : of_type.scans)
            shape.scanned += scan.candidates.size();
        shape.residual += of_type.residual.size();
    }
    return shape;
}

} // namespace sentra::engine
