// SPDX-License-Identifier: MIT
#include "pipeline/status.h"

#include <algorithm>
#include <array>

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/time.h"
#include "pipeline/sink_desk.h"

namespace sentra::pipeline {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kGapsShown = 100;

// The rows of losses.def that mean an event is missing; the sensor's own account has the ring's.
constexpr std::array<std::string_view, 6> kMissing{"recursion",    "queue_full", "short_record",
                                                   "unknown_type", "bad_record", "journal_gap"};

std::string time_text(std::uint64_t time_ns)
{
    return time_ns == 0 ? std::string() : format_rfc3339(time_ns);
}

Json gaps_json(const std::vector<store::Gap> &gaps)
{
    Json list = Json::array();
    const std::size_t first = gaps.size() > kGapsShown ? gaps.size() - kGapsShown : 0;
    for (std::size_t at = first; at < gaps.size(); ++at)
        list.push_back({{"from", time_text(gaps[at].from_ns)},
                        {"to", time_text(gaps[at].to_ns)},
                        {"source", gaps[at].source},
                        {"reason", printable(gaps[at].reason, 300)}});
    return list;
}

Json event_json(const sensor::Watch &how, const sensor::Row &account)
{
    Json json{{"event", how.event},
              {"rung", how.rung},
              {"hooks", how.hooks},
              {"seen", account.seen},
              {"handed", account.handed},
              {"filtered", account.filtered},
              {"lost", account.lost},
              {"own", account.own},
              {"elsewhere", account.elsewhere},
              {"repeated", account.repeated},
              {"unwanted", account.unwanted},
              {"trusted", account.trusted},
              {"truncated", account.truncated},
              {"unresolved", account.unresolved},
              {"state_gone", account.state_gone}};
    json["blind"] = how.blind;
    if (!how.better.empty())
        json["better"] = printable(how.better, 300);
    if (!how.reason.empty())
        json["reason"] = printable(how.reason, 300);
    return json;
}

Json sensor_json(const Status &status)
{
    Json sensor{{"state", status.sensor_state}};
    if (!status.sensor_why.empty())
        sensor["why"] = printable(status.sensor_why, 600);
    Json events = Json::array();
    for (const WatchedEvent &row : status.events)
        events.push_back(event_json(row.how, row.account));
    sensor["events"] = std::move(events);
    if (const sensor::FileWatches &watches = status.file_watches; watches.are_needed) {
        sensor["file_watches"] = {{"directories", watches.directories},
                                  {"refused", watches.refused},
                                  {"explained", watches.explained},
                                  {"told", watches.told}};
        if (!watches.reason.empty())
            sensor["file_watches"]["reason"] = printable(watches.reason, 300);
    }
    return sensor;
}

std::uint64_t loss(const Status &status, std::string_view name)
{
    for (const auto &[known, total] : status.losses)
        if (known == name)
            return total;
    return 0;
}

Json journal_json(const Status &status)
{
    Json journal{{"state", status.journal_state}};
    if (!status.journal_why.empty())
        journal["why"] = printable(status.journal_why, 600);
    const std::uint64_t behind_ns = status.now_ns - std::min(status.now_ns, status.watermark_ns);
    journal["behind_ms"] = behind_ns / 1'000'000;
    journal["unknown"] = loss(status, "journal_unknown");
    journal["forged"] = loss(status, "journal_forged");
    return journal;
}

// What keeps it from being well, each a clause.
std::vector<std::string> troubles(const Status &status)
{
    std::vector<std::string> found;
    if (status.sensor_state == "unavailable")
        found.push_back("the kernel's events are not seen: " + printable(status.sensor_why, 300));
    if (status.journal_state == "ended" || status.journal_state == "waiting")
        found.push_back("the journal is not read: " + printable(status.journal_why, 300));
    if (const std::uint64_t lost = lost_events(status); lost != 0)
        found.push_back(std::to_string(lost) + " events were lost");
    if (!status.store_error.empty())
        found.push_back("the store cannot be written: " + printable(status.store_error, 300));
    if (status.store_is_full)
        found.emplace_back(
            "the disk of the store is full: signals are stored without their rows of "
            "evidence");
    if (!status.store_set_aside.empty())
        found.push_back("the store was damaged and is kept as " + status.store_set_aside +
                        "; signals and decisions of before are there");
    for (const store::SinkAccount &sink : status.sinks)
        if (const std::string trouble = trouble_of(sink, status.now_ns); !trouble.empty())
            found.push_back(printable(trouble, 600));
    if (!status.rules_error.empty())
        found.push_back(
            "the rules could not be read again, those of before are in force: " +
            printable(status.rules_error.substr(0, status.rules_error.find('\n')), 300));
    return found;
}

std::uint64_t seen_events(const Status &status)
{
    std::uint64_t seen = 0;
    for (const WatchedEvent &row : status.events)
        seen += row.account.seen;
    return std::max(seen, status.records);
}

} // namespace

