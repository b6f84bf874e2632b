// SPDX-License-Identifier: MIT
#include "report/fleet.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/weekly.h"
#include "unit/report/made.h"
#include "unit/report/plain.h"

namespace sentra::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string exported(const std::string &tenant, const std::string &host, Input input)
{
    input.tenant = tenant;
    input.host = host;
    input.host_id = "id-of-" + tenant + host;
    return to_json(weekly(std::move(input)));
}

Input reviewed_week()
{
    Input input = made::week();
    std::erase_if(input.signals, [](const signal::Signal &signal) { return signal.action_needed; });
    return input;
}

Input week_before()
{
    Input input = made::empty_week();
    input.period = {made::at("2026-02-23T00:00:00Z"), made::at("2026-03-02T00:00:00Z")};
    return input;
}

FleetInput fleet_of(std::vector<std::pair<std::string, std::string>> files)
{
    return {std::move(files), made::week().period, {}, made::week().written_ns, {}, "VERSION"};
}

FleetInput two_tenants()
{
    return fleet_of({{"a.json", exported("acme", "web-02", made::empty_week())},
                     {"b.json", exported("acme", "web-01", made::half_blind_week())},
                     {"c.json", exported("acme", "web-03", reviewed_week())},
                     {"d.json", exported("acme", "db-01", week_before())},
                     {"e.json", exported("globex", "shop-01", made::empty_week())},
                     {"f.json", exported("globex", "shop-02", reviewed_week())},
                     {"g-initech.json", "{\"schema\":\"sentra.report/1\""}});
}

std::vector<std::string> names_of(const FleetTenant &tenant)
{
    std::vector<std::string> names;
    for (const FleetHost &host : tenant.hosts)
        names.push_back(host.host);
    return names;
}

TEST(FleetReport, IsItsGoldenFiles)
{
    const auto report = fleet(two_tenants());
    ASSERT_TRUE(report);
    expect_golden("fleet.html", to_html(page(*report)));
    expect_golden("fleet.md", to_markdown(page(*report)));
    expect_golden("fleet.json", to_json(*report));
}

TEST(FleetReport, WhoDidNotReportComesFirstThenTheWorst)
{
    const Fleet report = fleet(two_tenants()).value();
    ASSERT_THAT(report.tenants, SizeIs(2));
    const FleetTenant &acme = report.tenants[0];
    ASSERT_THAT(acme.silent, SizeIs(1));
    EXPECT_EQ(acme.silent[0].host, "db-01");
    EXPECT_THAT(names_of(acme), ElementsAre("web-01", "web-03", "web-02"));
    EXPECT_THAT(acme.by_state, ElementsAre(1, 1, 1));
    const std::string text = to_markdown(page(report));
    EXPECT_LT(text.find("db-01"), text.find("**Action recommended (2)**"));
    EXPECT_LT(text.find("db-01"), text.find("web-01"));
    EXPECT_THAT(text, HasSubstr("3 hosts reported, 1 did not."));
}

// However many calm hosts or weeks there are: one that asks for a look is what the whole is.
TEST(FleetReport, TheWorstStateWinsAndNothingIsAveraged)
{
    for (const int calm : {0, 1, 20}) {
        std::vector<std::pair<std::string, std::string>> files;
        for (int at = 0; at < calm; ++at)
            files.emplace_back("x",
                               exported("acme", "calm-" + std::to_string(at), made::empty_week()));
        EXPECT_EQ(fleet(fleet_of(files)).value().state(), State::calm);
        files.emplace_back("y", exported("acme", "odd", reviewed_week()));
        EXPECT_EQ(fleet(fleet_of(files)).value().state(), State::reviewed);
        files.emplace_back("z", exported("acme", "loud", made::week()));
        EXPECT_EQ(fleet(fleet_of(files)).value().state(), State::action);
        EXPECT_EQ(fleet(fleet_of(files)).value().tenants[0].hosts[0].host, "loud");
    }
    // Over a month, the worst week is the host's.
    FleetInput month = fleet_of({{"a", exported("acme", "web-01", made::week())},
                                 {"b", exported("acme", "web-01", week_before())}});
    month.period.from_ns = made::at("2026-02-01T00:00:00Z");
    const Fleet report = fleet(month).value();
    ASSERT_THAT(report.tenants[0].hosts, SizeIs(1));
    EXPECT_EQ(report.tenants[0].hosts[0].state, State::action);
    EXPECT_EQ(report.tenants[0].hosts[0].reports, 2U);
}

