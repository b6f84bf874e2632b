// SPDX-License-Identifier: MIT
// Those that take one document at a time, most of them for people.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "base/encode.h"
#include "base/hash.h"
#include "base/time.h"
#include "output/format.h"
#include "output/http.h"
#include "unit/output/http_peer.h"
#include "unit/output/sinks.h"

namespace sentra::output {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Document = nlohmann::json;

Parcel hostile()
{
    Parcel parcel = sinks::parcel(1);
    const std::string odd =
        "<!channel> <@U123> <http://evil.example|bank> *bold* `code` & http://x";
    parcel.signal.title = parcel.signal.narrative = parcel.signal.action_text = odd;
    parcel.signal.host_name = odd;
    return parcel;
}

std::string webhook_key(const sinks::Folder &folder, const std::string &text)
{
    return sinks::write_secret(folder / "key", text);
}

// The vector that the specification's own libraries test themselves with.
TEST(Webhook, SignsAsTheSpecificationsVectorDoes)
{
    EXPECT_EQ(sha256_hex(hmac_sha256("key", "The quick brown fox jumps over the lazy dog")),
              sha256_hex("\xf7\xbc\x83\xf4\x30\x53\x84\x24\xb1\x32\x98\xe6\xaa\x6f\xb1\x43\xef\x4d"
                         "\x59\xa1\x49\x46\x17\x59\x97\x47\x9d\xbc\x2d\x1a\x3c\xd8"));
    sinks::HttpPeer peer([](const sinks::Asked &, std::size_t) { return sinks::answer(204, ""); });
    const sinks::Folder folder;
    const auto parcel = sinks::parcel(1, 2);
    const auto settings = sinks::settings(
        "webhook", {{"url", peer.url() + "/hook"},
                    {"key_file", webhook_key(folder, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"
                                                     "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz\n")}});
    EXPECT_EQ(sinks::fates(sinks::opened(settings)->send({&parcel, 1})), "d");
    const sinks::Asked asked = peer.asked().at(0);
    EXPECT_THAT(asked.head, StartsWith("POST /hook HTTP"));
    EXPECT_EQ(asked.header("webhook-id"), parcel.signal.uid + "-2");
    EXPECT_EQ(asked.header("webhook-timestamp"), "1772446542");
    const std::string signature = asked.header("webhook-signature");
    // Two keys: "v1,<44> v1,<44>".
    EXPECT_THAT(signature, ::testing::MatchesRegex("v1,[A-Za-z0-9+/]{43}= v1,[A-Za-z0-9+/]{43}="));
    const std::string content = parcel.signal.uid + "-2.1772446542." + asked.body;
    const std::string second = to_base64(hmac_sha256("012345678901234567890123", content));
    EXPECT_THAT(signature, ::testing::EndsWith("v1," + second));
    const Document body = Document::parse(asked.body);
    EXPECT_EQ(body["type"], "sentra.signal.updated");
    EXPECT_EQ(body["data"], Document::parse(signal::to_json(parcel.signal)));
}

TEST(Webhook, TakesNoKeyThatIsNone)
{
    const sinks::Folder folder;
    const auto wrong = [&](const std::string &key) {
        return sinks::error_of(sinks::settings(
            "webhook", {{"url", "https://x.example"}, {"key_file", webhook_key(folder, key)}}));
    };
    EXPECT_EQ(wrong("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), "");
    for (const char *key :
         {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_AAAA",
          "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "whsec_!fKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}) {
        EXPECT_THAT(wrong(key), HasSubstr("key_file: one key a line")) << key;
        EXPECT_THAT(wrong(key), Not(HasSubstr("fKQ9r8"))) << key;
    }
}

TEST(Webhook, StopsAtTheFirstThatIsNotTaken)
{
    sinks::HttpPeer peer([](const sinks::Asked &, std::size_t number) {
        constexpr int kStatuses[] = {200, 422, 429};
        return sinks::answer(kStatuses[number], "no", "Retry-After: 4\r\n");
    });
    const auto parcels = sinks::parcels(5);
    const Handover handover =
        sinks::opened(sinks::settings("webhook", {{"url", peer.url()}}))->send(parcels);
    EXPECT_EQ(sinks::fates(handover), "dxrrr");
    EXPECT_EQ(handover.wait_ns, 4 * kSecondNs);
    EXPECT_EQ(peer.asked().size(), 3U);
}

TEST(Webhook, NamesWhatHappened)
{
    sinks::HttpPeer peer([](const sinks::Asked &, std::size_t) { return sinks::answer(200, ""); });
    auto parcels = sinks::parcels(3);
    parcels[1].is_test = true;
    parcels[2].signal.decision = signal::Decision{};
    parcels[2].signal.decision->status = "RESOLVED";
    const auto transport =
        sinks::opened(sinks::settings("webhook", {{"url", peer.url()}, {"format", "ocsf"}}));
    EXPECT_EQ(sinks::fates(transport->send(parcels)), "ddd");
    const auto type = [&](std::size_t at) {
        return Document::parse(peer.asked().at(at).body)["type"].get<std::string>();
    };
    EXPECT_EQ(type(0), "sentra.signal.created");
    EXPECT_EQ(type(1), "sentra.signal.test");
    EXPECT_EQ(type(2), "sentra.signal.closed");
    EXPECT_EQ(Document::parse(peer.asked().at(0).body)["data"]["class_uid"], 2004);
}

// Every text of the message, wherever it stands.
void collect(const Document &value, std::vector<std::string> &plain,
             std::vector<std::string> &marked)
{
    if (value.is_object() && value.contains("text") && value["text"].is_string())
        (value.value("type", "") == "mrkdwn" ? marked : plain).push_back(value["text"]);
    for (const Document &inner : value)
        if (inner.is_structured())
            collect(inner, plain, marked);
}

TEST(Slack, LeavesHostileTextInert)
{
    const Document message = Document::parse(slack_message(hostile()));
    std::vector<std::string> plain, marked;
    collect(message, plain, marked);
    EXPECT_GE(plain.size(), 4U);
    EXPECT_GE(marked.size(), 3U);
    for (const auto *texts : {&plain, &marked})
        for (const std::string &text : *texts) {
            EXPECT_EQ(text.find('<'), std::string::npos) << text;
            EXPECT_EQ(text.find('>'), std::string::npos) << text;
        }
    for (const std::string &text : marked)
        EXPECT_EQ(text.find("evil"), std::string::npos) << text;
    EXPECT_EQ(message["mrkdwn"], false);
    EXPECT_EQ(message["link_names"], false);
    EXPECT_THAT(message["text"].get<std::string>(), HasSubstr("&lt;!channel&gt;"));
}

TEST(Slack, StaysWithinItsLimits)
{
    for (const char c : {'n', '&'}) {
        Parcel parcel = sinks::parcel(1);
        parcel.signal.title = parcel.signal.narrative = parcel.signal.action_text =
            parcel.signal.host_name = std::string(5000, c);
        const Document message = Document::parse(slack_message(parcel));
        ASSERT_LE(message["blocks"].size(), 50U);
        EXPECT_LE(message["blocks"][0]["text"]["text"].get<std::string>().size(), 153U);
        for (const Document &block : message["blocks"])
            if (block.contains("text")) {
                const auto text = block["text"]["text"].get<std::string>();
                EXPECT_LE(text.size(), 3003U);
                EXPECT_THAT(text, Not(::testing::ContainsRegex("&[a-z]*\xe2\x80\xa6")));
            }
    }
}

TEST(Slack, TakesOneMessageASecondAndBelievesOnlyOk)
{
    std::string said = sinks::answer(200, "ok");
    sinks::HttpPeer peer([&](const sinks::Asked &, std::size_t) { return said; });
    const sinks::Folder folder;
    const std::string secret = peer.url() + "/services/T0/B0/verysecret";
    const auto settings =
        sinks::settings("slack", {{"url_file", sinks::write_secret(folder / "u", secret)}});
    const auto transport = sinks::opened(settings);
    const auto parcels = sinks::parcels(1);
    Handover handover = transport->send(parcels);
    EXPECT_EQ(sinks::fates(handover), "d");
    EXPECT_EQ(handover.wait_ns, kSecondNs);
    said = sinks::answer(200, "<html>login</html>");
    EXPECT_EQ(sinks::fates(transport->send(parcels)), "r");
    said = sinks::answer(429, "rate_limited", "Retry-After: 30\r\n");
    EXPECT_EQ(transport->send(parcels).wait_ns, 30 * kSecondNs);
    said = sinks::answer(400, "invalid_blocks");
    EXPECT_EQ(sinks::fates(transport->send(parcels)), "x");
    said = sinks::answer(404, "no_service at " + secret);
    handover = transport->send(parcels);
    EXPECT_THAT(handover.pause, HasSubstr("no_service"));
    EXPECT_THAT(handover.pause, Not(HasSubstr("verysecret")));
    EXPECT_THAT(sinks::error_of(sinks::settings("slack", {{"url", secret}})),
                HasSubstr("there are url_file"));
}

TEST(PagerDuty, OpensAndResolvesUnderTheSignalsUid)
{
    Parcel parcel = hostile();
    parcel.signal.action_needed = true;
    const Document opened = Document::parse(pagerduty_event(parcel, "key"));
    EXPECT_EQ(opened["event_action"], "trigger");
    EXPECT_EQ(opened["dedup_key"], parcel.signal.uid);
    EXPECT_LE(opened["payload"]["summary"].get<std::string>().size(), 1024U);
    EXPECT_THAT((std::vector<std::string>{"critical", "error", "warning", "info"}),
                ::testing::Contains(opened["payload"]["severity"].get<std::string>()));
    parcel.signal.decision = signal::Decision{};
    parcel.signal.action_needed = false;
    const Document resolved = Document::parse(pagerduty_event(parcel, "key"));
    EXPECT_EQ(resolved["event_action"], "resolve");
    EXPECT_EQ(resolved["dedup_key"], parcel.signal.uid);
    Parcel test = sinks::parcel(2);
    test.is_test = true;
    EXPECT_THAT(
        Document::parse(pagerduty_event(test, "key"))["payload"]["summary"].get<std::string>(),
        HasSubstr("[test]"));
}

TEST(PagerDuty, ReadsItsAnswers)
{
    std::string said;
    sinks::HttpPeer peer([&](const sinks::Asked &, std::size_t) { return said; });
    const sinks::Folder folder;
    const auto transport = sinks::opened(sinks::settings(
        "pagerduty",
        {{"url", peer.url()}, {"routing_key_file", sinks::write_secret(folder / "k", "R0UT1NG")}}));
    const auto parcels = sinks::parcels(1);
    said = sinks::answer(202, R"({"status":"success"})");
    EXPECT_EQ(sinks::fates(transport->send(parcels)), "d");
    said = sinks::answer(400, R"({"status":"invalid event","errors":["R0UT1NG"]})");
    const Handover handover = transport->send(parcels);
    EXPECT_EQ(sinks::fates(handover), "x");
    EXPECT_THAT(handover.outcomes[0].why, Not(HasSubstr("R0UT1NG")));
    said = sinks::answer(429, "");
    EXPECT_EQ(sinks::fates(transport->send(parcels)), "r");
}

} // namespace
} // namespace sentra::output
