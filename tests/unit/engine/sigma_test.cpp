// SPDX-License-Identifier: MIT
// Documents written here in Sigma's way: what they match, what is said of them, what they become.
#include <algorithm>

#include "engine/sigma.h"
#include "lab.h"

namespace sentra::engine {
namespace {

std::string document(const std::string &id, const std::string &source, const std::string &detection,
                     const std::string &level = "high", const std::string &more = "")
{
    return "title: Title of " + id + "\nid: " + id + "\nlevel: " + level +
           "\ntags: [attack.persistence, attack.t1098.004, attack.t1547.001]\nlogsource: {product: "
           "linux" +
           (source.empty() ? "" : ", " + source) + "}\n" + more + "detection:\n" + detection;
}

std::shared_ptr<const Rules> with(const std::vector<std::string> &documents)
{
    auto files = lab::files({});
    for (std::size_t i = 0; i < documents.size(); ++i) {
        const std::string name = "sigma/" + std::to_string(i) + ".yml";
        files.push_back({"rules.d/" + name, name, documents[i]});
    }
    auto made = Rules::compile(std::move(files));
    EXPECT_TRUE(made) << made.error().text;
    return made ? *made : nullptr;
}

std::vector<std::string> ids(const std::vector<Match> &matches)
{
    std::vector<std::string> all;
    for (const Match &match : matches)
        all.push_back(match.rule->id);
    return all;
}

bool fires(const std::string &source, const std::string &detection, const std::string &event)
{
    const auto rules = with({document("a1", source, detection)});
    const auto found =
        lab::Host(rules).run(lab::stream(lab::kProcesses + "events:\n  - {" + event + "}\n"));
    return !found.empty();
}

constexpr const char *kExec = "category: process_creation";

TEST(Sigma, ImageIsTheGivenPathOrTheProgramItself)
{
    const std::string detection = "  s: {Image|endswith: /sh}\n  condition: s\n";
    const std::string exec = "event: process.exec, process: shell, process.executable: ";
    EXPECT_TRUE(fires(kExec, detection, exec + "/usr/bin/dash, process.given_path: /bin/sh"));
    EXPECT_TRUE(fires(kExec, detection, exec + "/bin/sh, process.given_path: /x"));
    EXPECT_FALSE(fires(kExec, detection, exec + "/bin/dash, process.given_path: /bin/dash"));
    const std::string other = "  s: {CommandLine|contains: x}\n  f: {Image|endswith: /sh}\n"
                              "  condition: s and not f\n";
    const std::string args = ", process.args: [sh, x]";
    EXPECT_FALSE(fires(kExec, other, exec + "/usr/bin/dash, process.given_path: /bin/sh" + args));
    EXPECT_TRUE(fires(kExec, other, exec + "/bin/dash, process.given_path: /bin/dash" + args));
}

TEST(Sigma, ConditionsAreWhatTheySay)
{
    const std::string selections =
        "  a: {CommandLine|contains: aa}\n  b: {CommandLine|contains: bb}\n"
        "  sel_x: {CommandLine|contains|all: [xx, yy]}\n"
        "  sel_y: [{CommandLine|contains: pp}, {User: root}]\n"
        "  _k: {CommandLine|contains: kk}\n";
    const auto holds = [&](const std::string &condition, const std::string &line) {
        return fires(kExec, selections + "  condition: " + condition + "\n",
                     "event: process.exec, process: shell, process.args: [" + line + "]");
    };
    EXPECT_TRUE(holds("a and b", "bb, aa"));
    EXPECT_FALSE(holds("a and b", "aa"));
    EXPECT_TRUE(holds("a or b", "bb"));
    EXPECT_TRUE(holds("a and not b", "aa"));
    EXPECT_FALSE(holds("a and not b", "aa, bb"));
    EXPECT_TRUE(holds("not (a or b)", "cc"));
    EXPECT_FALSE(holds("not (a or b)", "bb"));
    EXPECT_TRUE(holds("(a or b) and (sel_x or sel_y)", "bb, xx, yy"));
    EXPECT_FALSE(holds("(a or b) and (sel_x or sel_y)", "bb, xx"));
    EXPECT_TRUE(holds("1 of sel_*", "pp"));
    EXPECT_FALSE(holds("all of sel_*", "pp"));
    EXPECT_TRUE(holds("all of sel_*", "pp, xx, yy"));
    EXPECT_TRUE(holds("1 of them", "aa"));
    EXPECT_FALSE(holds("1 of them", "kk")); // "_" keeps a selection out of "them"
    EXPECT_TRUE(holds("not 1 of sel_* and _k", "kk"));
    EXPECT_TRUE(holds("a AND NOT b OR _k", "kk"));
}

TEST(Sigma, ModifiersAndKeywords)
{
    const std::string exec = "event: process.exec, process: shell, process.executable: /bin/x, "
                             "process.args: ";
    EXPECT_TRUE(fires(kExec, "  s: {CommandLine|re: 'a{3}$'}\n  condition: s\n", exec + "[baaa]"));
    EXPECT_FALSE(fires(kExec, "  s: {CommandLine|re: 'A{3}$'}\n  condition: s\n", exec + "[baaa]"));
    EXPECT_TRUE(fires(kExec, "  s: {CommandLine|windash|contains: ' -e '}\n  condition: s\n",
                      exec + "[x, /e, y]"));
    EXPECT_TRUE(fires(kExec, "  s: {CommandLine|contains|neq: q}\n  condition: s\n", exec + "[x]"));
    EXPECT_FALSE(
        fires(kExec, "  s: {CommandLine|contains|neq: q}\n  condition: s\n", exec + "[q]"));
    EXPECT_TRUE(
        fires(kExec, "  s: {CommandLine: $sendbyte}\n  condition: s\n", exec + "[$sendbyte]"));
    EXPECT_TRUE(
        fires(kExec, "  s: {CommandLine|contains: 'a*z'}\n  condition: s\n", exec + "[1a, z]"));
    EXPECT_TRUE(fires("", "  k: [wget, 'curl *x']\n  condition: k\n", exec + "[curl, -s, x]"));
    EXPECT_FALSE(fires("", "  k: {'|all': [wget, x]}\n  condition: k\n", exec + "[curl, x]"));
    EXPECT_TRUE(fires("service: sshd", "  k: [Invalid user]\n  condition: k\n",
                      "event: auth.login, log.syslog.appname: sshd, message: Invalid user bob"));
    EXPECT_FALSE(fires("service: sshd", "  k: [Invalid user]\n  condition: k\n",
                       "event: auth.login, log.syslog.appname: login, message: Invalid user bob"));
    EXPECT_TRUE(fires("service: sudo", "  s: {USER: '#-*'}\n  condition: s\n",
                      "event: auth.elevation, log.syslog.appname: sudo, user.target.name: '#-1'"));
}

TEST(Sigma, FilesAndConnections)
{
    const std::string file = "  s: {TargetFilename|startswith: /etc/cron.d/}\n  condition: s\n";
    const char *source = "category: file_event";
    const std::string at = ", process: shell, file.path: /etc/cron.d/x";
    EXPECT_TRUE(fires(source, file, "event: file.write, file.created: true" + at));
    EXPECT_TRUE(fires(source, file, "event: file.write, file.truncated: true" + at));
    EXPECT_TRUE(fires(source, file, "event: file.rename" + at));
    EXPECT_FALSE(fires(source, file, "event: file.write" + at));
    EXPECT_FALSE(fires(source, file, "event: file.delete" + at));
    const std::string net = "  s: {Initiated: 'true', DestinationPort: [4444, 888]}\n"
                            "  f: {DestinationIp|cidr: ['10.0.0.0/8', '::1/128']}\n"
                            "  condition: s and not f\n";
    const char *connection = "category: network_connection";
    const std::string connect = "event: net.connect, process: shell, destination.port: 4444, ";
    EXPECT_TRUE(fires(connection, net, connect + "destination.ip: 203.0.113.9"));
    EXPECT_FALSE(fires(connection, net, connect + "destination.ip: 10.9.9.9"));
}

TEST(Sigma, AuditRecordsAreOurEvents)
{
    const char *source = "service: auditd";
    const std::string exec = "event: process.exec, process: shell, process.executable: /usr/bin/a, "
                             "process.args: ";
    const std::string zip = "  s: {type: EXECVE, a0: zip, a1|contains: r}\n  condition: s\n";
    EXPECT_TRUE(fires(source, zip, exec + "[zip, -r]"));
    EXPECT_FALSE(fires(source, zip, exec + "[x, zip, -r]"));
    EXPECT_FALSE(fires(source, zip, exec + "[zip]"));
    const std::string path = "  s: {type: PATH, name: /etc/ld.so.preload}\n  condition: s\n";
    EXPECT_TRUE(
        fires(source, path, "event: file.write, process: shell, file.path: /etc/ld.so.preload"));
    EXPECT_TRUE(
        fires(source, path, "event: file.read, process: shell, file.path: /etc/ld.so.preload"));
    EXPECT_TRUE(fires(source, "  s: {type: SERVICE_STOP, unit: ufw}\n  condition: s\n",
                      "event: unit.change, event.action: stopped, unit.name: ufw.service"));
    EXPECT_FALSE(fires(source, "  s: {type: SERVICE_STOP, unit: ufw}\n  condition: s\n",
                       "event: unit.change, event.action: started, unit.name: ufw.service"));
    EXPECT_TRUE(fires(source,
                      "  e: {type: EXECVE}\n  k: {'|all': [dd, 'if=']}\n  condition: e and k\n",
                      exec + "[dd, if=/dev/zero]"));
}

TEST(Sigma, WhatCannotBeHadIsSaidAndNeverGuessed)
{
    using State = SigmaReport::State;
    const auto report = [](const std::string &source, const std::string &detection) {
        return with({document("a1", source, detection)})->sigma().at(0);
    };
    const char *net = "category: network_connection";
    const auto none = report(net, "  s: {DestinationHostname: x.test}\n  condition: s\n");
    EXPECT_EQ(none.state, State::none);
    ASSERT_EQ(none.reasons.size(), 1U);
    EXPECT_EQ(none.reasons[0], "\"DestinationHostname\": no event tells which name a program asked "
                               "for before it connected");
    const std::string two = "  s: {DestinationPort: 1}\n  f: {DestinationHostname: x.test}\n";
    EXPECT_EQ(report(net, two + "  condition: s or f\n").state, State::partly);
    EXPECT_EQ(report(net, two + "  condition: s and f\n").state, State::none);
    EXPECT_EQ(report(net, two + "  condition: s and not f\n").state, State::none);
    EXPECT_EQ(
        report("service: auditd", "  s: {SYSCALL: socket, a0: 38}\n  condition: s\n").reasons.at(0),
        "\"SYSCALL: socket\": no event tells this system call");
    EXPECT_EQ(report("category: dns_query", "  s: {x: y}\n  condition: s\n").reasons.at(0),
              "no event comes from the log source \"dns_query\"");
    EXPECT_EQ(report(kExec, "  s: {Nothing: y}\n  condition: s\n").reasons.at(0),
              "no field is like \"Nothing\"");
    EXPECT_EQ(report(kExec, "  s: {Image: y}\n  condition: s and\n").reasons.at(0),
              "the condition breaks off");
    EXPECT_EQ(report(kExec, "  s: {Image: y}\n  condition: t\n").reasons.at(0),
              "the condition names \"t\", and there is no such selection");
    EXPECT_EQ(report(kExec, "  s: {Image: y}\n  condition: s | count() > 5\n").reasons.at(0),
              "\"|\" in a condition: Sigma has correlation rules for that now");
    EXPECT_EQ(report(kExec, "  s: {Image|re: '(?=x)'}\n  condition: s\n").state, State::none);
    const auto broken = with({"title: [\n"});
    EXPECT_EQ(broken->sigma().at(0).state, State::none);
    EXPECT_NE(broken->sigma().at(0).reasons.at(0).find("not YAML"), std::string::npos);
}

TEST(Sigma, AMatchIsATagAndOnlyHighOnesRaiseASignalOfTheirOwn)
{
    const auto rules =
        with({document("a-low", kExec, "  s: {Image|endswith: /id}\n  condition: s\n", "low"),
              document("a-high", kExec, "  s: {Image|endswith: /nc}\n  condition: s\n", "high")});
    const auto exec = [](const std::string &program) {
        return "  - {event: process.exec, process: shell, process.executable: /usr/bin/" + program +
               "}\n";
    };
    const auto found = lab::Host(rules).run(lab::stream(
        lab::kProcesses + "events:\n" + exec("id") + exec("id") + exec("nc") +
        "  - {event: process.exec, process: other, process.executable: /usr/bin/nc}\n"));
    ASSERT_GE(found.size(), 2U);
    const Match &match = found[0];
    EXPECT_EQ(match.rule->id, "a-high");
    EXPECT_EQ(match.rule->title, "Title of a-high");
    EXPECT_EQ(match.rule->attack, std::vector<std::string>({"T1098.004", "T1547.001"}));
    EXPECT_EQ(match.rule->techniques.at(0).name, "SSH Authorized Keys");
    EXPECT_EQ(match.rule->intent, "Persistence");
    EXPECT_LT(match.terms.at(0).value, 0.5) << "a Sigma rule alone never asks for action";
    ASSERT_EQ(match.tags.size(), 1U);
    EXPECT_EQ(match.tags[0].rule->id, "a-low");
    EXPECT_EQ(match.tags[0].level, "low");
    EXPECT_EQ(match.tags[0].count, 2U);
    EXPECT_TRUE(found[1].tags.empty()) << "another actor's";
}

TEST(Sigma, OneSignalPerActorAndDay)
{
    const auto rules =
        with({document("a-high", kExec, "  s: {Image|endswith: /nc}\n  condition: s\n")});
    const auto found = lab::Host(rules).run(lab::stream(
        lab::kProcesses + "events:\n  - {event: process.exec, process: shell, process.executable: "
                          "/usr/bin/nc, repeat: {times: 8, every: 3m}}\n"));
    std::set<std::uint64_t> windows;
    for (const Match &match : found)
        windows.insert(match.window_start_ns);
    EXPECT_EQ(windows.size(), 1U);
    EXPECT_EQ(found.back().count, 8U);
}

const std::string kFailure = "service: sshd";
const std::string kFailed = "  s: {event.outcome: failure}\n  k: [Failed]\n  condition: k\n";

std::string correlation(const std::string &type, const std::string &body)
{
    return "title: Many\nid: c0\nlevel: high\ncorrelation:\n  type: " + type +
           "\n  timespan: 5m\n  group-by: [source.ip]\n" + body;
}

std::string failed(int at_s, const std::string &ip, const std::string &user)
{
    return "  - {at: " + std::to_string(at_s) +
           "s, event: auth.login, event.outcome: failure, log.syslog.appname: sshd, message: "
           "Failed password, source.ip: " +
           ip + ", user.name: " + user + "}\n";
}

TEST(Sigma, EventsAreCountedByGroupAndTime)
{
    const std::string base = document("b0", kFailure, kFailed, "medium", "name: failed\n");
    const auto rules =
        with({base + "---\n" +
              correlation("event_count", "  rules: [failed]\n  condition: {gte: 3}\n")});
    EXPECT_EQ(rules->sigma().size(), 2U);
    const auto found = [&](const std::string &events) {
        return ids(lab::Host(rules).run(lab::stream("events:\n" + events)));
    };
    const std::string one = "203.0.113.1";
    const std::string two = "203.0.113.2";
    EXPECT_EQ(found(failed(0, one, "a") + failed(10, one, "b") + failed(20, one, "c")),
              std::vector<std::string>({"c0"}));
    EXPECT_TRUE(found(failed(0, one, "a") + failed(10, two, "b") + failed(20, one, "c")).empty());
    EXPECT_TRUE(found(failed(0, one, "a") + failed(10, one, "b") + failed(400, one, "c")).empty());
}

TEST(Sigma, DifferentValuesAreCounted)
{
    const std::string base = document("b0", kFailure, kFailed, "medium", "name: failed\n");
    const auto rules = with({base, correlation("value_count", "  rules: [b0]\n  condition: {field: "
                                                              "user.name, gte: 3}\n")});
    const std::string ip = "203.0.113.1";
    const auto found = [&](const char *third) {
        return ids(lab::Host(rules).run(lab::stream("events:\n" + failed(0, ip, "a") +
                                                    failed(10, ip, "b") + failed(20, ip, third))));
    };
    EXPECT_EQ(found("c"), std::vector<std::string>({"c0"}));
    EXPECT_TRUE(found("a").empty());
}

TEST(Sigma, TogetherAndInOrder)
{
    const auto run = [](const std::string &type, const std::string &events) {
        const std::string more = "  rules: [b1, b2]\n";
        std::string both = correlation(type, more);
        both.replace(both.find("source.ip"), 9, "User");
        const auto rules = with(
            {document("b1", kExec, "  s: {Image|endswith: /id}\n  condition: s\n", "low"),
             document("b2", kExec, "  s: {Image|endswith: /nc}\n  condition: s\n", "high"), both});
        return ids(lab::Host(rules).run(lab::stream(lab::kProcesses + "events:\n" + events)));
    };
    const auto exec = [](int at_s, const std::string &program, const std::string &by) {
        return "  - {at: " + std::to_string(at_s) + "s, event: process.exec, process: " + by +
               ", process.executable: /usr/bin/" + program + "}\n";
    };
    using Ids = std::vector<std::string>;
    const std::string forth = exec(0, "id", "shell") + exec(5, "nc", "shell");
    const std::string back = exec(0, "nc", "shell") + exec(5, "id", "shell");
    EXPECT_EQ(run("temporal", forth), Ids({"c0"}));
    EXPECT_EQ(run("temporal", back), Ids({"c0"}));
    EXPECT_EQ(run("temporal_ordered", forth), Ids({"c0"}));
    EXPECT_EQ(run("temporal_ordered", back), Ids());
    EXPECT_EQ(run("temporal", exec(0, "id", "shell") + exec(400, "nc", "shell")), Ids());
    EXPECT_EQ(run("temporal", exec(0, "id", "shell") + exec(5, "nc", "web")), Ids());
}

TEST(Sigma, CorrelationsThatCannotBeAreSaid)
{
    const auto reason = [](const std::string &text) {
        const auto reports = with({text})->sigma();
        return reports.at(0).reasons.empty() ? std::string() : reports.at(0).reasons[0];
    };
    EXPECT_EQ(reason(correlation("event_count", "  rules: [nobody]\n  condition: {gte: 3}\n")),
              "the rule \"nobody\" that it names is not there");
    EXPECT_EQ(reason(correlation("event_count", "  rules: [c0]\n  condition: {gte: 3}\n")),
              "it is a part of itself");
    EXPECT_EQ(reason(correlation("event_count", "  rules: [x]\n  condition: {lt: 3}\n")),
              "\"lt\": counts are compared by gt and gte, with less than 4096");
    EXPECT_EQ(reason(correlation("value_avg", "  rules: [x]\n")).substr(0, 34),
              "the correlation type \"value_avg\" i");
}

} // namespace
} // namespace sentra::engine
