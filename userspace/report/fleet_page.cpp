// SPDX-License-Identifier: MIT
#include <nlohmann/json.hpp>

#include "report/fleet.h"
#include "report/weekly.h"
#include "report/words.h"

namespace sentra::report {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char *kStates[] = {"No action needed", "No action needed (reviewed)",
                                   "Action recommended"};
constexpr const char *kStateNames[] = {"no-action", "reviewed", "action"};

std::string watched_in_words(const FleetHost &host)
{
    return hours(host.seconds_watched * kSecondNs) + " of " + hours(host.seconds * kSecondNs) +
           " (" + percent(host.seconds_watched, host.seconds) + " %)";
}

// Less than 99 of a hundred hours.
bool is_half_blind(const FleetHost &host)
{
    return host.seconds_watched < host.seconds - host.seconds / 100 || host.is_blind;
}

std::size_t open_of(const FleetTenant &tenant)
{
    return tenant.actions.size() + tenant.further_actions;
}

std::string sentence_of(const FleetTenant &tenant)
{
    std::string text = counted(tenant.hosts.size(), "host", "hosts") + " reported";
    if (!tenant.silent.empty())
        text += ", " + number(tenant.silent.size()) + " did not";
    text += ".";
    if (tenant.by_state[2] > 0)
        text +=
            " " + counted(tenant.by_state[2], "host needs", "hosts need") + " a person to look.";
    std::size_t blind = 0;
    for (const FleetHost &host : tenant.hosts)
        blind += is_half_blind(host) ? 1U : 0U;
    if (blind > 0)
        text += " " + counted(blind, "host was", "hosts were") + " not watched throughout.";
    return text;
}

void put_silent(std::vector<Block> &page, const FleetTenant &tenant, const Fleet &report)
{
    page.emplace_back(Heading{3, "Hosts that did not report", "", false});
    if (tenant.silent.empty()) {
        page.emplace_back(Paragraph{
            "None. Every host that has reported before reported for this period.", false});
        return;
    }
    Table table{"What happened on these hosts is not in this report",
                {"Host", "Last report goes until"},
                {}};
    for (const FleetTenant::Silent &silent : tenant.silent)
        table.rows.push_back({"", {silent.host, day(silent.last_ns - 1, report.zone)}, true});
    page.emplace_back(std::move(table));
}

void put_hosts(std::vector<Block> &page, const FleetTenant &tenant)
{
    page.emplace_back(Heading{3, "Hosts", "", false});
    if (tenant.hosts.empty()) {
        page.emplace_back(Paragraph{"No host reported for this period.", false});
        return;
    }
    Pairs counts;
    for (const std::size_t state : {2U, 1U, 0U})
        counts.pairs.emplace_back(kStates[state], counted(tenant.by_state[state], "host", "hosts"));
    page.emplace_back(std::move(counts));
    Table table{"By state, then by name", {"Host", "State", "Open", "Hours watched"}, {}};
    for (const FleetHost &host : tenant.hosts)
        table.rows.push_back(
            {"",
             {host.host, kStates[static_cast<std::size_t>(host.state)], number(host.open),
              watched_in_words(host) + (host.is_blind ? ", not everything is watched now" : "")},
             host.state == State::action});
    page.emplace_back(std::move(table));
}

void put_actions(std::vector<Block> &page, const FleetTenant &tenant)
{
    page.emplace_back(Heading{3, "What to do first", "", false});
    if (tenant.actions.empty()) {
        page.emplace_back(Paragraph{"Nothing is open on the hosts that reported.", false});
    } else {
        Table table{"The most serious first", {"Host", "What", "Next step", "Signal"}, {}};
        for (const FleetTenant::Action &action : tenant.actions)
            table.rows.push_back(
                {"", {action.host, action.what, action.action, Text().id(action.id)}, false});
        page.emplace_back(std::move(table));
        if (tenant.further_actions > 0)
            page.emplace_back(Paragraph{counted(tenant.further_actions, "more is", "more are") +
                                            " in the reports of the hosts.",
                                        false});
    }
    page.emplace_back(Heading{3, "Reasons for exceptions that come back", "", false});
    if (tenant.reasons.empty()) {
        page.emplace_back(Paragraph{"No reason was given more than once.", false});
        return;
    }
    Table table{"Given for more than one exception", {"Reason", "Exceptions"}, {}};
    for (const auto &[reason, count] : tenant.reasons)
        table.rows.push_back({"", {reason, number(count)}, false});
    page.emplace_back(std::move(table));
}

void put_coverage(std::vector<Block> &page, const FleetTenant &tenant, std::size_t index)
{
    if (tenant.hosts.empty())
        return;
    Strip strip{"coverage-" + std::to_string(index),
                "Watched, by host",
                "One row a host, one cell a day. A full cell was watched throughout, an empty one "
                "not at all.",
                {},
                "Host",
                "Hours watched",
                false};
    for (const FleetHost &host : tenant.hosts)
        strip.days.push_back({host.host, watched_in_words(host), host.day_percents});
    page.emplace_back(Heading{3, "Were we watching?", "", false});
    page.emplace_back(std::move(strip));
}

Json tenant_json(const FleetTenant &tenant)
{
    Json json{{"name", tenant.name}, {"state", kStateNames[static_cast<int>(tenant.state())]}};
    json["not_reporting"] = Json::array();
    for (const FleetTenant::Silent &silent : tenant.silent)
        json["not_reporting"].push_back(
            {{"host", silent.host}, {"last_report_until", format_rfc3339(silent.last_ns)}});
    json["hosts"] = Json::array();
    for (const FleetHost &host : tenant.hosts)
        json["hosts"].push_back({{"host", host.host},
                                 {"state", kStateNames[static_cast<int>(host.state)]},
                                 {"open", host.open},
                                 {"reports", host.reports},
                                 {"seconds", host.seconds},
                                 {"seconds_watched", host.seconds_watched},
                                 {"percent_by_day", host.day_percents},
                                 {"blind_now", host.is_blind}});
    json["by_state"] = {{"action", tenant.by_state[2]},
                        {"reviewed", tenant.by_state[1]},
                        {"no-action", tenant.by_state[0]}};
    json["actions"] = Json::array();
    for (const FleetTenant::Action &action : tenant.actions)
        json["actions"].push_back({{"host", action.host},
                                   {"signal", action.id},
                                   {"what", action.what},
                                   {"action", action.action},
                                   {"score", action.score}});
    json["actions_left_out"] = tenant.further_actions;
    json["recurring_reasons"] = Json::array();
    for (const auto &[reason, count] : tenant.reasons)
        json["recurring_reasons"].push_back({{"reason", reason}, {"exceptions", count}});
    return json;
}

} // namespace

