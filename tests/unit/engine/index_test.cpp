// SPDX-License-Identifier: MIT
#include "engine/rule_files.h"
#include "lab.h"

namespace sentra::engine {
namespace {

std::vector<std::string> found(const std::shared_ptr<const Rules> &rules, const std::string &events)
{
    std::vector<std::string> ids;
    for (const Match &match : lab::Host(rules).run(lab::stream(lab::kProcesses + events)))
        ids.push_back(match.rule->id);
    return ids;
}

TEST(Index, LooksUpWhateverHasAnExactValueOrALastComponent)
{
    const char *conditions[] = {"{file.path: /etc/passwd}",
                                "{file.path|endswith: /.ssh/config}",
                                "{file.path|basename: [a, b], file.size|gt: 3}",
                                "{file.name: x, process.name: bash}",
                                "{user.id: 0}",
                                "{file.path|contains: y}",
                                "{not: {file.path: /z}}"};
    std::vector<std::string> rules;
    for (const char *condition : conditions)
        rules.push_back(lab::rule("r" + std::to_string(rules.size()),
                                  std::string("steps:\n  - a: {event: file.write, where: ") +
                                      condition + "}\n"));
    const auto compiled = lab::compiled(rules);
    const Index::Shape shape = compiled->compiled().set->index.shape();
    EXPECT_EQ(shape.anchored, 6U);
    EXPECT_EQ(shape.scanned, 1U);
    EXPECT_EQ(shape.residual, 1U);
    const auto write = [](const std::string &path) {
        return "events:\n  - {event: file.write, process: shell, file.path: " + path +
               ", file.size: 4}\n";
    };
    using Ids = std::vector<std::string>;
    EXPECT_EQ(found(compiled, write("/etc/passwd")), Ids({"r0", "r6"}));
    EXPECT_EQ(found(compiled, write("/home/maria/.ssh/config")), Ids({"r1", "r6"}));
    EXPECT_EQ(found(compiled, write("/home/maria/ssh/config")), Ids({"r6"}));
    EXPECT_EQ(found(compiled, write("/q/B")), Ids({"r2", "r6"}));
    EXPECT_EQ(found(compiled, write("/q/x")), Ids({"r3", "r6"}));
    EXPECT_EQ(found(compiled, write("/q/yy")), Ids({"r5", "r6"}));
    EXPECT_EQ(found(compiled, write("/z")), Ids());
}

TEST(Index, TwoAlternativesOfOneStepAreOneMatch)
{
    const auto rules = lab::compiled({lab::rule(
        "r",
        "steps:\n  - a:\n      event: file.write\n"
        "      where: [{file.path: /a}, {file.path|endswith: /a}, {file.path|contains: a}]\n")});
    const auto matches = lab::Host(rules).run(lab::stream(
        lab::kProcesses + "events:\n  - {event: file.write, process: shell, file.path: /a}\n"));
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(matches[0].count, 1U);
}

} // namespace
} // namespace sentra::engine
