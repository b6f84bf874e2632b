// SPDX-License-Identifier: MIT
#include <iostream>

#include "cli/load_rules.h"
#include "cli/one_signal.h"
#include "cli/verbs/verbs.h"
#include "engine/catalogues.h"

namespace sentra::cli {

int verb_explain(const Arguments &arguments)
{
    const auto line = one_signal(arguments);
    if (!line)
        return complain(line.error().status, line.error().text);
    const auto signal = signal::from_json(*line);
    if (!signal)
        return complain(kFinding, signal.error().text);
    // The signal is told in any case; its steps only where they are installed here.
    const auto rules = load_rules({});
    const std::string text = signal::explain(
        *signal, rules ? (*rules)->catalogues().playbook(signal->playbook) : nullptr);
    std::cout << text << (text.empty() || text.back() != '\n' ? "\n" : "");
    return kOk;
}

} // namespace sentra::cli
