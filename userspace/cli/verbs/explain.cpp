// SPDX-License-Identifier: MIT
#include <iostream>

#include "cli/one_signal.h"
#include "cli/verbs/verbs.h"

namespace sentra::cli {

int verb_explain(const Arguments &arguments)
{
    const auto line = one_signal(arguments);
    if (!line)
        return complain(line.error().status, line.error().text);
    const auto signal = signal::from_json(*line);
    if (!signal)
        return complain(kFinding, signal.error().text);
    const std::string text = signal::explain(*signal);
    std::cout << text << (text.empty() || text.back() != '\n' ? "\n" : "");
    return kOk;
}

} // namespace sentra::cli
