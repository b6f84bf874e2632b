// SPDX-License-Identifier: MIT
// Protected files: what passes the programs by is told by the watch, what they saw is told once.
#include <chrono>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "live.h"
#include "old_calls.h"
#include "operation_ring.h"

namespace sentra::live {
namespace {

constexpr sentra_type kFileTypes[] = {SENTRA_FILE_WRITE, SENTRA_FILE_RENAME, SENTRA_FILE_DELETE,
                                      SENTRA_FILE_LINK,  SENTRA_FILE_MODE,   SENTRA_FILE_OWNER};

class Protected : public Live {
protected:
    void start_watching()
    {
        ASSERT_EQ(mkdir(path("etc").c_str(), 0755), 0);
        ASSERT_EQ(symlink("etc", path("lib").c_str()), 0);
        write_file(path("etc/passwd"), "root");
        write_file(path("etc/motd"), "hello");
        sensor::Options options;
        options.watched_changes = {path("etc/pass*"), path("etc/cron.d/*"), path("etc/shadow")};
        ASSERT_EQ(mkdir(path("etc/cron.d").c_str(), 0755), 0);
        start(std::move(options));
        if (!sensor().file_watches().are_needed)
            GTEST_SKIP() << "the programs see below the system calls here";
        ASSERT_EQ(sensor().file_watches().reason, "");
    }
    // A change waits a second for a record that explains it.
    std::vector<event::Owned> by_watch(pid_t pid, std::size_t expected)
    {
        std::vector<event::Owned> found;
        for (int tries = 0; tries < 10 && (tries == 0 || found.size() < expected); ++tries) {
            std::this_thread::sleep_for(std::chrono::milliseconds(expected == 0 ? 2500 : 1200));
            found.clear();
            for (const sentra_type type : kFileTypes)
                for (event::Owned &event : of(pid, type))
                    if (field(*event, "file.by_watch") == "true")
                        found.push_back(event);
            if (expected == 0)
                break;
        }
        return found;
    }
    // What the watch tells of it, in its own words.
    std::vector<std::string> told_of(pid_t pid, std::size_t expected)
    {
        std::vector<std::string> told;
        for (const auto &event : by_watch(pid, expected))
            told.push_back(says(*event));
        return told;
    }
    static std::string says(const event::Event &event)
    {
        return std::string(event.type().name) + " " + field(event, "file.path");
    }
};

#if defined(__x86_64__)

TEST_F(Protected, TellsWhat32BitCallsChange)
{
    start_watching();
    if (IsSkipped() || !runs_old_calls())
        GTEST_SKIP() << "nothing to be seen here";
    const pid_t pid = child([&] {
        OldCalls calls;
        const int fd = calls.open("etc/cron.d/job", O_WRONLY | O_CREAT);
        must(fd >= 0, "open");
        must(calls.write(fd, "* * * * * root id") > 0, "write");
        must(calls.open("etc/motd", O_WRONLY) >= 0, "open"); // not protected
        return 0;
    });
    const auto found = by_watch(pid, 1);
    ASSERT_EQ(found.size(), 1U);
    const event::Event &write = *found[0];
    EXPECT_EQ(says(write), "file.write " + path("etc/cron.d/job"));
    EXPECT_EQ(field(write, "file.created"), "true");
    EXPECT_EQ(of(pid, SENTRA_FILE_WRITE).size(), 1U) << "no program saw it";
    struct stat facts {};
    ASSERT_EQ(stat(path("etc/cron.d/job").c_str(), &facts), 0);
    EXPECT_EQ(write.as<sentra_file>().inode, facts.st_ino);
    // The child is gone by now; who it was is known all the same.
    const auto ended = one(pid, SENTRA_PROCESS_EXIT);
    EXPECT_EQ(write.actor()->start_ns, ended->actor()->start_ns);
    EXPECT_EQ(write.actor()->parent_pid, static_cast<std::uint32_t>(getpid()));
    EXPECT_EQ(write.actor()->uid, 0U);
}

TEST_F(Protected, TellsEachKindOfChange)
{
    start_watching();
    if (IsSkipped() || !runs_old_calls())
        GTEST_SKIP() << "nothing to be seen here";
    const auto did = [&](const std::function<int(OldCalls &)> &act) {
        return child([&] {
            OldCalls calls;
            must(act(calls) == 0, "int $0x80");
            return 0;
        });
    };
    const pid_t mode = did([](OldCalls &calls) { return calls.chmod("etc/passwd", 0666); });
    EXPECT_EQ(told_of(mode, 1), std::vector<std::string>{"file.mode " + path("etc/passwd")});
    const pid_t moved =
        did([](OldCalls &calls) { return calls.rename("etc/passwd", "etc/shadow"); });
    const auto renamed = by_watch(moved, 1);
    ASSERT_EQ(renamed.size(), 1U);
    EXPECT_EQ(says(*renamed[0]), "file.rename " + path("etc/shadow"));
    EXPECT_EQ(field(*renamed[0], "file.origin.path"), path("etc/passwd"));
    const pid_t gone = did([](OldCalls &calls) { return calls.rename("etc/shadow", "away"); });
    EXPECT_EQ(told_of(gone, 1), std::vector<std::string>{"file.delete " + path("etc/shadow")});
}

#endif

TEST_F(Protected, TellsRenamesAndRemovalsThroughARing)
{
    start_watching();
    if (IsSkipped())
        return;
    const pid_t pid = child([&] {
        OperationRing ring;
        io_uring_sqe renamed = on_path(IORING_OP_RENAMEAT, "etc/passwd");
        renamed.len = static_cast<unsigned>(AT_FDCWD);
        renamed.off = reinterpret_cast<std::uint64_t>("etc/shadow");
        must(ring.run(renamed) == 0, "IORING_OP_RENAMEAT");
        return 0;
    });
    const auto found = by_watch(pid, 1);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(says(*found[0]), "file.rename " + path("etc/shadow"));
    EXPECT_EQ(field(*found[0], "file.origin.path"), path("etc/passwd"));
}

// As a package manager and an editor do it, through a linked directory as well.
TEST_F(Protected, IsQuietAboutWhatTheProgramsSaw)
{
    start_watching();
    if (IsSkipped())
        return;
    const pid_t pid = child([&] {
        for (int i = 0; i < 40; ++i) {
            const std::string name = "lib/cron.d/job" + std::to_string(i);
            write_file(name + ".new", "text");
            must(chown((name + ".new").c_str(), 1, 1) == 0, "chown");
            must(chmod((name + ".new").c_str(), 0600) == 0, "chmod");
            must(rename((name + ".new").c_str(), name.c_str()) == 0, "rename");
        }
        must(link("etc/cron.d/job1", "etc/cron.d/second") == 0, "link");
        must(symlink("nowhere", "etc/cron.d/third") == 0, "symlink");
        must(unlinkat(AT_FDCWD, "etc/cron.d/job2", 0) == 0, "unlinkat");
        must(truncate("etc/passwd", 2) == 0, "truncate");
        const int fd = open("etc/passwd", O_WRONLY | O_APPEND | O_CLOEXEC);
        usleep(2'200'000); // longer than a record explains what others do
        must(write(fd, "x", 1) == 1, "write");
        must(utimensat(AT_FDCWD, "etc/passwd", nullptr, 0) == 0, "utimensat");
        return close(fd);
    });
    EXPECT_EQ(told_of(pid, 0), std::vector<std::string>{});
    EXPECT_GE(sensor().file_watches().explained, 40U);
    EXPECT_EQ(sensor().file_watches().told, 0U);
    EXPECT_EQ(losses().total(SENTRA_LOSS_WATCH_FULL), 0U);
}

} // namespace
} // namespace sentra::live
