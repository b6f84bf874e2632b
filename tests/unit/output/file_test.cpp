// SPDX-License-Identifier: MIT
#include <sys/resource.h>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "base/fd.h"
#include "base/text.h"
#include "output/format.h"
#include "unit/output/sinks.h"

namespace sentra::output {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string line(const Parcel &parcel)
{
    return to_ndjson(parcel.signal, parcel.delivery) + "\n";
}

TEST(Registry, NamesTheNearestWord)
{
    EXPECT_THAT(sinks::error_of(sinks::settings("flie")), HasSubstr("did you mean file?"));
    EXPECT_THAT(sinks::error_of(sinks::settings("file", {{"pth", "/x"}})),
                HasSubstr("did you mean path?"));
    EXPECT_THAT(sinks::error_of(sinks::settings("file")), HasSubstr("path is missing"));
    EXPECT_THAT(sinks::error_of(sinks::settings("file", {{"path", "/tmp/x"}, {"format", "ndjsn"}})),
                HasSubstr("did you mean ndjson?"));
    auto bad_name = sinks::settings("stdout");
    bad_name.name = "Up_per";
    EXPECT_THAT(sinks::error_of(bad_name), HasSubstr("no name of a sink"));
    for (const SinkType &type : sink_types()) {
        EXPECT_EQ(find_sink_type(type.name), &type);
        EXPECT_TRUE(type.format.empty() || find_format(type.format) != nullptr) << type.name;
        EXPECT_GT(type.most_at_once, 0U);
    }
}

TEST(File, AppendsWholeLinesAndKeepsItsMode)
{
    const sinks::Folder folder;
    const std::string path = folder / "signals.ndjson";
    const auto before = ::umask(077);
    const auto transport = sinks::opened(sinks::settings("file", {{"path", path}}));
    const auto parcels = sinks::parcels(3);
    EXPECT_EQ(sinks::fates(transport->send({parcels.data(), 2})), "dd");
    EXPECT_EQ(sinks::fates(transport->send({&parcels[2], 1})), "d");
    ::umask(before);
    EXPECT_EQ(sinks::slurp(path), line(parcels[0]) + line(parcels[1]) + line(parcels[2]));
    struct stat found = {};
    ASSERT_EQ(::stat(path.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0640U);
}

TEST(File, TakesEvidenceAsEventsOfTheirOwn)
{
    for (const char *format : {"ndjson", "ecs"}) {
        const sinks::Folder folder;
        const std::string path = folder / "events";
        auto file = open_sink(
            sinks::settings("file", {{"path", path}, {"format", format}, {"evidence", "true"}}));
        ASSERT_TRUE(file) << file.error().text;
        auto parcel = sinks::parcel(1);
        std::vector<Parcel> parcels{parcel};
        parcel.evidence = 1;
        parcels.push_back(parcel);
        EXPECT_EQ(sinks::fates((*file)->send(parcels)), "dd");
        const auto text = read_file(path);
        ASSERT_TRUE(text);
        const auto lines = split(trim(*text), '\n');
        ASSERT_EQ(lines.size(), 2U);
        const auto event = nlohmann::json::parse(lines[1]);
        const signal::Evidence &piece = parcel.signal.evidence.front();
        const bool is_ecs = std::string_view(format) == "ecs";
        EXPECT_EQ(event.at(is_ecs ? "message" : "text"), piece.text);
        EXPECT_EQ(is_ecs ? event.at("sentra").at("signal").at("uid") : event.at("signal").at("uid"),
                  parcel.signal.uid);
        EXPECT_EQ(is_ecs ? event.at("event").at("id") : event.at("id"),
                  evidence_id(parcel.signal, piece));
        EXPECT_EQ(event.contains("data_stream"), is_ecs);
    }
    const auto cef = open_sink(
        sinks::settings("file", {{"path", "/x"}, {"format", "cef"}, {"evidence", "true"}}));
    ASSERT_FALSE(cef);
    EXPECT_NE(cef.error().text.find("ndjson and ecs do"), std::string::npos) << cef.error().text;
    EXPECT_FALSE(open_sink(sinks::settings("file", {{"path", "/x"}, {"evidence", "maybe"}})));
}

TEST(File, NoticesByItselfThatItWasRotatedOrRemoved)
{
    const sinks::Folder folder;
    const std::string path = folder / "s";
    const auto transport = sinks::opened(sinks::settings("file", {{"path", path}}));
    const auto parcels = sinks::parcels(3);
    ASSERT_EQ(sinks::fates(transport->send({&parcels[0], 1})), "d");
    std::filesystem::rename(path, path + ".1");
    ASSERT_EQ(sinks::fates(transport->send({&parcels[1], 1})), "d");
    EXPECT_EQ(sinks::slurp(path + ".1"), line(parcels[0]));
    EXPECT_EQ(sinks::slurp(path), line(parcels[1]));
    std::filesystem::remove(path);
    ASSERT_EQ(sinks::fates(transport->send({&parcels[2], 1})), "d");
    EXPECT_EQ(sinks::slurp(path), line(parcels[2]));
}

TEST(File, ReopensWhenAsked)
{
    const sinks::Folder folder;
    const std::string path = folder / "s";
    const auto transport = sinks::opened(sinks::settings("file", {{"path", path}}));
    const auto parcels = sinks::parcels(2);
    ASSERT_EQ(sinks::fates(transport->send({&parcels[0], 1})), "d");
    transport->reopen();
    ASSERT_EQ(sinks::fates(transport->send({&parcels[1], 1})), "d");
    EXPECT_EQ(sinks::slurp(path), line(parcels[0]) + line(parcels[1]));
}

TEST(File, EndsTheLineThatAKilledProcessLeft)
{
    const sinks::Folder folder;
    const std::string path = folder / "s";
    std::ofstream(path) << "{\"schema\":\"sen";
    const auto transport = sinks::opened(sinks::settings("file", {{"path", path}}));
    const auto parcel = sinks::parcel(1);
    ASSERT_EQ(sinks::fates(transport->send({&parcel, 1})), "d");
    EXPECT_EQ(sinks::slurp(path), "{\"schema\":\"sen\n" + line(parcel));
}

// A limit on a file's size stands in for a disk that is full: part of it fits.
TEST(File, TakesBackWhatDidNotFit)
{
    const sinks::Folder folder;
    const std::string path = folder / "s";
    const auto transport = sinks::opened(sinks::settings("file", {{"path", path}}));
    const auto parcels = sinks::parcels(2);
    ASSERT_EQ(sinks::fates(transport->send({&parcels[0], 1})), "d");
    rlimit before = {};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit narrow = {line(parcels[0]).size() + 100, before.rlim_max};
    const auto handler = ::signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &narrow), 0);
    const Handover refused = transport->send({&parcels[1], 1});
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    ::signal(SIGXFSZ, handler);
    EXPECT_EQ(sinks::fates(refused), "r");
    EXPECT_THAT(refused.outcomes[0].why, HasSubstr("File too large"));
    EXPECT_EQ(sinks::slurp(path), line(parcels[0]));
    ASSERT_EQ(sinks::fates(transport->send({&parcels[1], 1})), "d");
    EXPECT_EQ(sinks::slurp(path), line(parcels[0]) + line(parcels[1]));
}

