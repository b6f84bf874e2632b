// SPDX-License-Identifier: MIT
// Standing decisions: maintenance windows, accepted risks, expected changes.
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/time.h"
#include "cli/fetch.h"
#include "cli/verbs/verbs.h"
#include "signal/decision.h"

namespace sentra::cli {

namespace {

using Json = nlohmann::ordered_json;
using Verb = pipeline::Request::Verb;

std::string what_it_covers(const signal::Override &standing)
{
    std::string text;
    const auto add = [&text](const char *what, const std::string &value) {
        if (!value.empty())
            text.append(text.empty() ? "" : ", ").append(what).append(" ").append(value);
    };
    add("rule", standing.rule);
    add("user", standing.user);
    add("program", standing.executable);
    add("unit", standing.unit);
    add("source", standing.source ? standing.source->text() : "");
    return text;
}

int print(const tl::expected<Fetched, NotFetched> &fetched, bool as_json)
{
    if (!fetched)
        return complain(fetched.error().status, fetched.error().text);
    if (fetched->lines.empty() && !as_json)
        std::cout << "No overrides.\n";
    for (const std::string &line : fetched->lines) {
        const auto standing = signal::override_from_json(line);
        if (as_json || !standing) {
            std::cout << line << "\n";
            continue;
        }
        const Json json = Json::parse(line, nullptr, false);
        const bool ended = standing->ended_ns != 0;
        std::cout << fmt::format(
            "{:<7}{:<20}{}\n       {} {}; by {}{}: {}\n", standing->id, standing->kind,
            what_it_covers(*standing), ended ? "ended" : "until",
            format_for_reading(ended ? standing->ended_ns : standing->expires_ns), standing->author,
            json.contains("hits") ? fmt::format("; covered {}", json["hits"].dump()) : "",
            standing->reason);
    }
    return kOk;
}

} // namespace

int verb_override_add(const Arguments &arguments)
{
    const std::uint64_t now = now_ns();
    std::uint64_t starts_ns = now;
    if (arguments.has("--from")) {
        const auto from = parse_rfc3339(arguments.text("--from"));
        if (!from)
            return complain(kUsage, "--from: write 2026-03-02T10:11:00Z");
        starts_ns = *from;
    }
    const auto lasts = parse_duration(arguments.text("--for"));
    if (!lasts)
        return complain(kUsage, "--for: write how long it lasts: 2h, 7d");
    Json body{{"kind", arguments.text("--kind", "expected-change")},
              {"reason", arguments.text("--reason")},
              {"starts", format_rfc3339(starts_ns)},
              {"expires", format_rfc3339(starts_ns + *lasts)}};
    for (const auto &[option, key] :
         {std::pair{"--rule", "rule"}, std::pair{"--user", "user"},
          std::pair{"--executable", "executable"}, std::pair{"--unit", "unit"},
          std::pair{"--source", "source"}, std::pair{"--ticket", "ticket"}})
        if (arguments.has(option))
            body[key] = arguments.text(option);
    if (arguments.has("--max-hits"))
        body["max_hits"] = std::strtoull(arguments.text("--max-hits").c_str(), nullptr, 10);
    return print(fetch(arguments, {.verb = Verb::override_add, .body = body.dump()}),
                 arguments.has("--json"));
}

int verb_override_list(const Arguments &arguments)
{
    return print(fetch(arguments, {.verb = Verb::override_list}), arguments.has("--json"));
}

int verb_override_end(const Arguments &arguments)
{
    const Json body{{"override", arguments.text("override")}};
    return print(fetch(arguments, {.verb = Verb::override_end, .body = body.dump()}),
                 arguments.has("--json"));
}

int verb_override_check(const Arguments &arguments)
{
    const auto fetched = fetch(
        arguments,
        {.verb = Verb::override_check, .query = {.id_prefix = arguments.text("id")}, .body = "{}"});
    if (!fetched)
        return complain(fetched.error().status, fetched.error().text);
    if (fetched->lines.empty() && !arguments.has("--json"))
        std::cout << "There are no overrides.\n";
    for (const std::string &line : fetched->lines) {
        const Json json = Json::parse(line, nullptr, false);
        if (arguments.has("--json") || !json.contains("override"))
            std::cout << line << "\n";
        else if (json.value("covers", false))
            std::cout << json.value("override", "") << " covers it.\n";
        else
            std::cout << json.value("override", "") << " does not: " << json.value("why_not", "")
                      << ".\n";
    }
    return kOk;
}

} // namespace sentra::cli
