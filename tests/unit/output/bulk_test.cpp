// SPDX-License-Identifier: MIT
// The three that take many documents at once: what they are sent, and what their answers mean.
#include <set>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "base/time.h"
#include "output/format.h"
#include "output/http.h"
#include "unit/output/http_peer.h"
#include "unit/output/sinks.h"

namespace sentra::output {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Document = nlohmann::json;

std::string item(int status, const std::string &error = "")
{
    return "{\"create\":{\"status\":" + std::to_string(status) +
           (error.empty() ? "" : ",\"error\":" + error) + "}}";
}

std::string bulk(const std::vector<std::string> &items)
{
    std::string text;
    for (const std::string &one : items)
        text += (text.empty() ? "" : ",") + one;
    return R"({"took":1,"errors":true,"items":[)" + text + "]}";
}

std::vector<std::string> lines_of(const std::string &text)
{
    std::vector<std::string> lines;
    for (const std::string_view line : split(text, '\n'))
        if (!line.empty())
            lines.emplace_back(line);
    return lines;
}

Handover sent(const SinkSettings &settings, std::span<const Parcel> parcels)
{
    return sinks::opened(settings)->send(parcels);
}

TEST(Elastic, SendsIntoADataStreamUnderAnIdOfItsOwn)
{
    sinks::HttpPeer peer([](const sinks::Asked &, std::size_t) {
        return sinks::answer(200, bulk({item(201), item(201)}));
    });
    const std::vector<Parcel> parcels = {sinks::parcel(1), sinks::parcel(2, 3)};
    const sinks::Folder folder;
    const auto settings = sinks::settings(
        "elastic", {{"url", peer.url()},
                    {"namespace", "acme"},
                    {"user", "sentra"},
                    {"password_file", sinks::write_secret(folder / "p", "open sesame")}});
    EXPECT_EQ(sinks::fates(sent(settings, parcels)), "dd");
    const sinks::Asked asked = peer.asked().at(0);
    EXPECT_THAT(asked.head, StartsWith("POST /_bulk?filter_path=took,errors,items.*.status,"));
    EXPECT_EQ(asked.header("Content-Type"), "application/x-ndjson");
    EXPECT_EQ(asked.header("Authorization"), "Basic c2VudHJhOm9wZW4gc2VzYW1l");
    const auto lines = lines_of(asked.body);
    ASSERT_EQ(lines.size(), 4U);
    EXPECT_EQ(Document::parse(lines[2]), Document({{"create",
                                                    {{"_index", "logs-sentra.signal-acme"},
                                                     {"_id", parcels[1].signal.uid + "-3"}}}}));
    const Document document = Document::parse(lines[3]);
    EXPECT_EQ(document["data_stream"]["namespace"], "acme");
    EXPECT_EQ(document["event"]["id"], parcels[1].signal.uid);
    EXPECT_EQ(document["event"]["sequence"], 2);
}

TEST(Elastic, NamesTheStreamAfterTheTenantWhereNothingElseIsSaid)
{
    sinks::HttpPeer peer(
        [](const sinks::Asked &, std::size_t) { return sinks::answer(200, bulk({item(201)})); });
    auto parcel = sinks::parcel(1);
    parcel.signal.tenant = "Big-Corp";
    EXPECT_EQ(sinks::fates(sent(sinks::settings("elastic", {{"url", peer.url()}}), {&parcel, 1})),
              "d");
    const auto lines = lines_of(peer.asked().at(0).body);
    EXPECT_EQ(Document::parse(lines[0])["create"]["_index"], "logs-sentra.signal-big_corp");
    EXPECT_EQ(Document::parse(lines[1])["data_stream"]["namespace"], "big_corp");
}

TEST(Elastic, KeepsEvidenceInAStreamOfItsOwnUnderAnIdThatNoFormOfItsSignalChanges)
{
    sinks::HttpPeer peer(
        [](const sinks::Asked &, std::size_t) { return sinks::answer(200, bulk({item(201)})); });
    auto first = sinks::parcel(1), later = sinks::parcel(1, 2);
    first.evidence = later.evidence = 1;
    const auto settings = sinks::settings("elastic", {{"url", peer.url()}, {"evidence", "true"}});
    EXPECT_EQ(sinks::fates(sent(settings, {&first, 1})), "d");
    EXPECT_EQ(sinks::fates(sent(settings, {&later, 1})), "d");
    const auto one = Document::parse(lines_of(peer.asked().at(0).body)[0])["create"];
    const auto two = Document::parse(lines_of(peer.asked().at(1).body)[0])["create"];
    EXPECT_EQ(one["_index"], "logs-sentra.evidence-acme");
    EXPECT_EQ(one["_id"], two["_id"]);
}

TEST(Elastic, ReadsWhatBecameOfEveryDocument)
{
    const std::string mapping =
        R"({"type":"document_parsing_exception","reason":"failed to parse field [x]"})";
    const Handover handover = judge_elastic(
        {200, bulk({item(201), item(409), item(400, mapping), item(429), item(503), item(413)}), "",
         "", Trouble::none, ""},
        "", 6, 0);
    EXPECT_EQ(sinks::fates(handover), "ddxrrb");
    EXPECT_EQ(handover.outcomes[2].why,
              "HTTP 400: document_parsing_exception: failed to parse field [x]");
    EXPECT_EQ(handover.pause, "");
    const Handover closed = judge_elastic(
        {200, bulk({item(201), item(403, R"("no permissions")")}), "", "", Trouble::none, ""}, "",
        2, 0);
    EXPECT_EQ(sinks::fates(closed), "dr");
    EXPECT_THAT(closed.pause, HasSubstr("HTTP 403: no permissions"));
}

TEST(Elastic, BelievesNoAnswerThatDoesNotSay)
{
    const std::vector<std::string> bodies = {
        "",
        "ok",
        "[]",
        "{}",
        bulk({item(201)}),
        bulk({"{}", "{}"}),
        bulk({"7", "null"}),
        bulk({"{\"create\":{\"status\":\"201\"}}", "{\"create\":[]}"}),
        R"({"took":1,"errors":false,"items":{"a":1,"b":2}})",
        bulk({item(201), item(201)}).substr(0, 40),
    };
    for (const std::string &body : bodies) {
        const Handover handover = judge_elastic({200, body, "", "", Trouble::none, ""}, "", 2, 0);
        EXPECT_EQ(sinks::fates(handover), "rr") << body;
    }
}

TEST(Elastic, TakesOtherFormatsIntoAnIndexOnly)
{
    const std::string url = "https://siem.example";
    EXPECT_THAT(sinks::error_of(sinks::settings("elastic", {{"url", url}, {"format", "ocsf"}})),
                HasSubstr("index is missing"));
    EXPECT_EQ(sinks::error_of(sinks::settings(
                  "elastic", {{"url", url}, {"format", "ocsf"}, {"index", "sentra-ocsf"}})),
              "");
    EXPECT_THAT(sinks::error_of(
                    sinks::settings("elastic", {{"url", url}, {"format", "cef"}, {"index", "x"}})),
                HasSubstr("takes JSON"));
    EXPECT_THAT(
        sinks::error_of(sinks::settings("elastic", {{"url", url}, {"namespace", "Acme-1"}})),
        HasSubstr("namespace"));
}

SinkSettings splunk(const sinks::Folder &folder, const std::string &url)
{
    return sinks::settings("splunk", {{"url", url},
                                      {"token_file", sinks::write_secret(folder / "t", "1-2-3")},
                                      {"index", "security"},
                                      {"timeout", "1s"}});
}

TEST(Splunk, WrapsEveryDocument)
{
    sinks::HttpPeer peer([](const sinks::Asked &, std::size_t) {
        return sinks::answer(200, R"({"text":"Success","code":0})");
    });
    const sinks::Folder folder;
    const auto parcels = sinks::parcels(2);
    EXPECT_EQ(sinks::fates(sent(splunk(folder, peer.url()), parcels)), "dd");
    const sinks::Asked asked = peer.asked().at(0);
    EXPECT_THAT(asked.head, StartsWith("POST /services/collector/event HTTP"));
    EXPECT_EQ(asked.header("Authorization"), "Splunk 1-2-3");
    EXPECT_THAT(asked.header("X-Splunk-Request-Channel"),
                ::testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-"
                                        "[0-9a-f]{12}"));
    const auto lines = lines_of(asked.body);
    ASSERT_EQ(lines.size(), 2U);
    const Document first = Document::parse(lines[0]);
    EXPECT_EQ(first["event"], Document::parse(signal::to_json(parcels[0].signal)));
    EXPECT_NEAR(first["time"].get<double>(), static_cast<double>(parcels[0].signal.last_ns) / 1e9,
                0.001);
    EXPECT_EQ(first["index"], "security");
    EXPECT_EQ(first["sourcetype"], "sentra:signal");
    EXPECT_EQ(first["fields"]["signal_uid"], parcels[0].signal.uid);
    for (const auto &[name, value] : first["fields"].items())
        EXPECT_TRUE(value.is_string() || value.is_number()) << name; // flat, or it is refused
}

