// SPDX-License-Identifier: MIT
#include "pipeline/metrics.h"

#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

#include "base/fd.h"
#include "base/time.h"

namespace sentra::pipeline {

namespace {

// As often as collectors ask by default.
constexpr std::uint64_t kBetweenPagesNs = 15 * kSecondNs;

enum class Kind : std::uint8_t { counter, gauge };

// One family at a time: its head, then its samples.
class Page {
public:
    void begin(std::string name, Kind kind, std::string_view says)
    {
        name_ = "sentra_" + std::move(name);
        text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name_, says, name_,
                             kind == Kind::counter ? "counter" : "gauge");
    }
    void sample(std::uint64_t value) { text_ += fmt::format("{} {}\n", name_, value); }
    void sample(double value) { text_ += fmt::format("{} {:.3f}\n", name_, value); }
    template <typename Value> void sample(std::string_view label, std::string_view of, Value value)
    {
        sample(fmt::format("{}=\"{}\"", label, escaped(of)), value);
    }
    void sample(const std::string &labels, std::uint64_t value)
    {
        text_ += fmt::format("{}{{{}}} {}\n", name_, labels, value);
    }
    void sample(const std::string &labels, double value)
    {
        text_ += fmt::format("{}{{{}}} {:.3f}\n", name_, labels, value);
    }
    void only(std::string name, Kind kind, std::string_view says, std::uint64_t value)
    {
        begin(std::move(name), kind, says);
        sample(value);
    }
    void time(std::string name, std::string_view says, std::uint64_t time_ns)
    {
        begin(std::move(name), Kind::gauge, says);
        sample(static_cast<double>(time_ns) / static_cast<double>(kSecondNs));
    }
    [[nodiscard]] static std::string escaped(std::string_view text)
    {
        std::string safe;
        for (const char c : text) {
            if (c == '\\' || c == '"')
                safe += '\\';
            if (c == '\n')
                safe += "\\n";
            else
                safe += c;
        }
        return safe;
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    std::string name_, text_;
};

void add_sensor(Page &page, const Status &status)
{
    page.begin("bpf_attach_state", Kind::gauge,
               "Whether an event is watched in the kernel, and by which kind of hook.");
    for (const WatchedEvent &row : status.events) {
        const bool is_watched = row.how.rung != "not watched";
        page.sample(fmt::format("event=\"{}\",rung=\"{}\"", Page::escaped(row.how.event),
                                Page::escaped(row.how.rung)),
                    std::uint64_t{is_watched ? 1U : 0U});
    }
    const auto column = [&](std::string name, std::string_view says,
                            std::uint64_t sensor::Row::*value) {
        page.begin(std::move(name), Kind::counter, says);
        for (const WatchedEvent &row : status.events)
            page.sample("event", row.how.event, row.account.*value);
    };
    column("events_total", "Events the kernel half saw.", &sensor::Row::seen);
    column("events_handed_total", "Events handed to the engine.", &sensor::Row::handed);
    column("events_filtered_total", "Events counted in the kernel and told to nobody, on purpose.",
           &sensor::Row::filtered);
    column("events_lost_total", "Events for which the kernel's ring had no room.",
           &sensor::Row::lost);
}

void add_sinks(Page &page, const Status &status)
{
    const auto each = [&](std::string name, Kind kind, std::string_view says, auto value) {
        page.begin(std::move(name), kind, says);
        for (const store::SinkAccount &sink : status.sinks)
            page.sample("sink", sink.sink.name, value(sink));
    };
    using Account = store::SinkAccount;
    each("sink_delivered_total", Kind::counter, "Documents a sink took, since the store was made.",
         [](const Account &sink) { return sink.delivered; });
    page.begin("spool_rows", Kind::gauge, "Documents that wait for a sink, or that it refused.");
    for (const Account &sink : status.sinks) {
        const std::string name = "sink=\"" + Page::escaped(sink.sink.name) + "\",state=";
        page.sample(name + "\"pending\"", sink.waiting);
        page.sample(name + "\"dead\"", sink.dead);
    }
    each("spool_oldest_seconds", Kind::gauge, "How long the oldest of a sink's documents waits.",
         [&](const Account &sink) {
             const std::uint64_t age_ns = sink.oldest_ns == 0 || sink.oldest_ns > status.now_ns
                                              ? 0
                                              : status.now_ns - sink.oldest_ns;
             return static_cast<double>(age_ns) / static_cast<double>(kSecondNs);
         });
    each("sink_paused", Kind::gauge, "Whether a sink is paused.",
         [](const Account &sink) { return std::uint64_t{sink.pause.why.empty() ? 0U : 1U}; });
}

std::uint64_t bytes_of(const std::string &path)
{
    std::error_code gone;
    const auto bytes = std::filesystem::file_size(path, gone);
    return gone ? 0 : bytes;
}

void add_engine(Page &page, const Status &status)
{
    page.only("rules_loaded", Kind::gauge, "Rules in force.", status.rules);
    page.only("config_last_reload_success", Kind::gauge,
              "Whether the rules could be read the last time.", status.rules_error.empty() ? 1 : 0);
    page.only("records_total", Kind::counter, "Records of all sources that the engine took.",
              status.records);
    page.only("signals_total", Kind::counter, "Signals that were news, in this run.",
              status.signals);
    page.only("process_cache_entries", Kind::gauge, "Processes known.", status.processes);
    page.only("sessions", Kind::gauge, "Login sessions known.", status.sessions);
    page.only("partial_matches", Kind::gauge, "Behaviours half seen.", status.partial_matches);
    page.begin("losses_total", Kind::counter, "Ways to lose data, by name; see sentra status.");
    for (const auto &[name, total] : status.losses)
        page.sample("loss", name, total);
}

} // namespace

std::string to_metrics(const Status &status)
{
    Page page;
    page.begin("build_info", Kind::gauge, "Which sensor, with which rules.");
    page.sample(fmt::format("version=\"{}\",rules=\"{:.12}\"", SENTRA_VERSION, status.bundle),
                std::uint64_t{1});
    page.only("up", Kind::gauge, "Whether everything up to the start has been taken in.",
              status.ready ? 1 : 0);
    page.time("start_time_seconds", "When this run began.", status.started_ns);
    page.time("last_update_seconds", "When this page was made.", status.now_ns);
    page.time("watermark_seconds", "Up to when everything that happened has been taken in.",
              status.watermark_ns);
    page.only("journal_reading", Kind::gauge, "Whether the journal is read.",
              status.journal_state == "reading" ? 1 : 0);
    page.only("sensor_watching", Kind::gauge, "Whether the kernel is watched.",
              status.sensor_state == "watching" ? 1 : 0);
    page.only("store_writable", Kind::gauge, "Whether the last commit went through.",
              status.store_error.empty() ? 1 : 0);
    page.begin("store_bytes", Kind::gauge, "Size of the store's files.");
    page.sample("file", "db", bytes_of(status.store_path));
    page.sample("file", "wal", bytes_of(status.store_path + "-wal"));
    add_engine(page, status);
    add_sensor(page, status);
    add_sinks(page, status);
    return page.take();
}

std::string metrics_path(const std::string &configured)
{
    if (configured == "off")
        return {};
    if (!configured.empty())
        return configured;
    std::error_code ignored;
    const std::filesystem::path path(kMetricsFile);
    return std::filesystem::is_directory(path.parent_path(), ignored) ? path.string()
                                                                      : std::string();
}

std::string MetricsFile::offer(const Status &status)
{
    // A clock that was set back is no reason to write nothing for hours.
    const bool is_due =
        status.now_ns < written_ns_ || status.now_ns - written_ns_ >= kBetweenPagesNs;
    if (path_.empty() || !is_due)
        return {};
    written_ns_ = status.now_ns;
    // Read by a collector that is not root. Written on the loop's thread: it must not wait for
    // disks.
    const auto written = replace_file(path_, to_metrics(status), 0644, Keep::soon);
    const bool is_news = !written && !is_failing_;
    is_failing_ = !written;
    return is_news ? written.error().text : std::string();
}

} // namespace sentra::pipeline
