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

// Up to the cursor of the last commit, every record was taken and what it brought was committed,
// whatever its signal was called then: before the kernel's part was known again, its actor may have
// another name.
bool Committer::was_told(const signal::Signal &signal, std::uint64_t time_ns) const
{
    if (!cursor_passed_ && time_ns < rebuild_.until_ns + kCursorSlackNs)
        return true;
    return time_ns < rebuild_.until_ns &&
           (rebuild_.all_is_known || rebuild_.known.contains(signal.uid));
}

void Committer::take(std::vector<signal::Signal> &signals, std::uint64_t time_ns, const Loop &loop)
{
    for (signal::Signal &signal : signals)
        if (!was_told(signal, time_ns))
            batch_.signals.push_back(std::move(signal));
    signals.clear();
    if (!cursor_passed_ && loop.cursor() == last_.cursor)
        cursor_passed_ = true;
}

Result<std::vector<signal::Signal>> Committer::settle(Loop &loop, bool clean_stop)
{
    auto sightings = loop.engine().take_new_sightings();
    batch_.sightings.insert(batch_.sightings.end(), std::make_move_iterator(sightings.begin()),
                            std::make_move_iterator(sightings.end()));
    batch_.losses.assign(loop.reported_losses().begin(), loop.reported_losses().end());
    // Never backwards: what was committed stays committed while the journal is read again.
    if (loop.watermark_ns() >= rebuild_.until_ns && loop.watermark_ns() >= last_.watermark_ns) {
        last_.watermark_ns = loop.watermark_ns();
        if (!loop.cursor().empty())
            last_.cursor = loop.cursor();
    }
    last_.clean_stop = clean_stop;
    batch_.position = last_;

    auto news = store_.commit(batch_);
    if (!news)
        return news;
    committed_ += news->size();
    batch_ = {};
    return news;
}

Result<Committer::Rebuild> rebuild_after(const store::Store &store, const store::Position &last,
                                         std::uint64_t from_ns)
{
    Committer::Rebuild rebuild{.until_ns = last.watermark_ns};
    const auto lines =
        store.signals({.since_ns = from_ns, .most = std::numeric_limits<std::int32_t>::max()});
    if (!lines)
        return tl::unexpected(std::move(lines.error()));
    for (const std::string &line : *lines) {
        auto signal = signal::from_json(line);
        if (!signal)
            return tl::unexpected(std::move(signal.error()).within("stored signal"));
        rebuild.known.insert(std::move(signal->uid));
    }
    return rebuild;
}

} // namespace sentra::pipeline
