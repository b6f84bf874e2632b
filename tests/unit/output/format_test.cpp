// SPDX-License-Identifier: MIT
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "output/attack.h"
#include "output/derive.h"
#include "output/format.h"
#include "output/syslog.h"
#include "signal/decision.h"
#include "unit/output/told.h"

namespace sentra::output {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Document = nlohmann::json;

Document ecs(const signal::Signal &signal, const Delivery &delivery = {})
{
    return Document::parse(to_ecs(signal, delivery));
}

Document ocsf(const signal::Signal &signal, const Delivery &delivery = {})
{
    return Document::parse(to_ocsf(signal, delivery));
}

std::string version_left_out(std::string text)
{
    const std::string version = SENTRA_VERSION;
    for (auto at = text.find(version); at != std::string::npos; at = text.find(version, at))
        text.replace(at, version.size(), "VERSION");
    return text;
}

// One file a format: what a receiver of the story gets, to the byte.
TEST(Format, IsItsGoldenFile)
{
    for (const Format &format : formats()) {
        const std::string path = std::string(SENTRA_TESTS_DIR) + "/unit/output/golden/" +
                                 std::string(format.name) + ".txt";
        std::ifstream file(path, std::ios::binary);
        std::stringstream golden;
        golden << file.rdbuf();
        const std::string got = format.write(told::story(), {18231, true});
        EXPECT_EQ(version_left_out(got) + "\n", golden.str()) << path;
    }
}

TEST(Format, AreFoundByTheirNames)
{
    for (const Format &format : formats()) {
        EXPECT_EQ(find_format(format.name), &format);
        EXPECT_THAT(format_names(), HasSubstr(std::string(format.name)));
    }
    EXPECT_EQ(find_format("leef"), nullptr);
    EXPECT_EQ(find_format(""), nullptr);
}

// One line, whatever is in the signal, and the same for a signal that was stored.
TEST(Format, IsOneLineAndSurvivesTheStore)
{
    for (const signal::Signal &signal : told::many()) {
        const auto stored = signal::from_json(signal::to_json(signal));
        ASSERT_TRUE(stored) << stored.error().text;
        for (const Format &format : formats()) {
            const std::string got = format.write(signal, {7, false});
            EXPECT_THAT(got, Not(HasSubstr("\n"))) << format.name;
            EXPECT_EQ(got, format.write(*stored, {7, false})) << format.name;
        }
    }
}

TEST(Format, NdjsonIsTheSignalItself)
{
    EXPECT_EQ(to_ndjson(told::story(), {}), signal::to_json(told::story()));
}

TEST(Derived, SeverityFollowsTheScore)
{
    struct Expected {
        double score;
        int ecs, ocsf, cef, syslog;
    };
    for (const Expected &row :
         {Expected{0, 21, 1, 3, 5}, Expected{0.04, 21, 1, 3, 5}, Expected{0.05, 21, 2, 3, 5},
          Expected{0.24, 21, 2, 3, 5}, Expected{0.25, 47, 3, 5, 4}, Expected{0.49, 47, 3, 5, 4},
          Expected{0.5, 73, 4, 8, 3}, Expected{0.79, 73, 4, 8, 3}, Expected{0.8, 99, 5, 10, 2},
          Expected{1, 99, 5, 10, 2}}) {
        const Severity &severity = severity_of(row.score);
        EXPECT_EQ(severity.ecs, row.ecs) << row.score;
        EXPECT_EQ(severity.ocsf, row.ocsf) << row.score;
        EXPECT_EQ(severity.cef, row.cef) << row.score;
        EXPECT_EQ(severity.syslog, row.syslog) << row.score;
    }
}

TEST(Derived, TheArithmeticReadsAsASentence)
{
    EXPECT_EQ(arithmetic(told::key()), "0.45 a login key was added + 0.25 203.0.113.7 was not seen "
                                       "in 30 days = 0.70");
    EXPECT_EQ(arithmetic(told::without_process(session::ActorKind::unit)),
              "0.40 seen - 0.37 done by a service = 0.03");
}

TEST(Derived, AddressesHaveADirectionOnlyWhereTheEvidenceSaysIt)
{
    signal::Signal signal = told::key();
    signal.actor.login.reset();
    EXPECT_EQ(source_of(signal), "203.0.113.7");
    EXPECT_EQ(destination_of(signal), std::nullopt);
    signal.evidence[0].text = "a failed sign-in as x from 203.0.113.71 (password)";
    EXPECT_EQ(source_of(signal), std::nullopt);
    signal.ips = {"198.51.100.9", "203.0.113.7"};
    signal.evidence.push_back(
        {signal.last_ns, "net.connect", "reached out to 198.51.100.9 port 443 (tcp)", "", false});
    EXPECT_EQ(destination_of(signal), "198.51.100.9");
    signal.evidence.push_back(
        {signal.last_ns, "net.connect", "reached out to 203.0.113.7 port 443 (tcp)", "", false});
    EXPECT_EQ(destination_of(signal), std::nullopt);
}

TEST(Derived, TechniquesKnowTheirParentsAndPages)
{
    EXPECT_EQ(technique_name("T1098"), "Account Manipulation");
    EXPECT_EQ(technique_name("T9999"), "T9999");
    EXPECT_EQ(tactic_name("TA0112"), "Defense Impairment");
    EXPECT_EQ(tactic_name("TA9999"), "TA9999");
    EXPECT_EQ(technique_page("T1098.004"), "https://attack.mitre.org/techniques/T1098/004/");
    EXPECT_EQ(technique_page("T1098"), "https://attack.mitre.org/techniques/T1098/");
}

TEST(Ecs, SaysWhoFromWhereAndHowMuch)
{
    const Document got = ecs(told::story());
    EXPECT_EQ(got["event"]["severity"], 99);
    EXPECT_EQ(got["event"]["category"],
              Document::array({"intrusion_detection", "authentication", "file"}));
    EXPECT_EQ(got["user"]["name"], "maria");
    EXPECT_EQ(got["user"]["effective"]["name"], "root");
    EXPECT_EQ(got["source"]["ip"], "203.0.113.7");
    EXPECT_EQ(got["network"]["direction"], "ingress");
    EXPECT_EQ(got["process"]["command_line"], "tee -a /home/deploy/.ssh/authorized_keys");
    EXPECT_EQ(got["file"]["path"], "/home/deploy/.ssh/authorized_keys");
    EXPECT_EQ(got["threat"]["technique"]["id"], Document::array({"T1098", "T1110", "T1078"}));
    EXPECT_EQ(got["threat"]["technique"]["name"],
              Document::array({"Account Manipulation", "Brute Force", "Valid Accounts"}));
    EXPECT_EQ(got["related"]["user"], Document::array({"deploy", "maria", "root"}));
    EXPECT_EQ(got["sentra"]["story"].size(), 2U);
    EXPECT_EQ(got["event"]["hash"], revision(told::story()));
    EXPECT_FALSE(got["event"].contains("sequence"));
    EXPECT_FALSE(got["event"].contains("outcome")) << "nothing says whether it succeeded";
}

TEST(Ecs, ATenantIsANamespaceDataStreamsTake)
{
    EXPECT_EQ(ecs(told::hostile())["data_stream"]["namespace"], "acme___s__hne_gmbh__");
    EXPECT_EQ(ecs(told::bare())["data_stream"]["namespace"], "default");
}

TEST(Ecs, KeywordsStaySearchable)
{
    const Document got = ecs(told::long_ones());
    EXPECT_LE(got["rule"]["name"].get<std::string>().size(), 1024U);
    EXPECT_LE(got["process"]["args"][0].get<std::string>().size(), 1024U);
    EXPECT_FALSE(got["process"].contains("args_count")) << "65: the list was cut";
    EXPECT_EQ(got["message"].get<std::string>().size(), 3002U);
    EXPECT_EQ(got["network"]["type"], "ipv6");
}

TEST(Ocsf, TellsTheFirstFormFromAnUpdate)
{
    const Document first = ocsf(told::key()), later = ocsf(told::story(), {9, true});
    EXPECT_EQ(first["type_uid"], 200401);
    EXPECT_EQ(later["type_uid"], 200402);
    EXPECT_EQ(first["finding_info"]["uid"], later["finding_info"]["uid"]);
    EXPECT_NE(first["metadata"]["uid"], later["metadata"]["uid"]);
    EXPECT_FALSE(first["metadata"].contains("sequence"));
    EXPECT_EQ(later["metadata"]["sequence"], 9);
}

TEST(Ocsf, AnOlderSchemaGetsNothingItDoesNotKnow)
{
    const Document got = Document::parse(to_ocsf_1_4(told::story(), {}));
    EXPECT_EQ(got["metadata"]["version"], "1.4.0");
    EXPECT_FALSE(got["finding_info"]["analytic"].contains("state_id"));
    EXPECT_FALSE(got["resources"][0].contains("role_id"));
    for (const Document &row : got["observables"])
        EXPECT_NE(row["type_id"], 45);
}

TEST(Ocsf, CalmThingsAreNoAlerts)
{
    EXPECT_EQ(ocsf(told::key())["is_alert"], true);
    EXPECT_EQ(ocsf(told::bare())["is_alert"], false);
    signal::Signal reviewed = told::bare();
    reviewed.state = "Low (Reviewed)";
    EXPECT_EQ(ocsf(reviewed)["status"], "Suppressed");
    EXPECT_EQ(ocsf(told::bare())["status"], "New");
}

TEST(Cef, EscapesWhatItsReadersSplitAt)
{
    const std::string got = to_cef(told::hostile(), {});
    EXPECT_THAT(got, StartsWith("CEF:0|Sentra|Sentra|" SENTRA_VERSION
                                "|ssh-key-added|a=b\\|c\\\\d\"e'f]g[h,i%j<k>&"));
    EXPECT_THAT(got, HasSubstr(" msg=a\\=b|c\\\\d\""));
    EXPECT_THAT(got, HasSubstr(" suser=a\\=b|c"));
    EXPECT_THAT(got, HasSubstr(" suser\\=root "));
    signal::Signal broken = told::key();
    broken.narrative = "one\ntwo\rthree ";
    EXPECT_THAT(to_cef(broken, {}), HasSubstr(" msg=one\\ntwo\\rthree"));
}

TEST(Cef, PutsIpv6WhereTheDictionaryHasIt)
{
    const std::string got = to_cef(told::long_ones(), {});
    EXPECT_THAT(got, HasSubstr(" c6a2Label=Source IPv6 Address c6a2=2001:db8::7 "));
    EXPECT_THAT(got, Not(HasSubstr(" src=")));
    EXPECT_THAT(to_cef(told::key(), {}), HasSubstr(" src=203.0.113.7 "));
}

TEST(Syslog, HasTheHeaderOfTheStandard)
{
    SyslogSettings settings;
    settings.process_id = "812";
    const std::string got = to_syslog(told::key(), {5, false}, settings, "m");
    EXPECT_THAT(got, StartsWith("<83>1 2026-03-02T10:15:42.113Z web-01 sentrad 812 ssh-key-added "
                                "[sentra@32473 id=\""));
    EXPECT_THAT(got, HasSubstr(" seq=\"5\" tenant=\"acme\" state=\"Action Recommended\" "
                               "risk=\"0.70\"][meta sequenceId=\"5\"] m"));
}

TEST(Syslog, KeepsHeaderAndDataInTheirBounds)
{
    const std::string got = to_syslog(told::hostile(), {2147483648, false}, {}, "m");
    EXPECT_THAT(got, HasSubstr(" web_01]\"=|\\__ sentrad - "));
    EXPECT_THAT(got, HasSubstr(" tenant=\"Acme & S\xc3\xb6hne-GmbH\\]\\\"\""));
    EXPECT_THAT(got, HasSubstr("sequenceId=\"1\""));
    EXPECT_THAT(to_syslog(told::bare(), {}, {}, "m"), HasSubstr("Z - sentrad - "));
}

TEST(Syslog, CountsOctetsNotCharacters)
{
    EXPECT_EQ(octet_counted("\xc3\xa9x"), "3 \xc3\xa9x");
}

TEST(Ocsf, SaysWhatPeopleMadeOfIt)
{
    signal::Signal signal = told::key();
    const auto document = [&signal] {
        return nlohmann::json::parse(to_ocsf(signal, {18, true, ""}));
    };
    EXPECT_EQ(document()["status"], "New");
    EXPECT_FALSE(document().contains("verdict_id"));
    signal.state = "Low (Reviewed)";
    signal.decision = signal::Decision{
        .by = "anna", .verdict = "benign", .status = "REVIEWED", .note = "agreed on Monday"};
    EXPECT_EQ(document()["status_id"], 3);
    EXPECT_EQ(document()["verdict_id"], 5);
    EXPECT_EQ(document()["verdict"], "Benign");
    EXPECT_EQ(document()["comment"], "agreed on Monday");
    signal.decision->status = "RESOLVED";
    signal.decision->verdict = "true-positive";
    EXPECT_EQ(document()["status"], "Resolved");
    EXPECT_EQ(document()["verdict"], "True Positive");
    for (const signal::Verdict &verdict : signal::kVerdicts) {
        signal.decision->verdict = verdict.name;
        EXPECT_EQ(document()["verdict_id"], verdict.ocsf_id);
    }
}

} // namespace
} // namespace sentra::output
