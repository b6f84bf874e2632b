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

constexpr unsigned kNobody = 65534;

void become_nobody()
{
    must(setresgid(kNobody, kNobody, kNobody) == 0 && setresuid(kNobody, kNobody, kNobody) == 0,
         "setresuid");
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
        EXPECT_EQ(write->as<sentra_file>().open_flags & (O_CREAT | O_EXCL | O_TRUNC), 0U);
    }
    const auto created = [&](std::size_t i) { return field(*writes[i], "file.created"); };
    const auto truncated = [&](std::size_t i) { return field(*writes[i], "file.truncated"); };
    EXPECT_EQ(created(0) + created(1) + created(2) + created(3), "truefalsefalsefalse");
    EXPECT_EQ(truncated(0) + truncated(1) + truncated(2) + truncated(3), "falsefalsetruetrue");
}

TEST_F(Live, TellsAnOpenForReadingThatEmptiesTheFile)
{
    write_file(path("log"), "what was done");
    start();
    const pid_t pid = child([] { return open_and_close("log", O_RDONLY | O_TRUNC); });
    const auto write = one(pid, SENTRA_FILE_WRITE);
    EXPECT_EQ(field(*write, "file.truncated"), "true");
    EXPECT_EQ(write->as<sentra_file>().size, 0U);
    EXPECT_TRUE(of(pid, SENTRA_FILE_TRUNCATE).empty()) << "the open tells it";
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
}

// An overlay opens, copies, renames and removes the files underneath for each one of its own.
TEST_F(Live, TellsWhatIsDoneInAnOverlayOnce)
{
    // A kernel without overlayfs has nothing to tell.
    if (access("/sys/module/overlay", F_OK) != 0)
        GTEST_SKIP() << "no overlayfs here";
    for (const char *part : {"lower", "upper", "work", "merged"})
        ASSERT_EQ(mkdir(path(part).c_str(), 0755), 0);
    for (const char *file : {"lower/old", "lower/moved", "lower/removed", "lower/closed"})
        write_file(path(file), "x");
    start();
    const pid_t pid = child([&] {
        own_mounts();
        const std::string options =
            "lowerdir=" + path("lower") + ",upperdir=" + path("upper") + ",workdir=" + path("work");
        must(mount("overlay", "merged", "overlay", 0, options.c_str()) == 0, "mount");
        must(rename("merged/moved", "merged/found") == 0, "rename");
        must(unlink("merged/removed") == 0, "unlink");
        must(chmod("merged/closed", 0600) == 0, "chmod");
        return open_and_close("merged/old", O_WRONLY | O_APPEND);
    });
    EXPECT_EQ(field(*one(pid, SENTRA_FILE_WRITE), "file.path"), path("merged/old"));
    EXPECT_EQ(field(*one(pid, SENTRA_FILE_RENAME), "file.path"), path("merged/found"));
    EXPECT_EQ(field(*one(pid, SENTRA_FILE_RENAME), "file.origin.path"), path("merged/moved"));
    EXPECT_EQ(field(*one(pid, SENTRA_FILE_DELETE), "file.path"), path("merged/removed"));
    EXPECT_EQ(field(*one(pid, SENTRA_FILE_MODE), "file.path"), path("merged/closed"));
    EXPECT_TRUE(of(pid, SENTRA_FILE_LINK).empty());
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

TEST_F(Live, TellsChangesByNameWithWholePaths)
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
    // Above the tracepoints a change by name is told from the kernel's own objects.
    const auto path_is_given = [this](std::string_view event) {
        return by_tracepoint(event) ? "true" : "false";
    };
    const auto renamed = one(pid, SENTRA_FILE_RENAME);
    EXPECT_EQ(field(*renamed, "file.origin.path"), path("sub/a"));
    EXPECT_EQ(field(*renamed, "file.path"), path("b"));
    EXPECT_EQ(field(*renamed, "file.path_given"), path_is_given("file.rename"));
    const auto links = of(pid, SENTRA_FILE_LINK);
    ASSERT_EQ(links.size(), 2U);
    EXPECT_EQ(field(*links[0], "file.path"), path("sub/c"));
    EXPECT_EQ(field(*links[0], "file.origin.path"), path("b"));
    EXPECT_EQ(field(*links[1], "file.path"), path("sub/s"));
    EXPECT_EQ(field(*links[1], "file.origin.path"), "../x");
    EXPECT_EQ(field(*links[0], "file.symbolic") + field(*links[1], "file.symbolic"), "falsetrue");
    EXPECT_EQ(field(*links[0], "file.path_given"), path_is_given("file.link"));
    EXPECT_EQ(field(*one(pid, SENTRA_FILE_MODE), "file.path"), path("sub/c"));
    EXPECT_EQ(one(pid, SENTRA_FILE_MODE)->as<sentra_file>().mode & 07777, 0600U);
    EXPECT_EQ(field(*one(pid, SENTRA_FILE_MODE), "file.path_given"), path_is_given("file.mode"));
    EXPECT_EQ(field(*one(pid, SENTRA_FILE_OWNER), "file.path"), path("sub/c"));
    EXPECT_EQ(one(pid, SENTRA_FILE_OWNER)->as<sentra_file>().uid, 12U);
    EXPECT_EQ(field(*one(pid, SENTRA_FILE_TRUNCATE), "file.path"), path("sub/c"));
    const auto deletes = of(pid, SENTRA_FILE_DELETE);
    ASSERT_EQ(deletes.size(), 4U);
    EXPECT_EQ(field(*deletes[0], "file.path"), path("sub/c"));
    EXPECT_EQ(field(*deletes[1], "file.path"), path("b"));
    EXPECT_EQ(field(*deletes[3], "file.path"), path("sub"));
    EXPECT_EQ(field(*deletes[3], "file.is_directory"), "true");
    EXPECT_EQ(field(*deletes[0], "file.path_given"), path_is_given("file.delete"));
}

