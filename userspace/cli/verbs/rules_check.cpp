// SPDX-License-Identifier: MIT
#include <iostream>

#include "cli/fetch.h"
#include "cli/load_rules.h"
#include "cli/verbs/verbs.h"

namespace sentra::cli {

int verb_rules_check(const Arguments &arguments)
{
    const auto rules = load_rules(arguments.all("dir"));
    if (!rules) {
        std::cerr << rules.error().text << "\n";
        return kFinding;
    }
    std::cout << (*rules)->all().size() << " rules, bundle " << (*rules)->bundle() << "\n";
    return kOk;
}

} // namespace sentra::cli
