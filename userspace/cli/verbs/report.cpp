// SPDX-License-Identifier: MIT
// `sentra report weekly` and `sentra report fleet`. The clock, the files and the host's own names
// are read here; what the report says is decided without them.
#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <iostream>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "cli/fetch.h"
#include "cli/load_rules.h"
#include "cli/verbs/verbs.h"
#include "pipeline/config.h"
#include "report/fleet.h"
#include "report/gather.h"
#include "report/write.h"
#include "signal/json_parts.h"

namespace sentra::cli {

namespace {

constexpr std::string_view kFormats[] = {"html", "md", "json"};
constexpr std::uintmax_t kExportMost = 64UL << 20U;
constexpr const char *kZones = "/usr/share/zoneinfo/";

tl::unexpected<NotFetched> refused(Exit status, std::string text)
{
    return tl::unexpected(NotFetched{status, std::move(text)});
}

Result<report::Zone> zone_of(const Arguments &arguments)
{
    const std::string name = arguments.text("--time-zone", "UTC");
    if (name == "UTC")
        return report::Zone{};
    const bool is_plain = name.front() != '/' && name.find("..") == std::string::npos;
    const auto bytes = is_plain ? read_file(kZones + name) : failure("");
    if (!bytes)
        return failure("there is no time zone \"" + printable(name, 60) + "\" below " + kZones);
    auto zone = report::zone_from_tzif(name, *bytes);
    if (!zone)
        return tl::unexpected(std::move(zone.error()).within(printable(name, 60)));
    return zone;
}

Result<report::Period> period_of(const Arguments &arguments, const report::Zone &zone,
                                 std::uint64_t now)
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

// "--format", else what the file's name says, else Markdown for the terminal.
Result<std::string> format_of(const Arguments &arguments)
{
    const std::string file = arguments.text("-o");
    const auto dot = file.rfind('.');
    const std::string otherwise = dot == std::string::npos ? "md" : file.substr(dot + 1);
    const std::string format = arguments.text("--format", otherwise);
    if (std::find(std::begin(kFormats), std::end(kFormats), format) == std::end(kFormats))
        return failure(arguments.has("--format")
                           ? "no format is called \"" + printable(format, 60) +
                                 "\"; there are html, md and json"
                           : "say --format html, md or json; \"" + printable(file, 200) +
                                 "\" does not end in one of them");
    return format;
}

template <typename Report> std::string in_format(const Report &report, std::string_view format)
{
    if (format == "json")
        return to_json(report);
    return format == "html" ? to_html(page(report)) : to_markdown(page(report));
}

int write_report(const std::string &path, const std::string &bytes)
{
    if (auto written = report::write_whole(path, bytes); !written)
        return complain(kFinding, written.error().text);
    return kOk;
}

// To stdout, to a file, or in all formats into a folder: "weekly-2026-03-02-2026-03-08.html".
template <typename Report>
int hand_out(const Arguments &arguments, const Report &report, const std::string &stem)
{
    const std::string folder = arguments.text("--all-formats");
    if (folder.empty()) {
        const auto format = format_of(arguments);
        if (!format)
            return complain(kUsage, format.error().text);
        const std::string bytes = in_format(report, *format);
        if (arguments.has("-o"))
            return write_report(arguments.text("-o"), bytes);
        std::cout << bytes << std::flush;
        return std::cout ? kOk : complain(kFinding, "the report could not be written");
    }
    for (const std::string_view format : kFormats)
        if (const int status = write_report(folder + "/" + stem + "." + std::string(format),
                                            in_format(report, format));
            status != kOk)
            return status;
    return kOk;
}

std::string days_of(const report::Period &period, const report::Zone &zone)
{
    const auto date = [&](std::uint64_t time_ns) {
        const Civil civil = zone.civil(time_ns);
        return format_date(
            static_cast<std::uint64_t>(unix_from_civil({civil.year, civil.month, civil.day})) *
            kSecondNs);
    };
    return date(period.from_ns) + "-" + date(period.to_ns - 1);
}

// What the running daemon says is not watched; where it does not run, nothing is watched.
std::string blind_now(const Arguments &arguments)
{
    const auto answer = fetch(arguments, {.verb = pipeline::Request::Verb::status});
    if (!answer || answer->lines.empty())
        return {};
    const auto json = nlohmann::json::parse(answer->lines.front(), nullptr, false);
    if (!answer->from_daemon)
        return "sentrad does not run";
    const auto sensor = json.value("sensor", nlohmann::json::object());
    if (signal::text_of(sensor, "state") == "watching")
        return {};
    const std::string why = signal::text_of(sensor, "why");
    return "what programs do is not watched, only the system's log is" +
           (why.empty() ? "" : " (" + why + ")");
}

tl::expected<report::Input, NotFetched> input_of(const Arguments &arguments)
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
    auto input = report::gather(**store, arguments.text("--tenant"));
    if (!input)
        return refused(kFinding, input.error().text);
    return std::move(*input);
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

tl::expected<std::vector<std::pair<std::string, std::string>>, NotFetched>
exports_in(const std::string &folder)
{
    namespace fs = std::filesystem;
    std::vector<std::pair<std::string, std::string>> files;
    std::error_code error;
    for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator();
         at.increment(error)) {
        std::error_code odd;
        const std::string name = at->path().filename().string();
        if (at->path().extension() != ".json" || !at->is_regular_file(odd))
            continue;
        // One that is too large or cannot be read is said to be so, like any that is no report.
        auto text = at->file_size(odd) <= kExportMost && !odd ? read_file(at->path().string())
                                                              : failure("");
        files.emplace_back(name, text ? std::move(*text) : std::string());
    }
    if (error)
        return refused(error == std::errc::permission_denied ? kNotAllowed : kFinding,
                       "read " + printable(folder, 400) + ": " + error.message());
    std::sort(files.begin(), files.end());
    return files;
}

} // namespace

