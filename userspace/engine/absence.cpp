// SPDX-License-Identifier: MIT
#include "engine/absence.h"

#include <algorithm>

namespace sentra::engine {

namespace {

constexpr std::size_t kWaitingMax = 4096; // of one rule

} // namespace

void Absences::wait(std::string_view key, std::uint64_t due_ns, Completion completion,
                    std::uint64_t &evicted)
{
    if (count_ >= kWaitingMax)
        evict_first(evicted);
    const auto at = by_key_.try_emplace(std::string(key)).first;
    at->second.push_back({due_ns, arrived_++, std::move(completion)});
    next_due_ns_ = std::min(next_due_ns_, due_ns);
    ++count_;
}

void Absences::evict_first(std::uint64_t &evicted)
{
    auto first = by_key_.begin();
    for (auto at = by_key_.begin(); at != by_key_.end(); ++at)
        if (at->second.front().number < first->second.front().number)
            first = at;
    first->second.erase(first->second.begin());
    if (first->second.empty())
        by_key_.erase(first);
    --count_;
    ++evicted;
}

bool Absences::grow(std::string_view key, std::size_t deciding, const Completion &by)
{
    const auto at = by_key_.find(key);
    if (at == by_key_.end())
        return false;
    for (Waiting &waiting : at->second)
        if (waiting.completion.bound[deciding] == by.bound[deciding]) {
            waiting.completion.bound = by.bound;
            return true;
        }
    return false;
}

void Absences::answer(std::string_view key, const CompiledRule &rule, const Asked &asked)
{
    const auto at = by_key_.find(key);
    if (at == by_key_.end())
        return;
    const auto is_answered = [&](const Waiting &waiting) {
        const std::vector<TakenPtr> &bound = waiting.completion.bound;
        if (asked.event.time_ns() < bound[rule.deciding]->time_ns ||
            asked.event.time_ns() > waiting.due_ns)
            return false;
        const Asked with_steps{asked.event,       asked.context, asked.session, bound,
                               ~std::uint32_t{0}, asked.buffers, asked.answers};
        return holds(rule.then_absent->where, with_steps);
    };
    std::vector<Waiting> &all = at->second;
    const auto gone = std::remove_if(all.begin(), all.end(), is_answered);
    count_ -= static_cast<std::size_t>(all.end() - gone);
    all.erase(gone, all.end());
    if (all.empty())
        by_key_.erase(at);
}

void Absences::forget(std::string_view key)
{
    const auto at = by_key_.find(key);
    if (at == by_key_.end())
        return;
    count_ -= at->second.size();
    by_key_.erase(at);
}

void Absences::take_due(std::uint64_t now_ns, std::vector<Waiting> &out)
{
    if (next_due_ns_ >= now_ns)
        return;
    next_due_ns_ = ~std::uint64_t{0};
    for (auto at = by_key_.begin(); at != by_key_.end();) {
        std::vector<Waiting> &all = at->second;
        const auto due = std::stable_partition(
            all.begin(), all.end(), [&](const Waiting &one) { return one.due_ns >= now_ns; });
        count_ -= static_cast<std::size_t>(all.end() - due);
        std::move(due, all.end(), std::back_inserter(out));
        all.erase(due, all.end());
        for (const Waiting &one : all)
            next_due_ns_ = std::min(next_due_ns_, one.due_ns);
        at = all.empty() ? by_key_.erase(at) : std::next(at);
    }
}

void Absences::renumber(std::uint32_t rule)
{
    for (auto &[key, all] : by_key_)
        for (Waiting &waiting : all)
            waiting.completion.rule = rule;
}

} // namespace sentra::engine
