// SPDX-License-Identifier: MIT
// What every sink over HTTP has: the guard, the classes of answers, secrets that are never shown.
#include <gmock/gmock.h>

#include "base/time.h"
#include "output/http.h"
#include "unit/output/http_peer.h"
#include "unit/output/sinks.h"

namespace sentra::output {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Answer answered(long status, std::string body = "", std::string retry_after = "",
                std::string date = "")
{
    Answer answer;
    answer.status = status;
    answer.body = std::move(body);
    answer.retry_after = std::move(retry_after);
    answer.date = std::move(date);
    return answer;
}

TEST(Guard, KeepsFromWhatOnlyThisHostMayAsk)
{
    const auto why = [](const char *address, bool loopback = false, bool only = false) {
        return forbidden(*Ip::parse(address), loopback, only).value_or("");
    };
    for (const char *address :
         {"169.254.169.254", "0.0.0.0", "0.1.2.3", "224.0.0.1", "255.255.255.255", "::", "fe80::1",
          "ff02::1", "fd00:ec2::254", "64:ff9b::169.254.169.254", "2002:a9fe:a9fe::1",
          "::ffff:169.254.169.254", "100.100.100.200", "168.63.129.16"})
        EXPECT_NE(why(address), "") << address;
    for (const char *address :
         {"10.0.0.1", "192.168.1.1", "172.16.0.9", "203.0.113.7", "2001:db8::1", "fd12::1"})
        EXPECT_EQ(why(address), "") << address;
    for (const char *address : {"127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"}) {
        EXPECT_NE(why(address), "") << address;
        EXPECT_EQ(why(address, true), "") << address;
        EXPECT_EQ(why(address, true, true), "") << address;
    }
    EXPECT_NE(why("203.0.113.7", true, true), "");
}

TEST(Guard, LooksAtTheAddressAndNotAtTheName)
{
    const auto parcel = sinks::parcel(1);
    for (const char *url :
         {"https://169.254.169.254/", "https://[::ffff:169.254.169.254]:443", "https://0"}) {
        const auto transport = sinks::opened(sinks::settings("elastic", {{"url", url}}));
        ASSERT_TRUE(transport);
        const Handover handover = transport->send({&parcel, 1});
        EXPECT_EQ(handover.code, "forbidden") << url;
        EXPECT_NE(handover.pause, "") << url;
    }
}

TEST(Url, IsHttpsOrThisHost)
{
    const auto wrong = [](const char *url) {
        return sinks::error_of(sinks::settings("elastic", {{"url", url}}));
    };
    EXPECT_THAT(wrong("http://siem.example"), HasSubstr("use https"));
    EXPECT_THAT(wrong("http://127.0.0.1.example"), HasSubstr("use https"));
    EXPECT_THAT(wrong("http://10.0.0.1"), HasSubstr("use https"));
    EXPECT_THAT(wrong("ftp://x"), HasSubstr("scheme"));
    EXPECT_THAT(wrong("file:///etc/passwd"), HasSubstr("scheme"));
    EXPECT_THAT(wrong("https://"), HasSubstr("no URL"));
    EXPECT_THAT(wrong("https://me:pass@siem.example"), HasSubstr("password_file"));
    EXPECT_THAT(wrong("https://me:pass@siem.example"), Not(HasSubstr("me:pass")));
    EXPECT_EQ(wrong("http://localhost:9200"), "");
    EXPECT_EQ(wrong("http://[::1]:9200"), "");
    EXPECT_EQ(wrong("https://siem.example:9200"), "");
}

TEST(Credential, IsReadFromAFileThatNobodyElseReads)
{
    const sinks::Folder folder;
    const auto wrong = [&](const std::string &path) {
        return sinks::error_of(
            sinks::settings("splunk", {{"url", "https://siem.example"}, {"token_file", path}}));
    };
    const std::string good = sinks::write_secret(folder / "good", "s3cret\n");
    EXPECT_EQ(wrong(good), "");
    EXPECT_THAT(wrong(folder / "none"), HasSubstr("token_file: open"));
    EXPECT_THAT(wrong(sinks::write_secret(folder / "open", "s3cret", 0644)),
                HasSubstr("can be read by others"));
    EXPECT_THAT(wrong(sinks::write_secret(folder / "empty", "")), HasSubstr("empty"));
    EXPECT_THAT(wrong(sinks::write_secret(folder / "lines", "s3cret\r\nX: y")),
                HasSubstr("more than one line"));
    EXPECT_THAT(wrong(sinks::write_secret(folder / "lines", "s3cret\r\nX: y")),
                Not(HasSubstr("s3cret")));
    std::filesystem::create_symlink(good, folder / "link");
    EXPECT_THAT(wrong(folder / "link"), HasSubstr("token_file"));
    EXPECT_THAT(wrong("relative"), HasSubstr("no credential of that name"));
    ::setenv("CREDENTIALS_DIRECTORY", (folder / ".").c_str(), 1);
    EXPECT_EQ(wrong("good"), "");
    ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST(RetryAfter, IsSecondsOrADateByThePeersOwnClock)
{
    const std::uint64_t now_ns = 784111777 * kSecondNs; // Sun, 06 Nov 1994 08:49:37 GMT
    EXPECT_EQ(retry_after_ns("120", "", now_ns), 120 * kSecondNs);
    EXPECT_EQ(retry_after_ns("Sun, 06 Nov 1994 08:50:37 GMT", "", now_ns), 60 * kSecondNs);
    EXPECT_EQ(retry_after_ns("Sun, 06 Nov 1994 08:50:37 GMT", "Sun, 06 Nov 1994 08:50:30 GMT", 0),
              7 * kSecondNs);
    EXPECT_EQ(retry_after_ns("Sun, 06 Nov 1994 08:00:00 GMT", "", now_ns), 0U);
    EXPECT_EQ(retry_after_ns("999999999999", "", now_ns), kDayNs);
    EXPECT_EQ(retry_after_ns("", "", now_ns), std::nullopt);
    EXPECT_EQ(retry_after_ns("soon", "", now_ns), std::nullopt);
    EXPECT_EQ(retry_after_ns("-5", "", now_ns), std::nullopt);
}

TEST(Judge, FollowsTheTable)
{
    for (const long status : {200, 201, 202, 204})
        EXPECT_EQ(sinks::fates(judge(answered(status), "", 2, 0)), "dd") << status;
    for (const long status : {408, 425, 429, 500, 502, 503, 504, 599}) {
        const Handover handover = judge(answered(status, "", "3"), "busy", 2, 0);
        EXPECT_EQ(sinks::fates(handover), "rr") << status;
        EXPECT_EQ(handover.wait_ns, 3 * kSecondNs);
        EXPECT_EQ(handover.pause, "");
    }
    for (const long status : {301, 302, 307, 401, 403, 404, 405, 410}) {
        const Handover handover = judge(answered(status), "no", 2, 0);
        EXPECT_EQ(sinks::fates(handover), "rr") << status;
        EXPECT_THAT(handover.pause, HasSubstr("HTTP " + std::to_string(status) + ": no"));
    }
    for (const long status : {400, 422}) {
        EXPECT_EQ(sinks::fates(judge(answered(status), "bad", 1, 0)), "x");
        EXPECT_EQ(sinks::fates(judge(answered(status), "bad", 3, 0)), "bbb");
    }
    EXPECT_EQ(sinks::fates(judge(answered(413), "", 1, 0)), "b");
}

SinkSettings splunk(const sinks::Folder &folder, const std::string &url)
{
    return sinks::settings("splunk",
                           {{"url", url},
                            {"token_file", sinks::write_secret(folder / "token", "t0p-s3cret")},
                            {"timeout", "1s"}});
}

Handover one(const SinkSettings &settings)
{
    const auto parcel = sinks::parcel(1);
    return sinks::opened(settings)->send({&parcel, 1});
}

TEST(Http, TellsTroubleOfTheConnectionApart)
{
    const sinks::Folder folder;
    const auto code = [&](const std::string &said) {
        sinks::HttpPeer peer([&](const sinks::Asked &, std::size_t) { return said; });
        const Handover handover = one(splunk(folder, peer.url()));
        EXPECT_EQ(sinks::fates(handover), "r") << said;
        EXPECT_EQ(handover.pause, "");
        return handover.code;
    };
    EXPECT_EQ(code(""), "timeout");
    EXPECT_EQ(code("CLOSE"), "reset");
    EXPECT_EQ(code("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"codeCLOSE"), "reset");
    EXPECT_EQ(code("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"code"), "timeout");
    EXPECT_EQ(code("gibberish\r\n\r\nCLOSE"), "failed");
    EXPECT_EQ(code(sinks::answer(503, "{\"code\":9}")), "503");
    EXPECT_EQ(one(splunk(folder, "http://127.0.0.1:1")).code, "refused");
}

TEST(Http, ShowsNoSecretThatAPeerSaysBack)
{
    const sinks::Folder folder;
    sinks::HttpPeer peer([](const sinks::Asked &asked, std::size_t) {
        return sinks::answer(403, "bad token: " + asked.header("Authorization"));
    });
    const Handover handover = one(splunk(folder, peer.url()));
    EXPECT_THAT(handover.pause, HasSubstr("HTTP 403: bad token: Splunk [redacted]"));
    EXPECT_THAT(handover.outcomes[0].why, Not(HasSubstr("s3cret")));
    ASSERT_EQ(peer.asked().size(), 1U);
    EXPECT_EQ(peer.asked()[0].header("Authorization"), "Splunk t0p-s3cret");
}

TEST(Http, ReadsItsSecretAgainWhenItIsReopened)
{
    const sinks::Folder folder;
    sinks::HttpPeer peer(
        [](const sinks::Asked &, std::size_t) { return sinks::answer(200, "{}"); });
    const auto transport = sinks::opened(splunk(folder, peer.url()));
    const auto parcel = sinks::parcel(1);
    EXPECT_EQ(sinks::fates(transport->send({&parcel, 1})), "d");
    sinks::write_secret(folder / "token", "the next one");
    transport->reopen();
    EXPECT_EQ(sinks::fates(transport->send({&parcel, 1})), "d");
    EXPECT_EQ(peer.asked().at(1).header("Authorization"), "Splunk the next one");
    std::filesystem::remove(folder / "token");
    transport->reopen();
    const Handover without = transport->send({&parcel, 1});
    EXPECT_EQ(sinks::fates(without), "r");
    EXPECT_THAT(without.pause, HasSubstr("token_file"));
}

TEST(Http, FollowsNoRedirectAndNoProxy)
{
    const sinks::Folder folder;
    sinks::HttpPeer other([](const sinks::Asked &, std::size_t) {
        return sinks::answer(200, "{\"text\":\"Success\",\"code\":0}");
    });
    sinks::HttpPeer peer([&](const sinks::Asked &, std::size_t) {
        return sinks::answer(307, "", "Location: " + other.url() + "/\r\n");
    });
    ::setenv("http_proxy", other.url().c_str(), 1);
    ::setenv("all_proxy", other.url().c_str(), 1);
    EXPECT_NE(one(splunk(folder, peer.url())).pause, "");
    ::unsetenv("http_proxy");
    ::unsetenv("all_proxy");
    EXPECT_EQ(peer.asked().size(), 1U);
    EXPECT_EQ(other.asked().size(), 0U);
}

TEST(Http, KeepsItsConnectionAndMakesANewOneWhereItWasClosed)
{
    const sinks::Folder folder;
    sinks::HttpPeer peer([](const sinks::Asked &, std::size_t number) {
        return sinks::answer(200, "{}") + (number == 1 ? "CLOSE" : "");
    });
    const auto transport = sinks::opened(splunk(folder, peer.url()));
    const auto parcel = sinks::parcel(1);
    for (int times = 0; times < 4; ++times)
        EXPECT_EQ(sinks::fates(transport->send({&parcel, 1})), "d");
    EXPECT_EQ(peer.connections(), 2);
}

TEST(Http, ReadsNoEndlessAnswer)
{
    const sinks::Folder folder;
    sinks::HttpPeer peer([](const sinks::Asked &, std::size_t) {
        return sinks::answer(500, std::string(3'000'000, 'x')) + "CLOSE";
    });
    const Handover handover = one(splunk(folder, peer.url()));
    EXPECT_EQ(sinks::fates(handover), "r");
    EXPECT_EQ(handover.code, "500");
    EXPECT_LT(handover.outcomes[0].why.size(), 400U);
}

TEST(Http, SendsNoMoreAtOnceThanARequestMayHold)
{
    const sinks::Folder folder;
    std::vector<Parcel> parcels = sinks::parcels(40);
    for (Parcel &parcel : parcels)
        parcel.signal.narrative = std::string(100'000, 'n');
    sinks::HttpPeer peer(
        [](const sinks::Asked &, std::size_t) { return sinks::answer(200, "{}"); });
    EXPECT_EQ(sinks::fates(sinks::opened(splunk(folder, peer.url()))->send(parcels)),
              std::string(40, 'd'));
    EXPECT_GT(peer.asked().size(), 3U);
    for (const sinks::Asked &asked : peer.asked())
        EXPECT_LE(asked.body.size(), kRequestMost);

    sinks::HttpPeer busy([](const sinks::Asked &, std::size_t number) {
        return sinks::answer(number == 0 ? 200 : 429, "{}", "Retry-After: 7\r\n");
    });
    const Handover half = sinks::opened(splunk(folder, busy.url()))->send(parcels);
    EXPECT_EQ(busy.asked().size(), 2U);
    EXPECT_THAT(sinks::fates(half), ::testing::MatchesRegex("d+r+"));
    EXPECT_EQ(half.wait_ns, 7 * kSecondNs);
}

} // namespace
} // namespace sentra::output
