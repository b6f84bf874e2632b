// SPDX-License-Identifier: MIT
#include "engine/sequence.h"

#include <algorithm>

#include "engine/key.h"

namespace sentra::engine {

namespace {

constexpr std::size_t kInstancesMax = 4096; // of one rule: a host has fewer sessions and services
constexpr std::size_t kEntriesMax = 4096;   // of one counter; Count::at_least is no larger
constexpr std::size_t kSampleMax = 16;      // of a counter's first, and of its latest events

std::uint64_t age_ns(std::uint64_t now_ns, std::uint64_t then_ns)
{
    return now_ns > then_ns ? now_ns - then_ns : 0; // a late event is as old as its neighbours
}

std::uint64_t hash_of(std::string_view text)
{
    // FNV-1a: std::hash may differ between libraries, and a count must not.
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3U;
    }
    return hash;
}

// "message repeated 5 times" is five events in one.
std::uint64_t weight_of(const event::Event &event)
{
    static const auto kField = event::Catalogue::get().find_field("event.count");
    const event::Value value = kField ? event.get(*kField) : event::Value{};
    const auto *count = std::get_if<std::uint64_t>(&value);
    return count == nullptr ? 1 : std::max<std::uint64_t>(*count, 1);
}

} // namespace

struct Sequences::Turn {
    std::uint32_t number = 0;
    const CompiledRule &rule;
    const Asked &asked;
    Novelty &novelty;
    std::vector<Completion> &out;
    Instance *instance = nullptr; // null: joins nothing
    bool calls_off = false;       // the event itself calls the rule off
};

Sequences::Sequences(RuleSetPtr set)
    : set_(std::move(set)), by_rule_(set_->rules.size(), Recent<Instance>(kInstancesMax))
{}

void Sequences::step(const std::vector<Waiting> &found, const Asked &asked, Novelty &novelty,
                     std::vector<Completion> &out, std::uint64_t &evicted)
{
    for (std::size_t begin = 0; begin < found.size();) {
        std::size_t end = begin;
        while (end < found.size() && found[end].rule == found[begin].rule)
            ++end;
        const std::uint32_t number = found[begin].rule;
        const CompiledRule &rule = set_->rules[number];
        const std::size_t steps = rule.steps.size();
        Turn turn{number, rule, asked, novelty, out};
        const Joined joined = join_key(rule, asked, key_);
        const bool remembers = !rule.is_single() || (!rule.unless.empty() && rule.memory_ns > 0);
        if (joined == Joined::yes && remembers) {
            turn.instance = &by_rule_[number].use(key_, asked.event.time_ns(), evicted);
            turn.instance->stages.resize(steps);
            turn.instance->counters.resize(steps);
            turn.instance->called_off_ns.resize(rule.unless.size());
        }
        if (joined != Joined::excluded) {
            // What calls off comes first; then the last step first, so that an event that fits two
            // steps does not follow itself.
            for (std::size_t i = end; i-- > begin;) {
                const std::size_t part = found[i].part;
                if (part < steps) {
                    take(turn, part);
                } else {
                    turn.calls_off = true;
                    if (turn.instance != nullptr)
                        turn.instance->called_off_ns[part - steps] = asked.event.time_ns();
                }
            }
        }
        begin = end;
    }
}

// The latest way that leads to just before the step: over the nearest earlier step that was
// reached, back to the last required one.
bool Sequences::prefix(const Turn &turn, std::size_t step, std::vector<TakenPtr> &way) const
{
    const CompiledRule &rule = turn.rule;
    const std::uint64_t now_ns = turn.asked.event.time_ns();
    way.assign(rule.steps.size(), nullptr);
    for (std::size_t j = step; j-- > 0;) {
        const bool reached = turn.instance != nullptr && !turn.instance->stages[j].empty();
        bool live = reached;
        for (std::size_t k = 0; reached && k <= j; ++k) {
            const TakenPtr &taken = turn.instance->stages[j][k];
            const bool in_time = taken && age_ns(now_ns, taken->time_ns) <= rule.within_ns;
            way[k] = in_time ? taken : nullptr;
            live = live && (in_time || (rule.steps[k].optional && k != j));
        }
        if (live)
            return true;
        way.assign(rule.steps.size(), nullptr);
        if (!rule.steps[j].optional)
            return false;
    }
    return true;
}

void Sequences::take(Turn &turn, std::size_t number)
{
    const CompiledRule &rule = turn.rule;
    const Step &step = rule.steps[number];
    const Asked &asked = turn.asked;
    const bool led_here = prefix(turn, number, way_);
    const Asked with_steps{asked.event, asked.context,     asked.session,
                           way_,        ~std::uint32_t{0}, asked.buffers};
    if (step.asks_steps && (!led_here || !holds(step.where, with_steps)))
        return;
    const std::uint32_t fresh = step.fresh.empty() ? 0 : turn.novelty.ask(step.fresh, asked);
    if (step.asks_fresh) {
        const Asked with_fresh{asked.event, asked.context, asked.session,
                               way_,        fresh,         asked.buffers};
        if (!holds(step.where, with_fresh))
            return;
    }
    if (!led_here)
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
    if (turn.instance != nullptr)
        turn.instance->stages[number] = way_;
    if (number >= rule.deciding)
        complete(turn, number, way_);
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
    turn.out.push_back(std::move(completion));
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
        const std::uint64_t hash = hash_of(event::to_text(value));
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

std::size_t Sequences::size() const
{
    std::size_t all = 0;
    for (const Recent<Instance> &instances : by_rule_)
        all += instances.size();
    return all;
}

} // namespace sentra::engine