TEST(FleetReport, AnExportThatWasWrittenAgainCountsOnce)
{
    Input first = made::empty_week(), second = made::week();
    second.written_ns += kHourNs;
    std::vector<std::pair<std::string, std::string>> files = {
        {"a", exported("acme", "web-01", first)}, {"b", exported("acme", "web-01", second)}};
    for (int turn = 0; turn < 2; ++turn) {
        const Fleet report = fleet(fleet_of(files)).value();
        EXPECT_EQ(report.tenants[0].hosts[0].reports, 1U);
        EXPECT_EQ(report.tenants[0].hosts[0].state, State::action) << "what was written last";
        std::reverse(files.begin(), files.end());
    }
}

TEST(FleetReport, ATenantsReportNamesNothingOfAnother)
{
    FleetInput input = two_tenants();
    input.tenant = "globex";
    const Fleet report = fleet(input).value();
    EXPECT_EQ(report.unread_count, 1U);
    for (const std::string &text :
         {to_html(page(report)), to_markdown(page(report)), to_json(report)}) {
        EXPECT_THAT(text, HasSubstr("shop-01"));
        for (const char *other : {"acme", "web-01", "web-02", "web-03", "db-01", "initech"})
            EXPECT_THAT(text, Not(HasSubstr(other)));
    }
    input.tenant = "glob";
    const auto none = fleet(input);
    ASSERT_FALSE(none) << "an empty page would read as a calm one";
    EXPECT_THAT(none.error().text, Not(HasSubstr("acme")));
}

// On the page of all tenants each has a part of its own.
TEST(FleetReport, ATenantsPartNamesNothingOfAnother)
{
    const std::string text = to_markdown(page(fleet(two_tenants()).value()));
    const auto acme = text.find("## acme"), globex = text.find("## globex");
    ASSERT_LT(acme, globex);
    EXPECT_THAT(text.substr(acme, globex - acme), Not(HasSubstr("shop-")));
    EXPECT_THAT(text.substr(globex), Not(HasSubstr("web-")));
    // Two hosts gave the reasons of made::week() twice each.
    EXPECT_THAT(text.substr(acme, globex - acme),
                HasSubstr("| the shop moves to its new service | 4 |"));
}

TEST(FleetReport, ShowsTheFiveMostSeriousThings)
{
    std::vector<std::pair<std::string, std::string>> files;
    for (int at = 0; at < 4; ++at)
        files.emplace_back("x", exported("acme", "web-" + std::to_string(at), made::week()));
    const FleetTenant tenant = fleet(fleet_of(files)).value().tenants[0];
    ASSERT_THAT(tenant.actions, SizeIs(5));
    EXPECT_EQ(tenant.further_actions, 3U);
    for (std::size_t at = 1; at < tenant.actions.size(); ++at)
        EXPECT_GE(tenant.actions[at - 1].score, tenant.actions[at].score);
}

TEST(FleetReport, WhatIsNoExportIsSaid)
{
    for (const char *text :
         {"", "x", "[]", "{}", "{\"schema\":\"sentra.report/1\",\"kind\":\"fleet\"}",
          "{\"schema\":\"sentra.report/2\",\"kind\":\"weekly\"}"}) {
        const Fleet report = fleet(fleet_of({{"odd.json", text}})).value();
        EXPECT_EQ(report.unread_count, 1U) << text;
        EXPECT_THAT(report.unread[0], HasSubstr("odd.json ")) << text;
        EXPECT_THAT(to_markdown(page(report)), HasSubstr("Not every report could be read."));
    }
    // An export that says it is calm and lists what asks for a look is not believed.
    auto json = nlohmann::ordered_json::parse(exported("acme", "web-01", made::week()));
    json["verdict"]["state"] = "no-action";
    json["verdict"]["open"] = 0;
    EXPECT_EQ(export_from_json(json.dump()).value().state, State::action);
    json["watching"]["seconds_watched"] = 700'000;
    EXPECT_FALSE(export_from_json(json.dump())) << "more than there was";
}

TEST(FleetReport, HostileNamesAreInert)
{
    const std::string &bad = made::hostile_text();
    const Fleet report =
        fleet(fleet_of({{bad, exported(bad, bad, made::hostile_week())}, {bad, "x"}})).value();
    const std::string text = to_html(page(report));
    EXPECT_THAT(all_of(text, "<(script|img|iframe)"), IsEmpty());
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(all_of(to_markdown(page(report)), "([^\\\\]\\]\\()"), IsEmpty()) << "a link";
}

} // namespace
} // namespace sentra::report
