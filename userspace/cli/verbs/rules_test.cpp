// SPDX-License-Identifier: MIT
#include <iostream>

#include <fmt/format.h>

#include "cli/fetch.h"
#include "cli/load_rules.h"
#include "cli/verbs/verbs.h"
#include "pipeline/proof.h"

namespace sentra::cli {

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
    const auto tally =
        pipeline::run_proofs(*rules, {.streams = pipeline::streams_beside(directories->front()),
                                      .only_rule = arguments.text("--rule")});
    if (tally.rules == 0)
        return complain(kUsage, "there is no rule \"" + arguments.text("--rule") + "\"");
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
