// SPDX-License-Identifier: MIT
#include "engine/sigma_evidence.h"

#include <algorithm>

#include "base/hash.h"
#include "base/time.h"

namespace sentra::engine {

namespace {

constexpr std::size_t kActorsMost = 4096;
constexpr std::size_t kNotesMost = 64; // rules of one actor: more than that is no evidence
constexpr std::size_t kGroupsMost = 4096;
constexpr std::size_t kSeenMost = 4096; // of one group; a count is less
constexpr std::size_t kShownMost = 32;  // events of a correlation that its signal shows
constexpr int kDeepest = 8;             // correlations of correlations

std::uint64_t weight_of(const event::Event &event)
{
    static const auto kField = event::Catalogue::get().find_field("event.count");
    const event::Value value = kField ? event.get(*kField) : event::Value{};
    const auto *count = std::get_if<std::uint64_t>(&value);
    return count == nullptr ? 1 : std::max<std::uint64_t>(*count, 1);
}

std::size_t distinct_values(const std::deque<std::uint64_t> &values)
{
    std::vector<std::uint64_t> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    return static_cast<std::size_t>(std::unique(sorted.begin(), sorted.end()) - sorted.begin());
}

} // namespace

// One event, at all rules it matches.
struct SigmaEvidence::Turn {
    const Asked &asked;
    std::vector<Completion> &out;
    std::uint64_t &evicted;
    TakenPtr taken; // made when somebody needs it
    int depth = 0;

