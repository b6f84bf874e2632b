// SPDX-License-Identifier: MIT
#include "report/fleet.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/hash.h"
#include "base/text.h"
#include "report/escape.h"
#include "report/weekly.h"
#include "signal/json_parts.h"

namespace sentra::report {

namespace {

constexpr std::size_t kTextBytes = 300, kNameBytes = 100, kActionsMost = 5, kListMost = 10'000;
constexpr std::size_t kDaysMost = 31;

using signal::Reader;

bool read_state(const std::string &name, State &state)
{
    if (name != "action" && name != "reviewed" && name != "no-action")
        return false;
    state = name == "action" ? State::action : name == "reviewed" ? State::reviewed : State::calm;
    return true;
}

void read_watching(Reader &in, Export &found)
{
    in.must("seconds", found.seconds);
    in.must("seconds_watched", found.seconds_watched);
    std::string blind;
    in.take("blind_now", blind);
    found.is_blind = !blind.empty();
    in.each("days", [&](Reader &day) {
        std::vector<std::uint32_t> hours;
        day.take("percent_by_hour", hours);
        std::uint64_t total = 0;
        for (const std::uint32_t hour : hours)
            total += std::min(hour, 100U);
        if (!hours.empty() && found.day_percents.size() < kDaysMost)
            found.day_percents.push_back(static_cast<unsigned>(total / hours.size()));
    });
}

void read_lists(Reader &in, Export &found)
{
    in.each("signals", [&](Reader &row) {
        bool is_open = false;
        row.take("open", is_open);
        Export::Open open;
        row.must("id", open.id);
        row.take("what", open.what);
        row.take("action", open.action);
        row.take("score", open.score);
        if (!is_open || found.asks.size() == kListMost)
            return;
        open.id = anchor(open.id);
        open.what = printable(open.what, kTextBytes);
        open.action = printable(open.action, kTextBytes);
        found.asks.push_back(std::move(open));
    });
    in.within("decisions", [&](Reader &decisions) {
        decisions.each("overrides", [&](Reader &standing) {
            std::string reason;
            standing.take("reason", reason);
            if (!reason.empty() && found.reasons.size() < kListMost)
                found.reasons.push_back(printable(reason, kTextBytes));
        });
    });
}

// A host is itself by its id; where there is none, by its name.
std::string key_of(const Export &found)
{
    return found.host_id.empty() ? "name:" + found.host : "id:" + found.host_id;
}

bool is_of(const Export &found, const Period &period)
{
    // Zones may differ by hours; weeks do not overlap by more.
    const std::uint64_t middle =
        found.period.from_ns + (found.period.to_ns - found.period.from_ns) / 2;
    return middle >= period.from_ns && middle < period.to_ns;
}

// Of one period the report that was written last; of several periods all.
std::vector<const Export *> those_of(const std::vector<Export> &all, const Period &period)
{
    std::map<std::uint64_t, const Export *> latest;
    for (const Export &found : all) {
        if (!is_of(found, period))
            continue;
        const Export *&known = latest[found.period.from_ns];
        // Written at the same moment: the more serious one counts.
        if (known == nullptr ||
            std::pair(found.written_ns, found.state) > std::pair(known->written_ns, known->state))
            known = &found;
    }
    std::vector<const Export *> list;
    list.reserve(latest.size());
    for (const auto &[from_ns, found] : latest)
        list.push_back(found);
    return list;
}

FleetHost host_of(const std::vector<const Export *> &reports)
{
    FleetHost host;
    host.host = reports.back()->host;
    for (const Export *found : reports) {
        host.state = std::max(host.state, found->state);
        host.reports += 1;
        host.seconds += found->seconds;
        host.seconds_watched += found->seconds_watched;
        host.day_percents.insert(host.day_percents.end(), found->day_percents.begin(),
                                 found->day_percents.end());
        host.open = std::max(host.open, found->open);
        host.is_blind = found->is_blind; // as the latest has it
    }
    if (host.day_percents.size() > kDaysMost)
        host.day_percents.erase(host.day_percents.begin(), host.day_percents.end() - kDaysMost);
    return host;
}

void take_host(FleetTenant &tenant, const std::vector<Export> &all, const Period &period,
               std::map<std::string, std::size_t> &reasons)
{
    const auto reports = those_of(all, period);
    if (reports.empty()) {
        FleetTenant::Silent silent;
        for (const Export &found : all)
            if (found.period.to_ns >= silent.last_ns)
                silent = {found.host, found.period.to_ns};
        tenant.silent.push_back(std::move(silent));
        return;
    }
    tenant.hosts.push_back(host_of(reports));
    tenant.by_state[static_cast<std::size_t>(tenant.hosts.back().state)] += 1;
    std::set<std::string> ids;
    for (const Export *found : reports)
        for (const Export::Open &open : found->asks)
            if (ids.insert(open.id).second)
                tenant.actions.push_back(
                    {tenant.hosts.back().host, open.id, open.what, open.action, open.score});
    // One host's exception that stands for weeks is one.
    for (const std::string &reason : reports.back()->reasons)
        reasons[reason] += 1;
}

void put_in_order(FleetTenant &tenant, const std::map<std::string, std::size_t> &reasons)
{
    std::sort(tenant.silent.begin(), tenant.silent.end(),
              [](const auto &a, const auto &b) { return a.host < b.host; });
    std::stable_sort(tenant.hosts.begin(), tenant.hosts.end(),
                     [](const FleetHost &a, const FleetHost &b) {
                         return a.state != b.state ? a.state > b.state : a.host < b.host;
                     });
    std::stable_sort(
        tenant.actions.begin(), tenant.actions.end(), [](const auto &a, const auto &b) {
            return a.score != b.score ? a.score > b.score
                                      : std::pair(a.host, a.id) < std::pair(b.host, b.id);
        });
    if (tenant.actions.size() > kActionsMost) {
        tenant.further_actions = tenant.actions.size() - kActionsMost;
        tenant.actions.resize(kActionsMost);
    }
    for (const auto &[reason, count] : reasons)
        if (count > 1)
            tenant.reasons.emplace_back(reason, count);
    std::stable_sort(tenant.reasons.begin(), tenant.reasons.end(),
                     [](const auto &a, const auto &b) { return a.second > b.second; });
}

} // namespace

Result<Export> export_from_json(std::string_view text)
{
    const auto json = Reader::Json::parse(text, nullptr, false);
    if (json.is_discarded())
        return failure("is no JSON");
    std::string complaint, schema, kind, state;
    Export found;
    Reader in(json, "", complaint);
    in.must("schema", schema);
    in.must("kind", kind);
    if (complaint.empty() && (schema != kReportSchema || kind != "weekly"))
        return failure("is no weekly report of this version");
    in.take("tenant", found.tenant);
    in.must_time("written", found.written_ns);
    in.within("host", [&](Reader &host) {
        host.must("name", found.host);
        host.take("id", found.host_id);
    });
    in.within("period", [&](Reader &period) {
        period.must_time("from", found.period.from_ns);
        period.must_time("to", found.period.to_ns);
    });
    in.within("verdict", [&](Reader &verdict) {
        verdict.must("state", state);
        verdict.must("open", found.open);
    });
    in.within("watching", [&](Reader &watching) { read_watching(watching, found); });
    read_lists(in, found);
    if (!complaint.empty())
        return failure(complaint);
    if (!read_state(state, found.state) || found.host.empty() ||
        found.period.to_ns <= found.period.from_ns || found.seconds_watched > found.seconds)
        return failure("contradicts itself");
    if (found.open > 0 || !found.asks.empty())
        found.state = State::action;
    found.tenant = printable(found.tenant, kNameBytes);
    found.host = printable(found.host, kNameBytes);
    found.host_id = printable(found.host_id, kNameBytes);
    return found;
}

State FleetTenant::state() const
{
    return hosts.empty() ? State::calm : hosts.front().state;
}

State Fleet::state() const
{
    State state = State::calm;
    for (const FleetTenant &tenant : tenants)
        state = std::max(state, tenant.state());
    return state;
}

Result<Fleet> fleet(const FleetInput &input)
{
    Fleet report{{}, {}, input.version, input.period, input.zone, input.written_ns, {}, {}, 0};
    std::map<std::string, std::map<std::string, std::vector<Export>>> by_tenant;
    for (const auto &[name, text] : input.files) {
        auto found = export_from_json(text);
        if (!found) {
            report.unread_count += 1;
            // A file's name may be another tenant's host.
            if (!input.tenant)
                report.unread.push_back(printable(name, kNameBytes) + " " +
                                        printable(found.error().text, kTextBytes));
            continue;
        }
        // Reports of later periods say nothing about this one.
        if (found->period.from_ns >= input.period.to_ns ||
            (input.tenant && found->tenant != printable(*input.tenant, kNameBytes)))
            continue;
        const std::string tenant = found->tenant, key = key_of(*found);
        by_tenant[tenant][key].push_back(std::move(*found));
    }
    if (input.tenant && by_tenant.empty())
        return failure("no report of the tenant \"" + printable(*input.tenant, 60) + "\" is there");
    for (const auto &[name, hosts] : by_tenant) {
        FleetTenant tenant;
        tenant.name = name;
        std::map<std::string, std::size_t> reasons;
        for (const auto &[key, exports] : hosts)
            take_host(tenant, exports, input.period, reasons);
        put_in_order(tenant, reasons);
        report.tenants.push_back(std::move(tenant));
    }
    report.id = sha256_hex("fleet\x1f" + input.tenant.value_or("*") + "\x1f" +
                           std::to_string(input.period.from_ns) + "\x1f" +
                           std::to_string(input.period.to_ns))
                    .substr(0, 12);
    report.hash = sha256_hex(to_json(report)).substr(0, 12);
    return report;
}

} // namespace sentra::report
