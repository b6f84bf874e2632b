// SPDX-License-Identifier: MIT
#include "pipeline/loop.h"

#include <algorithm>

#include <sentra/event/meta.h>

#include "engine/rule.h"

namespace sentra::pipeline {

Loop::Loop(std::shared_ptr<const engine::Rules> rules, event::Losses &losses, Tell tell)
    : rules_(std::move(rules)),
      losses_(losses),
      session_(losses),
      engine_(rules_, losses),
      tell_(tell)
{}

void Loop::remember(std::vector<signal::Signal> told)
{
    for (signal::Signal &signal : told)
        stories_.remember(std::move(signal));
}

void Loop::note(const event::Event &event)
{
    if (event.is(SENTRA_META_TICK))
        watermark_ns_ = event.time_ns();
    coverage_.take(event);
    if (event.is(SENTRA_META_LOSS)) {
        const auto &loss = event.as<sentra_lost>();
        if (loss.kind < SENTRA_LOSS_COUNT)
            reported_losses_[sentra_losses[loss.kind]] += loss.count;
    }
    if (const sentra_origin *origin = event.origin(); origin != nullptr && origin->cursor.len != 0)
        cursor_ = event.text(origin->cursor);
}

void Loop::take(const event::Record &record, std::vector<signal::Signal> &signals)
{
    records_ += 1;
    const auto event = event::Event::decode(record);
    if (!event) {
        losses_.count(event.error());
        coverage_.lose(record.head().time_ns, 1);
        return;
    }
    note(*event);
    const session::Context context = session_.apply(*event);
    summaries_.note(*event, context);
    matches_.clear();
    engine_.step(*event, context, session_, matches_);
    compose(signals);
}

void Loop::compose(std::vector<signal::Signal> &signals)
{
    for (const engine::Match &match : matches_) {
        if (match.last_ns < learn_until_ns_)
            continue;
        // What did not come could also have been lost, as long as it was waited for.
        const std::uint64_t until_ns = std::max(match.last_ns, match.waited_until_ns);
        auto behaviour =
            signal::compose(match, session_, rules_->bundle(),
                            coverage_.around(match.first_ns, until_ns, match.rule->events));
        if (tell_ == Tell::behaviours)
            signals.push_back(std::move(behaviour));
        else if (auto story = stories_.take(match, std::move(behaviour)))
            signals.push_back(std::move(*story));
    }
}

void Loop::replace(std::shared_ptr<const engine::Rules> rules, std::vector<signal::Signal> &signals)
{
    matches_.clear();
    engine_.replace(rules, session_, matches_);
    compose(signals);
    rules_ = std::move(rules);
}

} // namespace sentra::pipeline
