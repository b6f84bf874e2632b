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
    const std::string socket =
        pipeline::socket_path(arguments.text("--socket"), state_dir_of(arguments));
    const auto answer =
        pipeline::ask(socket, {.verb = pipeline::Request::Verb::reload, .query = {}});
    if (!answer) {
        switch (answer.error().why) {
        case pipeline::Unreachable::Why::not_allowed:
            return complain(kNotAllowed, answer.error().text);
        case pipeline::Unreachable::Why::nobody_there:
            return complain(kUnreachable, "sentrad does not run: " + answer.error().text);
        case pipeline::Unreachable::Why::broken:
            break;
        }
        return complain(kFinding, "the rules of before stay in force\n" + answer.error().text);
    }
    const auto json = nlohmann::json::parse(answer->empty() ? "" : answer->front(), nullptr, false);
    if (!json.is_object())
        return complain(kFinding, "the daemon's answer cannot be read");
    std::cout << fmt::format("{} rules in force, bundle {}\n", json.value("rules", 0),
                             json.value("bundle", ""));
    return kOk;
}

} // namespace sentra::cli
