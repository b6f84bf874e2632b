// SPDX-License-Identifier: MIT
#include <iostream>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/fetch.h"
#include "cli/load_rules.h"
#include "cli/verbs/verbs.h"

namespace sentra::cli {

namespace {

void print(const engine::Rule &rule)
{
    if (rule.is_of_site)
        std::cout << rule.id << ": the site's own rule, " << rule.file << "\n";
    for (const engine::Change &change : rule.changes) {
        std::cout << rule.id << ": " << change.place << ": " << printable(change.reason, 300)
                  << "\n";
        for (const std::string &says : change.says)
            std::cout << "    " << says << "\n";
    }
}

int print_json(const engine::Rules &rules)
{
    using Json = nlohmann::ordered_json;
    const auto print_row = [](const Json &row) {
        std::cout << row.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
    };
    for (const auto &rule : rules.known()) {
        if (rule->is_of_site)
            print_row({{"rule", rule->id}, {"file", rule->file}, {"is", "site's own"}});
        for (const engine::Change &change : rule->changes)
            print_row({{"rule", rule->id},
                       {"place", change.place},
                       {"reason", change.reason},
                       {"says", change.says}});
    }
    for (const auto &list : rules.list_changes())
        print_row({{"list", list.name}, {"place", list.place}, {"values", list.values}});
    return kOk;
}

} // namespace

int verb_rules_diff(const Arguments &arguments)
{
    const auto rules = load_rules(arguments.all("--rules"));
    if (!rules) {
        std::cerr << rules.error().text << "\n";
        return kFinding;
    }
    if (arguments.has("--json"))
        return print_json(**rules);
    bool is_changed = false;
    for (const auto &rule : (*rules)->known()) {
        print(*rule);
        is_changed = is_changed || rule->is_of_site || !rule->changes.empty();
    }
    for (const auto &list : (*rules)->list_changes()) {
        std::cout << "$" << list.name << ": " << list.place << (list.is_new ? ": a new list" : "")
                  << "\n";
        for (const std::string &value : list.values)
            std::cout << "    + " << printable(value, 300) << "\n";
        is_changed = true;
    }
    if (!is_changed)
        std::cout << "nothing is changed: the rules are as shipped\n";
    return kOk;
}

} // namespace sentra::cli
