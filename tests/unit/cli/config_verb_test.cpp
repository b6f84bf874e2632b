// SPDX-License-Identifier: MIT
// `sentra config` as a person meets it; the schema put to a validator that is not ours.
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "base/fd.h"
#include "cli/options.h"
#include "unit/cli/shell.h"

namespace sentra::cli {
namespace {

struct Ended {
    int status;
    std::string out, err;
};

Ended run(std::vector<const char *> words)
{
    words.insert(words.begin(), "sentra");
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int status = run_program(sentra_program(), static_cast<int>(words.size()), words.data());
    Ended ended{status, testing::internal::GetCapturedStdout(), ""};
    ended.err = testing::internal::GetCapturedStderr();
    return ended;
}

const std::string kRules = std::string(SENTRA_TESTS_DIR) + "/../rules";

TEST(ConfigVerb, ChecksKeysRulesAndSinks)
{
    const ScratchFile good("tenant: acme\nsinks:\n  out: {type: stdout}\n");
    const auto ended = run({"config", "check", good.path().c_str(), "--rules", kRules.c_str()});
    EXPECT_EQ(ended.status, kOk) << ended.err;
    EXPECT_NE(ended.out.find("1 sink"), std::string::npos) << ended.out;
    const ScratchFile bad("tenat: acme\n");
    const auto wrong = run({"config", "check", bad.path().c_str(), "--rules", kRules.c_str()});
    EXPECT_EQ(wrong.status, kFinding);
    EXPECT_EQ(wrong.err.rfind(bad.path() + ":1:1: unknown key", 0), 0u) << wrong.err;
    // What only opening shows: the folder of a file, the file of a secret.
    const ScratchFile gone("sinks:\n  a: {type: file, path: /nowhere/x}\n"
                           "  b: {type: splunk, url: \"https://h\", token_file: /nowhere/token}\n");
    const auto two = run({"config", "check", gone.path().c_str(), "--rules", kRules.c_str()});
    EXPECT_EQ(two.status, kFinding);
    EXPECT_NE(two.err.find("sink a: path"), std::string::npos) << two.err;
    EXPECT_NE(two.err.find("sink b: token_file"), std::string::npos) << two.err;
    const auto none = run({"config", "check", good.path().c_str(), "--rules", "/nowhere"});
    EXPECT_EQ(none.status, kFinding) << "rules that are not there";
}

TEST(ConfigVerb, ShowsWhatHoldsAndWhy)
{
    const ScratchFile file("tenant: acme\n");
    const auto ended = run({"config", "show", "--effective", "--config", file.path().c_str()});
    EXPECT_EQ(ended.status, kOk);
    EXPECT_NE(ended.out.find("tenant: acme"), std::string::npos);
    EXPECT_NE(ended.out.find("# " + file.path() + ":1"), std::string::npos) << ended.out;
    EXPECT_NE(ended.out.find("# default"), std::string::npos);
    EXPECT_EQ(run({"config", "show", "--config", "/nowhere/x"}).status, kFinding);
}

// What a validator says of a YAML text.
std::string validity(const std::string &yaml)
{
    const ScratchFile schema(run({"config", "schema"}).out), text(yaml);
    return run_shell("python3 -c 'import sys,json,yaml,jsonschema\n"
                     "s=json.load(open(sys.argv[1]))\n"
                     "jsonschema.Draft202012Validator.check_schema(s)\n"
                     "e=list(jsonschema.Draft202012Validator(s).iter_errors("
                     "yaml.safe_load(open(sys.argv[2])) or {}))\n"
                     "print(\"valid\" if not e else \"invalid\")' " +
                     schema.path() + " " + text.path())
        .words;
}

TEST(ConfigVerb, TheSchemaIsOneAndTakesWhatWeTake)
{
    if (run_shell("python3 -c 'import jsonschema, yaml'").status != 0)
        GTEST_SKIP() << "python3-jsonschema and python3-yaml are not installed";
    const std::string seeds = std::string(SENTRA_TESTS_DIR) + "/fuzz/seeds/config/";
    EXPECT_EQ(validity(read_file(seeds + "everything.yaml").value()), "valid\n");
    EXPECT_EQ(validity(read_file(seeds + "one_key_of_a_sink.yaml").value()), "valid\n");
    EXPECT_EQ(validity("tenat: x\n"), "invalid\n");
    EXPECT_EQ(validity("sensor: {pins: maybe}\n"), "invalid\n");
    EXPECT_EQ(validity("sensor: {ring_mb: 5000}\n"), "invalid\n");
    EXPECT_EQ(validity("journal: {rebuild: soon}\n"), "invalid\n");
    EXPECT_EQ(validity("sinks: {a: {type: fil}}\n"), "invalid\n");
    EXPECT_EQ(validity("sinks: {a: {type: file}}\n"), "invalid\n");
}

} // namespace
} // namespace sentra::cli
