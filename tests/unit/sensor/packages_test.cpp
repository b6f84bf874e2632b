// SPDX-License-Identifier: MIT
// dpkg databases made by hand: who owns a path, and when that is not known.
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "event/event.h"
#include "sensor/clock.h"
#include "sensor/packages.h"
#include "sensor/received.h"

namespace sentra::sensor {
namespace {

namespace fs = std::filesystem;

// A host below a temporary directory.
class Host {
public:
    Host()
    {
        std::string name = (fs::temp_directory_path() / "packages.XXXXXX").string();
        root_ = mkdtemp(name.data());
        fs::create_directories(root_ + "/var/lib/dpkg/info");
        write("/var/lib/dpkg/status", "");
    }
    Host(const Host &) = delete;
    Host &operator=(const Host &) = delete;
    ~Host() { fs::remove_all(root_); }

    void write(const std::string &path, std::string_view text) const
    {
        fs::create_directories(fs::path(root_ + path).parent_path());
        std::ofstream(root_ + path, std::ios::binary) << text;
    }
    // As dpkg does it: a new file takes the old one's name, then the status is written.
    void install(const std::string &package, std::string_view list) const
    {
        const std::string name = "/var/lib/dpkg/info/" + package + ".list";
        write(name + "-new", list);
        fs::rename(root_ + name + "-new", root_ + name);
        write("/var/lib/dpkg/status-new", package);
        fs::rename(root_ + "/var/lib/dpkg/status-new", root_ + "/var/lib/dpkg/status");
    }
    [[nodiscard]] const std::string &root() const { return root_; }

private:
    std::string root_;
};

std::string owner(const Host &host, std::string_view path)
{
    const auto index = PackageIndex::read(host.root());
    return index ? std::string(index->owner(path)) : index.error().text;
}

TEST(PackageIndex, KnowsWhoBroughtAPath)
{
    const Host host;
    host.install("coreutils", "/.\n/bin\n/bin/ls\n/usr\n/usr/bin\n/usr/bin/tr\n");
    host.install("libc6:amd64", "/.\n/lib/ld.so\n/usr/share/last-line-without-end");
    const auto index = PackageIndex::read(host.root());
    ASSERT_TRUE(index) << index.error().text;
    EXPECT_TRUE(index->is_complete());
    EXPECT_EQ(index->owner("/bin/ls"), "coreutils");
    EXPECT_EQ(index->owner("/usr/bin/tr"), "coreutils");
    EXPECT_EQ(index->owner("/lib/ld.so"), "libc6");
    EXPECT_EQ(index->owner("/usr/share/last-line-without-end"), "libc6");
    EXPECT_EQ(index->owner("/usr/bin/tr2"), "");
    EXPECT_EQ(index->owner("/usr/bin/t"), "");
    EXPECT_EQ(index->owner(""), "");
}

TEST(PackageIndex, FoldsByTheHostsOwnLinks)
{
    const Host host;
    fs::create_directories(host.root() + "/usr/bin");
    fs::create_directories(host.root() + "/usr/lib");
    fs::create_directories(host.root() + "/data/opt");
    fs::create_directory_symlink("usr/bin", host.root() + "/bin");
    fs::create_directory_symlink("lib", host.root() + "/usr/lib64");
    fs::create_directory_symlink("usr/lib64", host.root() + "/lib64");
    fs::create_directory_symlink("data/opt", host.root() + "/opt");
    host.install("one", "/bin/ls\n/lib64/ld.so\n/usr/lib64/y\n/opt/x/run\n/binary\n");
    EXPECT_EQ(owner(host, "/usr/bin/ls"), "one");
    EXPECT_EQ(owner(host, "/usr/lib/ld.so"), "one");
    EXPECT_EQ(owner(host, "/usr/lib/y"), "one");
    EXPECT_EQ(owner(host, "/data/opt/x/run"), "one");
    EXPECT_EQ(owner(host, "/binary"), "one");
    EXPECT_EQ(owner(host, "/bin/ls"), "") << "the kernel never calls it that";
}

TEST(PackageIndex, FollowsDiversions)
{
    const Host host;
    fs::create_directories(host.root() + "/usr/bin");
    fs::create_directory_symlink("usr/bin", host.root() + "/bin");
    host.write("/var/lib/dpkg/diversions", "/bin/sh\n/bin/sh.distrib\ndash\n"
                                           "/usr/bin/tool\n/usr/bin/tool.real\n:\n");
    host.install("bash", "/bin/sh\n/bin/bash\n");
    host.install("dash", "/bin/sh\n");
    host.install("tool", "/usr/bin/tool\n");
    EXPECT_EQ(owner(host, "/usr/bin/sh"), "dash");
    EXPECT_EQ(owner(host, "/usr/bin/sh.distrib"), "bash");
    EXPECT_EQ(owner(host, "/usr/bin/tool.real"), "tool");
    EXPECT_EQ(owner(host, "/usr/bin/tool"), "") << "the administrator's own";
}

TEST(PackageIndex, SurvivesWhatIsNoDatabase)
{
    const Host host;
    host.install("odd", std::string("\n\n/\n//\nrelative\n/\xff\x00/x\n/ok\n/cut", 31));
    host.write("/var/lib/dpkg/diversions", "/a\n/b");
    host.write("/var/lib/dpkg/info/.list", "/nameless\n");
    host.write("/var/lib/dpkg/info/UPPER.list", "/upper\n");
    host.write("/var/lib/dpkg/info/odd.md5sums", "/sums\n");
    EXPECT_EQ(owner(host, "/ok"), "odd");
    EXPECT_EQ(owner(host, "/nameless"), "");
    EXPECT_EQ(owner(host, "/upper"), "");
    EXPECT_EQ(owner(host, "/sums"), "");
    EXPECT_EQ(owner(host, "relative"), "");
    EXPECT_FALSE(PackageIndex::read(host.root() + "/nowhere"));
}

TEST(PackageIndex, SaysWhenAPieceIsMissing)
{
    const Host host;
    host.install("good", "/good\n");
    fs::create_directories(host.root() + "/var/lib/dpkg/info/folder.list");
    const auto folder = PackageIndex::read(host.root());
    ASSERT_TRUE(folder);
    EXPECT_FALSE(folder->is_complete());
    EXPECT_EQ(folder->owner("/good"), "good");

    const Host large;
    large.install("good", "/good\n");
    large.install("large", std::string(5000, '/') + "\n");
    EXPECT_FALSE(PackageIndex::read(large.root(), {.file_bytes = 4096})->is_complete());
    EXPECT_FALSE(PackageIndex::read(large.root(), {.paths = 1})->is_complete());
    EXPECT_FALSE(PackageIndex::read(large.root(), {.packages = 1})->is_complete());
    EXPECT_TRUE(PackageIndex::read(large.root())->is_complete());
}

// What is asked about must have happened by now.
Packages::Answer ask(Packages &packages, std::string_view path)
{
    return packages.ask(path, boot_now_ns());
}

bool becomes_known(Packages &packages, std::string_view path)
{
    for (int i = 0; i < 500; ++i) {
        if (ask(packages, path).is_known)
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

TEST(Packages, KnowNothingWithoutADatabase)
{
    Packages packages("/nonexistent");
    EXPECT_TRUE(packages.await(std::chrono::seconds(10)));
    EXPECT_FALSE(ask(packages, "/usr/bin/ls").is_known);
}

TEST(Packages, AreReadAgainWhenTheyChange)
{
    const Host host;
    host.install("one", "/usr/bin/one\n");
    Packages packages(host.root());
    ASSERT_TRUE(packages.await(std::chrono::seconds(10)));
    EXPECT_EQ(ask(packages, "/usr/bin/one").package, "one");
    const auto none = ask(packages, "/usr/bin/two");
    EXPECT_TRUE(none.is_known);
    EXPECT_EQ(none.package, "");

    std::this_thread::sleep_for(std::chrono::milliseconds(20)); // file times tick in jiffies
    host.install("two", "/usr/bin/two\n");
    const auto changed = ask(packages, "/usr/bin/two");
    EXPECT_TRUE(!changed.is_known || changed.package == "two") << "not: nobody's";
    EXPECT_EQ(ask(packages, "/usr/bin/one").package, "one") << "stays while it is read again";
    ASSERT_TRUE(becomes_known(packages, "/usr/bin/two"));
    EXPECT_EQ(ask(packages, "/usr/bin/two").package, "two");
    const std::uint64_t before_it_came = 1;
    EXPECT_FALSE(packages.ask("/usr/bin/three", before_it_came).is_known)
        << "what was run before the reading began, the reading cannot say";
}

// Another process holds dpkg's lock until it is told to end.
class LockHolder {
public:
    explicit LockHolder(const std::string &path)
    {
        int told[2], end[2];
        if (pipe(told) != 0 || pipe(end) != 0)
            std::abort();
        child_ = fork();
        if (child_ == 0) {
            close(end[1]);
            const int file = open(path.c_str(), O_RDWR | O_CREAT, 0640);
            struct flock lock {};
            lock.l_type = F_WRLCK;
            const char result = fcntl(file, F_SETLK, &lock) == 0 ? 'y' : 'n';
            char byte = 0;
            if (::write(told[1], &result, 1) != 1 || ::read(end[0], &byte, 1) < 0)
                _exit(1);
            _exit(0);
        }
        close(told[1]);
        close(end[0]);
        char result = 0;
        has_it_ = ::read(told[0], &result, 1) == 1 && result == 'y';
        close(told[0]);
        end_ = Fd(end[1]);
    }
    LockHolder(const LockHolder &) = delete;
    LockHolder &operator=(const LockHolder &) = delete;
    ~LockHolder()
    {
        end_.reset();
        waitpid(child_, nullptr, 0);
    }
    [[nodiscard]] bool has_it() const { return has_it_; }

private:
    pid_t child_ = -1;
    Fd end_;
    bool has_it_ = false;
};

TEST(Packages, AreNotKnownToLackAPathWhileDpkgIsAtWork)
{
    const Host host;
    host.install("one", "/usr/bin/one\n");
    Packages packages(host.root());
    ASSERT_TRUE(packages.await(std::chrono::seconds(10)));
    {
        const LockHolder dpkg(host.root() + "/var/lib/dpkg/lock-frontend");
        ASSERT_TRUE(dpkg.has_it());
        EXPECT_FALSE(ask(packages, "/usr/bin/two").is_known);
        EXPECT_EQ(ask(packages, "/usr/bin/one").package, "one");
    }
    EXPECT_TRUE(ask(packages, "/usr/bin/two").is_known);
}

// What the kernel says of a file of this host.
sentra_exec exec_of(const std::string &path)
{
    sentra_exec exec{};
    struct stat facts {};
    EXPECT_EQ(stat(path.c_str(), &facts), 0);
    exec.inode = facts.st_ino;
    exec.device_major = major(facts.st_dev);
    exec.device_minor = minor(facts.st_dev);
    exec.actor.mount_namespace = 1; // a service's own
    return exec;
}

TEST(Packages, AreOfTheHostsRootOnly)
{
    const Host host;
    host.install("one", "/usr/bin/one\n/usr/bin/same\n");
    host.write("/usr/bin/one", "x");
    host.write("/tmp/bound", "y");
    Packages packages(host.root());
    ASSERT_TRUE(packages.await(std::chrono::seconds(10)));
    const auto answer = [&packages](const sentra_exec &exec, std::string_view path) {
        return packages.of_program(exec, path, boot_now_ns());
    };
    sentra_exec exec = exec_of(host.root() + "/usr/bin/one");
    EXPECT_EQ(answer(exec, "/usr/bin/one").package, "one");
    EXPECT_TRUE(answer(exec, "/tmp/mine").is_known);
    EXPECT_FALSE(answer(exec, "cut/bin/one").is_known);
    EXPECT_FALSE(answer(exec, "").is_known) << "a kernel thread";

    sentra_exec bound = exec_of(host.root() + "/tmp/bound");
    EXPECT_FALSE(answer(bound, "/usr/bin/one").is_known) << "a file of his own over the package's";

    exec.flags = SENTRA_EXEC_FOREIGN_ROOT;
    EXPECT_FALSE(answer(exec, "/usr/bin/one").is_known);
    exec.flags = SENTRA_EXEC_DELETED;
    EXPECT_FALSE(answer(exec, "/usr/bin/one").is_known) << "perhaps the package's former file";
    EXPECT_TRUE(answer(exec, "/tmp/gone").is_known);
    exec.flags = SENTRA_EXEC_MEMFD;
    EXPECT_TRUE(answer(exec, "memfd:x").is_known);
    EXPECT_EQ(answer(exec, "memfd:x").package, "");
}

TEST(Packages, StandInTheRecord)
{
    const Host host;
    host.install("one", "/one\n");
    host.write("/one", "x");
    Packages packages(host.root());
    ASSERT_TRUE(packages.await(std::chrono::seconds(10)));
    struct {
        sentra_exec exec;
        char path[8];
    } ring{exec_of(host.root() + "/one"), {'o', 'n', 'e', '\0'}};
    ring.exec.head.type = SENTRA_PROCESS_EXEC;
    ring.exec.head.time_ns = boot_now_ns();
    ring.exec.head.body = sizeof ring.exec;
    ring.exec.head.size = sizeof ring;
    ring.exec.executable = {sizeof ring.exec, 4};
    Receiver receiver;
    const auto silent = receiver.receive(std::as_bytes(std::span(&ring, 1)), 1, 1000);
    ASSERT_TRUE(silent);
    const auto unknown = event::Event::decode(*silent);
    ASSERT_TRUE(unknown);
    EXPECT_EQ(unknown->as<sentra_exec>().flags, 0U);

    receiver.use(&packages);
    const auto record = receiver.receive(std::as_bytes(std::span(&ring, 1)), 2, 1000);
    ASSERT_TRUE(record);
    const auto known = event::Event::decode(*record);
    ASSERT_TRUE(known);
    const auto &body = known->as<sentra_exec>();
    EXPECT_EQ(body.flags, std::uint32_t{SENTRA_EXEC_PACKAGES_KNOWN});
    EXPECT_EQ(known->text(body.package), "one");
    EXPECT_EQ(known->text(body.executable), "/one");
}

} // namespace
} // namespace sentra::sensor
