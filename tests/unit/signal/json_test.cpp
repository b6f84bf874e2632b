// SPDX-License-Identifier: MIT
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "unit/signal/made.h"

namespace sentra::signal {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Signal whole()
{
    return compose(made::key_match(), made::host(), made::kBundle, Coverage{});
}

// Signals as different as they come: every kind of actor, every state of proof and coverage.
std::vector<Signal> many()
{
    std::vector<Signal> signals = {whole()};
    for (const auto kind :
         {session::ActorKind::unknown, session::ActorKind::unit, session::ActorKind::job,
          session::ActorKind::container, session::ActorKind::process, session::ActorKind::kernel}) {
        session::Actor actor;
        actor.kind = kind;
        actor.user = {"", 33};
        actor.unit = kind == session::ActorKind::unit ? "nginx.service" : "";
        actor.job = kind == session::ActorKind::job ? "cron" : "";
        actor.container = kind == session::ActorKind::container ? std::string(64, 'c') : "";
        actor.unknown_reason = kind == session::ActorKind::unknown ? "its parent was not seen" : "";
        engine::Match match = made::key_match(actor);
        match.terms = {{"base", 0.1, "seen"}, {"routine", -0.35, "done by a service"}};
        match.evidence_left_out = 3;
        match.tags = {{match.rule, "low", 1, 2, 3}};
        signals.push_back(compose(match, made::host(), made::kBundle, {false, 12, ""}));
    }
    engine::Match hostile = made::key_match(
        made::maria(),
        made::write_event("/home/\n\x01\xff\xed\xa0\x80\xe2\x80\xae\"\\/authorized_keys"));
    signals.push_back(compose(hostile, {}, "", Coverage{}));
    return signals;
}

TEST(Json, IsTheDocumentedLineToTheByte)
{
    EXPECT_EQ(
        to_json(whole()),
        R"j({"schema":"sentra.signal/1","id":")j" + whole().id + R"j(","uid":")j" + whole().uid +
            R"j(","tenant":"acme","host":{"name":"web-01","id":")j" + std::string(64, 'a') +
            R"j(","boot":"7d4f2b1c-0000-4000-8000-000000000001"},)j"
            R"j("time":{"first":"2026-03-02T10:11:03.412Z","last":"2026-03-02T10:15:42.113Z"},)j"
            R"j("rule":{"id":"ssh-key-added","version":3,"pack":"persistence","bundle":")j" +
            made::kBundle +
            R"j("},"intent":"Persistence","title":"A new SSH key for deploy",)j"
            R"j("narrative":"On 2 March at 10:11 UTC, maria signed in from 203.0.113.7 with a password, )j"
            R"j(became root with sudo and added an SSH key to /home/deploy/.ssh/authorized_keys.",)j"
            R"j("action":{"needed":true,"text":"Ask the owner of deploy whether the key is theirs; )j"
            R"j(remove it if not.","playbook":"unknown-ssh-key"},"state":"Action Recommended",)j"
            R"j("risk":{"score":0.70,"terms":[{"name":"base","value":0.45,"why":"a login key was added"},)j"
            R"j({"name":"new_source","value":0.25,"why":"203.0.113.7 was not seen in 30 days"}]},)j"
            R"j("confidence":"high","attack":{"version":"19","techniques":[{"id":"T1098.004",)j"
            R"j("name":"SSH Authorized Keys","tactics":["TA0003","TA0004"]}]},)j"
            R"j("controls":{"soc2":["CC6.1"],"iso27001":["8.2"],"pci":["10.2.1.5"],)j"
            R"j("nis2":["21(2)(i)"],"hipaa":["164.312(b)"]},)j"
            R"j("actor":{"kind":"session","id":"session:b00t:42","user":{"name":"maria","id":1001},)j"
            R"j("effective":{"name":"root","id":0},"session":{"audit_id":42,"source":"203.0.113.7",)j"
            R"j("method":"password","tty":"pts/0","service":"sshd"},"broker":"sudo",)j"
            R"j("process":{"pid":20311,"start":"8123456789012","exe":"/usr/bin/tee",)j"
            R"j("args":["tee","-a","/home/deploy/.ssh/authorized_keys"]}},)j"
            R"j("entities":{"files":["/home/deploy/.ssh/authorized_keys"],"ips":["203.0.113.7"],)j"
            R"j("users":["deploy","maria"]},"count":1,)j"
            R"j("evidence":[{"time":"2026-03-02T10:11:03.412Z","event":"auth.login",)j"
            R"j("text":"maria signed in from 203.0.113.7 (password)","ref":"rec:kernel:1"},)j"
            R"j({"time":"2026-03-02T10:15:42.113Z","event":"file.write",)j"
            R"j("text":"opened /home/deploy/.ssh/authorized_keys for writing","ref":"rec:kernel:1"}],)j"
            R"j("coverage":{"complete":true,"lost":0}})j");
}

