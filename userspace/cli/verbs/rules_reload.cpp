// SPDX-License-Identifier: MIT
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/fetch.h"
#include "cli/verbs/verbs.h"
#include "pipeline/config.h"

namespace sentra::cli {

int verb_rules_reload(const Arguments &arguments)
{
    const auto answer = fetch_from_daemon(arguments, {.verb = pipeline::Request::Verb::reload});
    if (!answer && answer.error().status == kFinding)
        return complain(kFinding, "the rules of before stay in force\n" + answer.error().text);
    if (!answer)
        return complain(answer.error().status, answer.error().text);
    const auto json =
        nlohmann::json::parse(answer->lines.empty() ? "" : answer->lines.front(), nullptr, false);
    if (!json.is_object())
        return complain(kFinding, "the daemon's answer cannot be read");
    if (arguments.has("--json")) {
        std::cout << json.dump() << "\n";
        return kOk;
    }
    std::cout << fmt::format("{} rules in force, bundle {}\n", json.value("rules", 0),
                             json.value("bundle", ""));
    return kOk;
}

} // namespace sentra::cli
