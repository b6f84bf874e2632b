// SPDX-License-Identifier: MIT
#include "pipeline/committer.h"

#include <limits>

#include "base/time.h"

namespace sentra::pipeline {

namespace {

// The last tick before a commit stands at most that far before the last record in it.
constexpr std::uint64_t kCursorSlackNs = 10 * kSecondNs;

} // namespace

Committer::Committer(store::Store &store, store::Position last, Rebuild rebuild)
    : store_(store),
      last_(std::move(last)),
      rebuild_(std::move(rebuild)),
      cursor_passed_(last_.cursor.empty())
{}

// Up to the cursor of the last commit, every entry was taken and what it brought was committed,
// whatever its signal was called then: before the kernel's part is known again, its actor may have
// another name. Entries stand in the journal's order there and in the order of time here, so what
// one brings is held until the cursor's own entry shows on which side it lies. What the kernel kept
// while nobody read it is news where it is later than the last commit.
void Committer::take_before_cursor(std::vector<signal::Signal> &signals, const sentra_head &by,
                                   const Loop &loop)
{
    if (by.source == SENTRA_SOURCE_JOURNAL)
        for (signal::Signal &signal : signals)
            held_.push_back({by.sequence, std::move(signal)});
    if (by.source == SENTRA_SOURCE_KERNEL && !rebuild_.all_is_known &&
        by.time_ns >= rebuild_.until_ns)
        for (signal::Signal &signal : signals)
            held_.push_back({std::numeric_limits<std::uint64_t>::max(), std::move(signal)});
    signals.clear();
    if (by.source == SENTRA_SOURCE_JOURNAL && loop.cursor() == last_.cursor) {
        release(by.sequence);
        rebuild_.until_ns = 0; // everything behind it in time is new
    } else if (by.time_ns > rebuild_.until_ns + kCursorSlackNs) {
        release(0); // the journal has lost the entry: the store knows what was told
    }
}

// A story that was told may have grown since.
bool Committer::is_known(const signal::Signal &signal) const
{
    const auto at = rebuild_.known.find(signal.uid);
    return at != rebuild_.known.end() && signal.count <= at->second;
}

void Committer::release(std::uint64_t after_sequence)
{
    cursor_passed_ = true;
    for (Held &held : held_)
        if (held.sequence > after_sequence && !is_known(held.signal))
            batch_.signals.push_back(std::move(held.signal));
    held_.clear();
}

void Committer::take(std::vector<signal::Signal> &signals, const sentra_head &by, const Loop &loop)
{
    if (!cursor_passed_) {
        take_before_cursor(signals, by, loop);
        return;
    }
    const bool rebuilding = by.time_ns < rebuild_.until_ns;
    for (signal::Signal &signal : signals)
        if (!rebuilding || (!rebuild_.all_is_known && !is_known(signal)))
            batch_.signals.push_back(std::move(signal));
    signals.clear();
}

Result<std::vector<signal::Signal>> Committer::settle(Loop &loop, bool clean_stop)
{
    auto sightings = loop.engine().take_new_sightings();
    batch_.sightings.insert(batch_.sightings.end(), std::make_move_iterator(sightings.begin()),
                            std::make_move_iterator(sightings.end()));
    auto sessions =
        loop.sessions().take_changed(loop.watermark_ns(), clean_stop, loop.session().host());
    batch_.sessions.insert(batch_.sessions.end(), std::make_move_iterator(sessions.begin()),
                           std::make_move_iterator(sessions.end()));
    batch_.losses.assign(loop.reported_losses().begin(), loop.reported_losses().end());
    if (store_.left_out() > 0)
        batch_.losses.emplace_back(store::kLeftOutLoss, store_.left_out());
    // Never backwards: what was committed stays committed while the journal is read again.
    if (cursor_passed_ && loop.watermark_ns() >= rebuild_.until_ns &&
        loop.watermark_ns() >= last_.watermark_ns) {
        last_.watermark_ns = loop.watermark_ns();
        if (!loop.cursor().empty())
            last_.cursor = loop.cursor();
    }
    last_.clean_stop = clean_stop;
    batch_.position = last_;

    if (decide_)
        for (signal::Signal &signal : batch_.signals)
            decide_(signal);
    if (complete_)
        complete_(batch_);
    auto news = store_.commit(batch_);
    if (!news)
        return news;
    for (const signal::Signal &signal : *news)
        loop.sessions().note(signal);
    committed_ += news->size();
    batch_ = {};
    return news;
}

Result<Committer::Rebuild> rebuild_after(const store::Store &store, const store::Position &last,
                                         std::uint64_t from_ns)
{
    Committer::Rebuild rebuild;
    rebuild.until_ns = last.watermark_ns;
    auto lines =
        store.signals({.since_ns = from_ns, .most = std::numeric_limits<std::int32_t>::max()});
    if (!lines)
        return tl::unexpected(std::move(lines.error()));
    for (const std::string &line : *lines) {
        auto signal = signal::from_json(line);
        if (!signal)
            return tl::unexpected(std::move(signal.error()).within("stored signal"));
        rebuild.known.emplace(signal->uid, signal->count);
        rebuild.told.push_back(std::move(*signal));
    }
    return rebuild;
}

} // namespace sentra::pipeline