std::uint64_t lost_events(const Status &status)
{
    std::uint64_t lost = 0;
    for (const WatchedEvent &row : status.events)
        lost += row.account.lost;
    for (const std::string_view name : kMissing)
        lost += loss(status, name);
    return lost;
}

std::string to_json(const Status &status)
{
    const auto trouble = troubles(status);
    Json json;
    json["running"] = true;
    json["ready"] = status.ready;
    json["health"] = trouble.empty() ? "healthy" : "degraded";
    json["line"] = "seen " + std::to_string(seen_events(status)) + ", lost " +
                   std::to_string(lost_events(status));
    json["troubles"] = trouble;
    json["version"] = SENTRA_VERSION;
    json["pid"] = ::getpid();
    json["started"] = time_text(status.started_ns);
    json["uptime_s"] = (status.now_ns - std::min(status.now_ns, status.started_ns)) / kSecondNs;
    json["host"] = {{"name", printable(status.host_name, 100)}, {"boot", status.boot}};
    json["sensor"] = sensor_json(status);
    json["journal"] = journal_json(status);
    json["engine"] = {{"rules", status.rules},       {"bundle", status.bundle},
                      {"records", status.records},   {"watermark", time_text(status.watermark_ns)},
                      {"stalls", status.stalls},     {"processes", status.processes},
                      {"sessions", status.sessions}, {"partial_matches", status.partial_matches},
                      {"windows", status.windows},   {"sightings", status.sightings}};
    if (!status.rules_error.empty())
        json["engine"]["rules_error"] = printable(status.rules_error, 2000);
    json["store"] = {{"path", status.store_path}, {"signals_this_run", status.signals}};
    if (!status.store_error.empty())
        json["store"]["error"] = printable(status.store_error, 300);
    if (!status.store_set_aside.empty())
        json["store"]["set_aside"] = status.store_set_aside;
    json["sinks"] = Json::array();
    for (const store::SinkAccount &sink : status.sinks)
        json["sinks"].push_back(Json::parse(to_json(sink, status.now_ns), nullptr, false));
    json["losses"] = Json::object();
    for (const auto &[name, total] : status.losses)
        json["losses"][name] = total;
    json["gaps"] = gaps_json(status.gaps);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<std::vector<std::string>> status_without_daemon(store::Store &store)
{
    const auto position = store.position();
    if (!position)
        return tl::unexpected(position.error());
    const auto gaps = store.gaps(0);
    if (!gaps)
        return tl::unexpected(gaps.error());
    Json json;
    json["running"] = false;
    json["ready"] = false;
    json["health"] = "not running";
    json["line"] =
        position->watermark_ns == 0
            ? "sentrad does not run and has not seen anything yet"
            : "sentrad does not run; it had seen everything up to " +
                  time_text(position->watermark_ns) +
                  (position->clean_stop ? " and was stopped" : " and ended without warning");
    json["last_seen"] = time_text(position->watermark_ns);
    json["clean_stop"] = position->clean_stop;
    json["sinks"] = Json::array();
    if (const auto accounts = store.outbox().accounts())
        for (const store::SinkAccount &sink : *accounts)
            json["sinks"].push_back(
                Json::parse(to_json(sink, position->watermark_ns), nullptr, false));
    json["gaps"] = gaps_json(*gaps);
    return std::vector<std::string>{json.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

} // namespace sentra::pipeline
