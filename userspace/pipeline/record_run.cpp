// SPDX-License-Identifier: MIT
#include "pipeline/record_run.h"

#include <chrono>

#include <sentra/event/meta.h>

#include "pipeline/facts.h"
#include "pipeline/housekeeping.h"
#include "pipeline/merge.h"
#include "pipeline/sources.h"
#include "pipeline/stop_signals.h"
#include "pipeline/whole.h"
#include "replay/recorder.h"

namespace sentra::pipeline {

namespace {

constexpr std::chrono::milliseconds kPatience(50);
using Clock = std::chrono::steady_clock;

std::uint64_t lost_in(const event::Record &record)
{
    if (record.head().type != SENTRA_META_LOSS || record.size() < sizeof(sentra_lost))
        return 0;
    const auto *loss = reinterpret_cast<const sentra_lost *>(record.bytes().data());
    return loss->kind == SENTRA_LOSS_RING_FULL || loss->kind == SENTRA_LOSS_RECURSION ||
                   loss->kind == SENTRA_LOSS_JOURNAL_GAP
               ? loss->count
               : 0;
}

// What is asked for at least once a second, between two records.
struct Turn {
    Merge &merge;
    Sources &sources;
    StopSignals &signals;
    Clock::time_point end;
    bool is_bounded = false;
    Facts &facts;
    bool stopping = false;

    void look(Clock::time_point now)
    {
        facts.refresh(merge, sources, now);
        const StopSignals::Asked asked = signals.come();
        if (asked.to_stop > 0 && stopping)
            merge.close();
        if (stopping)
            return;
        stopping = asked.to_stop > 0 || asked.to_hand_over || (is_bounded && now >= end);
        if (stopping)
            asked.to_hand_over ? sources.hand_over() : sources.stop();
    }
};

Result<void> copy(Merge &merge, Turn &turn, replay::Recorder &recorder, Recorded &recorded)
{
    auto looked = Clock::now();
    Whole kernel;
    while (!merge.is_over()) {
        const auto record = merge.next(kPatience);
        if (record) {
            recorded.lost += lost_in(*record);
            if (auto taken = recorder.take(*record); !taken)
                return taken;
            if (record->head().source == SENTRA_SOURCE_KERNEL)
                kernel.take(record->head().sequence);
            if (record->head().type == SENTRA_META_TICK) // the file is up to date
                turn.sources.release(kernel.until());
        }
        const auto now = Clock::now();
        if (!record || now - looked >= kPatience) {
            turn.look(now);
            looked = now;
            if (merge.is_closed())
                return {};
        }
    }
    return {};
}

} // namespace

Result<Recorded> record_live(const Config &config, const RecordOptions &options, const Say &say)
{
    auto signals = StopSignals::open();
    if (!signals)
        return tl::unexpected(std::move(signals.error()));
    auto recorder = replay::Recorder::create(options.path);
    if (!recorder)
        return tl::unexpected(std::move(recorder.error()));
    event::Losses losses;
    // What the kernel kept for this recording is older than now.
    const std::uint64_t begin_ns = options.pins.empty() ? unix_now_ns() : 0;
    Merge merge(begin_ns, losses, std::chrono::seconds(2), say);
    Facts facts(config.tenant);
    auto sources = Sources::open(config, {.pins = options.pins}, merge, say);
    if (!sources)
        return tl::unexpected(std::move(sources.error()));
    facts.tell_first(merge, **sources);
    (*sources)->run();
    say("recording to " + options.path + "; Ctrl-C ends it");

    Recorded recorded;
    Turn turn{merge,
              **sources,
              *signals,
              Clock::now() + std::chrono::nanoseconds(options.for_ns),
              options.for_ns != 0,
              facts};
    auto copied = copy(merge, turn, *recorder, recorded);
    merge.close();
    auto finished = recorder->finish();
    sources->reset();
    if (!copied)
        return tl::unexpected(std::move(copied.error()));
    if (!finished)
        return tl::unexpected(std::move(finished.error()));
    recorded.records = recorder->records();
    return recorded;
}

} // namespace sentra::pipeline
