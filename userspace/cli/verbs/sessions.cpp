// SPDX-License-Identifier: MIT
#include <iostream>

#include "base/time.h"
#include "cli/fetch.h"
#include "cli/verbs/verbs.h"
#include "signal/summary.h"

namespace sentra::cli {

int verb_sessions(const Arguments &arguments)
{
    auto query = query_of(arguments);
    if (!query)
        return complain(kUsage, query.error().text);
    const auto fetched =
        fetch(arguments, {.verb = pipeline::Request::Verb::sessions, .query = std::move(*query)});
    if (!fetched)
        return complain(fetched.error().status, fetched.error().text);
    if (fetched->lines.empty() && !arguments.has("--json"))
        std::cout << "No login sessions.\n";
    for (const std::string &line : fetched->lines) {
        if (arguments.has("--json")) {
            std::cout << line << "\n";
            continue;
        }
        const auto summary = signal::summary_from_json(line);
        if (!summary)
            return complain(kFinding, summary.error().text);
        std::cout << format_rfc3339(summary->first_ns).substr(0, 19) << "Z  "
                  << signal::sentence(*summary) << "\n";
        for (const std::string &id : summary->signals)
            std::cout << "                      sentra explain " << id << "\n";
    }
    return kOk;
}

} // namespace sentra::cli
