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
    if (arguments.has("--json")) {
        std::cout << fetched->lines.front() << "\n";
        return kOk;
    }
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

namespace {

struct Refused {
    std::string id, why;
};

int say_imported(std::size_t all, const std::vector<Refused> &refused, const std::string &path,
                 bool as_json)
{
    const std::size_t taken = all - refused.size();
    if (as_json) {
        Json list = Json::array();
        for (const Refused &one : refused)
            list.push_back({{"id", printable(one.id, 80)}, {"why", printable(one.why, 400)}});
        std::cout << Json{{"decisions", all}, {"taken", taken}, {"refused", list}}.dump() << "\n";
    } else {
        for (const Refused &one : refused)
            complain(kFinding, path + ": " + printable(one.id, 80) + ": " + one.why);
        std::cout << taken << " of " << all << " decisions taken.\n";
    }
    return refused.empty() ? kOk : kFinding;
}

} // namespace

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
    std::vector<Refused> refused;
    for (const auto &[id, entry] : json.items()) {
        if (!entry.is_object() || text_of(entry, "status").empty()) {
            refused.push_back({id, "it has no \"status\""});
            continue;
        }
        const Json body{{"verdict", text_of(entry, "verdict")},
                        {"note", text_of(entry, "note")},
                        {"status", text_of(entry, "status")}};
        if (const auto fetched = review(arguments, id, body); !fetched) {
            if (fetched.error().status != kFinding)
                return complain(fetched.error().status, fetched.error().text);
            refused.push_back({id, fetched.error().text});
        }
    }
    return say_imported(json.size(), refused, path, arguments.has("--json"));
}

} // namespace sentra::cli
