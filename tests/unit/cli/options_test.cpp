// SPDX-License-Identifier: MIT
#include "cli/options.h"

#include <set>

#include <gtest/gtest.h>

#include "base/time.h"
#include "cli/fetch.h"

namespace sentra::cli {
namespace {

// What the words mean: "verb --option=value", or the exit status.
std::string meaning(const ProgramRow &program, std::vector<const char *> words)
{
    words.insert(words.begin(), program.name);
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const auto asked = parse(program, static_cast<int>(words.size()), words.data());
    (void)testing::internal::GetCapturedStdout();
    (void)testing::internal::GetCapturedStderr();
    if (const int *status = std::get_if<int>(&asked))
        return "status " + std::to_string(*status);
    const auto &parsed = std::get<Parsed>(asked);
    std::string text = parsed.verb->name;
    for (const OptionRow &row : parsed.verb->options) {
        if (!parsed.arguments.has(row.name))
            continue;
        text += std::string(" ") + row.name;
        for (const std::string &value : parsed.arguments.all(row.name))
            text += "=" + value;
    }
    return text;
}

TEST(Options, EveryVerbIsReachedByItsName)
{
    std::set<std::string> names;
    for (const VerbRow &verb : sentra_program().verbs) {
        EXPECT_TRUE(names.insert(verb.name).second) << verb.name;
        EXPECT_NE(verb.run, nullptr) << verb.name;
        EXPECT_NE(std::string(verb.says), "") << verb.name;
        for (const OptionRow &row : verb.options)
            EXPECT_NE(std::string(row.says), "") << verb.name << " " << row.name;
    }
    for (const char *verb :
         {"signals", "show", "explain", "status", "record", "replay", "rules check", "rules add",
          "rules test", "rules list", "rules show", "rules diff", "rules reload"})
        EXPECT_TRUE(names.contains(verb)) << verb;
}

TEST(Options, EveryGroupSaysWhatItIsFor)
{
    std::set<std::string> named, used;
    for (const GroupRow &group : sentra_program().groups) {
        EXPECT_TRUE(named.insert(group.name).second) << group.name;
        EXPECT_NE(std::string(group.says), "") << group.name;
    }
    for (const VerbRow &verb : sentra_program().verbs)
        if (const std::string name = verb.name; name.find(' ') != std::string::npos)
            used.insert(name.substr(0, name.find(' ')));
    EXPECT_EQ(named, used);
}

TEST(Options, AreUnderstood)
{
    const auto &sentra = sentra_program();
    EXPECT_EQ(meaning(sentra, {"signals", "--json"}), "signals --json");
    EXPECT_EQ(meaning(sentra, {"show", "ab12", "--state-dir", "/x"}),
              "show id=ab12 --state-dir=/x");
    EXPECT_EQ(meaning(sentra, {"replay", "f", "--rules", "a", "--rules", "b", "--events"}),
              "replay file=f --rules=a=b --events");
    EXPECT_EQ(meaning(sentra, {"replay", "--rules", "a", "f"}), "replay file=f --rules=a");
    EXPECT_EQ(meaning(sentra, {"record", "f", "--for", "30s"}), "record file=f --for=30s");
    EXPECT_EQ(meaning(sentra, {"rules", "check"}), "rules check");
    EXPECT_EQ(meaning(sentra, {"rules", "add", "sigma", "d"}), "rules add kind=sigma dir=d");
    EXPECT_EQ(meaning(sentra, {"rules", "test", "d", "--rule", "x"}), "rules test dir=d --rule=x");
    EXPECT_EQ(meaning(sentra, {"rules", "list"}), "rules list");
    EXPECT_EQ(meaning(sentra, {"rules", "show", "x"}), "rules show id=x");
    EXPECT_EQ(meaning(sentra, {"rules", "diff"}), "rules diff");
    EXPECT_EQ(meaning(sentra, {"rules", "reload"}), "rules reload");
    EXPECT_EQ(meaning(sentrad_program(), {"--print", "--rules", "a", "--state-dir", "/s"}),
              " --state-dir=/s --rules=a --print");
    EXPECT_EQ(meaning(sentrad_program(), {}), "");
}

TEST(Options, MistakesAreUsageErrorsAndHelpIsNot)
{
    const auto &sentra = sentra_program();
    EXPECT_EQ(meaning(sentra, {}), "status 2");
    EXPECT_EQ(meaning(sentra, {"signal"}), "status 2");
    EXPECT_EQ(meaning(sentra, {"show"}), "status 2");
    EXPECT_EQ(meaning(sentra, {"signals", "--jsno"}), "status 2");
    EXPECT_EQ(meaning(sentra, {"rules"}), "status 2");
    EXPECT_EQ(meaning(sentra, {"--help"}), "status 0");
    EXPECT_EQ(meaning(sentra, {"replay", "--help"}), "status 0");
    EXPECT_EQ(meaning(sentra, {"--version"}), "status 0");
    EXPECT_EQ(meaning(sentrad_program(), {"now"}), "status 2");
}

TEST(Options, HelpNamesEveryOptionOfTheTable)
{
    for (const VerbRow &verb : sentra_program().verbs) {
        std::vector<std::string> words{"sentra"};
        std::string name = verb.name;
        if (const auto blank = name.find(' '); blank != std::string::npos) {
            words.push_back(name.substr(0, blank));
            name = name.substr(blank + 1);
        }
        words.push_back(name);
        words.emplace_back("--help");
        std::vector<const char *> raw;
        for (const std::string &word : words)
            raw.push_back(word.c_str());
        testing::internal::CaptureStdout();
        (void)parse(sentra_program(), static_cast<int>(raw.size()), raw.data());
        const std::string help = testing::internal::GetCapturedStdout();
        for (const OptionRow &row : verb.options)
            EXPECT_NE(help.find(row.name), std::string::npos) << verb.name << " " << row.name;
    }
}

TEST(Moments, AreAgoOrATime)
{
    const std::uint64_t now = 1'772'446'263 * kSecondNs;
    EXPECT_EQ(*parse_moment("1h", now), now - kHourNs);
    EXPECT_EQ(*parse_moment("2026-03-02T10:11:03Z", now), now);
    EXPECT_EQ(*parse_moment("3000w", now), 0u);
    const auto wrong = parse_moment("yesterday", now);
    ASSERT_FALSE(wrong);
    EXPECT_NE(wrong.error().text.find("yesterday"), std::string::npos);
}

} // namespace
} // namespace sentra::cli
