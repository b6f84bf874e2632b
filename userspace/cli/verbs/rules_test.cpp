// SPDX-License-Identifier: MIT
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/fetch.h"
#include "cli/load_rules.h"
#include "cli/progress.h"
#include "cli/verbs/verbs.h"
#include "pipeline/proof.h"

namespace sentra::cli {

namespace {

int print_json(const pipeline::ProofTally &tally)
{
    auto failures = nlohmann::ordered_json::array();
    for (const auto &failure : tally.failures)
        failures.push_back({{"rule", failure.rule},
                            {"proof", failure.proof},
                            {"place", failure.place},
                            {"lines", failure.lines}});
    std::cout << nlohmann::ordered_json{{"rules", tally.rules},
                                        {"proofs", tally.proofs},
                                        {"failures", std::move(failures)}}
                     .dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
              << "\n";
    return tally.failures.empty() && tally.proofs > 0 ? kOk : kFinding;
}

} // namespace

int verb_rules_test(const Arguments &arguments)
{
    const auto directories = rules_directories(arguments.all("dir"));
    if (!directories)
        return complain(kFinding, directories.error().text);
    const auto rules = engine::Rules::load(*directories);
    if (!rules) {
        std::cerr << rules.error().text << "\n";
        return kFinding;
    }
    Progress progress("trying rules", (*rules)->all().size());
    const auto tally = pipeline::run_proofs(
        *rules, {.streams = pipeline::streams_beside(directories->front()),
                 .only_rule = arguments.text("--rule"),
                 .reached = [&](std::size_t done) { progress.reached(done); }});
    progress.clear();
    if (tally.rules == 0)
        return complain(kUsage, "there is no rule \"" + arguments.text("--rule") + "\"");
    if (arguments.has("--json"))
        return print_json(tally);
    for (const auto &failure : tally.failures) {
        std::cout << fmt::format("{}: {}: {}\n", failure.place, failure.rule, failure.proof);
        for (const std::string &line : failure.lines)
            std::cout << "    " << line << "\n";
    }
    std::cout << fmt::format("{} rules, {} proofs, {} failed\n", tally.rules, tally.proofs,
                             tally.failures.size());
    return tally.failures.empty() && tally.proofs > 0 ? kOk : kFinding;
}

} // namespace sentra::cli
