// SPDX-License-Identifier: MIT
// Every verb of the table behaves alike: exit statuses, --json, and help that names the nearest
// word.
#include <filesystem>
#include <set>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/first_words.h"
#include "cli/options.h"

namespace sentra::cli {
namespace {

struct Ended {
    int status;
    std::string out, err;
};

Ended run(const std::vector<std::string> &words)
{
    std::vector<const char *> raw{"sentra"};
    for (const std::string &word : words)
        raw.push_back(word.c_str());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int status = run_program(sentra_program(), static_cast<int>(raw.size()), raw.data());
    Ended ended{status, testing::internal::GetCapturedStdout(), ""};
    ended.err = testing::internal::GetCapturedStderr();
    return ended;
}

std::vector<std::string> words_of(const VerbRow &verb)
{
    std::istringstream in(verb.name);
    std::vector<std::string> words;
    for (std::string word; in >> word;)
        words.push_back(word);
    return words;
}

bool has(const VerbRow &verb, std::string_view option)
{
    for (const OptionRow &row : verb.options)
        if (row.name == option)
            return true;
    return false;
}

// What they print is JSON, a script, a page, a document of a form of its own, or one sentence.
const std::set<std::string> kOwnForm{"reviews export", "record",     "replay", "report weekly",
                                     "report fleet",   "rules show", "man",    "completion",
                                     "config schema"};

TEST(Verbs, WhatPrintsDataPrintsItAsJsonToo)
{
    for (const VerbRow &verb : sentra_program().verbs)
        EXPECT_NE(has(verb, "--json"), kOwnForm.contains(verb.name)) << verb.name;
}

TEST(Verbs, HelpIsThereAndAWrongOptionIsWrongUsage)
{
    for (const VerbRow &verb : sentra_program().verbs) {
        auto words = words_of(verb);
        words.emplace_back("--help");
        const Ended help = run(words);
        EXPECT_EQ(help.status, kOk) << verb.name;
        EXPECT_NE(help.out, "") << verb.name;
        words.back() = "--no-such-option";
        const Ended wrong = run(words);
        EXPECT_EQ(wrong.status, kUsage) << verb.name;
        EXPECT_EQ(wrong.out, "") << verb.name;
        EXPECT_NE(wrong.err.find("there is no option \"--no-such-option\""), std::string::npos)
            << wrong.err;
    }
}

// Nobody is there, and no store: whoever would be asked is unreachable, and what to do is said.
TEST(Verbs, WithoutADaemonAndAStoreNobodyCanBeAsked)
{
    char name[] = "/tmp/sentra-nobody-XXXXXX";
    const std::string folder = ::mkdtemp(name);
    for (const VerbRow &verb : sentra_program().verbs) {
        const std::string named = verb.name;
        if (!has(verb, "--socket") || named == "doctor" || named == "support dump" ||
            named == "completion" || named.rfind("report", 0) == 0 || named.rfind("audit", 0) == 0)
            continue; // they find out, or want files
        auto words = words_of(verb);
        for (const OptionRow &row : verb.options) {
            if (!row.required)
                continue;
            if (row.name[0] == '-')
                words.emplace_back(row.name);
            words.emplace_back(std::string_view(row.name) == "file" ? "/dev/null" : "7d");
        }
        words.insert(words.end(), {"--state-dir", folder});
        const Ended ended = run(words);
        if (named == "reviews import") // an empty file is no JSON
            continue;
        EXPECT_EQ(ended.status, kUnreachable) << named << ": " << ended.err;
        EXPECT_EQ(ended.err.rfind("sentra: ", 0), 0u) << named;
        EXPECT_NE(ended.err.find("sentrad does not run"), std::string::npos) << ended.err;
        EXPECT_EQ(ended.out, "") << named;
    }
    std::filesystem::remove_all(folder);
}

TEST(Verbs, TheNearestWordIsNamed)
{
    EXPECT_EQ(run({"signal"}).err,
              "sentra: there is no verb \"signal\"; did you mean signals? (sentra --help says what "
              "there is)\n");
    EXPECT_NE(run({"sink", "lst"}).err.find("there is no verb of sink \"lst\"; did you mean list?"),
              std::string::npos);
    EXPECT_NE(run({"signals", "--jsn"}).err.find("did you mean --json?"), std::string::npos);
    EXPECT_NE(run({"signals", "--sinc=7d"}).err.find("did you mean --since?"), std::string::npos);
    EXPECT_EQ(run({"\x1b[31m"}).err.find('\x1b'), std::string::npos);
    // What is missing is CLI11's to say.
    EXPECT_EQ(run({"show"}).status, kUsage);
    EXPECT_NE(run({"show"}).err, "");
    EXPECT_EQ(run({}).status, kUsage);
}

TEST(FirstWords, SayWhatIsWatchedWhereSignalsGoAndHowToLook)
{
    pipeline::Config config;
    config.state_dir = "/srv/state";
    const pipeline::Print nothing;
    const pipeline::Print json{[](const signal::Signal &) { return std::string(); }};
    const auto lines = first_words(config, "build/bin/sentra", json);
    ASSERT_EQ(lines.size(), 3u);
    EXPECT_NE(lines[0].find("sign-ins"), std::string::npos);
    EXPECT_NE(lines[1].find("/srv/state/sentra.db"), std::string::npos);
    EXPECT_NE(lines[1].find("no sink is configured"), std::string::npos);
    EXPECT_NE(lines[1].find("here as lines of JSON"), std::string::npos);
    EXPECT_EQ(first_words(config, "sentra", {json.text, true})[1].find("JSON"), std::string::npos);
    EXPECT_TRUE(first_words(config, "sentra", nothing)[1].starts_with("Signals are kept"));
    EXPECT_NE(lines[2].find("build/bin/sentra watch --state-dir /srv/state"), std::string::npos);
    config.sinks = {{"siem", "elastic", {}, {}}, {"local", "file", {}, {}}};
    EXPECT_NE(first_words(config, "sentra", nothing)[1].find("go to siem (elastic), local (file)."),
              std::string::npos);
    config.sensor.enabled = false;
    EXPECT_EQ(first_words(config, "sentra", nothing)[0].find("programs"), std::string::npos);
}

} // namespace
} // namespace sentra::cli
