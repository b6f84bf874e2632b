// SPDX-License-Identifier: MIT
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/fetch.h"
#include "cli/load_rules.h"
#include "cli/verbs/verbs.h"

namespace sentra::cli {

namespace {

const char *state_of(const engine::Rule &rule)
{
    if (rule.is_disabled)
        return "disabled";
    if (!rule.changes.empty())
        return "changed";
    return rule.is_of_site ? "site's own" : "as shipped";
}

} // namespace

int verb_rules_list(const Arguments &arguments)
{
    const auto rules = load_rules(arguments.all("--rules"));
    if (!rules) {
        std::cerr << rules.error().text << "\n";
        return kFinding;
    }
    if (arguments.has("--json")) {
        for (const auto &rule : (*rules)->known())
            std::cout << nlohmann::ordered_json{{"id", rule->id},
                                                {"pack", rule->pack},
                                                {"state", state_of(*rule)},
                                                {"version", rule->version},
                                                {"title", rule->title}}
                             .dump()
                      << "\n";
        return kOk;
    }
    for (const auto &rule : (*rules)->known())
        std::cout << fmt::format("{:<34} {:<20} {:<11} {}\n", rule->id, rule->pack, state_of(*rule),
                                 rule->title);
    std::cout << fmt::format("{} rules, {} in force, bundle {:.12}\n", (*rules)->known().size(),
                             (*rules)->all().size(), (*rules)->bundle());
    return kOk;
}

} // namespace sentra::cli
