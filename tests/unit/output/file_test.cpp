// SPDX-License-Identifier: MIT
#include <sys/resource.h>

#include <gmock/gmock.h>

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
