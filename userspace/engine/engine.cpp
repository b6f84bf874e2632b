// SPDX-License-Identifier: MIT
#include "engine/engine.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "engine/answers.h"
#include "engine/meaning.h"
#include "engine/rule_files.h"
#include "engine/sequence.h"
#include "engine/sigma_evidence.h"
#include "engine/trail.h"
#include "engine/window.h"

namespace sentra::engine {

struct Engine::State {
    State(std::shared_ptr<const Rules> loaded, event::Losses &counted)
        : rules(std::move(loaded)),
          set(rules, rules->compiled().set.get()),
          losses(counted),
          answers(set->questions, set->index.found_words()),
          sequences(set),
          windows(set),
          sigma(set)
    {}

    void tick(const event::Event &event, const session::Session &session, std::vector<Match> &out)
    {
        std::uint64_t evicted = 0;
        const std::size_t told = out.size();
        sequences.wait_over(event.time_ns(), completions);
        hand_on(session, out, evicted);
        windows.close(event.time_ns(), event.as<sentra_tick>().last != 0, session, out);
        explain(out, told);
        sequences.forget(event.time_ns());
        sigma.forget(event.time_ns());
        trails.forget(event.time_ns());
        count(evicted);
    }
    void take(const Asked &asked, std::vector<Match> &out)
    {
        std::uint64_t evicted = 0;
        completions.clear();
        sigma.step(found, asked, completions, evicted);
        sequences.step(found, asked, novelty, completions, evicted);
        novelty.commit(evicted);
        const std::size_t told = out.size();
        hand_on(asked.session, out, evicted);
        explain(out, told);
        count(evicted);
    }
    void hand_on(const session::Session &session, std::vector<Match> &out, std::uint64_t &evicted)
    {
        for (const Completion &completion : completions)
            if (!withheld(completion) &&
                !is_excepted(set->rules[completion.rule], completion.bound, session, buffers))
                windows.complete(completion, session, buffers, out, evicted);
        completions.clear(); // lets go of the events
    }
    // Adds what no rule's step took to the matches from the given one on.
    void explain(std::vector<Match> &out, std::size_t from)
    {
        sigma.tag(out, from);
        for (std::size_t i = from; i < out.size(); ++i)
            out[i].trail = trails.of(*out[i].actor);
    }
    void count(std::uint64_t evicted) const
    {
        if (evicted > 0)
            losses.count(SENTRA_LOSS_PARTIAL_EVICTED, evicted);
    }
    [[nodiscard]] bool withheld(const Completion &completion) const
    {
        const std::vector<std::size_t> &others = set->rules[completion.rule].yields_to;
        return std::any_of(completions.begin(), completions.end(), [&](const Completion &other) {
            // What was waited for ends together with waits for other deeds.
            const auto deed_ns = [&](const Completion &one) {
                return one.bound[set->rules[one.rule].deciding]->time_ns;
            };
            const bool is_same_deed =
                completion.waited_until_ns == 0 || deed_ns(other) == deed_ns(completion);
            return other.weight > 0 && is_same_deed &&
                   std::find(others.begin(), others.end(), other.rule) != others.end();
        });
    }

    std::shared_ptr<const Rules> rules;
    RuleSetPtr set; // keeps the rules alive for matches that outlive the engine
    event::Losses &losses;
    Answers answers; // to what the set asks of the event at hand
    Sequences sequences;
    Windows windows;
    SigmaEvidence sigma;
    Trails trails;
    Novelty novelty;
    // Reused, so that an event that matches nothing allocates nothing.
    Buffers buffers;
    std::vector<Waiting> found;
    std::vector<Completion> completions;
};

Engine::Engine(std::shared_ptr<const Rules> rules, event::Losses &losses)
    : state_(std::make_unique<State>(std::move(rules), losses))
{}
Engine::~Engine() = default;

void Engine::step(const event::Event &event, const session::Context &context,
                  const session::Session &session, std::vector<Match> &out)
{
    State &state = *state_;
    if (event.is(SENTRA_META_TICK))
        return state.tick(event, session, out);
    if (context.vetoed)
        return;
    state.trails.note(event, context);
    state.answers.begin(event, context, session);
    const Asked asked{event,         context,       session, {}, ~std::uint32_t{0},
                      state.buffers, &state.answers};
    state.set->index.find(asked, state.found);
    if (!state.found.empty())
        state.take(asked, out);
    if (session::ends_login(event, *context.actor))
        state.sequences.end_session(*context.actor);
}

void Engine::replace(std::shared_ptr<const Rules> rules, const session::Session &session,
                     std::vector<Match> &out)
{
    State &state = *state_;
    const RuleSetPtr next(rules, rules->compiled().set.get());
    std::map<std::string_view, std::uint32_t> by_digest;
    for (std::uint32_t i = 0; i < state.set->rules.size(); ++i)
        by_digest.emplace(state.set->rules[i].rule->digest, i);
    std::vector<std::uint32_t> was;
    for (const CompiledRule &rule : next->rules) {
        const auto at = by_digest.find(rule.rule->digest);
        was.push_back(at == by_digest.end() ? Sequences::kNoRule : at->second);
    }
    state.windows.replace(next, was, session, out);
    state.sequences.replace(next, was);
    state.sigma.replace(next, was);
    state.answers = Answers(next->questions, next->index.found_words());
    state.set = next;
    state.rules = std::move(rules);
}

void Engine::remember(const std::vector<Sighting> &sightings)
{
    for (const Sighting &sighting : sightings) {
        if (sighting.key.empty())
            continue;
        if (Windows::is_mine(sighting))
            state_->windows.remember(sighting);
        else
            state_->novelty.remember(sighting);
    }
}

std::vector<Sighting> Engine::take_new_sightings()
{
    std::vector<Sighting> changed = state_->novelty.take_new();
    state_->windows.take_new(changed);
    return changed;
}

void Engine::set_learning_until(std::uint64_t time_ns)
{
    state_->novelty.set_learning_until(time_ns);
}

Engine::Sizes Engine::sizes() const
{
    return {state_->sequences.size() + state_->sigma.size(), state_->windows.size(),
            state_->novelty.size()};
}

} // namespace sentra::engine
