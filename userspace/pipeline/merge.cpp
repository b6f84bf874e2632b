// SPDX-License-Identifier: MIT
#include "pipeline/merge.h"

#include <algorithm>

namespace sentra::pipeline {

namespace {

// What a watermark counts in a queue bounded in bytes: a little, but never nothing.
constexpr std::size_t kWatermarkBytes = sizeof(std::uint64_t) * 4;
// A source's first word may take that many stalls: on a busy host, the sensor looks at every
// process first.
constexpr int kFirstWordStalls = 5;

} // namespace

void Bell::ring()
{
    {
        const std::lock_guard lock(mutex_);
        if (rung_)
            return;
        rung_ = true;
    }
    rung_changed_.notify_one();
}

void Bell::wait(std::chrono::milliseconds patience)
{
    std::unique_lock lock(mutex_);
    rung_changed_.wait_for(lock, patience, [&] { return rung_; });
    rung_ = false;
}

bool Merge::Inlet::put(event::Record record)
{
    const std::size_t bytes = record.size();
    const bool taken = queue_.push(Item(std::move(record)), bytes);
    bell_.ring();
    return taken;
}

void Merge::Inlet::watermark(std::uint64_t time_ns)
{
    if (queue_.push(Item(time_ns), kWatermarkBytes))
        bell_.ring();
}

void Merge::Inlet::finish()
{
    if (queue_.push(Item(End{}), kWatermarkBytes))
        bell_.ring();
}

Merge::Merge(std::uint64_t begin_ns, event::Losses &losses, std::chrono::milliseconds stall,
             std::function<void(const std::string &)> say)
    : order_(begin_ns, losses), stall_(stall), looked_(Clock::now()), say_(std::move(say))
{}

Merge::Inlet &Merge::open(std::string name, std::size_t max_bytes)
{
    inlets_.push_back(std::make_unique<Inlet>(std::move(name), order_.add(), max_bytes, bell_));
    inlets_.back()->heard_ = Clock::now();
    return *inlets_.back();
}

std::uint64_t Merge::stalls() const
{
    std::uint64_t total = 0;
    for (const auto &inlet : inlets_)
        total += inlet->stalls_;
    return total;
}

Merge::Clock::duration Merge::longest_silence(Clock::time_point now) const
{
    Clock::duration longest{};
    for (const auto &inlet : inlets_)
        if (!inlet->finished_)
            longest = std::max(longest, now - inlet->heard_);
    return longest;
}

void Merge::close()
{
    closed_ = true;
    for (const auto &inlet : inlets_)
        inlet->queue_.close();
    bell_.ring();
}

// Moves what has arrived into the order. false: nothing had.
bool Merge::take_in()
{
    bool any = false;
    const auto now = Clock::now();
    for (const auto &inlet : inlets_) {
        // Its records wait for another source: let them wait in its queue, and then in the source.
        // Were it the one that is waited for, its watermark might be stuck in that queue.
        if (order_.held_bytes(inlet->place_) >= inlet->max_held_bytes_ &&
            !order_.is_waited_for(inlet->place_)) {
            inlet->heard_ = now;
            continue;
        }
        auto items = inlet->queue_.take_all(std::chrono::milliseconds(0));
        if (items.empty())
            continue;
        any = true;
        inlet->heard_ = now;
        inlet->spoken_ = true;
        if (order_.is_left_behind(inlet->place_) && say_)
            say_("the " + inlet->name_ + " is heard of again");
        for (Inlet::Item &item : items) {
            if (auto *record = std::get_if<event::Record>(&item)) {
                order_.offer(inlet->place_, std::move(*record));
            } else if (const auto *time_ns = std::get_if<std::uint64_t>(&item)) {
                order_.advance(inlet->place_, *time_ns);
            } else {
                order_.finish(inlet->place_);
                inlet->finished_ = true;
            }
        }
    }
    return any;
}

// Nobody is silent because nobody listened: where this thread did not run (a stopped process, a
// paused machine), its sources most likely did not either.
void Merge::forgive(Clock::time_point now)
{
    const auto unheard = now - looked_ - stall_ / 2;
    looked_ = now;
    if (unheard <= Clock::duration::zero())
        return;
    for (const auto &inlet : inlets_)
        inlet->heard_ += unheard;
}

void Merge::look_for_stalls(Clock::time_point now)
{
    for (const auto &inlet : inlets_) {
        const auto patience = inlet->spoken_ ? stall_ : stall_ * kFirstWordStalls;
        if (inlet->finished_ || order_.is_left_behind(inlet->place_) ||
            now - inlet->heard_ < patience)
            continue;
        order_.leave_behind(inlet->place_);
        inlet->stalls_ += 1;
        if (say_)
            say_("the " + inlet->name_ + " has said nothing for " +
                 std::to_string(patience.count() / 1000) +
                 " s; the other sources go on without it, and what it still brings will be late");
    }
}

std::optional<event::Record> Merge::next(std::chrono::milliseconds patience)
{
    const auto deadline = Clock::now() + patience;
    for (;;) {
        if (auto record = order_.pop())
            return record;
        if (order_.is_over())
            return std::nullopt;
        const auto now = Clock::now();
        forgive(now);
        if (take_in())
            continue;
        look_for_stalls(now);
        if (auto record = order_.pop())
            return record;
        if (now >= deadline)
            return std::nullopt;
        bell_.wait(std::chrono::duration_cast<std::chrono::milliseconds>(deadline - now) +
                   std::chrono::milliseconds(1));
    }
}

} // namespace sentra::pipeline