int verb_report_weekly(const Arguments &arguments)
{
    const std::uint64_t now = now_ns();
    auto zone = zone_of(arguments);
    if (!zone)
        return complain(kUsage, zone.error().text);
    const auto period = period_of(arguments, *zone, now);
    if (!period)
        return complain(kUsage, period.error().text);
    if (period->from_ns >= now)
        return complain(kUsage, "that period has not begun");
    const auto rules = load_rules(arguments.all("--rules"));
    if (!rules)
        return complain(kFinding, rules.error().text);
    auto input = input_of(arguments);
    if (!input)
        return complain(input.error().status, input.error().text);
    input->period = *period;
    input->zone = *zone;
    input->written_ns = now;
    input->version = SENTRA_VERSION;
    input->playbooks = (*rules)->catalogues().playbooks;
    input->blind = blind_now(arguments);
    take_host(*input, now);
    return hand_out(arguments, report::weekly(std::move(*input)),
                    "weekly-" + days_of(*period, *zone));
}

int verb_report_fleet(const Arguments &arguments)
{
    const std::uint64_t now = now_ns();
    auto zone = zone_of(arguments);
    if (!zone)
        return complain(kUsage, zone.error().text);
    const auto period = period_of(arguments, *zone, now);
    if (!period)
        return complain(kUsage, period.error().text);
    auto files = exports_in(arguments.text("dir"));
    if (!files)
        return complain(files.error().status, files.error().text);
    report::FleetInput input{std::move(*files), *period, *zone, now, {}, SENTRA_VERSION};
    if (arguments.has("--tenant"))
        input.tenant = arguments.text("--tenant");
    const auto made = report::fleet(input);
    if (!made)
        return complain(kFinding, made.error().text);
    return hand_out(arguments, *made, "fleet-" + days_of(*period, *zone));
}

} // namespace sentra::cli
