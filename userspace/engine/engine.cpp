// SPDX-License-Identifier: MIT
#include "engine/engine.h"

#include <algorithm>

#include "engine/rule_files.h"
#include "engine/sequence.h"
#include "engine/window.h"

namespace sentra::engine {

struct Engine::State {
    State(std::shared_ptr<const Rules> loaded, event::Losses &counted)
        : rules(std::move(loaded)),
          set(rules, rules->compiled().set.get()),
          losses(counted),
          sequences(set),
          windows(set)
    {}

    void tick(const event::Event &event, const session::Session &session, std::vector<Match> &out)
    {
        windows.close(event.time_ns(), event.as<sentra_tick>().last != 0, session, out);
        sequences.forget(event.time_ns());
    }
    [[nodiscard]] bool withheld(const Completion &completion) const
    {
        const std::vector<std::size_t> &others = set->rules[completion.rule].yields_to;
        return std::any_of(completions.begin(), completions.end(), [&](const Completion &other) {
            return other.weight > 0 &&
                   std::find(others.begin(), others.end(), other.rule) != others.end();
        });
    }

    std::shared_ptr<const Rules> rules;
    RuleSetPtr set; // keeps the rules alive for matches that outlive the engine
    event::Losses &losses;
    Sequences sequences;
    Windows windows;
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
    const Asked asked{event, context, session, {}, ~std::uint32_t{0}, state.buffers};
    state.set->index.find(asked, state.found);
    if (state.found.empty())
        return;
    std::uint64_t evicted = 0;
    state.completions.clear();
    state.sequences.step(state.found, asked, state.novelty, state.completions, evicted);
    state.novelty.commit(evicted);
    for (const Completion &completion : state.completions)
        if (!state.withheld(completion))
            state.windows.complete(completion, session, state.buffers, out, evicted);
    state.completions.clear(); // lets go of the events
    if (evicted > 0)
        state.losses.count(SENTRA_LOSS_PARTIAL_EVICTED, evicted);
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
    return {state_->sequences.size(), state_->windows.size(), state_->novelty.size()};
}

} // namespace sentra::engine
