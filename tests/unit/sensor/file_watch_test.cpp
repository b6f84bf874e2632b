// SPDX-License-Identifier: MIT
// What fanotify tells of watched files, which of it a record explains, and who is said to have done
// it.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "event/build.h"
#include "event/event.h"
#include "sensor/actors.h"
#include "sensor/change_source.h"
#include "sensor/file_watch.h"
#include "sensor/unexplained.h"

namespace sentra::sensor {
namespace {

constexpr std::uint64_t kNow = 1'700'000'000 * kSecondNs;

FileChange change(std::uint32_t what, std::uint32_t pid, std::uint64_t inode = 7)
{
    FileChange made;
    made.what = what;
    made.pid = pid;
    made.directory = "/etc/cron.d";
    made.name = "job";
    made.now.inode = inode;
    made.now.device_major = 8;
    made.now.mode = S_IFREG | 0644;
    made.now.links = 1;
    return made;
}

event::Record told(sentra_type type, std::uint32_t pid, const std::string &path,
                   std::uint64_t time_ns, std::uint64_t inode = 0, const std::string &origin = "")
{
    event::Build<sentra_file> record(type, SENTRA_SOURCE_KERNEL, time_ns, 1);
    record->actor.pid = pid;
    record->inode = inode;
    record->device_major = 8;
    record->flags = inode == 0 ? SENTRA_FILE_PATH_GIVEN : 0;
    record.text(record->path, path);
    record.text(record->origin, origin);
    return record.finish();
}

// "/lib" is a link to "/etc" here: a caller may have gone through it.
std::string_view same(const std::string &directory)
{
    return directory == "/etc/cron.d" || directory == "/lib/cron.d" ? "/etc/cron.d" : "";
}

std::uint32_t left_of(Unexplained &unexplained)
{
    const auto due = unexplained.due(kNow + kSecondNs);
    return due.empty() ? 0 : due.front().what;
}

TEST(Unexplained, TellsAChangeThatNoRecordToldASecondLater)
{
    Unexplained unexplained(same);
    unexplained.noticed(change(kWritten | kCreated, 10), kNow);
    EXPECT_TRUE(unexplained.due(kNow + kSecondNs - 1).empty());
    EXPECT_EQ(left_of(unexplained), kWritten | kCreated);
    EXPECT_FALSE(unexplained.is_waiting());
}

TEST(Unexplained, KeepsQuietAboutWhatARecordTold)
{
    Unexplained unexplained(same);
    unexplained.noticed(change(kWritten | kCreated | kClosed, 10), kNow);
    unexplained.told(told(SENTRA_FILE_WRITE, 10, "/etc/cron.d/job", kNow + 5, 7));
    EXPECT_EQ(left_of(unexplained), 0U);
    EXPECT_EQ(unexplained.explained(), 1U);

    // The call before the notification was read; a write tells nothing of permissions.
    unexplained.told(told(SENTRA_FILE_DELETE, 11, "/lib/cron.d/job", kNow - kSecondNs));
    unexplained.noticed(change(kDeleted | kMode, 11), kNow);
    EXPECT_EQ(left_of(unexplained), std::uint32_t{kMode});

    unexplained.told(
        told(SENTRA_FILE_RENAME, 12, "/etc/cron.d/job", kNow, 0, "/etc/cron.d/job.new"));
    auto away = change(kMovedAway, 12, 0);
    away.name = "job.new";
    unexplained.noticed(away, kNow);
    unexplained.noticed(change(kMovedHere, 12), kNow);
    EXPECT_EQ(left_of(unexplained), 0U);
}

TEST(Unexplained, TakesAClaimForItsOwnProcessAndItsOwnFileOnly)
{
    Unexplained unexplained(same);
    unexplained.told(told(SENTRA_FILE_DELETE, 99, "/etc/cron.d/job", kNow));
    unexplained.told(told(SENTRA_FILE_DELETE, 10, "/tmp/job", kNow));
    unexplained.told(told(SENTRA_FILE_DELETE, 10, "/etc/cron.d/job", kNow - 3 * kSecondNs));
    unexplained.noticed(change(kDeleted, 10), kNow);
    EXPECT_EQ(left_of(unexplained), std::uint32_t{kDeleted});
}

// An open is a fact: the file is the same whoever holds the descriptor, and however long.
TEST(Unexplained, LetsAnOpenFileBeWrittenTo)
{
    Unexplained unexplained(same);
    unexplained.told(told(SENTRA_FILE_WRITE, 10, "/etc/cron.d/job", kNow - kHourNs, 7));
    unexplained.noticed(change(kWritten, 10), kNow);
    EXPECT_EQ(left_of(unexplained), 0U);
    unexplained.noticed(change(kClosed, 11), kNow);
    EXPECT_EQ(left_of(unexplained), 0U);
    unexplained.noticed(change(kWritten, 11), kNow);
    EXPECT_EQ(left_of(unexplained), std::uint32_t{kWritten});
    // Another file under the name.
    unexplained.told(told(SENTRA_FILE_WRITE, 12, "/etc/cron.d/other", kNow, 8));
    unexplained.noticed(change(kWritten, 12), kNow);
    EXPECT_EQ(left_of(unexplained), std::uint32_t{kWritten});
}

TEST(Unexplained, IsBoundedAndCountsWhatFindsNoRoom)
{
    Unexplained unexplained(same);
    for (std::uint32_t pid = 0; pid < 9000; ++pid)
        unexplained.noticed(change(kWritten, pid), kNow);
    EXPECT_EQ(unexplained.dropped(), 9000U - 8192U);
    EXPECT_EQ(unexplained.due(kNow + kSecondNs).size(), 8192U);
    for (std::uint32_t i = 1; i <= 10'000; ++i)
        unexplained.told(told(SENTRA_FILE_WRITE, i, "/etc/cron.d/job", kNow, i));
    unexplained.noticed(change(kWritten, 11, 10'000), kNow);
    EXPECT_EQ(left_of(unexplained), 0U);
    unexplained.noticed(change(kWritten, 11, 12'000), kNow + 5 * kSecondNs);
    EXPECT_EQ(unexplained.due(kNow + 6 * kSecondNs).size(), 1U);
}

TEST(ChangeSource, MakesTheRecordsAChangeIs)
{
    sentra_actor actor{};
    actor.pid = 10;
    const auto records =
        records_of(change(kWritten | kCreated | kMode | kDeleted, 10), actor, "", kNow);
    ASSERT_EQ(records.size(), 3U);
    const auto write = event::Event::decode(records[0]);
    ASSERT_TRUE(write.has_value());
    EXPECT_EQ(write->type().name, "file.write");
    EXPECT_EQ(event::to_text(write->get("file.path")), "/etc/cron.d/job");
    EXPECT_EQ(event::to_text(write->get("file.by_watch")), "true");
    EXPECT_EQ(event::to_text(write->get("file.created")), "true");
    EXPECT_EQ(event::to_text(write->get("file.path_given")), "false");
    EXPECT_EQ(records[1].head().type, SENTRA_FILE_MODE);
    EXPECT_EQ(records[2].head().type, SENTRA_FILE_DELETE);

    auto socket = change(kCreated, 10);
    socket.now.mode = S_IFSOCK | 0777;
    EXPECT_TRUE(records_of(socket, actor, "", kNow).empty());
    auto second_name = change(kCreated, 10);
    second_name.now.links = 2;
    EXPECT_EQ(records_of(second_name, actor, "", kNow)[0].head().type, SENTRA_FILE_LINK);
}

TEST(ChangeSource, PairsAMoveOnlyWhenTheFileIsTheSame)
{
    std::vector<FileChange> changes{change(kMovedAway, 10, 0), change(kMovedHere, 10, 7),
                                    change(kMovedHere, 10, 8), change(kMovedAway, 11, 0)};
    changes[0].inode_before = 7;
    changes[3].inode_before = 8;
    EXPECT_EQ(pair_moves(changes), (std::vector<int>{-1, 0, -1, -1}));
    EXPECT_EQ(changes[0].what, 0U);
    EXPECT_EQ(changes[3].what, std::uint32_t{kMovedAway});
}

event::Record about(sentra_type type, std::uint32_t pid, std::uint64_t start_ns, std::uint32_t uid)
{
    event::Build<sentra_fork> record(type, SENTRA_SOURCE_KERNEL, kNow, 1);
    record->actor.pid = pid;
    record->actor.start_ns = start_ns;
    record->actor.uid = uid;
    return record.finish();
}

TEST(Actors, KnowsWhoHadANumberLast)
{
    Actors actors;
    EXPECT_EQ(actors.find(10), nullptr);
    actors.learn(about(SENTRA_PROCESS_FORK, 10, 100, 0));
    actors.learn(about(SENTRA_CRED_CHANGE, 10, 100, 33));
    ASSERT_NE(actors.find(10), nullptr);
    EXPECT_EQ(actors.find(10)->uid, 33U);
    actors.learn(about(SENTRA_PROCESS_EXIT, 10, 100, 33));
    EXPECT_NE(actors.find(10), nullptr) << "its last deed is still to be told";
    actors.learn(about(SENTRA_PROCESS_FORK, 10, 200, 5));
    EXPECT_EQ(actors.find(10)->uid, 5U);
    for (std::uint32_t pid = 1000; pid < 5000; ++pid) {
        actors.learn(about(SENTRA_PROCESS_FORK, pid, 300, 0));
        actors.learn(about(SENTRA_PROCESS_EXIT, pid, 300, 0));
    }
    EXPECT_EQ(actors.size(), 2048U + 1U);
    EXPECT_EQ(actors.find(10)->uid, 5U) << "it runs";
}

TEST(Actors, DescribesByWhatIsKnownAndSaysWhatIsNot)
{
    const auto self = look_at_process(static_cast<std::uint32_t>(getpid()));
    ASSERT_TRUE(self.has_value());
    EXPECT_EQ(self->uid, getuid());
    EXPECT_EQ(self->fsgid, getgid());
    EXPECT_EQ(self->parent_pid, static_cast<std::uint32_t>(getppid()));
    EXPECT_NE(self->start_ns, 0U);
    EXPECT_FALSE(look_at_process(0).has_value());

    sentra_actor known = *self;
    known.start_ns += 5; // /proc tells ticks
    known.uid = 4711;
    known.cgroup_id = 9;
    const auto both = describe_actor(known.pid, &known, self);
    EXPECT_EQ(both.start_ns, known.start_ns);
    EXPECT_EQ(both.uid, getuid()) << "as it is now";
    EXPECT_EQ(both.cgroup_id, 9U);

    known.start_ns += kHourNs; // somebody else had the number
    EXPECT_EQ(describe_actor(known.pid, &known, self).uid, 4711U);
    const auto nobody = describe_actor(5, nullptr, std::nullopt);
    EXPECT_EQ(nobody.pid, 5U);
    EXPECT_EQ(nobody.uid, SENTRA_UNSET);
    EXPECT_EQ(nobody.audit_session, SENTRA_UNSET);
}

class Watched : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = "/tmp/sentra-watch-XXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        folder_ = std::filesystem::canonical(pattern);
        std::filesystem::create_directories(folder_ + "/all");
        std::ofstream(folder_ + "/one") << "x";
        std::ofstream(folder_ + "/other") << "x";
        auto opened = FileWatch::open({folder_ + "/one", folder_ + "/*/*", folder_ + "/absent/x"});
        if (!opened)
            GTEST_SKIP() << opened.error().text;
        watch_.emplace(std::move(*opened));
    }
    void TearDown() override
    {
        if (!folder_.empty())
            std::filesystem::remove_all(folder_);
    }
    // Done by a child: the sensor's own process is never told.
    std::vector<FileChange> after(const std::string &command)
    {
        const std::string in_folder = "cd " + folder_ + " && " + command;
        EXPECT_EQ(std::system(in_folder.c_str()), 0) << command;
        std::vector<FileChange> changes;
        watch_->read([&changes](FileChange change) { changes.push_back(std::move(change)); });
        return changes;
    }
    static std::uint32_t all(const std::vector<FileChange> &changes)
    {
        std::uint32_t what = 0;
        for (const FileChange &change : changes)
            what |= change.what;
        return what;
    }

    std::string folder_;
    std::optional<FileWatch> watch_;
};

TEST_F(Watched, NoticesWhatIsDoneToTheFilesThatAPatternNames)
{
    const auto written = after("echo y >one");
    ASSERT_FALSE(written.empty());
    EXPECT_EQ(all(written), kWritten | kClosed);
    EXPECT_EQ(written[0].path(), folder_ + "/one");
    struct stat facts {};
    ASSERT_EQ(stat(written[0].path().c_str(), &facts), 0);
    EXPECT_EQ(written[0].now.inode, facts.st_ino);
    EXPECT_NE(written[0].pid, 0U);

    EXPECT_EQ(all(after("touch one")) & (kMode | kOwner), 0U);
    EXPECT_EQ(all(after("chmod 600 one")), std::uint32_t{kMode});
    EXPECT_EQ(all(after("chown 1:1 one")), std::uint32_t{kOwner});
    EXPECT_TRUE(after("echo y >other; chmod 600 other; mv other another").empty());
    EXPECT_EQ(all(after("mv one all/two")), kMovedAway | kMovedHere);
    EXPECT_EQ(all(after("ln all/two one")), std::uint32_t{kCreated});
    EXPECT_EQ(all(after("rm all/two")), std::uint32_t{kDeleted});
    EXPECT_EQ(all(after("cat one >/dev/null; ls all")), 0U);
}

TEST_F(Watched, LooksAtDirectoriesThatCameLater)
{
    EXPECT_EQ(watch_->counts().directories, 2U);
    after("mkdir later"); // its making is noticed in the folder above
    EXPECT_EQ(watch_->counts().directories, 3U);
    EXPECT_EQ(all(after("echo x >later/f")), kCreated | kWritten | kClosed);
    EXPECT_EQ(watch_->same_directory(folder_ + "/later"), folder_ + "/later");
    EXPECT_EQ(watch_->same_directory(folder_ + "/all/../later"), folder_ + "/later");
    EXPECT_EQ(watch_->same_directory("/tmp"), "");
    after("mv later ../sentra-watch-moved && rm -r ../sentra-watch-moved");
    watch_->refresh();
    EXPECT_EQ(watch_->counts().directories, 2U);
    EXPECT_EQ(watch_->counts().refused, 0U);
}

} // namespace
} // namespace sentra::sensor
