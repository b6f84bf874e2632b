// SPDX-License-Identifier: MIT
#include <iostream>

#include <fmt/format.h>

#include "base/join.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/one_signal.h"
#include "cli/verbs/verbs.h"

namespace sentra::cli {

namespace {

void print_row(std::string_view name, const std::string &value)
{
    if (!value.empty())
        std::cout << fmt::format("  {:<11} {}\n", name, value);
}

void print_page(const signal::Signal &signal)
{
    std::cout << signal.title << "\n\n" << signal.narrative << "\n\n";
    if (!signal.action_text.empty())
        std::cout << signal.action_text << "\n\n";
    print_row("id", signal.id);
    print_row("state", signal.state);
    print_row("risk", fmt::format("{:.2f}, confidence {}", signal.score, signal.confidence));
    print_row("intent", signal.intent);
    print_row("rule", fmt::format("{} version {}", signal.rule_id, signal.rule_version));
    print_row("host", signal.host_name);
    print_row("first seen", format_rfc3339(signal.first_ns));
    print_row("last seen", format_rfc3339(signal.last_ns));
    print_row("count", std::to_string(signal.count));
    std::vector<std::string> techniques;
    for (const auto &technique : signal.techniques)
        techniques.push_back(technique.id + " " + technique.name);
    print_row("ATT&CK", join(techniques));
    for (const auto &[framework, controls] : signal.controls)
        print_row(framework, join(controls));
    print_row("files", join(signal.files));
    print_row("addresses", join(signal.ips));
    print_row("users", join(signal.users));
    std::cout << "\nEvidence\n";
    for (const auto &evidence : signal.evidence)
        std::cout << fmt::format("  {}  {:<16} {}\n", format_rfc3339(evidence.time_ns),
                                 evidence.event, evidence.text);
    if (signal.evidence_left_out > 0)
        std::cout << fmt::format("  and {} more in between\n", signal.evidence_left_out);
}

} // namespace

int verb_show(const Arguments &arguments)
{
    const auto line = one_signal(arguments);
    if (!line)
        return complain(line.error().status, line.error().text);
    if (arguments.has("--json")) {
        std::cout << *line << "\n";
        return kOk;
    }
    const auto signal = signal::from_json(*line);
    if (!signal)
        return complain(kFinding, signal.error().text);
    print_page(*signal);
    return kOk;
}

} // namespace sentra::cli