TEST_F(Live, KnowsTheObjectOfAChangeByNameWhereTheKernelHandsItOver)
{
    write_file(path("f"), "four");
    struct stat facts {};
    ASSERT_EQ(stat(path("f").c_str(), &facts), 0);
    start();
    if (by_tracepoint("file.delete"))
        GTEST_SKIP() << "tracepoints come after the fact";
    const pid_t pid = child([] {
        must(chown("f", 7, 8) == 0 && chmod("f", 02750) == 0 && truncate("f", 3) == 0, "truncate");
        must(rename("f", "g") == 0 && link("g", "h") == 0 && unlink("g") == 0, "unlink");
        return 0;
    });
    for (const auto type : {SENTRA_FILE_OWNER, SENTRA_FILE_MODE, SENTRA_FILE_TRUNCATE,
                            SENTRA_FILE_RENAME, SENTRA_FILE_LINK, SENTRA_FILE_DELETE}) {
        const auto change = one(pid, type);
        if (by_tracepoint(change->type().name))
            continue; // 5.10 hands changes of owner over to kprobes alone
        const auto &file = change->as<sentra_file>();
        EXPECT_EQ(file.inode, facts.st_ino) << std::hex << type;
        EXPECT_EQ(file.uid, 7U) << std::hex << type;
        EXPECT_EQ(file.gid, 8U) << std::hex << type;
        EXPECT_EQ(file.flags & (SENTRA_FILE_UNLINKED | SENTRA_FILE_DIRECTORY), 0U);
    }
    if (!by_tracepoint("file.mode")) {
        EXPECT_EQ(one(pid, SENTRA_FILE_MODE)->as<sentra_file>().mode, S_IFREG | 02750U);
        EXPECT_EQ(one(pid, SENTRA_FILE_TRUNCATE)->as<sentra_file>().size, 3U);
    }
    EXPECT_EQ(field(*one(pid, SENTRA_FILE_TRUNCATE), "file.truncated"), "true");
}

