// SPDX-License-Identifier: MIT
#include "engine/trail.h"

#include <gmock/gmock.h>

#include "unit/engine/lab.h"

namespace sentra::engine {
namespace {

using ::testing::ElementsAre;

// What the actor of the last event did besides, as "type port or program".
std::vector<std::string> trail_after(const std::string &events)
{
    const std::string key = lab::rule("key", "steps:\n  - put: {event: file.write, where: "
                                             "{file.path: /root/key}}\n");
    const auto matches = lab::run({key}, lab::kProcesses + "events:\n" + events);
    std::vector<std::string> all;
    if (matches.empty())
        return all;
    for (const Evidence &item : matches.back().trail) {
        const event::Event &event = *item.record;
        const bool went = event.is(SENTRA_NET_CONNECT);
        all.push_back(item.event + " " +
                      event::to_text(event.get(went ? "destination.port" : "process.executable")));
    }
    return all;
}

std::string connect(const std::string &process, int port)
{
    return "  - {event: net.connect, process: " + process +
           ", destination.ip: 203.0.113.9, destination.port: " + std::to_string(port) +
           ", network.transport: tcp}\n";
}

std::string put(const std::string &process)
{
    return "  - {event: file.write, process: " + process + ", file.path: /root/key}\n";
}

TEST(Trail, ShowsWhereSomebodyWent)
{
    EXPECT_THAT(trail_after("  - {event: process.exec, process: shell, process.executable: "
                            "/usr/bin/curl, process.args: [curl]}\n" +
                            connect("shell", 443) + connect("shell", 443) + connect("shell", 53) +
                            connect("other", 22) + put("shell")),
                ElementsAre("process.exec /usr/bin/curl", "net.connect 443"));
}

TEST(Trail, LeavesOutWhereServicesGo)
{
    EXPECT_THAT(trail_after("  - {event: process.exec, process: web, process.executable: "
                            "/usr/bin/id, process.args: [id]}\n" +
                            connect("web", 443) + put("web")),
                ElementsAre("process.exec /usr/bin/id"));
}

TEST(Trail, IsNotFilledByAScan)
{
    std::string events = "  - {event: process.exec, process: shell, process.executable: "
                         "/usr/bin/nc, process.args: [nc]}\n";
    for (int port = 1000; port < 1100; ++port)
        events += connect("shell", port);
    const auto trail = trail_after(events + put("shell"));
    ASSERT_EQ(trail.size(), 11U);
    EXPECT_EQ(trail.front(), "process.exec /usr/bin/nc");
    EXPECT_EQ(trail.back(), "net.connect 1009");
}

} // namespace
} // namespace sentra::engine