TEST(File, FollowsNoLinkAndWaitsForNoReader)
{
    const sinks::Folder folder;
    const auto parcel = sinks::parcel(1);
    std::filesystem::create_symlink(folder / "elsewhere", folder / "link");
    auto transport = sinks::opened(sinks::settings("file", {{"path", folder / "link"}}));
    const Handover linked = transport->send({&parcel, 1});
    EXPECT_EQ(sinks::fates(linked), "r");
    EXPECT_THAT(linked.pause, HasSubstr("link"));
    EXPECT_FALSE(std::filesystem::exists(folder / "elsewhere"));

    ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
    transport = sinks::opened(sinks::settings("file", {{"path", folder / "fifo"}}));
    EXPECT_NE(transport->send({&parcel, 1}).pause, "");
}

TEST(File, RefusesWhatIsNoPathOrMode)
{
    EXPECT_THAT(sinks::error_of(sinks::settings("file", {{"path", "x"}})), HasSubstr("whole path"));
    EXPECT_THAT(sinks::error_of(sinks::settings("file", {{"path", "/nowhere/at/all"}})),
                HasSubstr("/nowhere/at"));
    EXPECT_THAT(sinks::error_of(sinks::settings("file", {{"path", "/tmp/x"}, {"mode", "0666"}})),
                StartsWith("sink x: mode"));
}

TEST(File, SaysThatATestIsOne)
{
    const sinks::Folder folder;
    auto parcel = sinks::parcel(1);
    parcel.is_test = true;
    for (const Format &format : formats()) {
        const std::string path = folder / std::string(format.name);
        const auto transport = sinks::opened(
            sinks::settings("file", {{"path", path}, {"format", std::string(format.name)}}));
        ASSERT_EQ(sinks::fates(transport->send({&parcel, 1})), "d");
        EXPECT_THAT(sinks::slurp(path), HasSubstr("[test] ")) << format.name;
        EXPECT_THAT(sinks::slurp(path), HasSubstr("This is a test of")) << format.name;
    }
}

} // namespace
} // namespace sentra::output
