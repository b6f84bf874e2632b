// SPDX-License-Identifier: MIT
// Decisions about single signals: one by hand, or many from a file.
#include <fstream>
#include <iostream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/fetch.h"
#include "cli/verbs/verbs.h"
#include "signal/json_parts.h"
#include "signal/signal.h"

namespace sentra::cli {

namespace {

using Json = nlohmann::ordered_json;
using signal::text_of;
using Verb = pipeline::Request::Verb;

tl::expected<Fetched, NotFetched> review(const Arguments &arguments, const std::string &id,
                                         const Json &body)
{
    return fetch(arguments,
                 {.verb = Verb::review, .query = {.id_prefix = id}, .body = body.dump()});
}

} // namespace

int verb_review(const Arguments &arguments)
{
    const Json body{{"verdict", arguments.text("--verdict")},
                    {"note", arguments.text("--note")},
                    {"status", arguments.has("--resolved") ? "RESOLVED" : "REVIEWED"}};
    const auto fetched = review(arguments, arguments.text("id"), body);
    if (!fetched)
        return complain(fetched.error().status, fetched.error().text);
    const auto signal = signal::from_json(fetched->lines.front());
    if (!signal)
        return complain(kFinding, signal.error().text);
    std::cout << signal->id << "  " << signal->state << "  " << signal->title << "\n"
              << (signal->decision ? signal->decision->text + "\n" : "");
    return kOk;
}

int verb_reviews_export(const Arguments &arguments)
{
    const auto fetched = fetch(arguments, {.verb = Verb::reviews});
    if (!fetched)
        return complain(fetched.error().status, fetched.error().text);
    for (const std::string &line : fetched->lines)
        std::cout << Json::parse(line, nullptr, false).dump(2) << "\n";
    return kOk;
}

// Every entry by itself: one that is refused is said and keeps none of the others away.
int verb_reviews_import(const Arguments &arguments)
{
    const std::string path = arguments.text("file");
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    const Json json = Json::parse(text.str(), nullptr, false);
    if (!file || json.is_discarded() || !json.is_object())
        return complain(kUsage, path + ": not a file with one JSON object of the form {\"<id>\": "
                                       "{\"status\": \"REVIEWED\", \"note\": \"...\"}}");
    std::size_t taken = 0;
    for (const auto &[id, entry] : json.items()) {
        if (!entry.is_object() || text_of(entry, "status").empty()) {
            complain(kFinding, path + ": " + printable(id, 80) + " has no \"status\"; left out");
            continue;
        }
        const Json body{{"verdict", text_of(entry, "verdict")},
                        {"note", text_of(entry, "note")},
                        {"status", text_of(entry, "status")}};
        if (const auto fetched = review(arguments, id, body); !fetched) {
            if (fetched.error().status != kFinding)
                return complain(fetched.error().status, fetched.error().text);
            complain(kFinding, path + ": " + printable(id, 80) + ": " + fetched.error().text);
            continue;
        }
        ++taken;
    }
    std::cout << taken << " of " << json.size() << " decisions taken.\n";
    return taken == json.size() ? kOk : kFinding;
}

} // namespace sentra::cli
