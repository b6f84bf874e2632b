// SPDX-License-Identifier: MIT
#include "pipeline/sources.h"

#include <algorithm>
#include <chrono>

#include <sentra/event/meta.h>

#include "pipeline/facts.h"

namespace sentra::pipeline {

namespace {

constexpr std::size_t kMegabyte = 1024 * 1024;

} // namespace

Result<std::unique_ptr<Sources>> Sources::open(const Config &config, const Start &start,
                                               Merge &merge, Say say)
{
    std::unique_ptr<Sources> sources(new Sources(merge, std::move(say)));
    sources->kernel_wanted_ = config.sensor.enabled;
    sources->journal_wanted_ = config.journal.enabled;
    if (sources->kernel_wanted_)
        if (auto opened = sources->open_sensor(config, start); !opened) {
            sources->kernel_why_ = opened.error().text;
            sources->say_("the kernel's events cannot be watched (" + opened.error().text +
                          "); the journal is read all the same, and signals say what they lack");
        }
    if (sources->journal_wanted_)
        if (auto opened = sources->open_journal(config, start); !opened)
            return tl::unexpected(std::move(opened.error()).within("read the journal"));
    if (!sources->sensor_ && !sources->reader_)
        return failure(sources->kernel_why_.empty()
                           ? "both the sensor and the journal are switched off"
                           : "nothing can be watched: " + sources->kernel_why_);
    return sources;
}

Result<void> Sources::open_sensor(const Config &config, const Start &start)
{
    sensor::Options options;
    if (config.sensor.ring_mb != 0)
        options.ring_bytes = config.sensor.ring_mb * std::uint32_t{kMegabyte};
    options.watched_reads.insert(options.watched_reads.end(), config.sensor.watched_reads.begin(),
                                 config.sensor.watched_reads.end());
    own_reads_ = options.watched_reads;
    options.watched_reads.insert(options.watched_reads.end(), start.watched_reads.begin(),
                                 start.watched_reads.end());
    options.wanted = start.wanted;
    options.trusted_units = config.sensor.trusted_units;
    options.pins = start.pins;
    kernel_inlet_ = &merge_.open("kernel sensor", config.queues.kernel_mb * kMegabyte);
    auto sensor = sensor::Sensor::open(std::move(options), *kernel_inlet_, kernel_losses_);
    if (!sensor) {
        kernel_inlet_->finish();
        return tl::unexpected(std::move(sensor.error()));
    }
    sensor_ = std::move(*sensor);
    for (const std::string &note : sensor_->continuity().notes)
        say_(note);
    if (const std::string &why = sensor_->continuity().why_lost;
        !why.empty() && !start.pins.empty())
        say_("what the kernel's programs see does not outlive an end without warning: " + why);
    return {};
}

Result<void> Sources::open_journal(const Config &config, const Start &start)
{
    const std::string own_namespace = "/proc/self/ns/pid";
    const auto pids = namespace_number(
        config.journal.pid_namespace.empty() ? own_namespace : config.journal.pid_namespace);
    if (!pids)
        return tl::unexpected(pids.error());
    journal_inlet_ = &merge_.open("journal", config.queues.journal_mb * kMegabyte);
    auto reader = journal::Reader::open({.directory = config.journal.directory,
                                         .cursor = start.cursor,
                                         .since_ns = start.since_ns,
                                         .pid_namespace = *pids},
                                        *journal_inlet_, journal_losses_);
    if (!reader)
        return tl::unexpected(std::move(reader.error()));
    reader_ = std::move(*reader);
    // Of another host's journal, the process is not ours to look for.
    if (config.journal.directory.empty() && config.journal.pid_namespace.empty())
        keeper_.emplace();
    return {};
}

void Sources::ended(const char *source, const Result<void> &how)
{
    if (how)
        return;
    const std::lock_guard lock(mutex_);
    (source == std::string_view("journal") ? journal_ended_ : kernel_ended_) = how.error().text;
}

void Sources::run()
{
    if (sensor_)
        threads_.emplace_back([this] {
            ended("kernel", sensor_->run());
            kernel_inlet_->finish();
        });
    if (reader_)
        threads_.emplace_back([this] {
            ended("journal", reader_->run());
            journal_inlet_->finish();
        });
}

void Sources::stop()
{
    if (sensor_)
        sensor_->stop();
    if (reader_)
        reader_->stop();
}

void Sources::hand_over()
{
    if (sensor_)
        sensor_->hand_over();
    if (reader_)
        reader_->stop();
}

void Sources::widen(const std::shared_ptr<const sensor::Wanted> &wanted,
                    std::vector<std::string> watched_reads)
{
    if (!sensor_)
        return;
    watched_reads.insert(watched_reads.end(), own_reads_.begin(), own_reads_.end());
    sensor_->watch_reads(std::move(watched_reads));
    sensor_->widen(wanted);
}

void Sources::narrow(const std::shared_ptr<const sensor::Wanted> &wanted)
{
    if (sensor_)
        sensor_->narrow(wanted);
}

void Sources::release(std::uint64_t kernel_sequence)
{
    if (sensor_)
        sensor_->release(kernel_sequence);
}

std::string Sources::kernel_gap() const
{
    return sensor_ ? sensor_->continuity().gap : "the kernel is not watched";
}

Sources::~Sources()
{
    stop();
    for (std::thread &thread : threads_)
        thread.join();
}

std::vector<event::Record> Sources::new_losses()
{
    std::vector<event::Record> facts;
    for (std::size_t at = 0; at < SENTRA_LOSS_COUNT; ++at) {
        const auto kind = static_cast<sentra_loss>(at);
        const std::uint64_t total = journal_losses_.total(kind);
        if (total == told_[at])
            continue;
        facts.push_back(loss_fact(kind, total - told_[at], total));
        told_[at] = total;
    }
    return facts;
}

std::optional<event::Record> Sources::new_silence()
{
    const auto since_start = std::chrono::steady_clock::now().time_since_epoch();
    const auto silence = keeper_ ? keeper_->look(static_cast<std::uint64_t>(
                                       std::chrono::nanoseconds(since_start).count()))
                                 : std::nullopt;
    if (!silence)
        return std::nullopt;
    return tamper_fact(SENTRA_TAMPER_JOURNAL_STOPPED, *silence);
}

void Sources::describe(Status &status) const
{
    const std::lock_guard lock(mutex_);
    status.sensor_state = !kernel_wanted_ ? "off" : sensor_ ? "watching" : "unavailable";
    status.sensor_why = kernel_why_;
    if (!kernel_ended_.empty()) {
        status.sensor_state = "unavailable";
        status.sensor_why = kernel_ended_;
    }
    status.journal_state = "reading";
    status.journal_why = journal_ended_;
    if (!journal_wanted_)
        status.journal_state = "off";
    else if (!journal_ended_.empty())
        status.journal_state = "ended";
    else if (!reader_->has_entries()) {
        status.journal_state = "waiting";
        status.journal_why = "there are no entries yet: journald does not run, or keeps nothing";
    }
    if (!sensor_)
        return;
    status.file_watches = sensor_->file_watches();
    const auto rows = sensor_->account();
    for (sensor::Watch &watch : sensor_->watches()) {
        const auto row = std::find_if(rows.begin(), rows.end(), [&](const sensor::Row &one) {
            return one.event == watch.event;
        });
        if (row != rows.end())
            status.events.push_back({std::move(watch), *row});
    }
}

} // namespace sentra::pipeline
