// SPDX-License-Identifier: MIT
// The page of metrics, read as Prometheus reads it: by a parser that is not the writer.
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/time.h"
#include "pipeline/metrics.h"
#include "pipeline/metrics_port.h"

namespace sentra::pipeline {
namespace {

Status a_status()
{
    Status status;
    status.ready = true;
    status.started_ns = 1'700'000'000 * kSecondNs;
    status.now_ns = status.started_ns + 90 * kSecondNs;
    status.watermark_ns = status.now_ns - kSecondNs / 2;
    status.sensor_state = "watching";
    status.journal_state = "reading";
    status.records = 4711;
    status.rules = 118;
    status.bundle = "0123456789abcdef0123";
    WatchedEvent exec;
    exec.how.event = "process.exec";
    exec.how.rung = "tracepoint";
    exec.account.event = "process.exec";
    exec.account.seen = 100;
    exec.account.handed = 60;
    exec.account.filtered = 38;
    exec.account.lost = 2;
    status.events.push_back(exec);
    WatchedEvent none;
    none.how.event = "kernel.module";
    none.how.rung = "not watched";
    status.events.push_back(none);
    store::SinkAccount sink;
    sink.sink = {"siem \"east\"\\\n", "elastic"};
    sink.waiting = 3;
    sink.dead = 1;
    sink.delivered = 17;
    sink.oldest_ns = status.now_ns - 42 * kSecondNs;
    sink.pause.why = "HTTP 401";
    status.sinks.push_back(sink);
    status.losses = {{"journal_gap", 5}};
    return status;
}

struct Page {
    std::map<std::string, double> samples; // name and labels as written
    std::map<std::string, std::string> types;
};

Page parsed(const std::string &text)
{
    static const std::regex kSample(
        R"re(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*"(,|(?=\})))*\})? ([0-9.]+))re");
    static const std::regex kType(R"(# TYPE (\S+) (counter|gauge))");
    Page page;
    std::istringstream lines(text);
    std::set<std::string> helped;
    for (std::string line; std::getline(lines, line);) {
        std::smatch match;
        if (line.starts_with("# HELP ")) {
            const std::string name = line.substr(7, line.find(' ', 7) - 7);
            EXPECT_TRUE(helped.insert(name).second) << "twice: " << name;
        } else if (std::regex_match(line, match, kType)) {
            EXPECT_TRUE(page.types.emplace(match[1], match[2]).second) << line;
            EXPECT_EQ(helped.count(match[1]), 1U) << line;
            EXPECT_EQ(match[2] == "counter", match[1].str().ends_with("_total")) << line;
        } else if (std::regex_match(line, match, kSample)) {
            EXPECT_EQ(page.types.count(match[1]), 1U) << line;
            EXPECT_TRUE(
                page.samples.emplace(match[1].str() + match[2].str(), std::stod(match[6])).second)
                << "twice: " << line;
        } else {
            ADD_FAILURE() << "no line of the format: " << line;
        }
    }
    return page;
}

TEST(Metrics, AreWhatTheStatusSays)
{
    const std::string text = to_metrics(a_status());
    EXPECT_TRUE(text.ends_with('\n'));
    const Page page = parsed(text);
    const auto is = [&](const std::string &name, double value) {
        const auto at = page.samples.find(name);
        ASSERT_NE(at, page.samples.end()) << name << "\n" << text;
        EXPECT_DOUBLE_EQ(at->second, value) << name;
    };
    is("sentra_up", 1);
    is("sentra_watermark_seconds", 1'700'000'089.5);
    is("sentra_records_total", 4711);
    is(R"(sentra_events_total{event="process.exec"})", 100);
    is(R"(sentra_events_lost_total{event="process.exec"})", 2);
    is(R"(sentra_bpf_attach_state{event="process.exec",rung="tracepoint"})", 1);
    is(R"(sentra_bpf_attach_state{event="kernel.module",rung="not watched"})", 0);
    is(R"(sentra_spool_rows{sink="siem \"east\"\\\n",state="pending"})", 3);
    is(R"(sentra_spool_oldest_seconds{sink="siem \"east\"\\\n"})", 42);
    is(R"(sentra_sink_paused{sink="siem \"east\"\\\n"})", 1);
    is(R"(sentra_losses_total{loss="journal_gap"})", 5);
    is(R"(sentra_build_info{version=")" SENTRA_VERSION R"(",rules="0123456789ab"})", 1);
}