Document page(const Fleet &report)
{
    Document document{"Fleet security summary, " + span(report.period, report.zone), {}};
    auto &page = document.blocks;
    page.emplace_back(Heading{1, "Fleet security summary", "", false});
    page.emplace_back(
        Pairs{{{"Period", span(report.period, report.zone) + ", times in " +
                              zone_in_words(report.zone, report.period.from_ns)},
               {"Written", dated(report.written_ns, report.zone)},
               {"Report", Text().code(report.id).plain(", content hash ").code(report.hash)}}});
    if (report.unread_count > 0)
        page.emplace_back(
            Notice{"Not every report could be read.",
                   counted(report.unread_count, "file", "files") + " could not be read" +
                       (report.unread.empty() ? "." : ": " + listed(report.unread, 10) + ".")});
    if (report.tenants.empty())
        page.emplace_back(Paragraph{"No host has reported yet.", false});
    std::size_t index = 0;
    for (const FleetTenant &tenant : report.tenants) {
        page.emplace_back(Heading{2, tenant.name.empty() ? "Hosts without a customer" : tenant.name,
                                  "", index > 0});
        // Who is not heard of weakens what is said of the rest, and stands above it.
        if (!tenant.silent.empty())
            put_silent(page, tenant, report);
        page.emplace_back(Verdict{
            tenant.state(),
            tenant.hosts.empty() ? "No verdict" : verdict_in_words(tenant.state(), open_of(tenant)),
            sentence_of(tenant)});
        if (tenant.silent.empty())
            put_silent(page, tenant, report);
        put_hosts(page, tenant);
        put_coverage(page, tenant, ++index);
        put_actions(page, tenant);
    }
    page.emplace_back(Paragraph{"A host has the worst state of its reports in the period. Nothing "
                                "is averaged or put together across hosts.",
                                true});
    return document;
}

std::string to_json(const Fleet &report)
{
    Json json{{"schema", kReportSchema}, {"kind", "fleet"}, {"id", report.id}};
    if (!report.hash.empty())
        json["hash"] = report.hash;
    json["version"] = report.version;
    json["period"] = {{"from", format_rfc3339(report.period.from_ns)},
                      {"to", format_rfc3339(report.period.to_ns)},
                      {"zone", report.zone.name}};
    json["written"] = format_rfc3339(report.written_ns);
    json["state"] = kStateNames[static_cast<int>(report.state())];
    json["files_not_read"] = report.unread_count;
    if (!report.unread.empty())
        json["not_read"] = report.unread;
    json["tenants"] = Json::array();
    for (const FleetTenant &tenant : report.tenants)
        json["tenants"].push_back(tenant_json(tenant));
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace sentra::report
