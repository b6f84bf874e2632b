// SPDX-License-Identifier: MIT
#include "cli/report_input.h"

#include <cerrno>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "pipeline/config.h"
#include "report/gather.h"
#include "signal/json_parts.h"

namespace sentra::cli {

namespace {

tl::unexpected<NotFetched> refused(Exit status, std::string text)
{
    return tl::unexpected(NotFetched{status, std::move(text)});
}

// What the running daemon says is not watched; where it does not run, nothing is watched.
std::string blind_now(const Arguments &arguments)
{
    const auto answer = fetch(arguments, {.verb = pipeline::Request::Verb::status});
    if (!answer || answer->lines.empty())
        return {};
    const auto json = nlohmann::json::parse(answer->lines.front(), nullptr, false);
    if (!answer->from_daemon)
        return "the sensor (sentrad) does not run";
    const auto sensor = json.value("sensor", nlohmann::json::object());
    if (signal::text_of(sensor, "state") == "watching")
        return {};
    const std::string why = signal::text_of(sensor, "why");
    return "what programs do is not watched, only the system's log is" +
           (why.empty() ? "" : " (" + why + ")");
}

void take_host(report::Input &input, std::uint64_t now)
{
    const bool is_ours = input.host.empty() || report::is_host("", input.host_id);
    if (!is_ours)
        return;
    if (char name[256] = {}; input.host.empty() && ::gethostname(name, sizeof name - 1) == 0)
        input.host = name;
    input.facts = report::host_facts(report::read_host_files(""), now);
}

// For reading.
tl::expected<std::unique_ptr<store::Store>, NotFetched> store_of(const Arguments &arguments)
{
    const std::string path = pipeline::store_path(state_dir_of(arguments));
    if (::access(path.c_str(), R_OK) != 0)
        return errno == EACCES || errno == EPERM
                   ? refused(kNotAllowed, "reading " + path + " needs root")
                   : refused(kUnreachable, "there is no store at " + path +
                                               "; start sentrad, or name its --state-dir");
    auto store = store::Store::open(path, store::Store::Access::read);
    if (!store)
        return refused(kFinding, store.error().text);
    return std::move(*store);
}

} // namespace

Result<Zone> zone_of(const Arguments &arguments)
{
    return load_zone(arguments.text("--time-zone", "UTC"));
}

Result<report::Period> period_of(const Arguments &arguments, const Zone &zone, std::uint64_t now)
{
    const bool has_from = arguments.has("--from"), has_to = arguments.has("--to");
    if (arguments.has("--week") && (has_from || has_to))
        return failure("give --week, or --from and --to");
    if (has_from != has_to)
        return failure("--from and --to belong together");
    if (arguments.has("--week"))
        return report::week_of(arguments.text("--week"), zone);
    if (has_from)
        return report::period_of(arguments.text("--from"), arguments.text("--to"), zone);
    return report::last_full_week(now, zone);
}

tl::expected<ReportInput, NotFetched> report_input(const Arguments &arguments,
                                                   const engine::Rules &rules, std::uint64_t now)
{
    auto zone = zone_of(arguments);
    if (!zone)
        return refused(kUsage, zone.error().text);
    const auto period = period_of(arguments, *zone, now);
    if (!period)
        return refused(kUsage, period.error().text);
    if (period->from_ns >= now)
        return refused(kUsage, "that period has not begun");
    auto store = store_of(arguments);
    if (!store)
        return tl::unexpected(store.error());
    auto input = report::gather(**store, arguments.text("--tenant"));
    if (!input)
        return refused(kFinding, input.error().text);
    input->period = *period;
    input->zone = *zone;
    input->written_ns = now;
    input->version = SENTRA_VERSION;
    input->playbooks = rules.catalogues().playbooks;
    input->blind = blind_now(arguments);
    take_host(*input, now);
    return ReportInput{std::move(*input), std::move(*store)};
}

} // namespace sentra::cli
