// SPDX-License-Identifier: MIT
// `sentra report weekly` and `sentra report fleet`. The clock, the files and the host's own names
// are read here; what the report says is decided without them.
#include <algorithm>
#include <filesystem>
#include <iostream>

#include <fmt/format.h>

#include "base/fd.h"
#include "base/text.h"
#include "cli/fetch.h"
#include "cli/load_rules.h"
#include "cli/report_input.h"
#include "cli/verbs/verbs.h"
#include "report/fleet.h"

namespace sentra::cli {

namespace {

constexpr std::string_view kFormats[] = {"html", "md", "json"};
constexpr std::uintmax_t kExportMost = 64UL << 20U;

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
    if (auto written = replace_file(path, bytes, kReportMode, Keep::safely); !written)
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
        if (const int status = write_report(fmt::format("{}/{}.{}", folder, stem, format),
                                            in_format(report, format));
            status != kOk)
            return status;
    return kOk;
}

std::string days_of(const report::Period &period, const Zone &zone)
{
    const auto date = [&](std::uint64_t time_ns) {
        const Civil civil = zone.civil(time_ns);
        return format_date(
            static_cast<std::uint64_t>(unix_from_civil({civil.year, civil.month, civil.day})) *
            kSecondNs);
    };
    return date(period.from_ns) + "-" + date(period.to_ns - 1);
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
        return tl::unexpected(
            NotFetched{error == std::errc::permission_denied ? kNotAllowed : kFinding,
                       "read " + printable(folder, 400) + ": " + error.message()});
    std::sort(files.begin(), files.end());
    return files;
}

} // namespace

int verb_report_weekly(const Arguments &arguments)
{
    const auto rules = load_rules(arguments.all("--rules"));
    if (!rules)
        return complain(kFinding, rules.error().text);
    auto read = report_input(arguments, **rules, now_ns());
    if (!read)
        return complain(read.error().status, read.error().text);
    const std::string days = days_of(read->input.period, read->input.zone);
    return hand_out(arguments, report::weekly(std::move(read->input)), "weekly-" + days);
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
