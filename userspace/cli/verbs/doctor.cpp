// SPDX-License-Identifier: MIT
#include <iostream>

#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/fd.h"
#include "base/text.h"
#include "cli/configured.h"
#include "cli/fetch.h"
#include "cli/screen.h"
#include "cli/verbs/examined.h"
#include "cli/verbs/verbs.h"
#include "event/catalogue.h"
#include "pipeline/checkup.h"

namespace sentra::cli {

namespace {

using Json = nlohmann::ordered_json;
using pipeline::Finding;
using Level = Finding::Level;

struct Mark {
    const char *word;
    Tone tone;
};
Mark mark_of(Level level)
{
    switch (level) {
    case Level::good:
        return {"ok  ", Tone::good};
    case Level::note:
        return {"note", Tone::strong};
    case Level::trouble:
        break;
    }
    return {"BAD ", Tone::attention};
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
            append(found, pipeline::check_reach(fetched->lines.front()));
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

// What, why it matters, what to do; on a screen in lines that fit.
void print(const Finding &finding, const Screen &screen)
{
    const Mark mark = mark_of(finding.level);
    const auto print_words = [&](const std::string &before, const std::string &words) {
        const std::size_t width = screen.is_terminal ? screen.columns - 6 : 100'000;
        std::string head = before;
        for (const std::string &line : wrapped(printable(words, 1000), width)) {
            std::cout << head << line << "\n";
            head.assign(6, ' ');
        }
    };
    print_words(toned(screen, mark.tone, mark.word) + "  ", finding.what);
    if (!finding.why.empty())
        print_words("      ", "why: " + finding.why);
    if (!finding.fix.empty())
        print_words("      ", "do:  " + finding.fix);
}

std::vector<Finding> check_host(const pipeline::Config &config)
{
    std::vector<Finding> all = pipeline::check_kernel(sensor::Features::ask());
    if (geteuid() == 0)
        append(all, pipeline::check_rights(read_file("/proc/self/status").value_or("")));
    else
        append(all,
               {{Level::note, "not asked as root",
                 "what the kernel offers can then only be said in part", "sudo sentra doctor"}});
    append(all, pipeline::check_journal(config));
    if (config.journal.enabled && config.journal.directory.empty())
        append(all, pipeline::check_rate_limit(pipeline::journald_settings()));
    append(all, pipeline::check_state(config));
    append(all, pipeline::check_clock());
    append(all, pipeline::check_rules(config));
    return all;
}

// A configuration with a fault is a finding, not the end of the visit.
std::vector<Finding> check_configuration(const std::string &faults)
{
    std::vector<Finding> found;
    for (const std::string_view fault : split(faults, '\n'))
        found.push_back({Level::trouble, std::string(fault),
                         "sentrad does not start with it, and does not take it at a reload",
                         "mend that line; sentra config check says whether it is well"});
    return found;
}

} // namespace

std::string to_json(const Finding &finding)
{
    constexpr const char *levels[] = {"good", "note", "trouble"};
    Json json{{"level", levels[static_cast<int>(finding.level)]}, {"what", finding.what}};
    if (!finding.why.empty())
        json["why"] = finding.why;
    if (!finding.fix.empty())
        json["fix"] = finding.fix;
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<Finding> examine(const Arguments &arguments)
{
    const auto config = configured(arguments);
    std::vector<Finding> all = check_host(config.value_or(pipeline::Config{}));
    if (!config)
        append(all, check_configuration(config.error().text));
    append(all, check_daemon(arguments));
    return all;
}

int verb_doctor(const Arguments &arguments)
{
    const Screen screen = screen_of(arguments);
    bool is_well = true;
    for (const Finding &finding : examine(arguments)) {
        is_well = is_well && finding.level != Level::trouble;
        if (arguments.has("--json"))
            std::cout << to_json(finding) << "\n";
        else
            print(finding, screen);
    }
    return is_well ? kOk : kFinding;
}

} // namespace sentra::cli
