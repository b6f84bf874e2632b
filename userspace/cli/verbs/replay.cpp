// SPDX-License-Identifier: MIT
#include <iostream>

#include "cli/fetch.h"
#include "cli/load_rules.h"
#include "cli/verbs/verbs.h"
#include "pipeline/playback.h"

namespace sentra::cli {

namespace {

void note(const std::string &text)
{
    std::cerr << "sentra: " << text << "\n";
}

} // namespace

int verb_replay(const Arguments &arguments)
{
    const std::string file = arguments.text("file");
    if (arguments.has("--events")) {
        const auto played = pipeline::replay_events(
            file, [](std::string_view line) { std::cout << line << "\n"; }, note);
        return played ? kOk : complain(kFinding, played.error().text);
    }
    auto rules = load_rules(arguments.all("--rules"));
    if (!rules)
        return complain(kFinding, rules.error().text);
    const auto signals = pipeline::replay_signals(file, *rules, note);
    if (!signals)
        return complain(kFinding, signals.error().text);
    for (const signal::Signal &signal : *signals)
        std::cout << signal::to_json(signal) << "\n";
    note(std::to_string(signals->size()) + (signals->size() == 1 ? " signal" : " signals"));
    return kOk;
}

} // namespace sentra::cli
