// SPDX-License-Identifier: MIT
// Sinks: what waits for them, and what people do about it.
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/time.h"
#include "cli/configured.h"
#include "cli/fetch.h"
#include "cli/verbs/verbs.h"
#include "pipeline/deliveries.h"
#include "signal/json_parts.h"

namespace sentra::cli {

namespace {

using Json = nlohmann::ordered_json;
using Verb = pipeline::Request::Verb;
using signal::text_of;

std::uint64_t number_of(const Json &json, const char *key)
{
    return json.contains(key) && json[key].is_number_unsigned() ? json[key].get<std::uint64_t>()
                                                                : 0;
}

void print_sink(const Json &sink)
{
    const std::uint64_t waiting = number_of(sink, "waiting");
    std::cout << fmt::format(
        "{:<20}{:<12}{:<16}{} delivered, {} waiting{}, {} dead\n", text_of(sink, "name"),
        text_of(sink, "type"), text_of(sink, "state"), number_of(sink, "delivered"), waiting,
        waiting == 0
            ? ""
            : " for " + format_duration(std::max(number_of(sink, "oldest_s"), std::uint64_t{1}) *
                                        kSecondNs),
        number_of(sink, "dead"));
    if (const Json paused = sink.value("paused", Json::object()); !paused.empty())
        std::cout << fmt::format("    paused by {} since {}: {}\n",
                                 printable(text_of(paused, "by"), 80), text_of(paused, "since"),
                                 printable(text_of(paused, "why"), 300));
    else if (sink.contains("why"))
        std::cout << fmt::format("    tried {} times, again at {}: {}\n",
                                 number_of(sink, "attempts"), text_of(sink, "next"),
                                 printable(text_of(sink, "why"), 300));
}

void print_dead_letter(const Json &letter)
{
    std::cout << fmt::format("{:>8}  {}  {:<12}  {}\n          {}\n", number_of(letter, "sequence"),
                             text_of(letter, "time").substr(0, 19), text_of(letter, "id"),
                             printable(text_of(letter, "title"), 100),
                             printable(text_of(letter, "why"), 300));
}

int print(const tl::expected<Fetched, NotFetched> &fetched, bool as_json,
          void (*print_one)(const Json &), const char *none)
{
    if (!fetched)
        return complain(fetched.error().status, fetched.error().text);
    if (fetched->lines.empty() && !as_json)
        std::cout << none << "\n";
    for (const std::string &line : fetched->lines) {
        const Json json = Json::parse(line, nullptr, false);
        if (as_json || !json.is_object())
            std::cout << line << "\n";
        else
            print_one(json);
    }
    return kOk;
}

// pause, resume, requeue: one sink, and how it is afterwards.
int act(const Arguments &arguments, Verb verb, Json body)
{
    body["sink"] = arguments.text("sink");
    return print(fetch(arguments, {.verb = verb, .body = body.dump()}), arguments.has("--json"),
                 print_sink, "Nothing waits for it any more.");
}

int print_test(const std::string &line, bool as_json)
{
    const Json json = Json::parse(line, nullptr, false);
    const bool is_delivered = text_of(json, "result") == "delivered";
    if (as_json)
        std::cout << line << "\n";
    else
        std::cout << fmt::format("{} ({}): {}, {} in {} ms{}\n", text_of(json, "sink"),
                                 text_of(json, "type"), text_of(json, "result"),
                                 text_of(json, "code"), number_of(json, "took_ms"),
                                 is_delivered ? "; the test signal is " + text_of(json, "id")
                                              : ": " + text_of(json, "why"));
    return is_delivered ? kOk : kFinding;
}

} // namespace

int verb_sink_list(const Arguments &arguments)
{
    return print(fetch(arguments, {.verb = Verb::sink_list}), arguments.has("--json"), print_sink,
                 "No sinks are configured: signals are kept in the store and told to nobody.");
}

int verb_sink_dead_letter(const Arguments &arguments)
{
    const Json body{{"sink", arguments.text("sink")}};
    return print(fetch(arguments, {.verb = Verb::sink_dead, .body = body.dump()}),
                 arguments.has("--json"), print_dead_letter, "There are no dead letters.");
}

int verb_sink_pause(const Arguments &arguments)
{
    return act(arguments, Verb::sink_pause, {{"reason", arguments.text("--reason")}});
}

int verb_sink_resume(const Arguments &arguments)
{
    return act(arguments, Verb::sink_resume, Json::object());
}

int verb_sink_requeue(const Arguments &arguments)
{
    Json body = Json::object();
    if (arguments.has("--sequence")) {
        const auto sequence = parse_number<std::uint64_t>(arguments.text("--sequence"));
        if (!sequence || *sequence == 0)
            return complain(kUsage, "--sequence: the number that sentra sink dead-letter shows");
        body["sequence"] = *sequence;
    }
    return act(arguments, Verb::sink_requeue, std::move(body));
}

// Through sentrad, with its settings and its rights; with --config by this program itself.
int verb_sink_test(const Arguments &arguments)
{
    const std::string sink = arguments.text("sink");
    if (arguments.has("--config")) {
        const auto config = configured(arguments);
        if (!config)
            return complain(kUsage, config.error().text);
        const auto lines = pipeline::test_sink(*config, sink);
        return lines ? print_test(lines->front(), arguments.has("--json"))
                     : complain(kFinding, lines.error().text);
    }
    const Json body{{"sink", sink}};
    const auto fetched = fetch(arguments, {.verb = Verb::sink_test, .body = body.dump()});
    if (!fetched)
        return complain(fetched.error().status, fetched.error().text);
    return print_test(fetched->lines.front(), arguments.has("--json"));
}

} // namespace sentra::cli