TEST(Json, ComesBackAsItWas)
{
    for (const Signal &signal : many()) {
        const std::string line = to_json(signal);
        const auto back = from_json(line);
        ASSERT_TRUE(back) << back.error().text << "\n" << line;
        EXPECT_EQ(to_json(*back), line);
        EXPECT_THAT(line, Not(HasSubstr("\n")));
        EXPECT_THAT(line, Not(HasSubstr(":\"\"")));
        EXPECT_THAT(line, Not(HasSubstr("[]")));
        EXPECT_THAT(line, Not(HasSubstr("{}")));
    }
}

TEST(Json, KeepsTextValidWhateverIsInIt)
{
    Signal signal = whole();
    signal.title = "a\xff\x01 \"quoted\"";
    const std::string line = to_json(signal);
    EXPECT_THAT(line, HasSubstr("\"title\":\"a\xef\xbf\xbd\\u0001 \\\"quoted\\\"\""));
    EXPECT_TRUE(from_json(line));
}

TEST(Json, SaysWhatIsWrongWithALine)
{
    const std::string good = to_json(whole());
    const auto changed = [&good](const std::string &from, const std::string &to) {
        std::string line = good;
        const auto at = line.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        line.replace(at, from.size(), to);
        const auto read = from_json(line);
        return read ? "accepted" : read.error().text;
    };
    EXPECT_EQ(changed("\"count\":1", "\"count\":-1"),
              "read signal: \"count\" has the wrong type or is out of range");
    EXPECT_EQ(changed("\"count\":1,", ""), "read signal: \"count\" is missing");
    EXPECT_EQ(changed("signal/1", "signal/2"), "read signal: \"schema\" is not sentra.signal/1");
    EXPECT_EQ(changed("\"last\":\"2026-", "\"last\":\"26-"),
              "read signal: \"time.last\" is no time");
    EXPECT_EQ(changed("\"score\":0.70", "\"score\":1e300"),
              "read signal: \"risk.score\" has the wrong type or is out of range");
    EXPECT_EQ(changed("\"pid\":20311", "\"pid\":99999999999"),
              "read signal: \"actor.process.pid\" has the wrong type or is out of range");
    EXPECT_EQ(changed("\"users\":[\"deploy\"", "\"users\":[7"),
              "read signal: \"entities.users\" has the wrong type or is out of range");
    EXPECT_EQ(changed("\"evidence\":[{", "\"evidence\":[7,{"),
              "read signal: \"evidence\" is no object");
    EXPECT_EQ(changed("\"schema\"", "schema"), "read signal: not one line of JSON");
    for (const char *line : {"", "[]", "7", "null", "{}", "\"x\""})
        EXPECT_FALSE(from_json(line)) << line;
}

TEST(Json, SurvivesEveryCutAndEveryFlippedByte)
{
    const std::string good = to_json(whole());
    for (std::size_t i = 0; i < good.size(); ++i) {
        EXPECT_FALSE(from_json(good.substr(0, i)));
        std::string line = good;
        line[i] = static_cast<char>(line[i] ^ 0x15);
        if (const auto read = from_json(line)) {
            const std::string again = to_json(*read);
            const auto twice = from_json(again);
            ASSERT_TRUE(twice) << again;
            EXPECT_EQ(to_json(*twice), again);
        }
    }
}

int run_schema_check(const std::string &lines, std::string &said)
{
    const auto path = std::filesystem::temp_directory_path() /
                      ("signals-" + std::to_string(::getpid()) + ".ndjson");
    std::ofstream(path, std::ios::binary) << lines;
    const std::string tests = SENTRA_TESTS_DIR;
    const std::string command = "python3 '" + tests + "/unit/signal/schema_check.py' '" + tests +
                                "/../userspace/signal/signal.schema.json' < '" + path.string() +
                                "' 2>&1";
    std::FILE *pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr)
        return -1;
    std::array<char, 4096> buffer{};
    for (std::size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
        said.append(buffer.data(), got);
    const int status = ::pclose(pipe);
    std::filesystem::remove(path);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Json, HoldsToItsSchema)
{
    std::string lines, said;
    for (const Signal &signal : many())
        lines += to_json(signal) + "\n";
    const int status = run_schema_check(lines, said);
    if (status == 77)
        GTEST_SKIP() << said;
    EXPECT_EQ(status, 0) << said;
}

