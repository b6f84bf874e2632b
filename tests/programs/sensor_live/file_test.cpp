// SPDX-License-Identifier: MIT
// Files: whole paths however they were reached, what is a fact and what a claim.
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "live.h"

#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH 4
#endif

namespace sentra::live {
namespace {

int open_and_close(const std::string &path, int flags)
{
    const int fd = open(path.c_str(), flags | O_CLOEXEC, 0640);
    must(fd >= 0, path.c_str());
    return close(fd);
}

void own_mounts()
{
    must(unshare(CLONE_NEWNS) == 0, "unshare");
    must(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "mount");
}

TEST_F(Live, TellsCreatingPlainAndTruncatingOpens)
{
    start();
    const pid_t pid = child([&] {
        open_and_close("new", O_WRONLY | O_CREAT);
        open_and_close("new", O_WRONLY | O_CREAT | O_APPEND);
        open_and_close(path("new"), O_RDWR | O_TRUNC);
        open_and_close("new", O_RDONLY);
        open_and_close("/dev/null", O_WRONLY); // not a regular file
        return close(creat("new", 0600));
    });
    const auto writes = of(pid, SENTRA_FILE_WRITE);
    ASSERT_EQ(writes.size(), 4U);
    struct stat facts {};
    ASSERT_EQ(stat(path("new").c_str(), &facts), 0);
    for (const auto &write : writes) {
        EXPECT_EQ(field(*write, "file.path"), path("new"));
        EXPECT_EQ(write->as<sentra_file>().inode, facts.st_ino);
        EXPECT_EQ(write->as<sentra_file>().mode, S_IFREG | (0640U & ~022U));
        EXPECT_EQ(field(*write, "file.path_given"), "false");
    }
    const auto created = [&](std::size_t i) { return field(*writes[i], "file.created"); };
    const auto truncated = [&](std::size_t i) { return field(*writes[i], "file.truncated"); };
    EXPECT_EQ(created(0) + created(1) + created(2) + created(3), "truefalsefalsefalse");
    EXPECT_EQ(truncated(0) + truncated(1) + truncated(2) + truncated(3), "falsefalsetruetrue");
}

TEST_F(Live, TellsFilesThatHaveNoName)
{
    start();
    const pid_t unnamed = child([&] { return open_and_close(folder_, O_TMPFILE | O_RDWR); });
    EXPECT_EQ(field(*one(unnamed, SENTRA_FILE_WRITE), "file.unlinked"), "true");

    const pid_t memory = child([&] {
        const int fd = memfd_create("notes", MFD_CLOEXEC);
        return open_and_close("/proc/self/fd/" + std::to_string(fd), O_RDWR);
    });
    const auto write = one(memory, SENTRA_FILE_WRITE);
    EXPECT_EQ(field(*write, "file.memfd"), "true");
    EXPECT_EQ(field(*write, "file.path"), "/memfd:notes");
}

TEST_F(Live, FollowsSymbolicLinksAndMounts)
{
    ASSERT_EQ(mkdir(path("real").c_str(), 0755), 0);
    ASSERT_EQ(mkdir(path("bound").c_str(), 0755), 0);
    ASSERT_EQ(symlink("real", path("alias").c_str()), 0);
    for (const char *part : {"lower", "upper", "work", "merged"})
        ASSERT_EQ(mkdir(path(part).c_str(), 0755), 0);
    write_file(path("lower/old"), "x");
    start();
    const pid_t linked =
        child([] { return open_and_close("alias/../alias/f", O_WRONLY | O_CREAT); });
    EXPECT_EQ(field(*one(linked, SENTRA_FILE_WRITE), "file.path"), path("real/f"));

    const pid_t bound = child([&] {
        own_mounts();
        must(mount("real", "bound", nullptr, MS_BIND, nullptr) == 0, "mount");
        return open_and_close("bound/f", O_WRONLY);
    });
    EXPECT_EQ(field(*one(bound, SENTRA_FILE_WRITE), "file.path"), path("bound/f"));

    const pid_t overlaid = child(
        [&] {
            own_mounts();
            const std::string options = "lowerdir=" + path("lower") + ",upperdir=" + path("upper") +
                                        ",workdir=" + path("work");
            // A kernel without overlayfs has nothing to tell.
            if (mount("overlay", "merged", "overlay", 0, options.c_str()) != 0)
                return 3;
            return open_and_close("merged/old", O_WRONLY | O_APPEND);
        },
        access("/sys/module/overlay", F_OK) == 0 ? 0 : 3);
    if (access("/sys/module/overlay", F_OK) == 0) {
        EXPECT_EQ(field(*one(overlaid, SENTRA_FILE_WRITE), "file.path"), path("merged/old"));
    }
}

TEST_F(Live, DoesNotTakeAChrootForTheRoot)
{
    ASSERT_EQ(mkdir(path("jail").c_str(), 0755), 0);
    ASSERT_EQ(mkdir(path("jail/etc").c_str(), 0755), 0);
    start();
    const pid_t pid = child([] {
        must(chroot("jail") == 0 && chdir("/") == 0, "chroot");
        open_and_close("/etc/passwd", O_WRONLY | O_CREAT);
        must(chmod("/etc/passwd", 0600) == 0, "chmod");
        must(unlink("/../../etc/passwd") == 0, "unlink");
        return 0;
    });
    const auto write = one(pid, SENTRA_FILE_WRITE);
    EXPECT_EQ(field(*write, "file.path"), path("jail/etc/passwd"));
    EXPECT_EQ(field(*write, "process.chrooted"), "true");
    EXPECT_EQ(field(*one(pid, SENTRA_FILE_MODE), "file.path"), path("jail/etc/passwd"));
    EXPECT_EQ(field(*one(pid, SENTRA_FILE_DELETE), "file.path"), path("jail/etc/passwd"));
}

TEST_F(Live, FlagsMountsThatNoNamespaceShows)
{
    start();
    const pid_t pid = child([&] {
        const int tree = static_cast<int>(
            syscall(SYS_open_tree, AT_FDCWD, folder_.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
        must(tree >= 0, "open_tree");
        const int fd = openat(tree, "hidden", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        must(fd >= 0, "openat");
        return 0;
    });
    const auto write = one(pid, SENTRA_FILE_WRITE);
    EXPECT_EQ(field(*write, "file.detached_mount"), "true");
    struct stat facts {};
    ASSERT_EQ(stat(path("hidden").c_str(), &facts), 0);
    EXPECT_EQ(write->as<sentra_file>().inode, facts.st_ino);
}

TEST_F(Live, KeepsTheTailOfAPathThatIsTooDeep)
{
    start();
    const pid_t pid = child([] {
        for (int i = 0; i < 120; ++i)
            must(mkdir("d", 0755) == 0 && chdir("d") == 0, "mkdir");
        return open_and_close("leaf", O_WRONLY | O_CREAT);
    });
    const auto write = one(pid, SENTRA_FILE_WRITE);
    const std::string told = field(*write, "file.path");
    EXPECT_EQ(field(*write, "file.path_truncated"), "true");
    EXPECT_EQ(told.substr(0, 4), "d/d/") << "a cut path must not look absolute";
    EXPECT_EQ(told.substr(told.size() - 7), "/d/leaf");
}

TEST_F(Live, TellsLongNamesWhole)
{
    start();
    const std::string name(255, 'n');
    const pid_t pid = child([&] {
        must(mkdir(name.c_str(), 0755) == 0, "mkdir");
        open_and_close(name + "/" + name, O_WRONLY | O_CREAT);
        return rename((name + "/" + name).c_str(), name.substr(1).c_str());
    });
    EXPECT_EQ(field(*one(pid, SENTRA_FILE_WRITE), "file.path"), path(name + "/" + name));
    const auto renamed = one(pid, SENTRA_FILE_RENAME);
    EXPECT_EQ(field(*renamed, "file.origin.path"), path(name + "/" + name));
    EXPECT_EQ(field(*renamed, "file.path"), path(name.substr(1)));
}

TEST_F(Live, JoinsGivenNamesToTheKernelsDirectory)
{
    ASSERT_EQ(mkdir(path("sub").c_str(), 0755), 0);
    write_file(path("sub/a"), "x");
    start();
    const pid_t pid = child([&] {
        const int sub = open("sub", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        must(renameat(sub, "a", AT_FDCWD, "b") == 0, "renameat");
        must(linkat(AT_FDCWD, "./b", sub, "c", 0) == 0, "linkat");
        must(symlink("../x", "sub/s") == 0, "symlink");
        must(fchmodat(sub, "c", 0600, 0) == 0, "fchmodat");
        must(fchownat(sub, "c", 12, 13, 0) == 0, "fchownat");
        must(truncate("sub/c", 0) == 0, "truncate");
        must(unlinkat(sub, "c", 0) == 0, "unlinkat");
        must(unlink(path("b").c_str()) == 0, "unlink");
        must(unlinkat(AT_FDCWD, "sub/s", 0) == 0, "unlinkat");
        must(rmdir("sub") == 0, "rmdir");
        return unlink("absent") == 0 ? 1 : 0;
    });
    const auto renamed = one(pid, SENTRA_FILE_RENAME);
    EXPECT_EQ(field(*renamed, "file.origin.path"), path("sub/a"));
    EXPECT_EQ(field(*renamed, "file.path"), path("b"));
    EXPECT_EQ(field(*renamed, "file.path_given"), "true");
    const auto links = of(pid, SENTRA_FILE_LINK);
    ASSERT_EQ(links.size(), 2U);
    EXPECT_EQ(field(*links[0], "file.path"), path("sub/c"));
    EXPECT_EQ(field(*links[0], "file.origin.path"), path("b"));
    EXPECT_EQ(field(*links[1], "file.path"), path("sub/s"));
    EXPECT_EQ(field(*links[1], "file.origin.path"), "../x");
    EXPECT_EQ(field(*links[1], "file.symbolic"), "true");
    EXPECT_EQ(field(*one(pid, SENTRA_FILE_MODE), "file.path"), path("sub/c"));
    EXPECT_EQ(one(pid, SENTRA_FILE_MODE)->as<sentra_file>().mode, 0600U);
    EXPECT_EQ(field(*one(pid, SENTRA_FILE_OWNER), "file.path"), path("sub/c"));
    EXPECT_EQ(one(pid, SENTRA_FILE_OWNER)->as<sentra_file>().uid, 12U);
    EXPECT_EQ(field(*one(pid, SENTRA_FILE_TRUNCATE), "file.path"), path("sub/c"));
    const auto deletes = of(pid, SENTRA_FILE_DELETE);
    ASSERT_EQ(deletes.size(), 4U);
    EXPECT_EQ(field(*deletes[0], "file.path"), path("sub/c"));
    EXPECT_EQ(field(*deletes[1], "file.path"), path("b"));
    EXPECT_EQ(field(*deletes[3], "file.path"), path("sub"));
    EXPECT_EQ(field(*deletes[3], "file.is_directory"), "true");
}

TEST_F(Live, TellsChangesByDescriptorAsFacts)
{
    start();
    const pid_t pid = child([] {
        const int fd = open("f", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
        must(fchmod(fd, 04755) == 0 && fchown(fd, 21, 22) == 0 && ftruncate(fd, 5) == 0, "fchmod");
        return 0;
    });
    const auto mode = one(pid, SENTRA_FILE_MODE);
    EXPECT_EQ(field(*mode, "file.path"), path("f"));
    EXPECT_EQ(field(*mode, "file.path_given"), "false");
    EXPECT_EQ(mode->as<sentra_file>().mode, S_IFREG | 04755U);
    EXPECT_EQ(one(pid, SENTRA_FILE_OWNER)->as<sentra_file>().gid, 22U);
    EXPECT_EQ(one(pid, SENTRA_FILE_TRUNCATE)->as<sentra_file>().size, 5U);
}

TEST_F(OwnSensor, TellsReadsOfWatchedFilesOnly)
{
    write_file(path("secret"), "x");
    write_file(path("other"), "x");
    sensor::Options options;
    options.watched_reads = {path("sec*"), "id_live_test"};
    start(std::move(options));
    const pid_t by_object = child([] {
        must(link("secret", "elsewhere") == 0, "link");
        open_and_close("other", O_RDONLY);
        return open_and_close("elsewhere", O_RDONLY);
    });
    EXPECT_EQ(field(*one(by_object, SENTRA_FILE_READ), "file.path"), path("elsewhere"));
    const pid_t by_name = child([] {
        open_and_close("id_live_test", O_WRONLY | O_CREAT);
        return open_and_close("id_live_test", O_RDONLY);
    });
    EXPECT_EQ(field(*one(by_name, SENTRA_FILE_READ), "file.path"), path("id_live_test"));
}

} // namespace
} // namespace sentra::live