TEST(Splunk, ReadsItsOwnCodes)
{
    const auto judged = [](long status, const std::string &body) {
        return judge_splunk({status, body, "", "", Trouble::none, ""}, body, 3, 0);
    };
    EXPECT_EQ(sinks::fates(judged(503, R"({"text":"Server is busy","code":9})")), "rrr");
    EXPECT_EQ(sinks::fates(judged(
                  400, R"({"text":"Invalid data format","code":6,"invalid-event-number":1})")),
              "rxr");
    EXPECT_EQ(sinks::fates(judged(
                  400, R"({"text":"Invalid data format","code":6,"invalid-event-number":9})")),
              "bbb");
    EXPECT_THAT(judged(400, R"({"text":"Incorrect index","code":7})").pause,
                HasSubstr("Incorrect index"));
    EXPECT_NE(judged(403, R"({"text":"Invalid token","code":4})").pause, "");
    EXPECT_EQ(sinks::fates(judged(400, "<html>")), "bbb");
}

TEST(Splunk, WaitsForTheIndexerWhereTheTokenAsksForIt)
{
    sinks::HttpPeer peer([](const sinks::Asked &asked, std::size_t number) {
        if (asked.head.find("/services/collector/ack") == std::string::npos)
            return sinks::answer(200, R"({"text":"Success","code":0,"ackId":5})");
        return sinks::answer(200,
                             number < 2 ? R"({"acks":{"5":false}})" : R"({"acks":{"5":true}})");
    });
    const sinks::Folder folder;
    EXPECT_EQ(sinks::fates(sent(splunk(folder, peer.url()), sinks::parcels(2))), "dd");
    EXPECT_EQ(peer.asked().at(1).body, R"({"acks":[5]})");

    sinks::HttpPeer never([](const sinks::Asked &asked, std::size_t) {
        return sinks::answer(200, asked.head.find("/ack") == std::string::npos
                                      ? R"({"code":0,"ackId":0})"
                                      : R"({"acks":{"0":false}})");
    });
    const Handover handover = sent(splunk(folder, never.url()), sinks::parcels(2));
    EXPECT_EQ(sinks::fates(handover), "rr");
    EXPECT_EQ(handover.code, "no-ack");
}