TEST(Json, TheSchemaRefusesWhatIsNotASignal)
{
    const std::string good = to_json(whole());
    const std::pair<std::string, std::string> changes[] = {
        {"\"count\":1", "\"count\":0"},
        {"\"count\":1", "\"counts\":1"},
        {"\"needed\":true", "\"needed\":false"},
        {"\"Persistence\"", "\"Mischief\""},
        {"\"Action Recommended\"", "\"High\""},
        {"\"score\":0.70", "\"score\":0.71"},
        {"\"confidence\":\"high\",", ""},
        {"\"title\":\"A new SSH key for deploy\"", "\"title\":\"\""},
        {"\"T1098.004\"", "\"T1098.4\""},
        {"\"pid\":20311,\"start\":\"8123456789012\"", "\"start\":\"8123456789012\",\"pid\":20311"},
    };
    for (const auto &[from, to] : changes) {
        std::string line = good, said;
        line.replace(line.find(from), from.size(), to);
        const int status = run_schema_check(line + "\n", said);
        if (status == 77)
            GTEST_SKIP() << said;
        EXPECT_EQ(status, 1) << to << ": " << said;
    }
}

TEST(Explain, ShowsEveryTermAndTheArithmetic)
{
    const std::string text = explain(whole());
    EXPECT_THAT(text, HasSubstr("A new SSH key for deploy  (" + whole().id + ")\n"));
    EXPECT_THAT(text, HasSubstr("  +0.45  base        a login key was added\n"));
    EXPECT_THAT(text, HasSubstr("  +0.25  new_source  203.0.113.7 was not seen in 30 days\n"));
    EXPECT_THAT(text, HasSubstr("  =0.70  score\n"));
    EXPECT_THAT(text, HasSubstr("Action Recommended: not reviewed, and its score is 0.50 or more"));
    EXPECT_THAT(text, HasSubstr("  2026-03-02T10:11:03.412Z  auth.login  maria signed in from "
                                "203.0.113.7 (password)  [rec:kernel:1]\n"));
    EXPECT_THAT(
        text,
        HasSubstr("Rule        ssh-key-added version 3, pack persistence, bundle bbbbbbbbbbbb\n"));
    EXPECT_THAT(text, HasSubstr("ATT&CK      T1098.004 SSH Authorized Keys, TA0003 TA0004\n"));
    EXPECT_THAT(text, Not(HasSubstr("!")));
}

TEST(Explain, ShowsThePlaybookBelowTheAction)
{
    const engine::Playbook playbook{"unknown-ssh-key",
                                    "An SSH key was added",
                                    "A file of keys that may sign in was written.",
                                    {"List the keys with `ssh-keygen -lf FILE`.", "Ask.",
                                     "If one is not known, keep a copy of the file, take the line "
                                     "out, and see whether it signed "
                                     "in."}};
    const std::string text = explain(whole(), &playbook);
    EXPECT_THAT(text, HasSubstr("remove it if not.\n\n"
                                "An SSH key was added, step by step (unknown-ssh-key)\n"
                                "  1. List the keys with `ssh-keygen -lf FILE`.\n"
                                "  2. Ask.\n"
                                "  3. If one is not known, keep a copy of the file, take the line "
                                "out, and see whether it signed\n"
                                "     in.\n"
                                "\n"
                                "State       Action Recommended"));
    EXPECT_THAT(explain(whole()), Not(HasSubstr("step by step"))); // where it is not at hand
}

TEST(Explain, SaysWhenTheSumWasKeptInsideItsBounds)
{
    Signal signal = whole();
    signal.terms.push_back({"routine", -0.95, "a declared change"});
    signal.score = 0;
    EXPECT_THAT(explain(signal),
                HasSubstr("  -0.95  routine     a declared change\n  =0.00  score (the "
                          "terms add up to -0.25; a score stays between 0.00 and 1.00)"));
}

} // namespace
} // namespace sentra::signal
