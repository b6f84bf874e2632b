// SPDX-License-Identifier: MIT
// What the kernel leaves out, and what it must not: repeats, quiet directories, trusted services,
// and everything by which somebody could try to hide a write in them.
#include <filesystem>
#include <fstream>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live.h"
#include "sensor/trusted_units.h"

namespace sentra::live {
namespace {

using sensor::Need;
using How = sensor::Need::How;

// The sensor that most tests share, which then tells everything again.
class Filtered : public Live {
protected:
    void TearDown() override
    {
        if (started_)
            sensor().narrow(nullptr);
        Live::TearDown();
    }
    std::shared_ptr<const sensor::Wanted> wanted(std::vector<Need> needs) const
    {
        return std::make_shared<const sensor::Wanted>(std::move(needs));
    }
    // A rule asks for writes below <folder>/wanted/ and for files called authorized_keys in .ssh.
    std::vector<Need> needs() const
    {
        return {{"file.write", How::begins, path("wanted/")},
                {"file.write", How::ends, "/.ssh/authorized_keys"},
                {"file.write", How::ends, ".service"}};
    }
    void start_with(std::vector<Need> needs)
    {
        start();
        started_ = true;
        sensor().narrow(wanted(std::move(needs)));
    }
    std::vector<std::string> written(pid_t pid)
    {
        std::vector<std::string> paths;
        for (const auto &write : of(pid, SENTRA_FILE_WRITE))
            paths.push_back(field(*write, "file.path").substr(folder_.size() + 1));
        return paths;
    }

private:
    bool started_ = false;
};

void open_to_write(const char *name, int flags = 0)
{
    const int fd = open(name, O_WRONLY | O_CLOEXEC | flags, 0644);
    must(fd >= 0, name);
    close(fd);
}

void make(const char *name)
{
    open_to_write(name, O_CREAT);
}

// The sensor has taken the events there were, and has answered.
void let_the_sensor_answer()
{
    usleep(300'000);
}

int listen_on_loopback(sockaddr_in &address)
{
    socklen_t bytes = sizeof address;
    address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto *any = reinterpret_cast<sockaddr *>(&address);
    must(fd >= 0 && bind(fd, any, sizeof address) == 0 && listen(fd, 16) == 0 &&
             getsockname(fd, any, &bytes) == 0,
         "listen");
    return fd;
}

void connect_and_accept(int listener, const sockaddr_in &address)
{
    const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(connect(client, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0,
         "connect");
    const int served = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    must(served >= 0, "accept");
    const linger reset = {1, 0};
    setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(client);
    close(served);
}

TEST_F(Filtered, TellsTheSameOpenOnceAndCountsTheRest)
{
    constexpr std::uint64_t times = 10'000;
    start_with({{"file.write", How::any, ""}});
    child([] {
        make("target");
        return 0;
    });
    const sensor::Row before = row("file.write");
    const pid_t pid = child([] {
        for (std::uint64_t i = 0; i < times; ++i)
            open_to_write("target");
        return 0;
    });
    EXPECT_EQ(one(pid, SENTRA_FILE_WRITE)->as<sentra_file>().repeats, 0U);
    EXPECT_GE(row("file.write").repeated - before.repeated, times - 1);
}

TEST_F(Filtered, TellsHowOftenItWasCounted)
{
    start_with({{"file.write", How::any, ""}});
    child([] {
        make("target");
        return 0;
    });
    const pid_t pid = child([] {
        for (int i = 0; i < 1000; ++i)
            open_to_write("target");
        sleep(11);
        open_to_write("target");
        return 0;
    });
    const auto told = of(pid, SENTRA_FILE_WRITE);
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(field(*told[0], "event.repeats"), "0");
    EXPECT_EQ(field(*told[1], "event.repeats"), "999");
}

TEST_F(Filtered, TellsAgainWhatIsNotTheSame)
{
    start_with({{"file.write", How::any, ""}});
    child([] {
        make("a");
        return 0;
    });
    const pid_t pid = child([] {
        open_to_write("a");          // 1
        open_to_write("a", O_TRUNC); // 2: emptied
        must(rename("a", "b") == 0, "rename");
        open_to_write("b"); // 3: another name
        must(link("b", "c") == 0, "link");
        open_to_write("c"); // 4: another name of the same file
        must(mkdir("d", 0755) == 0 && rename("c", "d/c") == 0, "rename");
        open_to_write("d/c"); // 5: another directory
        must(rename("d", "e") == 0, "rename");
        open_to_write("e/c"); // 6: another name of the directory
        for (int i = 0; i < 3; ++i) {
            make("new"); // 7, 8, 9: made each time
            must(unlink("new") == 0, "unlink");
        }
        must(seteuid(65534) == 0 && seteuid(0) == 0, "seteuid");
        open_to_write("b"); // a repeat
        must(setresuid(65534, 0, 0) == 0, "setresuid");
        open_to_write("b"); // 10: another user
        return 0;
    });
    EXPECT_EQ(written(pid), (std::vector<std::string>{"a", "a", "b", "c", "d/c", "e/c", "new",
                                                      "new", "new", "b"}));
}

TEST_F(Filtered, TellsAProgramAfterExecAnew)
{
    start_with({{"file.write", How::any, ""}});
    child([] {
        make("target");
        return 0;
    });
    const pid_t pid = child([] {
        open_to_write("target");
        open_to_write("target");
        execl("/bin/sh", "sh", "-c", ": >>target; : >>target", nullptr);
        return 1;
    });
    EXPECT_EQ(written(pid), (std::vector<std::string>{"target", "target"}));
}

TEST_F(Filtered, CountsTheSameConnection)
{
    constexpr std::uint64_t times = 1'000;
    start_with({{"net.connect", How::any, ""}, {"net.accept", How::any, ""}});
    const sensor::Row connects = row("net.connect"), accepts = row("net.accept"),
                      listens = row("net.listen");
    const pid_t pid = child([] {
        sockaddr_in first{}, second{};
        const int one = listen_on_loopback(first), two = listen_on_loopback(second);
        for (std::uint64_t i = 0; i < times; ++i)
            connect_and_accept(one, first);
        connect_and_accept(two, second); // another port
        return 0;
    });
    EXPECT_EQ(of(pid, SENTRA_NET_CONNECT).size(), 2U);
    EXPECT_EQ(of(pid, SENTRA_NET_ACCEPT).size(), 2U);
    EXPECT_GE(row("net.connect").repeated - connects.repeated, times - 1);
    EXPECT_GE(row("net.accept").repeated - accepts.repeated, times - 1);
    EXPECT_EQ(of(pid, SENTRA_NET_LISTEN).size(), 0U) << "no rule asks for it";
    EXPECT_GE(row("net.listen").unwanted - listens.unwanted, 2U);
}

TEST_F(Filtered, TellsAQuietDirectoryOnce)
{
    constexpr std::uint64_t files = 2'000;
    start_with(needs());
    const sensor::Row before = row("file.write");
    const pid_t pid = child([] {
        must(mkdir("build", 0755) == 0, "mkdir");
        make("build/first");
        let_the_sensor_answer();
        for (std::uint64_t i = 0; i < files; ++i)
            make(("build/" + std::to_string(i) + ".o").c_str());
        return 0;
    });
    EXPECT_EQ(written(pid), std::vector<std::string>{"build/first"});
    EXPECT_GE(row("file.write").unwanted - before.unwanted, files);
}

TEST_F(Filtered, TellsAWantedNameInAQuietDirectory)
{
    start_with(needs());
    const pid_t pid = child([] {
        must(mkdir("build", 0755) == 0 && mkdir("build/.ssh", 0700) == 0, "mkdir");
        make("build/first");
        make("build/.ssh/first");
        let_the_sensor_answer();
        make("build/other");
        make("build/x.service");
        make("build/X.SERVICE"); // the engine compares without case
        make("build/.service");
        make("build/xservice");
        make("build/.ssh/known_hosts");
        make("build/.ssh/authorized_keys");
        make("build/.ssh/Authorized_Keys");
        make("build/.ssh/authorized_keys2");
        return 0;
    });
    EXPECT_EQ(written(pid),
              (std::vector<std::string>{
                  "build/first", "build/.ssh/first", "build/x.service", "build/X.SERVICE",
                  "build/.service", "build/.ssh/authorized_keys", "build/.ssh/Authorized_Keys"}));
}

TEST_F(Filtered, FollowsAQuietDirectoryThatMoves)
{
    start_with(needs());
    const pid_t pid = child([] {
        must(mkdir("build", 0755) == 0 && mkdir("build/deep", 0755) == 0 &&
                 mkdir("wanted", 0755) == 0 && mkdir("keys", 0700) == 0,
             "mkdir");
        make("build/deep/a");
        make("keys/authorized_keys");
        let_the_sensor_answer();
        make("build/deep/b"); // quiet
        must(rename("build", "wanted/build") == 0, "rename");
        make("wanted/build/deep/c");
        must(rename("wanted/build", "build") == 0, "rename");
        make("build/deep/d");                        // quiet again: it is what it was
        must(rename("keys", ".ssh") == 0, "rename"); // only its own name changes
        open_to_write(".ssh/authorized_keys");
        return 0;
    });
    EXPECT_EQ(written(pid),
              (std::vector<std::string>{"build/deep/a", "keys/authorized_keys",
                                        "wanted/build/deep/c", ".ssh/authorized_keys"}));
}

TEST_F(Filtered, FollowsNamesThatAreTakenFromAQuietDirectory)
{
    start_with(needs());
    const pid_t pid = child([] {
        must(mkdir("build", 0755) == 0 && mkdir("wanted", 0755) == 0 && mkdir(".ssh", 0700) == 0,
             "mkdir");
        make("build/first");
        make(".ssh/first");
        let_the_sensor_answer();
        make("build/link");
        make("build/moved");
        must(link("build/link", "wanted/link") == 0, "link");
        must(rename("build/moved", ".ssh/authorized_keys") == 0, "rename");
        must(symlink("../.ssh/authorized_keys", "build/innocent") == 0, "symlink");
        open_to_write("wanted/link");
        open_to_write("build/innocent"); // what is opened counts, not what it was called
        open_to_write("build/link");     // the other name of the same file, in the quiet directory
        return 0;
    });
    EXPECT_EQ(written(pid), (std::vector<std::string>{"build/first", ".ssh/first", "wanted/link",
                                                      ".ssh/authorized_keys"}));
}

TEST_F(Filtered, FollowsMounts)
{
    start_with(needs());
    const pid_t pid = child([&] {
        must(unshare(CLONE_NEWNS) == 0, "unshare");
        must(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "mount");
        must(mkdir("build", 0755) == 0 && mkdir("wanted", 0755) == 0, "mkdir");
        make("build/first");
        let_the_sensor_answer();
        make("build/second");
        must(mount("build", "wanted", nullptr, MS_BIND, nullptr) == 0, "bind");
        make("wanted/bound");
        must(umount("wanted") == 0, "umount");
        must(mount("none", "build", "tmpfs", 0, nullptr) == 0, "tmpfs");
        make("build/on-top");
        let_the_sensor_answer();
        make("build/on-top-too");
        must(mount("build", "wanted", nullptr, MS_MOVE, nullptr) == 0, "move");
        make("wanted/moved");
        return 0;
    });
    EXPECT_EQ(written(pid), (std::vector<std::string>{"build/first", "wanted/bound", "build/on-top",
                                                      "wanted/moved"}));
}

TEST_F(Filtered, AsksAnewAboutADirectoryThatIsMadeAgain)
{
    start_with(needs());
    const pid_t pid = child([] {
        must(mkdir("wanted", 0755) == 0, "mkdir");
        for (int i = 0; i < 20; ++i) {
            must(mkdir("a", 0755) == 0 && mkdir("a/b", 0755) == 0, "mkdir");
            make("a/b/file");
            if (i == 0)
                let_the_sensor_answer();
            must(unlink("a/b/file") == 0 && rmdir("a/b") == 0 && rmdir("a") == 0, "rmdir");
            // The same inode numbers and, with luck, the same memory.
            must(mkdir("wanted/b", 0755) == 0, "mkdir");
            make("wanted/b/file");
            must(unlink("wanted/b/file") == 0 && rmdir("wanted/b") == 0, "rmdir");
        }
        return 0;
    });
    const auto paths = written(pid);
    EXPECT_EQ(std::count(paths.begin(), paths.end(), "wanted/b/file"), 20);
}

TEST_F(Filtered, WidensAtOnceAndNarrowsAtOnce)
{
    start_with(needs());
    const auto write_all = [this] {
        return child([] {
            make("build/a");
            make("later/a");
            make("wanted/a");
            sockaddr_in address{};
            close(listen_on_loopback(address));
            return 0;
        });
    };
    for (const char *name : {"build", "later", "wanted"})
        ASSERT_TRUE(std::filesystem::create_directory(path(name)));
    write_all();
    let_the_sensor_answer();
    pid_t pid = write_all();
    EXPECT_EQ(written(pid), std::vector<std::string>{"wanted/a"});
    EXPECT_EQ(of(pid, SENTRA_NET_LISTEN).size(), 0U);

    const auto next =
        wanted({{"file.write", How::begins, path("later/")}, {"net.listen", How::any, ""}});
    sensor().widen(next);
    let_the_sensor_answer();
    pid = write_all();
    // Both old and new; and build is asked about again.
    EXPECT_EQ(written(pid), (std::vector<std::string>{"build/a", "later/a", "wanted/a"}));
    EXPECT_EQ(of(pid, SENTRA_NET_LISTEN).size(), 1U);
    let_the_sensor_answer();
    EXPECT_EQ(written(write_all()), (std::vector<std::string>{"later/a", "wanted/a"}));

    sensor().narrow(next);
    write_all();
    let_the_sensor_answer();
    pid = write_all();
    EXPECT_EQ(written(pid), std::vector<std::string>{"later/a"});
    EXPECT_EQ(of(pid, SENTRA_NET_LISTEN).size(), 1U);
}

// A group of the system's own manager, or what looks like one; gone afterwards.
struct Group {
    explicit Group(const std::string &name)
    {
        const std::string root = sensor::group_root();
        if (root.empty())
            return;
        slice = root + "/sentra-live.slice";
        path = slice + "/" + name;
        std::error_code failed;
        std::filesystem::create_directories(path, failed);
        if (failed)
            path.clear();
    }
    ~Group()
    {
        std::error_code ignored;
        std::filesystem::remove(path, ignored);
        std::filesystem::remove(slice, ignored);
    }
    void enter() const
    {
        std::ofstream processes(path + "/cgroup.procs");
        processes << getpid() << std::flush;
        must(static_cast<bool>(processes), "enter the group");
    }
    std::string slice, path; // empty: there is no cgroup v2 to be had
};

TEST_F(OwnSensor, LeavesOutTheFilesAndPeersOfTrustedServices)
{
    const Group trusted("sentra-live.service"), other("sentra-other.service");
    if (trusted.path.empty() || other.path.empty())
        GTEST_SKIP() << "no cgroup v2 to be had here";
    sensor::Options options;
    options.trusted_units = {"sentra-live.service"};
    start(std::move(options));
    const auto act = [](const Group &group) {
        return [&group] {
            group.enter(); // a write too, and told: it is not in the group yet
            make("a");
            must(rename("a", "b") == 0, "rename");
            sockaddr_in address{};
            const int listener = listen_on_loopback(address);
            connect_and_accept(listener, address);
            execl("/bin/true", "true", nullptr);
            return 1;
        };
    };
    const pid_t left_out = child(act(trusted)), told = child(act(other));
    EXPECT_EQ(of(left_out, SENTRA_FILE_WRITE).size(), 1U);
    EXPECT_EQ(of(told, SENTRA_FILE_WRITE).size(), 2U);
    for (const sentra_type type : {SENTRA_NET_LISTEN, SENTRA_NET_CONNECT, SENTRA_NET_ACCEPT}) {
        EXPECT_EQ(of(left_out, type).size(), 0U) << std::hex << type;
        EXPECT_EQ(of(told, type).size(), 1U) << std::hex << type;
    }
    // What it becomes and how it changes names is told of everybody.
    for (const sentra_type type : {SENTRA_PROCESS_EXEC, SENTRA_PROCESS_EXIT, SENTRA_FILE_RENAME})
        EXPECT_EQ(of(left_out, type).size(), 1U) << std::hex << type;
    stop();
    EXPECT_GE(row("file.write").trusted, 1U);
    EXPECT_EQ(row("net.listen").trusted, 1U);
    expect_balance();
}

TEST_F(OwnSensor, BalancesWhatItLeavesOut)
{
    constexpr std::uint64_t times = 10'000;
    sensor::Options options;
    options.wanted = std::make_shared<const sensor::Wanted>(
        std::vector<Need>{{"file.write", How::begins, path("wanted/")}});
    start(std::move(options));
    const pid_t pid = child([] {
        must(mkdir("wanted", 0755) == 0 && mkdir("build", 0755) == 0, "mkdir");
        make("wanted/target");
        make("build/target");
        let_the_sensor_answer();
        if (fork() == 0) // not left out
            _exit(0);
        must(wait(nullptr) > 0, "wait");
        for (std::uint64_t i = 0; i < times; ++i) {
            open_to_write("wanted/target");
            open_to_write("build/target");
        }
        return 0;
    });
    EXPECT_EQ(of(pid, SENTRA_FILE_WRITE).size(), 3U); // made, made, and opened
    stop();
    const sensor::Row total = row("file.write");
    EXPECT_GE(total.repeated, times - 1);
    EXPECT_GE(total.unwanted, times);
    expect_balance();
}

TEST_F(OwnSensor, TellsWhatWasLostTheNextTime)
{
    sensor::Options options;
    options.ring_bytes = 64U << 10U;
    options.wanted =
        std::make_shared<const sensor::Wanted>(std::vector<Need>{{"file.write", How::any, ""}});
    start(std::move(options));
    collector().hold(true);
    std::thread room([this] {
        usleep(1'500'000);
        collector().hold(false);
    });
    const pid_t pid = child([] {
        for (int i = 0; i < 2'000; ++i) // each a fact of its own: the ring fills up
            make(("fill" + std::to_string(i)).c_str());
        must(rename("fill1999", "target") == 0, "rename");
        open_to_write("target"); // lost
        sleep(3);
        open_to_write("target"); // and so told now, within the time in which it would be a repeat
        return 0;
    });
    room.join();
    EXPECT_GT(row("file.write").lost, 1'000U);
    const auto told = of(pid, SENTRA_FILE_WRITE);
    ASSERT_FALSE(told.empty());
    EXPECT_EQ(field(*told.back(), "file.path"), path("target"));
    stop();
    expect_balance();
}

} // namespace
} // namespace sentra::live