    const TakenPtr &take()
    {
        if (taken == nullptr)
            taken =
                std::make_shared<Taken>(Taken{{"seen", event::Owned(asked.event), asked.context, 1},
                                              {},
                                              0,
                                              asked.event.time_ns()});
        return taken;
    }
};

SigmaEvidence::SigmaEvidence(RuleSetPtr set)
    : set_(std::move(set)),
      by_actor_(kActorsMost),
      groups_(set_->rules.size(), Recent<Group>(kGroupsMost))
{
    has_rules_ = std::any_of(set_->rules.begin(), set_->rules.end(),
                             [](const CompiledRule &rule) { return rule.sigma != nullptr; });
}

void SigmaEvidence::step(std::vector<Waiting> &found, const Asked &asked,
                         std::vector<Completion> &out, std::uint64_t &evicted)
{
    if (!has_rules_)
        return;
    Turn turn{asked, out, evicted, nullptr, 0};
    const auto is_sigma = [this](const Waiting &one) {
        return set_->rules[one.rule].sigma != nullptr;
    };
    for (const Waiting &one : found)
        if (is_sigma(one))
            matched(turn, one.rule);
    found.erase(std::remove_if(found.begin(), found.end(), is_sigma), found.end());
}

void SigmaEvidence::matched(Turn &turn, std::uint32_t number)
{
    const CompiledRule &rule = set_->rules[number];
    const SigmaTraits &traits = *rule.sigma;
    if (traits.tells)
        note(rule, turn.asked, turn.evicted);
    if (traits.raises && !traits.correlation) {
        Completion completion;
        completion.rule = number;
        completion.bound = {turn.take()};
        completion.weight = weight_of(turn.asked.event);
        turn.out.push_back(std::move(completion));
    }
    if (turn.depth == kDeepest)
        return;
    ++turn.depth;
    for (const std::uint32_t correlation : traits.counted_by)
        correlate(turn, correlation, number);
    --turn.depth;
}

void SigmaEvidence::note(const CompiledRule &rule, const Asked &asked, std::uint64_t &evicted)
{
    const auto &actor = asked.context.actor;
    if (actor == nullptr || actor->key.empty())
        return;
    const std::uint64_t now_ns = asked.event.time_ns();
    std::vector<Note> &notes = by_actor_.use(actor->key, now_ns, evicted);
    for (Note &note : notes) {
        if (note.rule != rule.rule)
            continue;
        note.last_ns = std::max(note.last_ns, now_ns);
        ++note.count;
        return;
    }
    if (notes.size() == kNotesMost) {
        const auto oldest =
            std::min_element(notes.begin(), notes.end(),
                             [](const Note &a, const Note &b) { return a.last_ns < b.last_ns; });
        notes.erase(oldest);
        ++evicted;
    }
    notes.push_back({rule.rule, rule.sigma->level, now_ns, now_ns, 1});
}

// False: the event lacks a value, and joins nothing.
bool SigmaEvidence::group_key(const SigmaCorrelation::Part &part, const Asked &asked,
                              std::string &key)
{
    key.clear();
    for (const session::FieldRef &field : part.keys) {
        const event::Value value =
            session::read(field, asked.event, asked.context, asked.session, asked.buffers.value);
        if (!is_known(value))
            return false;
        key.append(event::to_text(value)).append("\x1f");
    }
    return true;
}

void SigmaEvidence::correlate(Turn &turn, std::uint32_t number, std::uint32_t part_rule)
{
    const SigmaCorrelation &correlation = *set_->rules[number].sigma->correlation;
    const std::uint64_t now_ns = turn.asked.event.time_ns();
    // An ordered correlation may name a rule twice: one event is only one of its steps, the latest.
    Group *group = nullptr;
    bool taken = false;
    for (std::size_t i = correlation.parts.size(); i-- > 0;) {
        const SigmaCorrelation::Part &part = correlation.parts[i];
        if (part.rule != part_rule || !group_key(part, turn.asked, key_))
            continue;
        group = &groups_[number].use(key_, now_ns, turn.evicted);
        Seen seen{now_ns, weight_of(turn.asked.event), 0, i, turn.take()};
        if (part.value) {
            const event::Value value =
                session::read(*part.value, turn.asked.event, turn.asked.context, turn.asked.session,
                              turn.asked.buffers.value);
            if (!is_known(value))
                continue;
            seen.value = fnv1a(event::to_text(value));
        }
        taken = true;
        group->seen.push_back(std::move(seen));
        if (correlation.kind != SigmaCorrelation::Kind::temporal_ordered)
            break;
    }
    if (!taken)
        return;
    while (group->seen.size() > kSeenMost ||
           (!group->seen.empty() && group->seen.front().time_ns < now_ns &&
            now_ns - group->seen.front().time_ns > correlation.span_ns))
        group->seen.pop_front();
    if (is_whole(correlation, *group))
        complete(turn, number, *group);
}

bool SigmaEvidence::is_whole(const SigmaCorrelation &correlation, const Group &group)
{
    using Kind = SigmaCorrelation::Kind;
    switch (correlation.kind) {
    case Kind::event_count: {
        std::uint64_t sum = 0;
        for (const Seen &seen : group.seen)
            sum += seen.weight;
        return sum >= correlation.at_least;
    }
    case Kind::value_count: {
        std::deque<std::uint64_t> values;
        for (const Seen &seen : group.seen)
            values.push_back(seen.value);
        return distinct_values(values) >= correlation.at_least;
    }
    case Kind::temporal: {
        std::deque<std::uint64_t> parts;
        for (const Seen &seen : group.seen)
            parts.push_back(seen.part);
        return distinct_values(parts) == correlation.parts.size();
    }
    case Kind::temporal_ordered:
        break;
    }
    std::size_t next = 0;
    TakenPtr last; // the event of the step before
    for (const Seen &seen : group.seen)
        if (next < correlation.parts.size() && seen.part == next && seen.taken != last) {
            ++next;
            last = seen.taken;
        }
    return next == correlation.parts.size();
}

void SigmaEvidence::complete(Turn &turn, std::uint32_t number, Group &group)
{
    const CompiledRule &rule = set_->rules[number];
    const std::deque<Seen> seen = std::exchange(group.seen, {});
    if (rule.sigma->raises) {
        Completion completion;
        completion.rule = number;
        completion.bound = {turn.take()};
        for (const Seen &one : seen) {
            if (one.taken == turn.taken)
                continue;
            if (completion.counted.size() < kShownMost)
                completion.counted.push_back(one.taken);
            else
                ++completion.counted_left_out;
        }
        turn.out.push_back(std::move(completion));
    }
    matched(turn, number);
}

void SigmaEvidence::tag(std::vector<Match> &matches, std::size_t first)
{
    for (std::size_t i = first; has_rules_ && i < matches.size(); ++i) {
        Match &match = matches[i];
        if (match.actor == nullptr || match.actor->key.empty())
            continue;
        const std::vector<Note> *notes = by_actor_.find(match.actor->key);
        for (std::size_t k = 0; notes != nullptr && k < notes->size(); ++k) {
            const Note &note = (*notes)[k];
            const bool is_old =
                match.last_ns > note.last_ns && match.last_ns - note.last_ns > kDayNs;
            if (note.rule != match.rule && !is_old)
                match.tags.push_back(
                    {note.rule, note.level, note.first_ns, note.last_ns, note.count});
        }
    }
}

void SigmaEvidence::forget(std::uint64_t now_ns)
{
    if (now_ns > kDayNs)
        by_actor_.forget_before(now_ns - kDayNs);
    for (std::size_t i = 0; i < groups_.size(); ++i) {
        const auto &sigma = set_->rules[i].sigma;
        if (sigma && sigma->correlation && now_ns > sigma->correlation->span_ns)
            groups_[i].forget_before(now_ns - sigma->correlation->span_ns);
    }
}

void SigmaEvidence::replace(RuleSetPtr next, const std::vector<std::uint32_t> &was)
{
    SigmaEvidence made(std::move(next));
    for (std::size_t i = 0; i < was.size(); ++i)
        if (was[i] < groups_.size())
            made.groups_[i] = std::move(groups_[was[i]]);
    made.by_actor_ = std::move(by_actor_);
    *this = std::move(made);
}

std::size_t SigmaEvidence::size() const
{
    std::size_t all = 0;
    for (const Recent<Group> &groups : groups_)
        all += groups.size();
    return all;
}

} // namespace sentra::engine
