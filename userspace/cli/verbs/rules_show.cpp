// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iostream>

#include "base/text.h"
#include "cli/fetch.h"
#include "cli/load_rules.h"
#include "cli/verbs/verbs.h"

namespace sentra::cli {

int verb_rules_show(const Arguments &arguments)
{
    const auto rules = load_rules(arguments.all("--rules"));
    if (!rules) {
        std::cerr << rules.error().text << "\n";
        return kFinding;
    }
    const std::string id = arguments.text("id");
    const auto &known = (*rules)->known();
    const auto found =
        std::find_if(known.begin(), known.end(), [&](const auto &rule) { return rule->id == id; });
    if (found == known.end()) {
        std::vector<std::string_view> ids;
        for (const auto &rule : known)
            ids.push_back(rule->id);
        const auto meant = nearest(std::string_view(id).substr(0, 100), ids);
        return complain(kUsage,
                        "there is no rule \"" + printable(id, 100) + "\"" +
                            (meant ? "; did you mean \"" + std::string(*meant) + "\"?" : ""));
    }
    const engine::Rule &rule = **found;
    std::cout << "# " << rule.file << (rule.is_disabled ? " (disabled)" : "") << "\n";
    for (const engine::Change &change : rule.changes)
        for (const std::string &says : change.says)
            std::cout << "# " << change.place << ": " << says << " ("
                      << printable(change.reason, 300) << ")\n";
    std::cout << rule.effective << "# " << rule.proofs.size() << " proofs\n";
    return kOk;
}

} // namespace sentra::cli
