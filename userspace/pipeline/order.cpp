// SPDX-License-Identifier: MIT
#include "pipeline/order.h"

#include <algorithm>
#include <limits>

#include <sentra/event/meta.h>

#include "base/time.h"
#include "event/build.h"

namespace sentra::pipeline {

namespace {

constexpr std::uint64_t kTickNs = 250'000'000;
// A smaller step back is what keeping time looks like; its records are merely late.
constexpr std::int64_t kStepNs = 1'000'000'000;
// How long records stamped before a step may still be on their way.
constexpr std::uint64_t kStragglersNs = 10 * kSecondNs;
constexpr std::uint64_t kForever = std::numeric_limits<std::uint64_t>::max();

std::int64_t step_of(const event::Record &record)
{
    if (record.head().type != SENTRA_META_CLOCK || record.size() < sizeof(sentra_clock))
        return 0;
    return reinterpret_cast<const sentra_clock *>(record.bytes().data())->step_ns;
}

} // namespace

Order::Order(std::uint64_t begin_ns, event::Losses &losses) : losses_(losses), begin_ns_(begin_ns)
{}

Order::Inlet Order::add()
{
    inlets_.emplace_back();
    return inlets_.size() - 1;
}

bool Order::later(const Held &a, const Held &b)
{
    return event::earlier(b.record.head(), a.record.head());
}

bool Order::all_finished() const
{
    return std::all_of(inlets_.begin(), inlets_.end(),
                       [](const State &inlet) { return inlet.finished; });
}

// Everything before this has come in. Nobody to wait for: all that is held may go.
std::uint64_t Order::bound_ns() const
{
    std::uint64_t bound = kForever;
    for (const State &inlet : inlets_)
        if (!inlet.finished && !inlet.left_behind)
            bound = std::min(bound, inlet.watermark_ns);
    return bound;
}

void Order::offer(Inlet inlet, event::Record record)
{
    hear(inlet);
    if (step_of(record) < -kStepNs) {
        // What is held was stamped by the clock as it was; none of it can be put in order with
        // what follows. So it goes first.
        while (!heap_.empty())
            emit(take_first().record);
        old_axis_end_ns_ = position_ns_;
        begin_axis(record.head().time_ns);
        emit(std::move(record));
        return;
    }
    if (belongs_to_old_axis(record.head().time_ns)) {
        record.head().flags |= SENTRA_RECORD_LATE;
        losses_.count(SENTRA_LOSS_LATE);
        decided_.push_back(std::move(record)); // its time must not carry the new axis along
        return;
    }
    inlets_[inlet].held_bytes += record.size();
    heap_.push_back({std::move(record), inlet});
    std::push_heap(heap_.begin(), heap_.end(), later);
}

void Order::advance(Inlet inlet, std::uint64_t watermark_ns)
{
    hear(inlet);
    // Taken as it is, also when it goes back: the clock was set, and the source says what is true
    // now.
    inlets_[inlet].watermark_ns = watermark_ns;
}

void Order::finish(Inlet inlet)
{
    inlets_[inlet].finished = true;
}

void Order::leave_behind(Inlet inlet)
{
    inlets_[inlet].left_behind = true;
}

void Order::tell(event::Record fact)
{
    facts_.push_back(std::move(fact));
}

void Order::begin_axis(std::uint64_t time_ns)
{
    for (State &inlet : inlets_)
        inlet.watermark_ns = 0;
    axis_begin_ns_ = time_ns;
    position_ns_ = time_ns;
    tick_ns_ = time_ns;
}

// Stamped before the clock was set back, arrived after. Held, it would wait until time comes there
// again.
bool Order::belongs_to_old_axis(std::uint64_t time_ns) const
{
    return old_axis_end_ns_ > axis_begin_ns_ + 2 * kStragglersNs &&
           position_ns_ < axis_begin_ns_ + kStragglersNs &&
           time_ns + kStragglersNs > old_axis_end_ns_ && time_ns < old_axis_end_ns_ + kStragglersNs;
}

Order::Held Order::take_first()
{
    std::pop_heap(heap_.begin(), heap_.end(), later);
    Held held = std::move(heap_.back());
    heap_.pop_back();
    inlets_[held.inlet].held_bytes -= held.record.size();
    return held;
}

void Order::emit(event::Record record)
{
    if (record.head().time_ns < position_ns_) {
        record.head().flags |= SENTRA_RECORD_LATE;
        losses_.count(SENTRA_LOSS_LATE);
    }
    position_ns_ = std::max<std::uint64_t>(position_ns_, record.head().time_ns);
    decided_.push_back(std::move(record));
}

void Order::emit_tick(std::uint64_t time_ns, bool last)
{
    event::Build<sentra_tick> tick(SENTRA_META_TICK, SENTRA_SOURCE_META, time_ns, ++meta_sequence_);
    tick->last = last ? 1 : 0;
    tick_ns_ = time_ns;
    position_ns_ = std::max(position_ns_, time_ns);
    decided_.push_back(tick.finish());
    while (!last && !facts_.empty()) {
        event::Record fact = std::move(facts_.front());
        facts_.pop_front();
        fact.head().source = SENTRA_SOURCE_META;
        fact.head().time_ns = time_ns;
        fact.head().sequence = ++meta_sequence_;
        decided_.push_back(std::move(fact));
    }
}

std::optional<event::Record> Order::pop()
{
    if (!tick_ns_ && begin_ns_ != 0)
        emit_tick(begin_ns_, false);
    if (decided_.empty() && !over_) {
        const std::uint64_t bound = bound_ns();
        const auto is_due = [&](std::uint64_t time_ns) {
            return !tick_ns_ || time_ns >= *tick_ns_ + kTickNs;
        };
        if (!heap_.empty() && heap_.front().record.head().time_ns < bound) {
            // The tick stands before the record: time has come to it, it has not been used yet.
            if (const std::uint64_t next_ns = heap_.front().record.head().time_ns; is_due(next_ns))
                emit_tick(next_ns, false);
            emit(take_first().record);
        } else if (heap_.empty() && all_finished()) {
            if (!facts_.empty())
                emit_tick(position_ns_ + 1, false);
            emit_tick(position_ns_ + 1, true);
            over_ = true;
        } else if (bound != 0 && bound != kForever && is_due(bound)) {
            emit_tick(bound, false);
        }
    }
    if (decided_.empty())
        return std::nullopt;
    event::Record record = std::move(decided_.front());
    decided_.pop_front();
    return record;
}

} // namespace sentra::pipeline
