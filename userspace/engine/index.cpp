// SPDX-License-Identifier: MIT
#include "engine/index.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <charconv>

#include "base/text.h"
#include "engine/answers.h"

namespace sentra::engine {

namespace {

using session::Depends;

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
        return slot == nullptr ? 20 : test.base_name ? 10 : 0;
    if (text && !test.base_name && all([](const Pattern &p) { return has_component(p); }))
        return 10;
    if (slot == nullptr)
        return std::nullopt;
    if (slot->kind == Kind::choice && all([](const Pattern &p) { return is_exact(p); }))
        return 30;
    const bool number = slot->kind == Kind::number || slot->kind == Kind::id;
    if (number && all([](const Pattern &p) { return is_exact(p) && p.number(); }))
        return 28; // of root and of port 443 there are many
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

// Fields that are texts or lists of texts, so that one walk can look for many.
bool is_walked(const Test &test, const event::Slot *slot)
{
    constexpr std::string_view kDerivedLists[] = {
        "process.command_line", "process.parent.command_line", "process.args",
        "process.parent.args",  "ancestor.executable",         "ancestor.name"};
    return is_text(slot, test.place.field) || (slot != nullptr && slot->kind == Kind::list) ||
           std::find(std::begin(kDerivedLists), std::end(kDerivedLists), test.place.field.name) !=
               std::end(kDerivedLists);
}

// How few events a test lets through that is looked for in a walk, on rank()'s scale: a long
// text is rarer than a program's name, a short one is in most command lines.
std::optional<int> rank_walked(const Test &test, const event::Type &type)
{
    if (test.kind != Test::Kind::patterns || test.place.step != kThisEvent ||
        !is_walked(test, slot_of(type, test)))
        return std::nullopt;
    const std::size_t shortest = shortest_of(needles_of(test));
    if (shortest == 0)
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

// Without a look, but of something that lasts: asked once for each process and not for each event.
// A foreign list in "not" does not do: most processes are in none.
std::optional<int> rank_kept(const Test &test, const event::Type &type, Questions &questions)
{
    constexpr int kLast = 500;
    if (test.question == Test::kUnnumbered ||
        questions.depends(type, questions.add_field(test.place.field)) == Depends::event)
        return std::nullopt;
    return kLast;
}

void mark(std::uint64_t *bits, std::uint32_t number)
{
    bits[number / 64] |= std::uint64_t{1} << number % 64;
}

template <typename Visit>
void for_each(const std::uint64_t *bits, std::size_t words, const Visit &visit)
{
    for (std::size_t i = 0; i < words; ++i)
        for (std::uint64_t rest = bits[i]; rest != 0; rest &= rest - 1)
            visit(static_cast<std::uint32_t>(i * 64) +
                  static_cast<std::uint32_t>(std::countr_zero(rest)));
}

bool hangs_on(const Test &test, Depends on, const Answers &answers)
{
    return test.question != Test::kUnnumbered && answers.depends_of(test.question) == on;
}

bool hangs_only_on(const Where &where, Depends on, const Answers &answers)
{
    const auto of_clause = [&](const Clause &clause) {
        const auto test_does = [&](const Test &test) { return hangs_on(test, on, answers); };
        const auto where_does = [&](const Where &inner) {
            return hangs_only_on(inner, on, answers);
        };
        return std::all_of(clause.tests.begin(), clause.tests.end(), test_does) &&
               std::all_of(clause.nots.begin(), clause.nots.end(), where_does);
    };
    return std::all_of(where.any.begin(), where.any.end(), of_clause);
}

// False: what hangs on that alone rules the clause out already.
bool may_hold(const Clause &clause, Depends on, const Asked &asked)
{
    for (const Test &test : clause.tests)
        if (hangs_on(test, on, *asked.answers) && !asked.answers->holds(test.question))
            return false;
    for (const Where &nots : clause.nots)
        if (hangs_only_on(nots, on, *asked.answers) && holds(nots, asked))
            return false;
    return true;
}

// Of a clause that names earlier steps: as far as it asks about the event alone. With its steps it
// is asked again.
bool may_hold(const Clause &clause, const Asked &asked)
{
    for (const Test &test : clause.tests)
        if (test.question != Test::kUnnumbered && !asked.answers->holds(test.question))
            return false;
    for (const Where &nots : clause.nots)
        if (!nots.asks_steps() && holds(nots, asked))
            return false;
    return true;
}

} // namespace

void Index::add(const Waiting &waiting, Questions &questions)
{
    types_.resize(event::Catalogue::get().types().size());
    const auto number = static_cast<std::uint32_t>(waiting_.size());
    waiting_.push_back(waiting);
    for (const event::Type *type : *waiting.types) {
        OfType &of_type = types_[position(*type)];
        if (waiting.where->any.empty()) {
            of_type.groups[0].others.push_back(
                static_cast<std::uint32_t>(of_type.candidates.size()));
            of_type.candidates.push_back({number, nullptr});
        }
        for (const Clause &clause : waiting.where->any)
            add_clause(of_type, *type, number, clause, questions);
    }
}

void Index::add_clause(OfType &of_type, const event::Type &type, std::uint32_t waiting,
                       const Clause &clause, Questions &questions)
{
    const Test *best = nullptr;
    int best_rank = 1000;
    enum class How : std::uint8_t { other, anchored, walked } how = How::other;
    for (const Test &test : clause.tests) {
        if (is_of_another_type(test, type))
            return;
        const auto choose = [&](std::optional<int> rank, How by) {
            if (!rank || *rank >= best_rank)
                return;
            best = &test;
            best_rank = *rank;
            how = by;
        };
        choose(rank(test, type), How::anchored);
        if (!rank(test, type))
            choose(rank_walked(test, type), How::walked);
        choose(rank_kept(test, type, questions), How::other);
    }
    const auto candidate = static_cast<std::uint32_t>(of_type.candidates.size());
    of_type.candidates.push_back({waiting, &clause});
    const std::uint32_t field = best == nullptr ? 0 : questions.add_field(best->place.field);
    Group &group = best == nullptr ? of_type.groups[static_cast<std::size_t>(Depends::event)]
                                   : group_of(of_type, type, field, questions);
    if (how == How::anchored)
        anchor(group, type, *best, field, candidate);
    else if (how == How::walked)
        scan(group, *best, field, candidate);
    else
        group.others.push_back(candidate);
}

Index::Group &Index::group_of(OfType &of_type, const event::Type &type, std::uint32_t field,
                              const Questions &questions)
{
    const Depends on = questions.depends(type, field);
    if (on != Depends::event || !questions.recurs(field))
        return of_type.groups[static_cast<std::size_t>(on)];
    auto at = std::find_if(of_type.of_texts.begin(), of_type.of_texts.end(),
                           [field](const auto &one) { return one.first == field; });
    if (at == of_type.of_texts.end())
        at = of_type.of_texts.insert(of_type.of_texts.end(), {field, {}});
    return at->second;
}

void Index::anchor(Group &group, const event::Type &type, const Test &test, std::uint32_t field,
                   std::uint32_t candidate)
{
    const bool by_base_name = looks_at_base_name(test);
    auto at = std::find_if(group.anchors.begin(), group.anchors.end(), [&](const Anchor &one) {
        return one.field == field && one.base_name == by_base_name;
    });
    if (at == group.anchors.end())
        at = group.anchors.insert(group.anchors.end(), Anchor{field, by_base_name, {}, {}});
    const event::Slot *slot = slot_of(type, test);
    for (const Pattern &pattern : test.patterns) {
        const std::uint32_t word = at->words.add(key_of(test, pattern, slot));
        at->by_word.resize(at->words.size());
        Numbers &candidates = at->by_word[word];
        if (candidates.empty() || candidates.back() != candidate)
            candidates.push_back(candidate);
    }
}

void Index::scan(Group &group, const Test &test, std::uint32_t field, std::uint32_t candidate)
{
    auto at = std::find_if(group.scans.begin(), group.scans.end(),
                           [&](const Scan &one) { return one.field == field; });
    if (at == group.scans.end())
        at = group.scans.insert(group.scans.end(), Scan{field, 0, {}});
    ++at->candidates;
    for (const std::string &needle : needles_of(test))
        at->needles.add(needle, candidate);
}

void Index::build()
{
    assert(types_.size() <= 64); // bits of Kept::looked
    found_words_ = 0;
    for (OfType &of_type : types_) {
        of_type.found_at = found_words_;
        found_words_ += of_type.words();
        const auto build = [](Group &group) {
            for (Scan &scan : group.scans)
                scan.needles.build();
        };
        std::for_each(of_type.groups.begin(), of_type.groups.end(), build);
        for (auto &[field, group] : of_type.of_texts)
            build(group);
    }
}

void Index::look(const Group &group, Answers &answers, std::uint64_t *found)
{
    for (const std::uint32_t candidate : group.others)
        mark(found, candidate);
    for (const Anchor &anchor : group.anchors) {
        const event::Value &value = answers.value(anchor.field);
        std::uint32_t word = Words::kNone;
        if (std::holds_alternative<std::string_view>(value)) {
            const Answers::Lowered &key = answers.lowered(anchor.field, anchor.base_name);
            word = anchor.words.find(key.text, key.hash);
        } else if (const auto *number = std::get_if<std::uint64_t>(&value)) {
            char digits[24];
            const auto end = std::to_chars(digits, digits + sizeof digits, *number).ptr;
            const std::string_view key(digits, static_cast<std::size_t>(end - digits));
            word = anchor.words.find(key, Words::hash(key));
        }
        if (word != Words::kNone)
            for (const std::uint32_t candidate : anchor.by_word[word])
                mark(found, candidate);
    }
    for (const Scan &scan : group.scans) {
        const event::Value &value = answers.value(scan.field);
        if (std::holds_alternative<std::string_view>(value) ||
            std::holds_alternative<event::List>(value))
            scan.needles.find(answers.lowered(scan.field, false).text,
                              [found](std::uint32_t candidate) { mark(found, candidate); });
    }
}

// What a look finds whose outcome lasts, less what cannot come true as long as it does.
void Index::find_kept(const OfType &of_type, std::size_t type, Depends on, const Asked &asked,
                      std::uint64_t *found)
{
    const Group &group = of_type.groups[static_cast<std::size_t>(on)];
    if (group.is_empty())
        return;
    Kept *kept = asked.answers->kept(on);
    if (kept == nullptr)
        return look(group, *asked.answers, found);
    std::uint64_t *own = kept->found.data() + of_type.found_at;
    const std::uint64_t bit = std::uint64_t{1} << type;
    if ((kept->looked & bit) == 0) {
        kept->looked |= bit;
        look(group, *asked.answers, own);
        for_each(own, of_type.words(), [&](std::uint32_t candidate) {
            const Clause *clause = of_type.candidates[candidate].clause;
            if (clause != nullptr && !may_hold(*clause, on, asked))
                own[candidate / 64] &= ~(std::uint64_t{1} << candidate % 64);
        });
    }
    for (std::size_t i = 0; i < of_type.words(); ++i)
        found[i] |= own[i];
}

// The same for texts that recur.
void Index::find_of_texts(const OfType &of_type, std::size_t type, Answers &answers,
                          std::uint64_t *found)
{
    const std::uint64_t bit = std::uint64_t{1} << type;
    for (const auto &[field, group] : of_type.of_texts) {
        Kept *kept = answers.kept_of_text(field);
        if (kept == nullptr) {
            look(group, answers, found);
            continue;
        }
        std::uint64_t *own = kept->found.data() + of_type.found_at;
        if ((kept->looked & bit) == 0) {
            kept->looked |= bit;
            look(group, answers, own);
        }
        for (std::size_t i = 0; i < of_type.words(); ++i)
            found[i] |= own[i];
    }
}

void Index::find(const Asked &asked, std::vector<Waiting> &out) const
{
    out.clear();
    const std::size_t at = position(asked.event.type());
    if (at >= types_.size() || types_[at].candidates.empty())
        return;
    const OfType &of_type = types_[at];
    std::vector<std::uint64_t> &found = asked.buffers.found;
    found.assign(of_type.words(), 0);
    look(of_type.groups[static_cast<std::size_t>(Depends::event)], *asked.answers, found.data());
    find_of_texts(of_type, at, *asked.answers, found.data());
    for (const Depends on : {Depends::process, Depends::ancestors, Depends::actor})
        find_kept(of_type, at, on, asked, found.data());
    std::uint32_t passed = ~std::uint32_t{0};
    for_each(found.data(), of_type.words(), [&](std::uint32_t number) {
        const Candidate &candidate = of_type.candidates[number];
        if (candidate.waiting == passed)
            return;
        const Clause *clause = candidate.clause;
        if (clause == nullptr ||
            (clause->steps.empty() ? holds(*clause, asked) : may_hold(*clause, asked))) {
            passed = candidate.waiting;
            out.push_back(waiting_[passed]);
        }
    });
}

Index::Shape Index::shape() const
{
    Shape shape;
    const auto add = [&shape](const Group &group) {
        for (const Anchor &anchor : group.anchors)
            shape.anchored += anchor.words.size();
        for (const Scan &scan : group.scans)
            shape.scanned += scan.candidates;
        shape.residual += group.others.size();
    };
    for (const OfType &of_type : types_) {
        std::for_each(of_type.groups.begin(), of_type.groups.end(), add);
        for (const auto &[field, group] : of_type.of_texts)
            add(group);
    }
    return shape;
}

} // namespace sentra::engine
