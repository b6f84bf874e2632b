// SPDX-License-Identifier: MIT
#include <iostream>

#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/configured.h"
#include "cli/fetch.h"
#include "cli/verbs/verbs.h"
#include "event/catalogue.h"
#include "pipeline/checkup.h"

namespace sentra::cli {

namespace {

using Json = nlohmann::ordered_json;
using pipeline::Finding;
using Level = Finding::Level;

const char *mark_of(Level level)
{
    switch (level) {
    case Level::good:
        return "ok  ";
    case Level::note:
        return "note";
    case Level::trouble:
        break;
    }
    return "BAD ";
}

std::string text_of(const Json &json, const char *key)
{
    return json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : "";
}

// As the running daemon watches: it has tried every rung of this kernel.
std::vector<sensor::Watch> watches_in(const Json &status)
{
    std::vector<sensor::Watch> watches;
    const Json sensor = status.value("sensor", Json::object());
    for (const Json &row : sensor.value("events", Json::array())) {
        const auto *type = event::Catalogue::get().find_type(text_of(row, "event"));
        if (type == nullptr)
            continue; // a daemon of another version
        sensor::Watch watch{type->name, text_of(row, "rung"),   text_of(row, "hooks"),
                            {},         text_of(row, "better"), text_of(row, "reason")};
        for (const Json &word : row.value("blind", Json::array()))
            if (word.is_string())
                watch.blind.push_back(word.get<std::string>());
        watches.push_back(std::move(watch));
    }
    return watches;
}

sensor::FileWatches file_watches_in(const Json &status)
{
    const Json sensor = status.value("sensor", Json::object());
    const Json json = sensor.value("file_watches", Json());
    if (!json.is_object())
        return {};
    const auto number = [&](const char *key) {
        const auto found = json.find(key);
        return found != json.end() && found->is_number_unsigned() ? found->get<std::uint64_t>()
                                                                  : std::uint64_t{0};
    };
    return {true,
            text_of(json, "reason"),
            number("directories"),
            number("refused"),
            number("explained"),
            number("told")};
}

void append(std::vector<Finding> &all, std::vector<Finding> some)
{
    all.insert(all.end(), std::make_move_iterator(some.begin()),
               std::make_move_iterator(some.end()));
}

std::vector<Finding> check_daemon(const Arguments &arguments)
{
    const auto fetched = fetch(arguments, {.verb = pipeline::Request::Verb::status});
    if (fetched && fetched->from_daemon && !fetched->lines.empty()) {
        const Json status = Json::parse(fetched->lines.front(), nullptr, false);
        if (status.is_object()) {
            std::vector<Finding> found{{Level::good, "sentrad " + text_of(status, "line"), "", ""}};
            for (const Json &trouble : status.value("troubles", Json::array()))
                if (trouble.is_string())
                    found.push_back({Level::trouble, trouble.get<std::string>(), "",
                                     "sentra status shows the account in full"});
            append(found, pipeline::check_watches(watches_in(status)));
            append(found, pipeline::check_file_watches(file_watches_in(status)));
            return found;
        }
    }
    if (!fetched && fetched.error().status == kNotAllowed)
        return {
            {Level::note, fetched.error().text, "what it watches and lost is not shown here", ""}};
    std::vector<Finding> found{{Level::trouble, "sentrad does not run",
                                "nothing is watched and nothing is told",
                                "systemctl start sentrad, or run sentrad --print to try it"}};
    if (geteuid() == 0)
        append(found, pipeline::check_watches(pipeline::try_watches()));
    return found;
}

Json to_json(const Finding &finding)
{
    constexpr const char *levels[] = {"good", "note", "trouble"};
    Json json{{"level", levels[static_cast<int>(finding.level)]}, {"what", finding.what}};
    if (!finding.why.empty())
        json["why"] = finding.why;
    if (!finding.fix.empty())
        json["fix"] = finding.fix;
    return json;
}

void print(const Finding &finding)
{
    std::cout << mark_of(finding.level) << "  " << printable(finding.what, 1000) << "\n";
    if (!finding.why.empty())
        std::cout << "      why: " << printable(finding.why, 1000) << "\n";
    if (!finding.fix.empty())
        std::cout << "      do:  " << printable(finding.fix, 1000) << "\n";
}

} // namespace

int verb_doctor(const Arguments &arguments)
{
    const auto config = configured(arguments);
    if (!config)
        return complain(kFinding, config.error().text);
    std::vector<Finding> all = pipeline::check_kernel(sensor::Features::ask());
    append(all, pipeline::check_journal(*config));
    append(all, pipeline::check_state(*config));
    append(all, pipeline::check_clock());
    append(all, pipeline::check_rules(*config));
    append(all, check_daemon(arguments));
    bool is_well = true;
    for (const Finding &finding : all) {
        is_well = is_well && finding.level != Level::trouble;
        if (arguments.has("--json"))
            std::cout << to_json(finding).dump() << "\n";
        else
            print(finding);
    }
    return is_well ? kOk : kFinding;
}

} // namespace sentra::cli
