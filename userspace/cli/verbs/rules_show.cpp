// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iostream>

#include "base/text.h"
#include "cli/fetch.h"
#include "cli/load_rules.h"
#include "cli/verbs/verbs.h"
#include "engine/catalogues.h"
#include "engine/intent.h"

namespace sentra::cli {

namespace {

void print_intent(const engine::Rule &rule)
{
    if (const engine::Intent *intent = engine::find_intent(rule.intent))
        std::cout << "# " << intent->name << ": " << intent->says << "\n";
}

void print_playbook(const engine::Playbook &playbook)
{
    std::cout << "# playbook " << playbook.id << ": " << printable(playbook.title, 300) << "\n"
              << "# " << printable(playbook.when, 300) << "\n";
    for (std::size_t i = 0; i < playbook.steps.size(); ++i)
        std::cout << "#   " << i + 1 << ". " << printable(playbook.steps[i], 500) << "\n";
}

void print_controls(const engine::Rule &rule, const engine::Catalogues &catalogues)
{
    for (const auto &[id, controls] : rule.controls) {
        const engine::Framework &framework = catalogues.frameworks.at(id);
        std::cout << "# supports evidence for " << printable(framework.name, 100) << " ("
                  << printable(framework.edition, 200) << ")\n";
        for (const std::string &control : controls)
            std::cout << "#   " << control << ": " << printable(framework.controls.at(control), 300)
                      << "\n";
    }
}

} // namespace

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
        ids.reserve(known.size());
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
    const engine::Catalogues &catalogues = (*rules)->catalogues();
    print_intent(rule);
    if (const engine::Playbook *playbook = catalogues.playbook(rule.playbook))
        print_playbook(*playbook);
    print_controls(rule, catalogues);
    return kOk;
}

} // namespace sentra::cli
