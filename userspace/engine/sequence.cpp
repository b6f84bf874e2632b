// SPDX-License-Identifier: MIT
#include "engine/sequence.h"

#include <algorithm>
#include <tuple>

#include "base/hash.h"
#include "base/text.h"
#include "engine/absence.h"
#include "engine/answers.h"
#include "engine/key.h"

namespace sentra::engine {

namespace {

constexpr std::size_t kInstancesMax = 4096; // of one rule: a host has fewer sessions and services
constexpr std::size_t kEntriesMax = 4096;   // of one counter; Count::at_least is no larger
constexpr std::size_t kSampleMax = 16;      // of a counter's first, and of its latest events
constexpr std::size_t kWaysMax = 64;        // to one step of one instance

std::uint64_t age_ns(std::uint64_t now_ns, std::uint64_t then_ns)
{
    return now_ns > then_ns ? now_ns - then_ns : 0; // a late event is as old as its neighbours
}

// As Answers::Lowered has it. Says which values differ, never that two are the same.
std::uint64_t hash_of_lowered(std::string_view text)
{
    return Words::hash(lower_ascii(text));
}

// "message repeated 5 times" is five events in one.
std::uint64_t weight_of(const event::Event &event)
{
    static const auto kField = event::Catalogue::get().find_field("event.count");
    const event::Value value = kField ? event.get(*kField) : event::Value{};
    const auto *count = std::get_if<std::uint64_t>(&value);
    return count == nullptr ? 1 : std::max<std::uint64_t>(*count, 1);
}

// Whether the event can be the first of something: a step that nothing required comes before, or
// what calls off. What could only go on is nothing to remember where nothing has begun.
bool begins_any(const CompiledRule &rule, const Waiting *begin, const Waiting *end)
{
    return std::any_of(begin, end, [&rule](const Waiting &waiting) {
        if (waiting.part >= rule.first_unless())
            return waiting.part < rule.first_until();
        const Step &step = rule.steps[waiting.part];
        return std::none_of(rule.steps.begin(), rule.steps.end(), [&step](const Step &other) {
            return other.position < step.position && !other.optional;
        });
    });
}

} // namespace

struct Sequences::Turn {
    std::uint32_t number = 0;
    const CompiledRule &rule;
    const Asked &asked;
    Novelty &novelty;
    std::vector<Completion> &out;
    std::uint64_t &evicted;
    bool has_key = false;         // key_ says whose the event is
    Instance *instance = nullptr; // null: joins nothing
    bool calls_off = false;       // the event itself calls the rule off
};

Sequences::Sequences(RuleSetPtr set)
    : set_(std::move(set)),
      by_rule_(set_->rules.size(), Recent<Instance>(kInstancesMax)),
      absences_(set_->rules.size())
{}
Sequences::~Sequences() = default;

void Sequences::step(const std::vector<Waiting> &found, const Asked &asked, Novelty &novelty,
                     std::vector<Completion> &out, std::uint64_t &evicted)
{
    for (std::size_t begin = 0; begin < found.size();) {
        std::size_t end = begin;
        while (end < found.size() && found[end].rule == found[begin].rule)
            ++end;
        const std::uint32_t number = found[begin].rule;
        const CompiledRule &rule = set_->rules[number];
        Turn one{number, rule, asked, novelty, out, evicted};
        const Joined joined = join_key(rule, asked, key_);
        one.has_key = joined == Joined::yes;
        const bool remembers = !rule.is_single() || (!rule.unless.empty() && rule.memory_ns > 0);
        if (one.has_key && found[begin].part >= rule.first_until()) {
            one.instance = by_rule_[number].find(key_); // what only ends begins nothing
        } else if (one.has_key && remembers &&
                   (begins_any(rule, found.data() + begin, found.data() + end) ||
                    by_rule_[number].find(key_) != nullptr)) {
            one.instance = &by_rule_[number].use(key_, asked.event.time_ns(), evicted);
            one.instance->stages.resize(rule.steps.size());
            one.instance->counters.resize(rule.steps.size());
            one.instance->called_off_ns.resize(rule.unless.size());
        }
        if (joined != Joined::excluded)
            turn(one, found.data() + begin, found.data() + end);
        begin = end;
    }
}

// What ends a wait comes first, then what makes forget, then what calls off; then the last step
// first, so that an event that fits two steps does not follow itself.
void Sequences::turn(Turn &turn, const Waiting *begin, const Waiting *end)
{
    const CompiledRule &rule = turn.rule;
    while (end != begin) {
        const std::size_t part = (--end)->part;
        if (part < rule.first_unless()) {
            take(turn, part);
        } else if (part < rule.first_until()) {
            turn.calls_off = true;
            if (turn.instance != nullptr)
                turn.instance->called_off_ns[part - rule.first_unless()] =
                    turn.asked.event.time_ns();
            if (turn.has_key)
                absences_[turn.number].forget(key_);
        } else if (part < rule.part_absent()) {
            forget_all(turn);
        } else if (turn.has_key) {
            absences_[turn.number].answer(key_, rule, turn.asked);
        }
    }
}

void Sequences::forget_all(Turn &turn)
{
    if (turn.has_key)
        absences_[turn.number].forget(key_);
    if (turn.instance == nullptr)
        return;
    for (std::vector<Way> &ways : turn.instance->stages)
        ways.clear();
    for (Counter &counter : turn.instance->counters)
        counter = {};
}

// What is still in time of a way that leads up to the position: the way itself, or way_ without
// what is too old. nullptr: not enough to go on from.
const std::vector<TakenPtr> *Sequences::live(const Turn &turn, const std::vector<TakenPtr> &bound,
                                             std::size_t position)
{
    const std::vector<Step> &steps = turn.rule.steps;
    const std::uint64_t now_ns = turn.asked.event.time_ns();
    const auto is_old = [&](const TakenPtr &taken) {
        return taken != nullptr && age_ns(now_ns, taken->time_ns) > turn.rule.within_ns;
    };
    for (std::size_t k = 0; k < steps.size() && steps[k].position <= position;) {
        const std::size_t at = steps[k].position;
        const bool needed = !steps[k].optional || at == position;
        bool is_bound = false;
        for (; k < steps.size() && steps[k].position == at; ++k)
            is_bound = is_bound || (bound[k] != nullptr && !is_old(bound[k]));
        if (needed && !is_bound)
            return nullptr;
    }
    if (std::none_of(bound.begin(), bound.end(), is_old))
        return &bound;
    way_ = bound;
    for (TakenPtr &taken : way_)
        if (is_old(taken))
            taken = nullptr;
    return &way_;
}

// What an alternative of the step's condition wants of a way to the earlier step, as far as the
// event says it: the same value as one that the way keeps.
void Sequences::gather_wishes(const Turn &turn, const Step &step, const Step &earlier)
{
    wishes_.clear();
    Answers &answers = *turn.asked.answers;
    for (const Clause &clause : step.where.any) {
        Wish wish;
        bool may_hold = true;
        for (const Test &test : clause.tests) {
            if (test.question != Test::kUnnumbered)
                may_hold = may_hold && answers.holds(test.question);
            if (!test.is_same_text())
                continue;
            const auto at =
                std::find_if(earlier.joined.begin(), earlier.joined.end(), [&](const Place &place) {
                    return place.step == test.other.step &&
                           place.field.name == test.other.field.name;
                });
            if (at == earlier.joined.end())
                continue;
            const event::Value &value = answers.value(test.place.number);
            may_hold = may_hold && is_known(value);
            wish.at = static_cast<std::size_t>(at - earlier.joined.begin());
            wish.hash = std::holds_alternative<std::string_view>(value)
                            ? answers.lowered(test.place.number, false).hash
                            : hash_of_lowered(event::to_text(value));
        }
        if (may_hold)
            wishes_.push_back(wish);
    }
}

// Whether it is worth asking the condition of the way.
bool Sequences::is_wished(const Way &way) const
{
    return std::any_of(wishes_.begin(), wishes_.end(), [&](const Wish &wish) {
        return wish.at == Wish::kAny || way.hashes[wish.at] == wish.hash;
    });
}

// The latest way that leads to just before the step and will do, in way_: over the nearest earlier
// place that was reached, back to the last required one.
template <typename Accept>
bool Sequences::find_way(const Turn &turn, std::size_t number, const Accept &accept)
{
    const std::vector<Step> &steps = turn.rule.steps;
    std::size_t end = number;
    while (end > 0 && steps[end - 1].position == steps[number].position)
        --end;
    const auto earlier = [](const auto &a, const auto &b) { return a.first < b.first; };
    while (end > 0) {
        const std::size_t position = steps[end - 1].position;
        std::size_t begin = end;
        ways_.clear(); // of this place, the latest last
        for (; begin > 0 && steps[begin - 1].position == position; --begin) {
            if (turn.instance == nullptr || turn.instance->stages[begin - 1].empty())
                continue;
            if (steps[number].asks_steps)
                gather_wishes(turn, steps[number], steps[begin - 1]);
            for (const Way &way : turn.instance->stages[begin - 1])
                if (!steps[number].asks_steps || is_wished(way))
                    ways_.emplace_back(way.bound[begin - 1]->time_ns, &way);
        }
        if (!std::is_sorted(ways_.begin(), ways_.end(), earlier))
            std::stable_sort(ways_.begin(), ways_.end(), earlier);
        for (auto way = ways_.rbegin(); way != ways_.rend(); ++way) {
            const std::vector<TakenPtr> *bound = live(turn, way->second->bound, position);
            if (bound == nullptr || !accept(*bound))
                continue;
            if (bound != &way_)
                way_ = *bound;
            return true;
        }
        if (!steps[begin].optional)
            return false;
        end = begin;
    }
    way_.assign(steps.size(), nullptr);
    return accept(way_);
}

void Sequences::take(Turn &turn, std::size_t number)
{
    const CompiledRule &rule = turn.rule;
    const Step &step = rule.steps[number];
    const Asked &asked = turn.asked;
    const auto find = [&](std::uint32_t fresh) {
        return find_way(turn, number, [&](const std::vector<TakenPtr> &way) {
            const Asked with{asked.event, asked.context, asked.session, way,
                             fresh,       asked.buffers, asked.answers};
            return (!step.asks_steps && !step.asks_fresh) || holds(step.where, with);
        });
    };
    if (step.asks_steps && !find(~std::uint32_t{0}))
        return;
    // What was seen is noted whether or not it leads on.
    const std::uint32_t fresh = step.fresh.empty() ? 0 : turn.novelty.ask(step.fresh, asked);
    const bool is_found = step.asks_steps && step.fresh.empty();
    if (!is_found && !find(fresh))
        return;
    auto taken =
        std::make_shared<Taken>(Taken{{step.name, event::Owned(asked.event), asked.context, 1},
                                      {},
                                      fresh,
                                      asked.event.time_ns()});
    for (const session::FieldRef &field : step.keep)
        taken->kept.push_back(event::to_text(
            session::read(field, asked.event, asked.context, asked.session, asked.buffers.value)));
    if (step.count) {
        const std::uint64_t weight = weight_of(asked.event);
        Counter alone;
        Counter &counter = turn.instance != nullptr ? turn.instance->counters[number] : alone;
        const bool is_enough = enough(counter, *step.count, asked, taken, weight);
        taken->bound.count = counter.total;
        if (!is_enough)
            return;
    }
    way_[number] = std::move(taken);
    keep_way(turn, number);
    if (number >= rule.deciding)
        complete(turn, number, way_);
}

// In the place of the way with the same values, or beside the others.
void Sequences::keep_way(Turn &turn, std::size_t number)
{
    if (turn.instance == nullptr || turn.rule.is_single())
        return;
    std::vector<Way> &ways = turn.instance->stages[number];
    joined_.clear();
    std::vector<std::uint64_t> hashes;
    for (const Place &place : turn.rule.steps[number].joined) {
        const TakenPtr &taken = way_[static_cast<std::size_t>(place.step)];
        std::string text;
        if (taken != nullptr)
            text =
                event::to_text(session::read(place.field, *taken->bound.event, taken->bound.context,
                                             turn.asked.session, turn.asked.buffers.value));
        joined_.append(text).append("\x1f");
        hashes.push_back(hash_of_lowered(text));
    }
    const auto same = std::find_if(ways.begin(), ways.end(),
                                   [&](const Way &way) { return way.joined == joined_; });
    if (same != ways.end()) {
        ways.erase(same);
    } else if (ways.size() == kWaysMax) {
        const std::uint64_t oldest_ns = ways.front().bound[number]->time_ns;
        // One that is too old to lead anywhere is no loss.
        if (age_ns(turn.asked.event.time_ns(), oldest_ns) <= turn.rule.within_ns)
            ++turn.evicted;
        ways.erase(ways.begin());
    }
    ways.push_back({joined_, std::move(hashes), way_});
}

bool Sequences::called_off(const Turn &turn) const
{
    if (turn.calls_off || turn.instance == nullptr)
        return turn.calls_off;
    const std::uint64_t now_ns = turn.asked.event.time_ns();
    for (std::size_t i = 0; i < turn.rule.unless.size(); ++i) {
        const std::uint64_t at_ns = turn.instance->called_off_ns[i];
        const std::uint64_t within_ns = turn.rule.unless[i].within_ns;
        if (at_ns != 0 && within_ns != 0 && age_ns(now_ns, at_ns) <= within_ns)
            return true;
    }
    return false;
}

void Sequences::complete(Turn &turn, std::size_t number, std::vector<TakenPtr> way)
{
    if (called_off(turn))
        return;
    Completion completion;
    completion.rule = turn.number;
    completion.weight = number == turn.rule.deciding ? weight_of(turn.asked.event) : 0;
    for (std::size_t i = 0; turn.instance != nullptr && i <= turn.rule.deciding; ++i) {
        if (!turn.rule.steps[i].count || way[i] == nullptr)
            continue;
        Counter &counter = turn.instance->counters[i];
        const std::size_t before = completion.counted.size();
        completion.counted.insert(completion.counted.end(), counter.first.begin(),
                                  counter.first.end());
        completion.counted.insert(completion.counted.end(), counter.latest.begin(),
                                  counter.latest.end());
        const std::size_t shown = completion.counted.size() - before;
        if (counter.entries.size() > shown)
            completion.counted_left_out += counter.entries.size() - shown;
        if (i != number)
            continue;
        completion.weight = 0;
        for (Counter::Entry &entry : counter.entries)
            completion.weight += std::exchange(entry.owed, 0);
    }
    completion.bound = std::move(way);
    hand_over(turn, std::move(completion));
}

// At once, or when what must not follow has not followed. Of an actor nobody knows, nothing can be
// said not to have come.
void Sequences::hand_over(Turn &turn, Completion completion)
{
    const CompiledRule &rule = turn.rule;
    if (!rule.then_absent) {
        turn.out.push_back(std::move(completion));
        return;
    }
    if (!turn.has_key)
        return;
    Absences &waiting = absences_[turn.number];
    if (completion.weight == 0) {
        if (!waiting.grow(key_, rule.deciding, completion))
            turn.out.push_back(std::move(completion));
        return;
    }
    const std::uint64_t due_ns =
        completion.bound[rule.deciding]->time_ns + rule.then_absent->within_ns;
    completion.waited_until_ns = due_ns;
    waiting.wait(key_, due_ns, std::move(completion), turn.evicted);
}

void Sequences::wait_over(std::uint64_t now_ns, std::vector<Completion> &out)
{
    std::vector<Absences::Waiting> due;
    for (Absences &absences : absences_)
        absences.take_due(now_ns, due);
    std::stable_sort(due.begin(), due.end(), [](const auto &a, const auto &b) {
        return std::tie(a.due_ns, a.completion.rule, a.number) <
               std::tie(b.due_ns, b.completion.rule, b.number);
    });
    for (Absences::Waiting &one : due)
        out.push_back(std::move(one.completion));
}

void Sequences::replace(RuleSetPtr set, const std::vector<std::uint32_t> &was)
{
    std::vector<Recent<Instance>> by_rule;
    std::vector<Absences> absences(set->rules.size());
    by_rule.reserve(set->rules.size());
    for (std::uint32_t i = 0; i < set->rules.size(); ++i) {
        if (was[i] == kNoRule) {
            by_rule.emplace_back(kInstancesMax);
            continue;
        }
        by_rule.push_back(std::move(by_rule_[was[i]]));
        absences[i] = std::move(absences_[was[i]]);
        absences[i].renumber(i);
    }
    by_rule_ = std::move(by_rule);
    absences_ = std::move(absences);
    set_ = std::move(set);
}

void Sequences::expire(Counter &counter, const Count &count, std::uint64_t now_ns)
{
    const auto old = [&](std::uint64_t time_ns) {
        return age_ns(now_ns, time_ns) > count.within_ns;
    };
    while (!counter.entries.empty() && old(counter.entries.front().time_ns)) {
        counter.total -= counter.entries.front().weight;
        counter.entries.pop_front();
    }
    const auto forgotten = [&](const TakenPtr &taken) { return old(taken->time_ns); };
    counter.first.erase(std::remove_if(counter.first.begin(), counter.first.end(), forgotten),
                        counter.first.end());
    while (!counter.latest.empty() && forgotten(counter.latest.front()))
        counter.latest.pop_front();
    const auto gone = [&](const auto &one) { return old(one.second); };
    counter.distinct.erase(std::remove_if(counter.distinct.begin(), counter.distinct.end(), gone),
                           counter.distinct.end());
}

bool Sequences::enough(Counter &counter, const Count &count, const Asked &asked,
                       const TakenPtr &taken, std::uint64_t weight)
{
    expire(counter, count, taken->time_ns);
    if (counter.entries.size() == kEntriesMax) {
        // Two of the oldest become one: the sum stays right, the oldest time a little coarse.
        const Counter::Entry oldest = counter.entries.front();
        counter.entries.pop_front();
        counter.entries.front().weight += oldest.weight;
        counter.entries.front().owed += oldest.owed;
    }
    counter.entries.push_back({taken->time_ns, weight, weight});
    counter.total += weight;
    if (counter.first.size() < kSampleMax) {
        counter.first.push_back(taken);
    } else {
        counter.latest.push_back(taken);
        if (counter.latest.size() > kSampleMax)
            counter.latest.pop_front();
    }
    if (!count.distinct)
        return counter.total >= count.at_least;
    const event::Value value = session::read(*count.distinct, asked.event, asked.context,
                                             asked.session, asked.buffers.value);
    if (is_known(value)) {
        const std::uint64_t hash = fnv1a(event::to_text(value));
        const auto known = std::find_if(counter.distinct.begin(), counter.distinct.end(),
                                        [hash](const auto &one) { return one.first == hash; });
        if (known != counter.distinct.end())
            known->second = taken->time_ns;
        else if (counter.distinct.size() < kEntriesMax)
            counter.distinct.emplace_back(hash, taken->time_ns);
    }
    return counter.distinct.size() >= count.at_least;
}

void Sequences::forget(std::uint64_t now_ns)
{
    for (std::size_t i = 0; i < by_rule_.size(); ++i) {
        const std::uint64_t memory_ns = set_->rules[i].memory_ns;
        if (now_ns > memory_ns)
            by_rule_[i].forget_before(now_ns - memory_ns);
    }
}

void Sequences::end_session(const session::Actor &actor)
{
    for (std::size_t i = 0; i < by_rule_.size(); ++i) {
        const CompiledRule &rule = set_->rules[i];
        if (!rule.lasts_session)
            continue;
        const auto at = std::find(rule.by.begin(), rule.by.end(), By::session) - rule.by.begin();
        by_rule_[i].drop([&](std::string_view key) {
            const std::vector<std::string_view> parts = split(key, '\x1f');
            return parts.size() > static_cast<std::size_t>(at) &&
                   parts[static_cast<std::size_t>(at)] == actor.key;
        });
    }
}

std::size_t Sequences::size() const
{
    std::size_t all = 0;
    for (const Recent<Instance> &instances : by_rule_)
        all += instances.size();
    for (const Absences &absences : absences_)
        all += absences.size();
    return all;
}

} // namespace sentra::engine
