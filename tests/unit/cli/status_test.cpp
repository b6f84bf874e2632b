// SPDX-License-Identifier: MIT
#include "cli/status_page.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/time.h"

namespace sentra::cli {
namespace {

const std::string kRunning =
    R"({"running":true,"ready":true,"health":"degraded",)"
    R"("line":"seen 900, lost 3","troubles":["3 events were lost","a\u001b[2Jb"],"version":"0.1.0",)"
    R"("pid":42,"started":"2026-03-02T08:00:00.000Z","uptime_s":7380,"host":{"name":"web-01"},)"
    R"("sensor":{"state":"watching","events":[{"event":"file.write","rung":"lsm","seen":5,)"
    R"("handed":4,"filtered":1,"repeated":0,"lost":0,"blind":["x"]},)"
    R"({"event":"net.connect","rung":"tracepoint","seen":1,"handed":1}]},)"
    R"("journal":{"state":"reading","behind_ms":12,"unknown":3,"forged":0},)"
    R"("engine":{"rules":118,"bundle":"0123456789abcdef","records":900},)"
    R"("store":{"path":"/var/lib/sentra/sentra.db","signals_this_run":2},)"
    R"("sinks":[{"name":"siem","type":"elastic","state":"waiting","delivered":9,"waiting":4,)"
    R"("oldest_s":75,"dead":1,"trouble":"x"}],"losses":{"late":7},)"
    R"("gaps":[{"from":"2026-03-02T07:50:00.000Z","to":"2026-03-02T07:55:00.000Z","source":"kernel",)"
    R"("reason":"stopped"},{"from":"2026-03-02T07:53:00.000Z","to":"2026-03-02T08:00:00.000Z",)"
    R"("source":"journal","reason":"stopped"},{"from":"2026-03-01T00:00:00.000Z",)"
    R"("to":"2026-03-01T01:00:00.000Z","source":"kernel","reason":"before"}]})";

std::uint64_t at(const char *time)
{
    return parse_rfc3339(time).value();
}

Besides besides()
{
    Besides facts{.clock_is_right = true,
                  .boot_ns = at("2026-03-02T07:45:00Z"),
                  .now_ns = at("2026-03-02T10:03:00Z")};
    facts.signals = {R"({"id":"381521c2a0c1","title":"A title","state":"Low",)"
                     R"("time":{"last":"2026-03-02T09:00:00.000Z"}})"};
    facts.overrides = {R"({"in_force":true,"expires":"2026-04-01T00:00:00.000Z"})",
                       R"({"in_force":true,"expires":"2026-03-03T12:00:00.000Z"})",
                       R"({"in_force":false,"expires":"2026-03-01T00:00:00.000Z"})"};
    facts.has_overrides = true;
    return facts;
}

std::string page(const std::string &status, const Screen &screen, bool all = false)
{
    std::string text;
    for (const std::string &line : status_page(status, screen, all))
        text += line + "\n";
    return text;
}

TEST(Status, GapsAreCountedOnceAndOnlySinceBoot)
{
    const auto whole =
        unwatched_between(kRunning, at("2026-03-02T07:45:00Z"), at("2026-03-02T10:00:00Z"));
    EXPECT_EQ(whole.gaps, 2u);
    EXPECT_EQ(whole.seconds, 600u) << "07:50 to 08:00, what both miss is missed once";
    EXPECT_EQ(
        unwatched_between(kRunning, at("2026-03-02T09:00:00Z"), at("2026-03-02T10:00:00Z")).gaps,
        0u);
    EXPECT_EQ(unwatched_between("nonsense", 0, 1).gaps, 0u);
}

TEST(Status, SaysOnOneScreenWhatIsAskedOften)
{
    const std::string line = completed(kRunning, besides());
    const auto lines = status_page(line, {80, true, false}, false);
    EXPECT_LE(lines.size(), 24u);
    for (const std::string &row : lines) {
        EXPECT_LE(columns_of(row), 80u) << row;
        EXPECT_EQ(printable(row), row);
    }
    const std::string text = page(line, {1000, false, false});
    for (const char *words :
         {"degraded: seen 900, lost 3", "3 events were lost", "up 2 h 3 min on web-01",
          "1 event by lsm", "1 not seen in full", "bundle 0123456789abcdef",
          "2026-03-02T09:00:00Z Low A title (381521c2a0c1)",
          "2 in force, the next ends 2026-03-03T12:00Z", "synchronised",
          "siem (elastic), waiting, 9 delivered, 4 waiting (the oldest 1 min 15 s), 1 dead",
          "late 7", "10 min not watched, in 2 gaps"})
        EXPECT_NE(text.find(words), std::string::npos) << words << " in\n" << text;
    EXPECT_EQ(text.find("file.write"), std::string::npos);
    EXPECT_NE(page(line, {1000, false, false}, true).find("file.write"), std::string::npos);
}

TEST(Status, WithoutADaemonSaysSinceWhen)
{
    const std::string line =
        completed(R"({"running":false,"health":"not running","line":"sentrad does not run; x",)"
                  R"("last_seen":"2026-03-02T09:33:00.000Z","gaps":[]})",
                  besides());
    const std::string text = page(line, {80, false, false});
    EXPECT_EQ(text.rfind("sentrad does not run; x\n", 0), 0u) << text;
    EXPECT_NE(text.find("30 min not watched, in 1 gap"), std::string::npos) << text;
}

TEST(Status, ClaimsNoMoreThanIsKnown)
{
    Besides fresh = besides();
    fresh.signals.clear();
    fresh.boot_ns = at("2026-03-01T12:00:00Z");
    const std::string line = completed(
        R"({"running":true,"health":"healthy","started":"2026-03-02T08:00:00.000Z"})", fresh);
    const std::string text = page(line, {200, false, false});
    EXPECT_NE(text.find("watched since 2026-03-02T08:00:00Z without a gap"), std::string::npos)
        << text;
    EXPECT_NE(text.find("no signal yet"), std::string::npos);
    EXPECT_EQ(completed("[]", fresh), "");
    EXPECT_TRUE(nlohmann::json::parse(line).contains("coverage"));
}

} // namespace
} // namespace sentra::cli
