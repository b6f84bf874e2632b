// SPDX-License-Identifier: MIT
#include <iostream>

#include <nlohmann/json.hpp>

#include "cli/load_rules.h"
#include "cli/one_signal.h"
#include "cli/verbs/verbs.h"
#include "engine/catalogues.h"

namespace sentra::cli {

namespace {

// The signal holds every term, reason and row of evidence; the playbook's steps are added.
int print_json(const std::string &line, const engine::Playbook *playbook)
{
    auto json = nlohmann::ordered_json::parse(line, nullptr, false);
    if (json.is_object() && playbook != nullptr)
        json["playbook_steps"] = playbook->steps;
    std::cout << json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
              << "\n";
    return kOk;
}

} // namespace

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
    const engine::Playbook *playbook =
        rules ? (*rules)->catalogues().playbook(signal->playbook) : nullptr;
    if (arguments.has("--json"))
        return print_json(*line, playbook);
    const std::string text = signal::explain(*signal, playbook);
    std::cout << text << (text.empty() || text.back() != '\n' ? "\n" : "");
    return kOk;
}

} // namespace sentra::cli
