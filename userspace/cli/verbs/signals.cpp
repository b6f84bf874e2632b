// SPDX-License-Identifier: MIT
#include <iostream>

#include <fmt/format.h>

#include "base/text.h"
#include "base/time.h"
#include "cli/fetch.h"
#include "cli/verbs/verbs.h"
#include "signal/signal.h"

namespace sentra::cli {

namespace {

int print_table(const std::vector<std::string> &lines)
{
    if (lines.empty()) {
        std::cout << "No signals.\n";
        return kOk;
    }
    std::cout << fmt::format("{:<20}  {:<18}  {:>4}  {:<12}  {}\n", "LAST SEEN", "STATE", "RISK",
                             "ID", "TITLE");
    for (const std::string &line : lines) {
        const auto signal = signal::from_json(line);
        if (!signal)
            return complain(kFinding, signal.error().text);
        std::cout << fmt::format("{:<20}  {:<18}  {:>4.2f}  {:<12}  {}{}\n",
                                 format_rfc3339(signal->last_ns).substr(0, 19) + "Z", signal->state,
                                 signal->score, signal->id, signal->title,
                                 signal->count > 1 ? fmt::format(" ({} times)", signal->count)
                                                   : "");
    }
    return kOk;
}

} // namespace

int verb_signals(const Arguments &arguments)
{
    auto query = query_of(arguments);
    if (!query)
        return complain(kUsage, query.error().text);
    const auto fetched =
        fetch(arguments, {.verb = pipeline::Request::Verb::signals, .query = std::move(*query)});
    if (!fetched)
        return complain(fetched.error().status, fetched.error().text);
    if (!arguments.has("--json"))
        return print_table(fetched->lines);
    for (const std::string &line : fetched->lines)
        std::cout << line << "\n";
    return kOk;
}

} // namespace sentra::cli
