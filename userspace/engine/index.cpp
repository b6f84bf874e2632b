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

// How few events a test lets through: 0 is best; nullopt: it cannot be looked up.
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
    int best_rank = 100;
    for (const Test &test : clause.tests) {
        // A field that this type does not have: the alternative is for the step's other types.
        if (test.place.step == kThisEvent && test.kind != Test::Kind::absent &&
            !(test.kind == Test::Kind::exists && !test.wanted) && !carries(type, test.place.field))
            return;
        if (const auto this_rank = rank(test, type); this_rank && *this_rank < best_rank) {
            best = &test;
            best_rank = *this_rank;
        }
    }
    if (best == nullptr) {
        of_type.residual.push_back({waiting, &clause});
        return;
    }
    const bool by_base_name = looks_at_base_name(*best);
    auto anchor =
        std::find_if(of_type.anchors.begin(), of_type.anchors.end(), [&](const Anchor &one) {
            return one.field.name == best->place.field.name && one.base_name == by_base_name;
        });
    if (anchor == of_type.anchors.end())
        anchor = of_type.anchors.insert(of_type.anchors.end(),
                                        Anchor{best->place.field, by_base_name, {}});
    const event::Slot *slot = slot_of(type, *best);
    for (const Pattern &pattern : best->patterns) {
        std::vector<Candidate> &candidates = anchor->by_value[key_of(*best, pattern, slot)];
        if (candidates.empty() || candidates.back().clause != &clause)
            candidates.push_back({waiting, &clause});
    }
}

void Index::ask(const std::vector<Candidate> &candidates, const Asked &asked,
                std::vector<Waiting> &out) const
{
    for (const Candidate &candidate : candidates)
        // A clause that names earlier steps is asked again with them; here it may pass.
        if (candidate.clause == nullptr || !candidate.clause->steps.empty() ||
            holds(*candidate.clause, asked))
            out.push_back(waiting_[candidate.waiting]);
}

void Index::find(const Asked &asked, std::vector<Waiting> &out) const
{
    out.clear();
    const std::size_t at = position(asked.event.type());
    if (at >= types_.size())
        return;
    for (const Anchor &anchor : types_[at].anchors) {
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
            ask(found->second, asked, out);
    }
    ask(types_[at].residual, asked, out);
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
        shape.residual += of_type.residual.size();
    }
    return shape;
}

} // namespace sentra::engine
