// SPDX-License-Identifier: MIT
#include "collect.h"
#include "support.h"

#include <fstream>

#include "base/hash.h"
#include "base/time.h"
#include "journal/import.h"
#include "journal/importer.h"

namespace sentra::journal::test {
namespace {

struct Imported {
    Collect sink;
    event::Losses losses;
    ImportReport report;
};

void run(Imported &into, std::string_view bytes, const ImportOptions &options = {})
{
    auto report = import_bytes(bytes, options, into.sink, into.losses);
    ASSERT_TRUE(report) << report.error().text;
    into.report = std::move(*report);
}

std::uint64_t time_of(std::string_view line, int year = 0)
{
    TextClock clock(year);
    const auto read = read_text_line(line, clock);
    return read ? read->time_ns : 0;
}

TEST(ImportText, StampsOfBothKinds)
{
    EXPECT_EQ(format_rfc3339(time_of("Dec 10 06:55:46 h p[1]: m", 2015)),
              "2015-12-10T06:55:46.000Z");
    EXPECT_EQ(format_rfc3339(time_of("Jun  4 06:55:46 h p[1]: m", 2015)),
              "2015-06-04T06:55:46.000Z");
    EXPECT_EQ(format_rfc3339(time_of("Feb 29 00:00:00 h p: m")), "2024-02-29T00:00:00.000Z");
    EXPECT_EQ(format_rfc3339(time_of("Dec 10 06:55:46.123456 h p: m", 2015)),
              "2015-12-10T06:55:46.123Z");
    EXPECT_EQ(format_rfc3339(time_of("2026-03-02T10:11:03.412345+02:00 h p: m")),
              "2026-03-02T08:11:03.412Z");
    EXPECT_EQ(format_rfc3339(time_of("2026-03-02T10:11:03+0200 h p: m")),
              "2026-03-02T08:11:03.000Z");
    EXPECT_EQ(format_rfc3339(time_of("<38>Dec 10 06:55:46 h p: m", 2015)),
              "2015-12-10T06:55:46.000Z");
    for (const std::string_view line :
         {"", "Dec", "Dec 10", "Dec 10 06:55", "Dec 40 06:55:46 h p: m", "Foo 10 06:55:46 h p: m",
          "Dec 10 26:55:46 h p: m", "2026-03-02T99:11:03Z h p: m", "2026-13-02T10:11:03Z h", "<"})
        EXPECT_EQ(time_of(line), 0U) << line;
}

TEST(ImportText, TheYearTurnsInJanuary)
{
    TextClock clock(2015);
    const auto year = [&clock](std::string_view line) {
        const auto read = read_text_line(line, clock);
        return format_rfc3339(read ? read->time_ns : 0).substr(0, 7);
    };
    EXPECT_EQ(year("Nov 30 23:59:59 h p: m"), "2015-11");
    EXPECT_EQ(year("Dec 31 23:59:59 h p: m"), "2015-12");
    EXPECT_EQ(year("Jan  1 00:00:00 h p: m"), "2016-01");
    EXPECT_EQ(year("Dec 31 23:59:59 h p: m"), "2015-12"); // a straggler
    EXPECT_EQ(year("Jan  1 00:00:02 h p: m"), "2016-01");
    EXPECT_EQ(year("Feb  1 00:00:02 h p: m"), "2016-02");
    EXPECT_EQ(year("Jan 31 23:59:59 h p: m"), "2016-01"); // out of order, not a year later
    EXPECT_EQ(year("Dec 31 23:59:59 h p: m"), "2016-12");
    EXPECT_EQ(year("Jan  1 00:00:00 h p: m"), "2017-01");
}

TEST(ImportText, TagsOfAllShapes)
{
    const auto tag = [](std::string_view line) {
        TextClock clock(2015);
        const auto read = read_text_line(line, clock);
        return read ? std::string(read->tag) + "|" + std::to_string(read->pid) + "|" +
                          std::string(read->message)
                    : "";
    };
    EXPECT_EQ(tag("Dec 10 06:55:46 h sshd[24200]: Invalid user"), "sshd|24200|Invalid user");
    EXPECT_EQ(tag("Dec 10 06:55:46 h sudo:    alice : x"), "sudo|0|   alice : x");
    EXPECT_EQ(tag("Dec 10 06:55:46 h su(pam_unix)[5]: x"), "su(pam_unix)|5|x");
    EXPECT_EQ(tag("Dec 10 06:55:46 h (systemd)[5]: x"), "(systemd)|5|x");
    EXPECT_EQ(tag("Dec 10 06:55:46 h CRON[5]: (root) CMD (a: b)"), "CRON|5|(root) CMD (a: b)");
    EXPECT_EQ(tag("Dec 10 06:55:46 sshd: x"), "sshd|0|x");
    EXPECT_EQ(tag("Dec 10 06:55:46 h -- MARK --"), "|0|-- MARK --");
    EXPECT_EQ(tag("Dec 10 06:55:46 h"), "|0|");
}

TEST(ImportText, Rfc5424)
{
    const auto show = [](std::string_view line) {
        TextClock clock(0);
        const auto read = read_text_line(line, clock);
        return read ? std::string(read->host) + "|" + std::string(read->tag) + "|" +
                          std::to_string(read->pid) + "|" + std::string(read->message)
                    : "bad";
    };
    EXPECT_EQ(show("<38>1 2019-07-08T17:40:16.954167-04:00 h.example sshd 57915 - - Failed x"),
              "h.example|sshd|57915|Failed x");
    EXPECT_EQ(show("<38>1 2019-07-08T17:40:17Z h sshd 5 - [a b=\"1\"][c@1 d=\"[x\\\"]\"] Failed x"),
              "h|sshd|5|Failed x");
    EXPECT_EQ(show("<38>1 2019-07-08T17:40:17Z - - - - -"), "||0|");
    for (const std::string_view line :
         {"<38>1 2019-07-08T17:40:17Z h sshd 5 - [a b=\"1", "<38>1 2019-07-08T17:40:17Z h",
          "<38>1 ", "<38>1 2019-07-08T17:40:17Z h sshd 5 - x"})
        EXPECT_EQ(show(line), "bad") << line;
}

TEST(ImportText, BadLinesAreNamedAndPassedOver)
{
    Imported got;
    run(got, "Dec 10 06:55:46 h sshd[1]: Accepted password for a from 192.0.2.7 port 5 ssh2\n"
             "what is this\n\n"
             "Dec 10 06:55:47 h sshd[1]: Failed password for a from 192.0.2.7 port 5 ssh2\r\n"
             "nor this");
    EXPECT_EQ(got.report.bad, 2U);
    ASSERT_EQ(got.report.first_bad.size(), 2U);
    EXPECT_EQ(got.report.first_bad[0].line, 2U);
    EXPECT_EQ(got.report.first_bad[1].line, 5U);
    EXPECT_NE(got.report.first_bad[0].what, "");
    EXPECT_EQ(got.sink.types()["auth.login"], 2);
    EXPECT_EQ(got.report.entries, 2U);
    EXPECT_NE(got.report.year_note.find("2024"), std::string::npos);
    EXPECT_NE(got.report.year_note.find("UTC"), std::string::npos);
    EXPECT_EQ(got.sink.count("meta.host", "host.name", "h"), 1);
    EXPECT_EQ(got.sink.count("auth.login", "event.trust", "text"), 2);
}

TEST(ImportText, SyslogdsRepetitionStandsForTheLineBefore)
{
    Imported got;
    run(got, "Dec 10 06:55:46 h sshd[1]: Failed password for a from 192.0.2.7 port 5 ssh2\n"
             "Dec 10 06:55:50 h last message repeated 3 times\n"
             "Dec 10 06:55:51 h eve[7]: last message repeated 9 times\n");
    EXPECT_EQ(got.sink.count("auth.login", "event.count", "1"), 1);
    EXPECT_EQ(got.sink.count("auth.login", "event.count", "3"), 1);
    EXPECT_EQ(got.sink.types()["auth.login"], 2);
}

TEST(ImportJson, TextBytesRepetitionAndNull)
{
    Imported got;
    run(got,
        R"({"__REALTIME_TIMESTAMP":"1773000000000000","_HOSTNAME":"web-01","_MACHINE_ID":"abc","_BOOT_ID":"b1","_TRANSPORT":"syslog","_UID":"0","_COMM":"sshd","_EXE":"/usr/sbin/sshd","_PID":"7","SYSLOG_IDENTIFIER":"sshd","MESSAGE":[65,99,99,101,112,116,101,100,32,112,97,115,115,119,111,114,100,32,102,111,114,32,255,32,102,114,111,109,32,49,46,50,46,51,46,52,32,112,111,114,116,32,53,32,115,115,104,50]})"
        "\n"
        R"({"__REALTIME_TIMESTAMP":"1773000001000000","_TRANSPORT":"syslog","_UID":"0","_COMM":"sshd","SYSLOG_IDENTIFIER":"sshd","MESSAGE":["Failed password for a from 1.2.3.4 port 5 ssh2","Accepted password for a from 1.2.3.4 port 5 ssh2"],"X":null})"
        "\n"
        R"({"__REALTIME_TIMESTAMP":"1773000001000000","MESSAGE":null})"
        "\n{\"MESSAGE\":\"x\"}\n[1]\n{\"a\":\nnot json\n");
    EXPECT_EQ(got.report.entries, 3U);
    EXPECT_EQ(got.report.bad, 4U);
    EXPECT_EQ(got.sink.count("auth.login", "user.name", "\xff"), 1);
    EXPECT_EQ(got.sink.count("auth.login", "event.outcome", "failure"), 1);
    EXPECT_EQ(got.sink.count("auth.login", "event.outcome", "success"), 1);
    EXPECT_EQ(got.sink.count("meta.host", "host.id", sha256_hex("abc")), 1);
    EXPECT_EQ(got.sink.count("meta.host", "host.boot.id", "b1"), 1);
    EXPECT_EQ(got.report.year_note, "");
    EXPECT_EQ(got.report.format, "journalctl -o json");
}

std::string binary_field(std::string_view name, std::string_view bytes)
{
    std::string out(name);
    out.push_back('\n');
    for (unsigned i = 0; i < 8; ++i)
        out.push_back(static_cast<char>(bytes.size() >> (8U * i)));
    return out.append(bytes).append("\n");
}

TEST(ImportExport, TextAndBinaryFields)
{
    const std::string head =
        "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1773000000000000\n_TRANSPORT=syslog\n_UID=0\n"
        "_COMM=sshd\nSYSLOG_IDENTIFIER=sshd\n";
    Imported got;
    run(got, head + binary_field("MESSAGE", "Accepted password for a\nb from 1.2.3.4 port 5 ssh2") +
                 "\n" + head + "MESSAGE=Failed password for x from 1.2.3.4 port 5 ssh2\n\n\n" +
                 "MESSAGE=no time\n\n" + head + "bad field\nMESSAGE=x\n\n" + head +
                 "MESSAGE=Failed password for y from 1.2.3.4 port 5 ssh2\n");
    EXPECT_EQ(got.report.format, "journalctl -o export");
    EXPECT_EQ(got.report.entries, 3U);
    EXPECT_EQ(got.report.bad, 2U);
    EXPECT_EQ(got.sink.count("auth.login", "user.name", "a\nb"), 1);
    EXPECT_EQ(got.sink.count("auth.login", "event.outcome", "failure"), 2);
    EXPECT_EQ(got.sink.count("auth.login", "log.cursor", "s=1"), 3);
}

TEST(ImportExport, LengthsThatLie)
{
    for (const std::string &tail :
         {std::string("MESSAGE\n"), std::string("MESSAGE\n\xff\xff\xff\xff\xff\xff\xff\xff"),
          std::string("MESSAGE\n\x10\0\0\0\0\0\0\0abc", 19),
          std::string("MESSAGE\n\x01\0\0\0\0\0\0\0a", 17)}) {
        Imported got;
        run(got, "__REALTIME_TIMESTAMP=1773000000000000\n" + tail);
        EXPECT_LE(got.report.bad, 1U);
    }
}

TEST(Import, WhatItIsNotIsSaid)
{
    Collect sink;
    event::Losses losses;
    EXPECT_FALSE(import_bytes("\x1f\x8b\x08 gzip", {}, sink, losses));
    EXPECT_FALSE(import_bytes("{\n  \"MESSAGE\" : 1\n}", {}, sink, losses));
    const auto missing = import_file("/nonexistent/auth.log", {}, sink, losses);
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().text.find("/nonexistent/auth.log"), std::string::npos);
    const auto empty = import_bytes("", {}, sink, losses);
    ASSERT_TRUE(empty);
    EXPECT_EQ(empty->entries, 0U);
    EXPECT_EQ(sink.size(), 0U);
}

TEST(Import, AFullSinkStopsIt)
{
    std::string log;
    for (int i = 0; i < 50; ++i)
        log += "Dec 10 06:55:46 h sshd[1]: Failed password for a from 192.0.2.7 port 5 ssh2\n";
    Imported got;
    got.sink.stop_after(10);
    run(got, log);
    EXPECT_TRUE(got.report.stopped);
    EXPECT_EQ(got.sink.size(), 10U);
}

TEST(Import, TheSameFileGivesTheSameBytes)
{
    const std::string log =
        "Dec 10 06:55:46 h sshd[1]: Failed password for a from 192.0.2.7 port 5 ssh2\n"
        "Jan  1 00:00:46 h sudo: a : PWD=/ ; USER=root ; COMMAND=/x\n";
    const auto bytes_in = [&log](const char *zone) {
        setenv("TZ", zone, 1);
        tzset();
        Imported got;
        run(got, log);
        std::string all;
        got.sink.each([&all](const event::Event &event) {
            all.append(reinterpret_cast<const char *>(event.bytes().data()), event.bytes().size());
        });
        return all;
    };
    const std::string first = bytes_in("UTC");
    EXPECT_FALSE(first.empty());
    EXPECT_EQ(first, bytes_in("Asia/Tokyo"));
    setenv("TZ", "UTC", 1);
    tzset();
}

// Real journals and logs. What is expected of them was counted by other means than these parsers.
class Corpus : public testing::Test {
protected:
    void import(std::string_view name)
    {
        const auto path = corpus(name);
        if (!std::filesystem::exists(path))
            GTEST_SKIP() << "there is no corpus at " << path << "; SENTRA_SHARED names its folder";
        auto report = import_file(path.string(), {}, got_.sink, got_.losses);
        ASSERT_TRUE(report) << report.error().text;
        got_.report = std::move(*report);
        EXPECT_EQ(got_.report.bad, 0U);
        EXPECT_EQ(got_.losses.total(SENTRA_LOSS_JOURNAL_UNKNOWN), 0U);
        EXPECT_EQ(got_.losses.total(SENTRA_LOSS_JOURNAL_FORGED), 0U);
    }
    Imported got_;
};

TEST_F(Corpus, OpensshTwoThousandLines)
{
    import("loghub-openssh-2k.log");
    if (got_.report.entries == 0)
        return; // skipped
    EXPECT_EQ(got_.report.entries, 2000U);
    std::map<std::string, std::uint64_t> by_source;
    std::uint64_t lines = 0, tries = 0;
    got_.sink.each([&](const event::Event &event) {
        if (event.type().name != "auth.login" ||
            event::to_text(event.get("event.outcome")) != "failure")
            return;
        const std::uint64_t repeated = event.as<sentra_login>().repeated;
        lines += repeated == 1 ? 1 : 0;
        tries += repeated;
        by_source[event::to_text(event.get("source.ip"))] += repeated;
    });
    // 518 lines of their own, and two that stand for five each.
    EXPECT_EQ(lines, 518U);
    EXPECT_EQ(tries, 528U);
    EXPECT_EQ(by_source.size(), 23U);
    EXPECT_EQ(by_source["183.62.140.253"], 286U);
    EXPECT_EQ(by_source["187.141.143.180"], 80U);
    EXPECT_EQ(got_.sink.count("auth.login", "event.outcome", "success"), 1);
    EXPECT_EQ(got_.sink.count("auth.login", "source.ip", "119.137.62.142"), 1);
    EXPECT_EQ(got_.sink.count("auth.connection", "event.reason", "invalid-user"), 113);
    EXPECT_EQ(got_.sink.types()["auth.session"], 2);
}

TEST_F(Corpus, LinuxTwoThousandLines)
{
    import("loghub-linux-2k.log");
    if (got_.report.entries == 0)
        return;
    EXPECT_EQ(got_.report.entries, 2000U);
    EXPECT_EQ(got_.sink.count("auth.session", "auth.service", "su"), 172);
    EXPECT_EQ(got_.sink.count("auth.session", "auth.service", "sshd"), 72);
    EXPECT_EQ(got_.sink.count("auth.login", "event.outcome", "success"), 0);
}

TEST_F(Corpus, DebianJournal)
{
    import("sample_journal_debian12.json");
    if (got_.report.entries == 0)
        return;
    const Collect &sink = got_.sink;
    EXPECT_EQ(sink.count("auth.elevation", "event.reason", "a password is required"), 2);
    EXPECT_EQ(sink.count("auth.elevation", "event.outcome", "failure"), 2);
    EXPECT_EQ(sink.count("auth.login", "auth.key.type", "ED25519"), 2);
    EXPECT_EQ(sink.count("auth.login", "event.outcome", "failure"), 4);
    EXPECT_EQ(sink.count("iam.user", "user.target.name", "bob"), 4);
    EXPECT_EQ(sink.count("iam.group", "event.action", "member-added"), 4);
    EXPECT_EQ(sink.count("job.change", "event.action", "replaced"), 2);
    EXPECT_EQ(sink.count("job.change", "event.trust", "pending"), 2);
    EXPECT_EQ(sink.count("auth.elevation", "audit.session.id", "22"), 10);
    EXPECT_EQ(sink.count("auth.login", "event.trust", "journal"), 8);
}

TEST_F(Corpus, SystemdJournal)
{
    import("sample_journal_systemd.json");
    if (got_.report.entries == 0)
        return;
    EXPECT_EQ(got_.sink.count("auth.session", "session.logind_id", "30"), 2);
    EXPECT_EQ(got_.sink.count("auth.session", "auth.service", "sshd"), 2);
    EXPECT_EQ(got_.sink.count("auth.login", "event.outcome", "success"), 1);
}

} // namespace
} // namespace sentra::journal::test
