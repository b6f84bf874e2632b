// SPDX-License-Identifier: MIT
#include "engine/stream.h"

#include "base/time.h"
#include "lab.h"

namespace sentra::engine {
namespace {

// "type field=value ...", for the fields asked for.
std::vector<std::string> shown(const std::string &text, const std::vector<std::string> &fields)
{
    std::vector<std::string> lines;
    const Stream stream = lab::stream(text);
    for (const event::Record &record : stream.records) {
        const auto event = event::Event::decode(record);
        EXPECT_TRUE(event);
        std::string line(event->type().name);
        for (const std::string &field : fields)
            if (const event::Value value = event->get(field); is_known(value))
                line.append(" ").append(field).append("=").append(event::to_text(value));
        lines.push_back(line);
    }
    return lines;
}

using Lines = std::vector<std::string>;

TEST(Stream, NumbersWhatIsRepeated)
{
    const Lines lines = shown("events:\n  - {event: file.write, file.path: \"/a/{n}.x\", "
                              "repeat: {times: 3, every: 100ms}}\n"
                              "  - {event: file.write, file.path: \"/b/{n}\"}\n",
                              {"file.path"});
    EXPECT_EQ(Lines(lines.end() - 5, lines.end()),
              Lines({"file.write file.path=/a/1.x", "file.write file.path=/a/2.x",
                     "file.write file.path=/a/3.x", "file.write file.path=/b/{n}", "meta.tick"}));
}

TEST(Stream, BeginsWithTheHostAndEndsWithTheLastTick)
{
    EXPECT_EQ(shown("host: {name: db-02, boot: b1}\nevents: []\n",
                    {"host.name", "host.boot.id", "account.name", "tick.last"}),
              Lines({"meta.host host.name=db-02 host.boot.id=b1", "meta.clock",
                     "meta.account account.name=root", "meta.tick tick.last=true"}));
    const Stream stream = lab::stream("start: 2026-03-02T10:11:00Z\nend: 2h\n"
                                      "events:\n  - {at: 90s, event: unit.change}\n");
    EXPECT_EQ(format_rfc3339(stream.records.back().head().time_ns), "2026-03-02T12:12:30.000Z");
    EXPECT_EQ(stream.name, "stream");
}

TEST(Stream, ProcessesKeepWhatIsSaidOfThem)
{
    const Lines lines = shown(
        "processes:\n  sshd: {process.pid: 800, process.executable: /usr/sbin/sshd, user.id: 0}\n"
        "events:\n"
        "  - {event: process.fork, child: s1, of: sshd}\n"
        "  - {event: process.exec, process: s1, process.executable: /usr/bin/bash, "
        "process.stdin_is_socket: true, audit.session.id: 42}\n"
        "  - {event: cred.change, process: s1, user.id: 1001}\n"
        "  - {event: process.exec, process: s1, process.executable: /usr/bin/id, user.id: 0, "
        "user.effective.id: 0}\n"
        "  - {event: file.write, process: s1, file.path: /x}\n",
        {"process.pid", "process.parent.pid", "user.id", "user.effective.id",
         "process.previous.user.id", "audit.session.id", "process.executable",
         "process.stdin_is_socket"});
    ASSERT_EQ(lines.size(), 10U);
    EXPECT_EQ(lines[4], "process.fork process.pid=1001 process.parent.pid=800 user.id=0 "
                        "user.effective.id=0");
    EXPECT_EQ(lines[5],
              "process.exec process.pid=1001 process.parent.pid=800 user.id=0 user.effective.id=0 "
              "process.previous.user.id=0 audit.session.id=42 process.executable=/usr/bin/bash "
              "process.stdin_is_socket=true");
    EXPECT_EQ(lines[6], "cred.change process.pid=1001 process.parent.pid=800 user.id=1001 "
                        "user.effective.id=1001 process.previous.user.id=0 audit.session.id=42");
    EXPECT_EQ(lines[7],
              "process.exec process.pid=1001 process.parent.pid=800 user.id=0 user.effective.id=0 "
              "process.previous.user.id=1001 audit.session.id=42 process.executable=/usr/bin/id "
              "process.stdin_is_socket=false");
    EXPECT_EQ(lines[8], "file.write process.pid=1001 process.parent.pid=800 user.id=0 "
                        "user.effective.id=0 audit.session.id=42");
}

TEST(Stream, LinesOfTheJournalHaveAWriter)
{
    const Lines lines =
        shown("processes:\n  d: {process.pid: 800, process.executable: /usr/sbin/sshd}\n"
              "events:\n  - {event: auth.login, process: d, event.outcome: failure, "
              "repeat: {times: 2, every: 500ms}}\n",
              {"log.pid", "log.comm", "event.trust", "event.count", "event.outcome"});
    const std::string line =
        "auth.login log.pid=800 log.comm=sshd event.trust=journal event.count=1 "
        "event.outcome=failure";
    EXPECT_EQ(lines[4], line);
    EXPECT_EQ(lines[5], line);
}

TEST(Stream, RecordsComeInOrderOfTime)
{
    const Lines lines = shown("events:\n  - {at: 5m, event: unit.change, unit.name: later}\n"
                              "  - {at: 1m, event: unit.change, unit.name: sooner}\n",
                              {"unit.name"});
    EXPECT_EQ(lines[3], "unit.change unit.name=sooner");
    EXPECT_EQ(lines[4], "unit.change unit.name=later");
}

TEST(Stream, Complains)
{
    const char *rows[][2] = {
        {"events: [{event: file.write, file.pth: /x}]\n",
         "s.yaml:1:30: unknown field of file.write \"file.pth\"; did you mean \"file.path\"?"},
        {"events: [{event: file.write, process: x}]\n", "s.yaml:1:39: unknown process \"x\""},
        {"events: [{event: process.fork, of: x}]\n",
         "s.yaml:1:10: a fork names its \"child\" and whose it is: \"of\""},
        {"events: [{event: file.write, at: soon}]\n",
         "s.yaml:1:34: not a time after the start; write \"20s\" or \"5m\""},
        {"events: [{event: file.write, file.size: big}]\n",
         "s.yaml:1:10: field \"file.size\" cannot be \"big\": it takes a number of 8 bytes"},
        {"events: [{event: file.write, repeat: {times: 900000}}]\n",
         "s.yaml:1:38: repeat is {times: 5, every: 2s}, up to 200000 events"},
        {"event: []\n", "s.yaml:1:1: unknown key of a stream \"event\"; did you mean \"events\"?"},
        {"host: web\nevents: []\n", "s.yaml:1:7: \"host\" must be a map, and this is a text"},
        {"start: noon\nevents: []\n", "s.yaml:1:8: not a time; write \"2026-03-02T10:11:00Z\""},
        {"- x\n", "s.yaml:1:1: a stream must be a map with \"events\""},
    };
    for (const auto &[text, says] : rows) {
        const auto made = parse_stream("s.yaml", text);
        ASSERT_FALSE(made) << text;
        EXPECT_EQ(made.error().text.substr(0, made.error().text.find('\n')), says);
    }
    EXPECT_FALSE(read_stream("/nowhere/x.yaml"));
}

} // namespace
} // namespace sentra::engine
