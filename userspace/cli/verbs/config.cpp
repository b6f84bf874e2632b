// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/configured.h"
#include "cli/fetch.h"
#include "cli/verbs/verbs.h"
#include "pipeline/config_show.h"
#include "pipeline/preflight.h"

namespace sentra::cli {

namespace {

using Json = nlohmann::ordered_json;

// What is wrong, and what could not be looked at from here.
struct Report {
    std::vector<std::string> files, faults, notes;
    std::string line; // what it is, when nothing is wrong
};

// A name without a path is a credential that systemd gives the service alone.
bool has_service_credential(const output::SinkSettings &sink)
{
    constexpr std::string_view kEnd = "_file";
    return std::any_of(sink.values.begin(), sink.values.end(), [&](const auto &pair) {
        const auto &[key, value] = pair;
        return key.size() > kEnd.size() && key.substr(key.size() - kEnd.size()) == kEnd &&
               value.find('/') == std::string::npos;
    });
}

void check_sinks(const pipeline::Config &config, Report &report)
{
    for (const output::SinkSettings &sink : config.sinks) {
        if (has_service_credential(sink) && std::getenv("CREDENTIALS_DIRECTORY") == nullptr) {
            report.notes.push_back("sink " + sink.name +
                                   " has a credential of the service, which only sentrad can read");
            continue;
        }
        if (const auto opened = output::open_sink(sink); !opened)
            report.faults.push_back(opened.error().text);
    }
}

Report check(const Arguments &arguments)
{
    Report report;
    const auto loaded = loaded_config(arguments, arguments.text("file"));
    if (!loaded) {
        for (const std::string_view line : split(loaded.error().text, '\n'))
            report.faults.emplace_back(line);
        return report;
    }
    report.files = loaded->files;
    const auto checked = pipeline::check(loaded->config);
    if (checked)
        report.line = *checked;
    else
        for (const std::string_view line : split(checked.error().text, '\n'))
            if (!line.empty())
                report.faults.emplace_back(line);
    check_sinks(loaded->config, report);
    return report;
}

} // namespace

int verb_config_check(const Arguments &arguments)
{
    const Report report = check(arguments);
    const bool is_good = report.faults.empty();
    if (arguments.has("--json")) {
        const Json json{{"ok", is_good},
                        {"files", report.files},
                        {"faults", report.faults},
                        {"notes", report.notes}};
        std::cout << json.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
        return is_good ? kOk : kFinding;
    }
    for (const std::string &fault : report.faults)
        std::cerr << printable(fault) << "\n";
    for (const std::string &note : report.notes)
        std::cout << "note: " << printable(note) << "\n";
    if (!is_good)
        return kFinding;
    for (const std::string &file : report.files)
        std::cout << "read " << printable(file) << "\n";
    if (report.files.empty())
        std::cout << "there is no file: everything has its default\n";
    std::cout << printable(report.line) << "\n";
    return kOk;
}

int verb_config_show(const Arguments &arguments)
{
    const auto loaded = loaded_config(arguments, "");
    if (!loaded)
        return complain(status_of_config(arguments), loaded.error().text);
    const auto rows = pipeline::show_config(*loaded, arguments.has("--effective"));
    std::size_t widest = 0;
    for (const pipeline::ShownKey &row : rows)
        widest = std::max(widest, row.key.size() + row.value.size());
    for (const pipeline::ShownKey &row : rows) {
        const std::string line = row.key + ": " + row.value;
        if (arguments.has("--json"))
            std::cout << pipeline::to_json(row) << "\n";
        else
            std::cout << fmt::format("{:<{}}  # {}\n", line, std::min<std::size_t>(widest + 2, 60),
                                     row.origin);
    }
    if (rows.empty() && !arguments.has("--json"))
        std::cout << "Nothing is written; --effective shows what holds.\n";
    return kOk;
}

int verb_config_schema(const Arguments & /*arguments*/)
{
    std::cout << pipeline::config_schema();
    return kOk;
}

} // namespace sentra::cli