TEST_F(Live, TellsRenamesAcrossDirectoriesAndExchangesOnce)
{
    ASSERT_EQ(mkdir(path("one").c_str(), 0755), 0);
    ASSERT_EQ(mkdir(path("two").c_str(), 0755), 0);
    write_file(path("one/f"), "x");
    start();
    const pid_t pid = child([] {
        must(rename("one/f", "two/g") == 0, "rename");
        must(rename("two", "three") == 0, "rename");
        must(syscall(SYS_renameat2, AT_FDCWD, "one", AT_FDCWD, "three", RENAME_EXCHANGE) == 0,
             "renameat2");
        return 0;
    });
    const auto renames = of(pid, SENTRA_FILE_RENAME);
    ASSERT_EQ(renames.size(), 3U);
    EXPECT_EQ(field(*renames[0], "file.origin.path"), path("one/f"));
    EXPECT_EQ(field(*renames[0], "file.path"), path("two/g"));
    EXPECT_EQ(field(*renames[1], "file.origin.path"), path("two"));
    EXPECT_EQ(field(*renames[2], "file.origin.path"), path("one"));
    EXPECT_EQ(field(*renames[2], "file.path"), path("three"));
}

TEST_F(Live, DoesNotTellWhatWasRefusedAsDone)
{
    ASSERT_EQ(mkdir(path("hers").c_str(), 0755), 0);
    ASSERT_EQ(mkdir(path("hers/sub").c_str(), 0755), 0);
    ASSERT_EQ(mkdir(path("his").c_str(), 0755), 0);
    write_file(path("hers/f"), "x");
    write_file(path("his/f"), "x");
    ASSERT_EQ(chown(path("his").c_str(), kNobody, kNobody), 0);
    ASSERT_EQ(chown(path("his/f").c_str(), kNobody, kNobody), 0);
    start();
    const pid_t pid = child([] {
        become_nobody();
        must(unlink("hers/f") != 0 && rmdir("hers/sub") != 0, "the refusal of unlink");
        must(mkdir("his/full", 0755) == 0 && mkdir("his/full/part", 0755) == 0, "mkdir");
        must(rmdir("his/full") != 0, "the refusal of rmdir");
        must(rename("hers/f", "his/g") != 0 && rename("his/f", "hers/g") != 0, "of rename");
        must(link("his/f", "hers/g") != 0 && symlink("x", "hers/s") != 0, "of link");
        must(chmod("hers/f", 0666) != 0 && chown("hers/f", kNobody, kNobody) != 0, "of chmod");
        must(chown("his/f", 0, kNobody) != 0 && chown("his/f", kNobody, 0) != 0, "of chown");
        must(truncate("hers/f", 0) != 0 && open("hers/f", O_WRONLY) < 0, "of truncate");
        return 0;
    });
    for (const auto type :
         {SENTRA_FILE_WRITE, SENTRA_FILE_DELETE, SENTRA_FILE_RENAME, SENTRA_FILE_LINK,
          SENTRA_FILE_MODE, SENTRA_FILE_OWNER, SENTRA_FILE_TRUNCATE})
        EXPECT_TRUE(of(pid, type).empty()) << std::hex << type;

    const pid_t granted = child([] {
        become_nobody();
        must(chmod("his/f", 0600) == 0 && chown("his/f", kNobody, kNobody) == 0, "chmod");
        must(rename("his/f", "his/g") == 0 && unlink("his/g") == 0, "unlink");
        return 0;
    });
    for (const auto type :
         {SENTRA_FILE_DELETE, SENTRA_FILE_RENAME, SENTRA_FILE_MODE, SENTRA_FILE_OWNER})
        EXPECT_EQ(of(granted, type).size(), 1U) << std::hex << type;
}

// Root of a user namespace has every capability there, and none over a file whose owner it has no
// number for.
TEST_F(Live, DoesNotTakeAUserNamespacesRootForRoot)
{
    write_file(path("f"), "x");
    start();
    const pid_t pid = child([] {
        become_nobody();
        if (unshare(CLONE_NEWUSER) != 0)
            return 0; // not allowed here: nothing to refuse
        must(chmod("f", 0666) != 0 && chown("f", kNobody, kNobody) != 0, "the refusal of chmod");
        return 0;
    });
    EXPECT_TRUE(of(pid, SENTRA_FILE_MODE).empty());
    EXPECT_TRUE(of(pid, SENTRA_FILE_OWNER).empty());
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

    // The kernel opens a program to run it: nobody reads it.
    copy_program("/bin/true", path("id_live_test"));
    const pid_t runs = child([] {
        execl("id_live_test", "true", nullptr);
        return 1;
    });
    EXPECT_TRUE(of(runs, SENTRA_FILE_READ).empty());
}

} // namespace
} // namespace sentra::live