TEST(ClickHouse, InsertsRowsByUidAndRevision)
{
    sinks::HttpPeer peer([](const sinks::Asked &, std::size_t) { return sinks::answer(200, ""); });
    const std::vector<Parcel> parcels = {sinks::parcel(1), sinks::parcel(2, 4)};
    EXPECT_EQ(sinks::fates(sent(
                  sinks::settings("clickhouse", {{"url", peer.url()}, {"table", "s1"}}), parcels)),
              "dd");
    const sinks::Asked asked = peer.asked().at(0);
    EXPECT_THAT(asked.head,
                StartsWith("POST /?query=INSERT%20INTO%20sentra.s1%20FORMAT%20JSONEachRow HTTP"));
    const auto lines = lines_of(asked.body);
    ASSERT_EQ(lines.size(), 2U);
    const Document row = Document::parse(lines[1]);
    EXPECT_EQ(row["uid"], parcels[1].signal.uid);
    EXPECT_EQ(row["revision"], 4);
    EXPECT_EQ(row["time"], "2026-03-02 10:15:42");
    EXPECT_EQ(row["document"], signal::to_json(parcels[1].signal));
    EXPECT_THAT(sinks::error_of(sinks::settings(
                    "clickhouse", {{"url", peer.url()}, {"table", "x; DROP TABLE y"}})),
                HasSubstr("table"));
}

TEST(ClickHouse, KnowsItsServersCodes)
{
    const auto judged = [](long status, const std::string &body, std::size_t count = 2) {
        return judge_clickhouse({status, body, "", "", Trouble::none, ""}, body, count, 0);
    };
    EXPECT_NE(judged(404, "Code: 60, e.displayText() = DB::Exception: Table x doesn't exist").pause,
              "");
    EXPECT_NE(judged(500, "Code: 81, e.displayText() = DB::Exception: Database x").pause, "");
    EXPECT_NE(judged(400, "Code: 117, e.displayText() = Unknown field found").pause, "");
    EXPECT_EQ(sinks::fates(judged(400, "Code: 27, e.displayText() = Cannot parse input")), "bb");
    EXPECT_EQ(sinks::fates(judged(400, "Code: 27. DB::Exception: Cannot parse input", 1)), "x");
    EXPECT_EQ(sinks::fates(judged(500, "Code: 252, e.displayText() = Too many parts")), "rr");
    EXPECT_EQ(sinks::fates(judged(200, "Code: 241. DB::Exception: Memory limit")), "rr");
    EXPECT_EQ(sinks::fates(judged(200, "")), "dd");
}

} // namespace
} // namespace sentra::output
