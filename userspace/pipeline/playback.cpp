// SPDX-License-Identifier: MIT
#include "pipeline/playback.h"

#include <algorithm>
#include <tuple>

#include <sentra/event/all.h>

#include "base/text.h"
#include "event/json.h"
#include "event/recording.h"
#include "journal/import.h"
#include "pipeline/loop.h"
#include "pipeline/order.h"
#include "replay/player.h"

namespace sentra::pipeline {

namespace {

// An importer's sink without a thread: what is certain goes on at once, so that the order depends
// on the file alone.
class OrderedSink final : public event::Sink {
public:
    OrderedSink(event::Losses &losses, const TakeRecord &take)
        : order_(0, losses), inlet_(order_.add()), take_(take)
    {}
    bool put(event::Record record) override
    {
        order_.offer(inlet_, std::move(record));
        return pass_on();
    }
    void watermark(std::uint64_t time_ns) override
    {
        order_.advance(inlet_, time_ns);
        (void)pass_on();
    }
    Result<void> finish()
    {
        order_.finish(inlet_);
        (void)pass_on();
        return failed_;
    }

private:
    bool pass_on()
    {
        while (failed_) {
            const auto record = order_.pop();
            if (!record)
                return true;
            failed_ = take_(*record);
        }
        return false;
    }
    Order order_;
    Order::Inlet inlet_;
    const TakeRecord &take_;
    Result<void> failed_;
};

Result<void> play_recording(const std::string &path, const TakeRecord &take, const Say &say,
                            const Reached &reached)
{
    auto player = replay::Player::open(path);
    if (!player)
        return tl::unexpected(std::move(player.error()));
    for (;;) {
        const auto record = player->next();
        if (!record)
            return tl::unexpected(record.error());
        if (!*record)
            break;
        if (auto taken = take(**record); !taken)
            return taken;
        if (reached)
            reached(player->offset());
    }
    say("a recording of " + std::to_string(player->records()) + " records" +
        (player->was_cut() ? "; its last record was cut and is left out" : ""));
    return {};
}

void say_report(const journal::ImportReport &report, const Say &say)
{
    say("read as " + report.format + ": " + std::to_string(report.lines) + " lines, " +
        std::to_string(report.entries) + " entries, " + std::to_string(report.records) +
        " records");
    if (!report.year_note.empty())
        say(report.year_note);
    if (report.bad == 0)
        return;
    say(std::to_string(report.bad) + " lines could not be read and were left out:");
    for (const auto &bad : report.first_bad)
        say("  line " + std::to_string(bad.line) + ": " + printable(bad.what, 200));
}

Result<void> play_import(const std::string &path, event::Losses &losses, const TakeRecord &take,
                         const Say &say, const Reached &reached)
{
    OrderedSink sink(losses, take);
    journal::ImportOptions options;
    options.reached = reached;
    const auto report = journal::import_file(path, options, sink, losses);
    if (!report)
        return tl::unexpected(report.error());
    auto finished = sink.finish();
    say_report(*report, say);
    return finished;
}

void say_losses(const event::Losses &losses, const Say &say)
{
    for (std::size_t kind = 0; kind < SENTRA_LOSS_COUNT; ++kind)
        if (const auto total = losses.total(static_cast<sentra_loss>(kind)); total != 0)
            say("lost or set aside: " + std::to_string(total) + " " + sentra_losses[kind]);
}

} // namespace

Result<void> play(const std::string &path, event::Losses &losses, const TakeRecord &take,
                  const Say &say, const Reached &reached)
{
    const auto recorded = event::is_recording(path);
    if (!recorded)
        return tl::unexpected(recorded.error());
    auto played = *recorded ? play_recording(path, take, say, reached)
                            : play_import(path, losses, take, say, reached);
    say_losses(losses, say);
    return played;
}

void FinalForms::take(std::vector<signal::Signal> &signals)
{
    for (signal::Signal &signal : signals)
        by_uid_.insert_or_assign(signal.uid, std::move(signal));
    signals.clear();
}

std::vector<signal::Signal> FinalForms::in_order() &&
{
    std::vector<signal::Signal> ordered;
    ordered.reserve(by_uid_.size());
    for (auto &[uid, signal] : by_uid_)
        ordered.push_back(std::move(signal));
    std::sort(ordered.begin(), ordered.end(), [](const auto &a, const auto &b) {
        return std::tie(a.first_ns, a.uid) < std::tie(b.first_ns, b.uid);
    });
    return ordered;
}

Result<std::vector<signal::Signal>> replay_signals(const std::string &path,
                                                   std::shared_ptr<const engine::Rules> rules,
                                                   const Say &say, const Reached &reached)
{
    event::Losses losses;
    Loop loop(std::move(rules), losses);
    FinalForms forms;
    std::vector<signal::Signal> signals;
    const auto played = play(
        path, losses,
        [&](const event::Record &record) -> Result<void> {
            loop.take(record, signals);
            forms.take(signals);
            return {};
        },
        say, reached);
    if (!played)
        return tl::unexpected(played.error());
    return std::move(forms).in_order();
}

Result<void> replay_events(const std::string &path,
                           const std::function<void(std::string_view)> &line, const Say &say)
{
    event::Losses losses;
    return play(
        path, losses,
        [&](const event::Record &record) -> Result<void> {
            if (const auto event = event::Event::decode(record))
                line(event::to_json_line(*event));
            else
                losses.count(event.error());
            return {};
        },
        say);
}

} // namespace sentra::pipeline
