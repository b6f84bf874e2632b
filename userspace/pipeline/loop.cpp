// SPDX-License-Identifier: MIT
#include "pipeline/loop.h"

#include <sentra/event/meta.h>

#include "engine/rule.h"

namespace sentra::pipeline {

Loop::Loop(std::shared_ptr<const engine::Rules> rules, event::Losses &losses)
    : rules_(std::move(rules)), losses_(losses), session_(losses), engine_(rules_, losses)
{}

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
    matches_.clear();
    engine_.step(*event, context, session_, matches_);
    for (const engine::Match &match : matches_)
        signals.push_back(
            signal::compose(match, session_, rules_->bundle(),
                            coverage_.around(match.first_ns, match.last_ns, match.rule->events)));
}

} // namespace sentra::pipeline