TEST(Metrics, OfNothingAreAPageToo)
{
    EXPECT_EQ(parsed(to_metrics(Status{})).samples.at("sentra_up"), 0);
}

TEST(MetricsFile, IsReplacedWholeAndSaysOnceThatItCannotBe)
{
    const std::string folder = ::testing::TempDir() + "/metrics-" + std::to_string(::getpid());
    const std::string path = folder + "/sentra.prom";
    MetricsFile file(path);
    Status status = a_status();
    EXPECT_NE(file.offer(status), ""); // there is no such folder
    status.now_ns += 20 * kSecondNs;
    EXPECT_EQ(file.offer(status), "");
    ASSERT_EQ(::mkdir(folder.c_str(), 0755), 0);
    status.now_ns += 20 * kSecondNs;
    EXPECT_EQ(file.offer(status), "");
    EXPECT_EQ(read_file(path).value(), to_metrics(status));
    const Status before = status;
    status.now_ns += kSecondNs; // not yet
    EXPECT_EQ(file.offer(status), "");
    EXPECT_EQ(read_file(path).value(), to_metrics(before));
    EXPECT_NE(::access((path + ".new").c_str(), F_OK), 0);
    ::unlink(path.c_str());
    ::rmdir(folder.c_str());
    EXPECT_EQ(MetricsFile(metrics_path("off")).offer(status), "");
}

// ---- over HTTP --------------------------------------------------------------------------------

// What curl would show: the head and the body.
std::string asked(std::uint16_t port, const std::string &request)
{
    const Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) != 0 ||
        !write_all(fd, request + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        return {};
    std::string text;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(fd.get(), buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(got));
    return text;
}

TEST(MetricsPort, GivesThePageAndSaysWhetherTheSensorGetsOn)
{
    auto port = MetricsPort::make("127.0.0.1:0");
    ASSERT_TRUE(port) << port.error().text;
    ASSERT_TRUE((*port)->start());
    EXPECT_NE(asked((*port)->port(), "GET /healthz").find("503"), std::string::npos)
        << "nothing has been offered yet";
    (*port)->offer(a_status(), MetricsPort::Clock::now());
    const std::string page = asked((*port)->port(), "GET /metrics");
    EXPECT_EQ(page.substr(0, 15), "HTTP/1.1 200 OK");
    EXPECT_NE(page.find("text/plain; version=0.0.4"), std::string::npos);
    EXPECT_EQ(page.substr(page.find("\r\n\r\n") + 4), to_metrics(a_status()));
    EXPECT_NE(asked((*port)->port(), "GET /healthz").find("200 OK"), std::string::npos);
    EXPECT_NE(asked((*port)->port(), "GET /etc/passwd").find("404"), std::string::npos);
    EXPECT_NE(asked((*port)->port(), "POST /metrics").find("405"), std::string::npos);
    auto second = MetricsPort::make("127.0.0.1:" + std::to_string((*port)->port()));
    ASSERT_TRUE(second);
    EXPECT_FALSE((*second)->start()) << "the port is taken";
}

TEST(MetricsPort, IsHealthyOnlyWhileTheLoopGetsOnAndStores)
{
    auto port = MetricsPort::make("[::1]:0");
    ASSERT_TRUE(port) << port.error().text;
    const auto now = MetricsPort::Clock::now();
    Status status = a_status();
    (*port)->offer(status, now);
    EXPECT_EQ((*port)->answer("GET", "/healthz", now).status, 200U);
    EXPECT_EQ((*port)->answer("GET", "/healthz", now + kHealthySilence).status, 200U);
    const auto hung =
        (*port)->answer("GET", "/healthz", now + kHealthySilence + std::chrono::seconds(5));
    EXPECT_EQ(hung.status, 503U);
    EXPECT_EQ(hung.body, "the sensor hangs: it has not got on for 20 seconds\n");
    status.store_error = "disk full";
    (*port)->offer(status, now);
    EXPECT_EQ((*port)->answer("GET", "/healthz", now).body, "nothing can be stored: disk full\n");
}

TEST(MetricsPort, ListensOnLoopbackOnly)
{
    for (const char *address : {"", "9109", "0.0.0.0:9109", "192.0.2.1:9109", "[::]:9109",
                                "127.0.0.1:", "127.0.0.1:70000", "localhost:9109"})
        EXPECT_FALSE(MetricsPort::make(address)) << address;
}

} // namespace
} // namespace sentra::pipeline
