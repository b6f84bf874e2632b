// SPDX-License-Identifier: MIT
#include <nlohmann/json.hpp>

#include "report/weekly.h"
#include "report/words.h"
#include "signal/json_parts.h"

namespace sentra::report {

namespace {

using Json = nlohmann::ordered_json;
using signal::put;

// "no-action", "reviewed", "action": for programs; people read the words beside it.
const char *name_of(State state)
{
    switch (state) {
    case State::action:
        return "action";
    case State::reviewed:
        return "reviewed";
    case State::calm:
        break;
    }
    return "no-action";
}

double in_hours(std::uint64_t duration_ns)
{
    const std::uint64_t hundredths = duration_ns / (kHourNs / 100);
    return static_cast<double>(hundredths) / 100;
}

Json period_json(const Period &period)
{
    return {{"from", format_rfc3339(period.from_ns)}, {"to", format_rfc3339(period.to_ns)}};
}

Json needs_json(const Weekly &report)
{
    Json list = Json::array();
    for (const Need &need : report.needs)
        list.push_back({{"signal", need.id},
                        {"title", need.title},
                        {"when", need.when},
                        {"saw", need.saw},
                        {"who", need.who},
                        {"check", need.check},
                        {"fine_when", need.fine},
                        {"by", need.by},
                        {"otherwise", need.otherwise}});
    return list;
}

Json happened_json(const Weekly &report)
{
    Json list = Json::array();
    for (const Happened &fact : report.happened) {
        Json json{{"what", fact.what}, {"details", fact.details}};
        put(json, "signals", fact.ids);
        list.push_back(std::move(json));
    }
    return list;
}

Json access_json(const Access &access)
{
    Json json{{"accounts_read", access.is_read}};
    if (access.is_read)
        json["read"] = format_rfc3339(access.read_ns);
    Json admins = Json::array(), used = Json::array(), changes = Json::array();
    for (const Admin &admin : access.admins)
        admins.push_back({{"name", admin.name}, {"by", admin.ways}});
    for (const Access::Use &use : access.used) {
        Json row{{"user", use.user},
                 {"sessions", use.sessions},
                 {"first", format_rfc3339(use.first_ns)},
                 {"last", format_rfc3339(use.last_ns)}};
        put(row, "sources", use.sources);
        used.push_back(std::move(row));
    }
    for (const Access::Change &change : access.changes)
        changes.push_back({{"time", format_rfc3339(change.time_ns)},
                           {"what", change.what},
                           {"who", change.who},
                           {"signal", change.id}});
    put(json, "administrators", std::move(admins));
    put(json, "not_read", access.unread);
    json["used"] = std::move(used);
    json["changes"] = std::move(changes);
    return json;
}

Json gap_json(const Unwatched &gap)
{
    return {{"from", format_rfc3339(gap.from_ns)},
            {"to", format_rfc3339(gap.to_ns)},
            {"what", gap.what},
            {"reason", gap.reason}};
}

Json watching_json(const Watching &watching)
{
    Json json{{"seconds", watching.period_ns / kSecondNs},
              {"seconds_watched", watching.watched_ns / kSecondNs},
              {"hours", in_hours(watching.period_ns)},
              {"hours_watched", in_hours(watching.watched_ns)},
              {"percent", percent(watching.watched_ns, watching.period_ns)},
              {"enough", watching.is_enough()}};
    json["gaps"] = Json::array();
    for (const Unwatched &gap : watching.gaps)
        json["gaps"].push_back(gap_json(gap));
    if (watching.longest)
        json["longest_gap"] = gap_json(*watching.longest);
    Json losses = Json::object(), hours = Json::array(), deliveries = Json::array();
    for (const auto &[name, total] : watching.losses)
        losses[name] = total;
    json["losses_of_all_time"] = std::move(losses);
    json["signals_near_losses"] = watching.signals_near_losses;
    put(json, "clock_set", watching.clock);
    for (const Delivery &delivery : watching.deliveries)
        deliveries.push_back({{"name", delivery.name},
                              {"pending", delivery.pending},
                              {"undeliverable", delivery.undeliverable}});
    put(json, "deliveries", std::move(deliveries));
    put(json, "blind_now", watching.blind);
    put(json, "ledger_wrong", watching.ledger_wrong);
    for (const Strip::Day &day : watching.days)
        hours.push_back({{"day", day.label}, {"percent_by_hour", day.percent}});
    json["days"] = std::move(hours);
    return json;
}

Json decisions_json(const Weekly &report)
{
    Json reviews = Json::array(), overrides = Json::array();
    for (const Decided &decided : report.decided) {
        Json row{{"time", format_rfc3339(decided.time_ns)},
                 {"who", decided.who},
                 {"what", decided.what}};
        put(row, "why", decided.why);
        put(row, "signal", decided.id);
        reviews.push_back(std::move(row));
    }
    for (const Standing &standing : report.overrides)
        overrides.push_back({{"id", standing.id},
                             {"kind", standing.kind},
                             {"reason", standing.reason},
                             {"author", standing.author},
                             {"expires", format_rfc3339(standing.expires_ns)},
                             {"used", standing.used},
                             {"over", standing.is_over},
                             {"expires_soon", standing.expires_soon}});
    return {{"made", std::move(reviews)}, {"overrides", std::move(overrides)}};
}

Json trend_json(const Weekly &report)
{
    Json list = Json::array();
    for (const Week &week : report.trend) {
        Json row = period_json(week.period);
        row["watched"] = week.is_watched;
        if (week.is_watched) {
            row["hours_watched"] = in_hours(week.watched_ns);
            row["signals"] = week.signals;
            row["asked_for_action"] = week.asking;
            row["refused_sign_ins"] = week.refused;
        }
        list.push_back(std::move(row));
    }
    return list;
}

Json row_json(const Row &row)
{
    Json json{{"id", row.id},
              {"uid", row.uid},
              {"first", format_rfc3339(row.first_ns)},
              {"last", format_rfc3339(row.last_ns)},
              {"host", row.host},
              {"rule", row.rule},
              {"intent", row.intent},
              {"what", row.what},
              {"narrative", row.narrative},
              {"state", row.state},
              {"score", row.score},
              {"count", row.count},
              {"action", row.action},
              {"open", row.is_open},
              {"from_before", row.is_earlier}};
    put(json, "decision", row.decision);
    put(json, "controls", row.controls);
    return json;
}

Json lists_json(const Weekly &report)
{
    Json json;
    json["intents"] = Json::object();
    for (const auto &[intent, count] : report.intents)
        json["intents"][intent] = count;
    json["timeline"] = Json::array();
    for (const Moment &moment : report.timeline) {
        Json row{{"time", format_rfc3339(moment.time_ns)}, {"what", moment.what}};
        put(row, "signal", moment.id);
        json["timeline"].push_back(std::move(row));
    }
    json["timeline_left_out"] = report.further_moments;
    json["handover"] = report.handover;
    json["playbooks"] = Json::array();
    for (const engine::Playbook &playbook : report.playbooks)
        json["playbooks"].push_back({{"id", playbook.id},
                                     {"title", playbook.title},
                                     {"when", playbook.when},
                                     {"steps", playbook.steps}});
    return json;
}

} // namespace

std::string to_json(const Weekly &report)
{
    Json json{{"schema", kReportSchema}, {"kind", "weekly"}, {"id", report.id}};
    put(json, "hash", report.hash);
    put(json, "version", report.version);
    put(json, "tenant", report.tenant);
    json["host"] = {{"name", report.host}};
    put(json["host"], "id", report.host_id);
    json["period"] = period_json(report.period);
    json["period"]["zone"] = report.zone.name;
    json["written"] = format_rfc3339(report.written_ns);
    json["verdict"] = {{"state", name_of(report.state)},
                       {"words", report.verdict},
                       {"sentence", report.sentence},
                       {"open", report.open},
                       {"open_from_before", report.open_earlier}};
    json["needs"] = needs_json(report);
    json["needs_left_out"] = report.further_needs;
    json["happened"] = happened_json(report);
    json["noise"] = {{"refused_sign_ins", report.noise.refused},
                     {"average_before", report.noise.before},
                     {"weeks_before", report.noise.weeks},
                     {"sentence", report.noise.sentence},
                     {"comparison", report.noise.comparison}};
    put(json["noise"], "signals", report.noise.ids);
    json["access"] = access_json(report.access);
    json["watching"] = watching_json(report.watching);
    json["decisions"] = decisions_json(report);
    json["trend"] = trend_json(report);
    json.update(lists_json(report));
    json["signals"] = Json::array();
    for (const Row &row : report.rows)
        json["signals"].push_back(row_json(row));
    json["secrets_removed"] = report.redacted;
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace sentra::report
