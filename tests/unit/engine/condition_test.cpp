// SPDX-License-Identifier: MIT
#include "lab.h"

namespace sentra::engine {
namespace {

struct Row {
    const char *where; // of the rule's one step
    const char *event; // fields of the one event
    bool matches;
};

bool matches(const std::string &type, const Row &row)
{
    const auto found = lab::run(
        {lab::rule("one", "steps:\n  - seen: {event: " + type + ", where: " + row.where + "}\n")},
        lab::kProcesses + "events:\n  - {event: " + type + ", " + row.event + "}\n");
    return !found.empty();
}

TEST(Condition, EveryModifierOnFiles)
{
    const std::string write = "process: shell, file.path: ";
    const Row rows[] = {
        {"{file.path: /etc/passwd}", "process: shell, file.path: /etc/passwd", true},
        {"{file.path: /ETC/passwd}", "process: shell, file.path: /etc/PASSWD", true},
        {"{file.path|cased: /ETC/passwd}", "process: shell, file.path: /etc/passwd", false},
        {"{file.path|cased: /etc/passwd}", "process: shell, file.path: /etc/passwd", true},
        {"{file.path: /etc/passw}", "process: shell, file.path: /etc/passwd", false},
        {"{file.path: '/etc/*'}", "process: shell, file.path: /etc/a/b", true},
        {"{file.path: '/etc/pass?d'}", "process: shell, file.path: /etc/passwd", true},
        {"{file.path: '/etc/pass?d'}", "process: shell, file.path: /etc/passd", false},
        {"{file.path: '*.d/*'}", "process: shell, file.path: /etc/a.d", false},
        {R"({file.path: '/etc/\*'})", "process: shell, file.path: /etc/a", false},
        {R"({file.path: '/etc/\*'})", "process: shell, file.path: '/etc/*'", true},
        {R"({file.path: '/e\tc'})", R"(process: shell, file.path: '/e\tc')", true},
        {"{file.path|contains: passwd}", "process: shell, file.path: /etc/passwd-", true},
        {"{file.path|contains: 'a*z'}", "process: shell, file.path: /x/abcz/y", true},
        {"{file.path|contains|all: [etc, pass]}", "process: shell, file.path: /etc/passwd", true},
        {"{file.path|contains|all: [etc, shadow]}", "process: shell, file.path: /etc/pass", false},
        {"{file.path|startswith: [/etc/, /var/]}", "process: shell, file.path: /var/x", true},
        {"{file.path|startswith: /etc/}", "process: shell, file.path: /x/etc/y", false},
        {"{file.path|endswith: /.ssh/authorized_keys}",
         "process: shell, file.path: /root/.ssh/authorized_keys", true},
        {"{file.path|endswith: /.ssh/authorized_keys}",
         "process: shell, file.path: /root/ssh/authorized_keys", false},
        {"{file.path|endswith: .php}", "process: shell, file.path: /srv/A.PHP", true},
        {"{file.path|re: '^/etc/(passwd|shadow)-?$'}", "process: shell, file.path: /etc/shadow-",
         true},
        {"{file.path|re: '^/ETC'}", "process: shell, file.path: /etc/shadow", false},
        {"{file.path|re|i: '^/ETC'}", "process: shell, file.path: /etc/shadow", true},
        {"{file.path|basename: [sudoers, shadow]}", "process: shell, file.path: /etc/shadow", true},
        {"{file.path|basename: etc}", "process: shell, file.path: /etc/shadow", false},
        {"{file.path|basename|startswith: sha}", "process: shell, file.path: /etc/shadow", true},
        {"{file.path: $editors}", "process: shell, file.path: /usr/bin/nano", true},
        {"{file.path: $editors}", "process: shell, file.path: /usr/bin/ed", false},
        {"{file.path: [/x, $editors]}", "process: shell, file.path: /usr/bin/vim", true},
        {"{file.path|expand: '/srv/%words%/x'}", "process: shell, file.path: /srv/beta/x", true},
        {"{file.path|expand: '/srv/%words%/x'}", "process: shell, file.path: /srv/gamma/x", false},
        {"{file.origin.path|exists: true}", "process: shell, file.path: /a, file.origin.path: /b",
         true},
        {"{file.origin.path|exists: true}", "process: shell, file.path: /a", false},
        {"{file.origin.path|exists: false}", "process: shell, file.path: /a", true},
        {"{file.origin.path: null}", "process: shell, file.path: /a", true},
        {"{file.origin.path: ''}", "process: shell, file.path: /a, file.origin.path: /b", false},
        {"{file.size|gt: 10}", "process: shell, file.path: /a, file.size: 11", true},
        {"{file.size|gt: 10}", "process: shell, file.path: /a, file.size: 10", false},
        {"{file.size|gte: 10, file.size|lt: 20}", "process: shell, file.path: /a, file.size: 10",
         true},
        {"{file.size|lte: 9}", "process: shell, file.path: /a, file.size: 10", false},
        {"{file.size: [9, 10]}", "process: shell, file.path: /a, file.size: 10", true},
        {"{file.mode: 0o104755}", "process: shell, file.path: /a, file.mode: 0o104755", true},
        {"{file.created: true}", "process: shell, file.path: /a, file.created: true", true},
        {"{file.created: true}", "process: shell, file.path: /a", false},
        {"{file.uid|fieldref: user.id}", "process: shell, file.path: /a, file.uid: 1001", true},
        {"{file.uid|fieldref: user.id}", "process: shell, file.path: /a, file.uid: 0", false},
        {"{file.path|startswith|fieldref: file.origin.path}",
         "process: shell, file.path: /a/b, file.origin.path: /A", true},
        {"{not: {file.path: /a}}", "process: shell, file.path: /a", false},
        {"{not: {file.path: /a}}", "process: shell, file.path: /b", true},
        {"{not: [{file.path: /a}, {file.size: 3}]}", "process: shell, file.path: /b, file.size: 3",
         false},
        {"[{file.path: /a}, {file.size: 3}]", "process: shell, file.path: /b, file.size: 3", true},
        {"[{file.path: /a, file.size: 3}, {file.path: /c}]",
         "process: shell, file.path: /a, file.size: 4", false},
    };
    for (const Row &row : rows)
        EXPECT_EQ(matches("file.write", row), row.matches) << row.where << " on " << row.event;
}

TEST(Condition, TextsOfProgramsAndLists)
{
    const Row rows[] = {
        {"{process.args: '-i'}", "process: shell, process.args: [bash, -i]", true},
        {"{process.args: '-i'}", "process: shell, process.args: [bash, -il]", false},
        {"{process.args|contains: 'dev/tcp'}",
         "process: shell, process.args: [bash, '-c', 'cat </dev/tcp/1/2']", true},
        {"{process.args|all: ['-n', '-e']}", "process: shell, process.args: [nc, -e, -n]", true},
        {"{process.args|all: ['-n', '-e']}", "process: shell, process.args: [nc, -e]", false},
        {"{process.args|basename: sh}", "process: shell, process.args: [env, /bin/sh]", true},
        {"{process.args|re: '^--?x'}", "process: shell, process.args: [nc, --xx]", true},
        {"{process.args|windash: ['-decode']}", "process: shell, process.args: [t, /decode]", true},
        {"{process.args|windash: ['-decode']}", "process: shell, process.args: [t, –decode]", true},
        {"{process.args|base64: 'secret'}", "process: shell, process.args: [t, c2VjcmV0]", true},
        {"{process.args|base64: 'secret'}", "process: shell, process.args: [t, C2VJCMV0]", false},
        {"{process.args|base64offset|contains: 'http://'}",
         "process: shell, process.args: [t, eGh0dHA6Ly9h]", true}, // "xhttp://a"
        {"{process.args|base64offset|contains: 'http://'}",
         "process: shell, process.args: [t, eHh4aHR0cDovL2E]", true}, // "xxxhttp://a"
        {"{process.args|base64offset|contains: 'http://'}",
         "process: shell, process.args: [t, eHhodHRwOi8vYQ]", true}, // "xxhttp://a"
        {"{process.args|base64offset|contains: 'http://'}",
         "process: shell, process.args: [t, eHhodHRwczovL2E]", false},
        {"{process.args|wide|base64offset|contains: 'ping'}",
         "process: shell, process.args: [t, cABpAG4AZwA=]", true},
        {"{process.stdio.peer.ip|cidr: 10.0.0.0/8}",
         "process: shell, process.stdio.peer.ip: 10.2.3.4", true},
        {"{process.stdio.peer.ip|cidr: [192.168.0.0/16, 2001:db8::/32]}",
         "process: shell, process.stdio.peer.ip: 2001:db8::7", true},
        {"{process.stdio.peer.ip|cidr: 10.0.0.0/8}",
         "process: shell, process.stdio.peer.ip: 11.2.3.4", false},
        {"{process.stdio.peer.ip: '2001:DB8:0::7'}",
         "process: shell, process.stdio.peer.ip: 2001:db8::7", true},
        {"{process.stdio.peer.ip: '10.*'}", "process: shell, process.stdio.peer.ip: 10.2.3.4",
         true},
        {"{user.id: 1001, actor.kind: session}", "process: shell", true},
        {"{actor.unit: nginx.service}", "process: web", true},
        {"{actor.unit: nginx.service}", "process: shell", false},
        {"{user.name: MARIA}", "process: shell", true},
    };
    for (const Row &row : rows)
        EXPECT_EQ(matches("process.exec", row), row.matches) << row.where << " on " << row.event;
}

TEST(Condition, ManyValuesAreOneLookup)
{
    std::string paths = "{file.path: [";
    for (int i = 0; i < 3000; ++i)
        paths += "/p/" + std::to_string(i) + ", ";
    paths += "/last]}";
    EXPECT_TRUE(matches("file.write", {paths.c_str(), "process: shell, file.path: /p/2999", true}));
    EXPECT_FALSE(
        matches("file.write", {paths.c_str(), "process: shell, file.path: /p/3000", false}));
}

TEST(Condition, AStepOfSeveralEventsAsksEachForItsOwnFields)
{
    const std::string rule = lab::rule(
        "two", "steps:\n  - seen:\n      event: [file.write, process.exec]\n"
               "      where: [{file.path: /a}, {process.executable: /b, process.memfd: true}]\n");
    const auto found =
        lab::run({rule}, lab::kProcesses +
                             "events:\n"
                             "  - {event: file.write, process: shell, file.path: /a}\n"
                             "  - {event: process.exec, process: other, "
                             "process.executable: /b, process.memfd: true}\n"
                             "  - {event: process.exec, process: web, process.executable: /b}\n");
    EXPECT_EQ(found.size(), 2U);
}

} // namespace
} // namespace sentra::engine
