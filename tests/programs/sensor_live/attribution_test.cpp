// SPDX-License-Identifier: MIT
// Whose a process is: the package of its program, its control group, who spawned it.
#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live.h"
#include "session/session.h"

namespace sentra::live {
namespace {

namespace fs = std::filesystem;

int run(const char *program)
{
    char *const arguments[] = {const_cast<char *>(program), nullptr};
    char *const environment[] = {nullptr};
    execve(program, arguments, environment);
    std::perror("execve");
    return 97;
}

bool has_dpkg()
{
    return fs::exists("/var/lib/dpkg/info/coreutils.list");
}

std::string packaging(const event::Event &exec)
{
    if (field(exec, "process.package_known") != "true")
        return "not known";
    const std::string package = field(exec, "process.package");
    return package.empty() ? "none" : package;
}

TEST_F(Live, TellsThePackageOfAProgram)
{
    if (!has_dpkg())
        GTEST_SKIP() << "this host has no dpkg";
    start();
    const pid_t packaged = child([] { return run("/bin/true"); });
    copy_program("/usr/bin/true", path("true"));
    const pid_t own = child([&] { return run(path("true").c_str()); });
    const pid_t nameless = child([] {
        const int program = open("/usr/bin/true", O_RDONLY | O_CLOEXEC);
        const int memory = memfd_create("x", MFD_CLOEXEC);
        struct stat facts {};
        must(fstat(program, &facts) == 0, "fstat");
        off_t at = 0;
        must(syscall(SYS_sendfile, memory, program, &at, facts.st_size) == facts.st_size,
             "sendfile");
        char *const none[] = {nullptr};
        fexecve(memory, none, none);
        return 97;
    });
    EXPECT_EQ(packaging(*one(packaged, SENTRA_PROCESS_EXEC)), "coreutils");
    EXPECT_EQ(packaging(*one(own, SENTRA_PROCESS_EXEC)), "none");
    EXPECT_EQ(packaging(*one(nameless, SENTRA_PROCESS_EXEC)), "none");
}

// A service with mounts of its own still runs the host's programs; a file bound over one of them is
// not the package's, whatever the path says.
TEST_F(Live, TellsThePackageOfTheFileThatRan)
{
    start();
    copy_program("/usr/bin/true", path("mine"));
    const auto private_mounts = [] {
        must(unshare(CLONE_NEWNS) == 0, "unshare");
        must(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "mount private");
    };
    const pid_t plain = child([&] {
        private_mounts();
        return run("/usr/bin/true");
    });
    const pid_t bound = child([&] {
        private_mounts();
        must(mount(path("mine").c_str(), "/usr/bin/true", nullptr, MS_BIND, nullptr) == 0, "bind");
        return run("/usr/bin/true");
    });
    const pid_t elsewhere = child([&] {
        private_mounts();
        must(mkdir("root", 0755) == 0, "mkdir");
        must(mount("/", "root", nullptr, MS_BIND | MS_REC, nullptr) == 0, "bind");
        must(chroot("root") == 0, "chroot");
        return run("/usr/bin/true");
    });
    const auto of_plain = one(plain, SENTRA_PROCESS_EXEC);
    EXPECT_EQ(field(*of_plain, "process.foreign_root"), "false");
    EXPECT_EQ(packaging(*of_plain), has_dpkg() ? "coreutils" : "not known");
    const auto of_bound = one(bound, SENTRA_PROCESS_EXEC);
    EXPECT_EQ(field(*of_bound, "process.executable"), "/usr/bin/true");
    EXPECT_EQ(packaging(*of_bound), "not known");
    const auto of_elsewhere = one(elsewhere, SENTRA_PROCESS_EXEC);
    EXPECT_EQ(field(*of_elsewhere, "process.foreign_root"), "true");
    EXPECT_EQ(packaging(*of_elsewhere), "not known");
}

// A control group below a hierarchy that the test mounts for itself; gone afterwards.
class Group {
public:
    Group(const std::string &folder, const char *type, const char *controller, std::string name)
        : folder_(folder), name_(std::move(name))
    {
        fs::create_directory(folder_);
        if (mount("none", folder_.c_str(), type, 0, controller) != 0)
            return;
        is_mounted_ = true;
        is_made_ = mkdir(path().c_str(), 0755) == 0;
    }
    Group(const Group &) = delete;
    Group &operator=(const Group &) = delete;
    ~Group()
    {
        rmdir(path().c_str());
        if (is_mounted_)
            umount2(folder_.c_str(), MNT_DETACH);
    }
    [[nodiscard]] bool is_made() const { return is_made_; }
    [[nodiscard]] std::string path() const { return folder_ + "/" + name_; }
    [[nodiscard]] std::uint64_t inode() const
    {
        struct stat facts {};
        return stat(path().c_str(), &facts) == 0 ? facts.st_ino : 0;
    }
    void join() const { write_file(path() + "/cgroup.procs", "0"); }

private:
    std::string folder_, name_;
    bool is_mounted_ = false, is_made_ = false;
};

TEST_F(Live, TellsTheControlGroup)
{
    start();
    const Group group(path("v2"), "cgroup2", nullptr, "live-v2.service");
    if (!group.is_made())
        GTEST_SKIP() << "cgroup v2 is not to be had";
    const pid_t pid = child([&] {
        group.join();
        return run("/bin/true");
    });
    const auto exec = one(pid, SENTRA_PROCESS_EXEC);
    const auto &body = exec->as<sentra_exec>();
    const std::string cgroup(exec->text(body.cgroup));
    EXPECT_TRUE(cgroup.ends_with("/live-v2.service")) << cgroup;
    EXPECT_EQ(body.actor.cgroup_id, group.inode());
    EXPECT_EQ(one(pid, SENTRA_PROCESS_EXIT)->actor()->cgroup_id, body.actor.cgroup_id);
}

TEST_F(OwnSensor, TellsTheControlGroupOfV1WhereItSaysMore)
{
    const std::string id(64, 'a');
    const Group container(path("v1"), "cgroup", "pids", "live-" + id);
    if (!container.is_made())
        GTEST_SKIP() << "the pids controller belongs to cgroup v2 here";
    const Group service(path("v2"), "cgroup2", nullptr, "live-both.service");
    start(sensor::Options{});
    const pid_t inside = child([&] {
        container.join();
        return run("/bin/true");
    });
    const pid_t both = child([&] {
        if (service.is_made())
            service.join();
        container.join();
        return run("/bin/true");
    });
    const pid_t outside = child([&] {
        if (service.is_made())
            service.join();
        return run("/bin/true");
    });
    for (const pid_t pid : {inside, both}) {
        const auto exec = one(pid, SENTRA_PROCESS_EXEC);
        const auto &body = exec->as<sentra_exec>();
        EXPECT_EQ(exec->text(body.cgroup), "/live-" + id);
        EXPECT_EQ(body.actor.cgroup_id, container.inode() | SENTRA_CGROUP_V1);
        EXPECT_EQ(one(pid, SENTRA_PROCESS_EXIT)->actor()->cgroup_id, body.actor.cgroup_id);
    }
    if (service.is_made()) {
        const auto exec = one(outside, SENTRA_PROCESS_EXEC);
        EXPECT_EQ(exec->text(exec->as<sentra_exec>().cgroup), "/live-both.service");
        EXPECT_EQ(exec->actor()->cgroup_id, service.inode());
    }
    stop();
}

// Everything that was told of processes, in order, to a session; what it says of one program.
session::Context context_of(Collector &collector, std::string_view executable)
{
    std::vector<event::Owned> events;
    for (const sentra_type type : {SENTRA_META_CLOCK, SENTRA_PROCESS_SNAPSHOT, SENTRA_PROCESS_FORK,
                                   SENTRA_PROCESS_EXEC, SENTRA_PROCESS_EXIT}) {
        const auto found = collector.all(type);
        events.insert(events.end(), found.begin(), found.end());
    }
    std::sort(events.begin(), events.end(), [](const auto &a, const auto &b) {
        return std::pair(a->time_ns(), a->head().sequence) <
               std::pair(b->time_ns(), b->head().sequence);
    });
    event::Losses losses;
    session::Session session(losses);
    session::Context last;
    for (const event::Owned &event : events) {
        const session::Context context = session.apply(*event);
        if (event->is(SENTRA_PROCESS_EXEC) &&
            event->text(event->as<sentra_exec>().executable) == executable)
            last = context;
    }
    return last;
}

// As PAM does it for a person who signs in; then fork, setsid and fork again, so that everybody
// between has ended and another process is the parent before the daemon does anything.
int sign_in_and_start(const std::string &daemon, int told)
{
    const pid_t person = getpid();
    const int loginuid = open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC);
    const bool has_login = loginuid >= 0 && write(loginuid, "1", 1) == 1;
    const pid_t starter = fork();
    if (starter != 0)
        return waitpid(starter, nullptr, 0) == starter ? 0 : 1;
    if (fork() != 0)
        return 0;
    setsid();
    const pid_t between = getpid();
    if (fork() != 0)
        return 0;
    while (getppid() == between)
        usleep(1000);
    const std::string line =
        std::to_string(getpid()) + " " + std::to_string(person) + (has_login ? " 1\n" : " 0\n");
    must(write(told, line.data(), line.size()) > 0, "write");
    return run(daemon.c_str());
}

TEST_F(Live, KeepsTheOriginOfADaemon)
{
    start();
    const std::string daemon = path("daemon");
    copy_program("/usr/bin/true", daemon);
    int told[2];
    ASSERT_EQ(pipe(told), 0);
    // The one who signs in is a grandchild: what the sensor's own process does is never told.
    child([&] {
        const pid_t person = fork();
        if (person == 0)
            return sign_in_and_start(daemon, told[1]);
        return waitpid(person, nullptr, 0) == person ? 0 : 1;
    });
    close(told[1]);
    std::string line;
    char byte = 0;
    while (read(told[0], &byte, 1) == 1)
        line += byte;
    close(told[0]);
    pid_t pid = 0, person = 0;
    int has_login = 0;
    ASSERT_EQ(std::sscanf(line.c_str(), "%d %d %d", &pid, &person, &has_login), 3);

    const auto exec = one(pid, SENTRA_PROCESS_EXEC);
    const auto fork_of = one(pid, SENTRA_PROCESS_FORK);
    EXPECT_NE(exec->actor()->parent_pid, fork_of->actor()->parent_pid) << "it was adopted";
    const session::Context context = context_of(collector(), daemon);
    ASSERT_NE(context.process, nullptr);
    const auto *above = context.process->parent.get();
    ASSERT_NE(above, nullptr);
    EXPECT_EQ(above->key.pid, fork_of->actor()->parent_pid);
    bool comes_from_person = false;
    for (; above != nullptr; above = above->parent.get())
        comes_from_person |= above->key.pid == static_cast<std::uint32_t>(person);
    EXPECT_TRUE(comes_from_person) << "between, starter, person";
    if (has_login != 0) {
        EXPECT_EQ(context.actor->kind, session::ActorKind::session);
        EXPECT_EQ(context.actor->user.id, 1U);
        EXPECT_EQ(context.actor->audit_session, exec->actor()->audit_session);
    }
}

TEST_F(Live, NamesTheCreatorOfAProcessThatIsGivenAwayAtBirth)
{
    start();
    int told[2];
    ASSERT_EQ(pipe(told), 0);
    pid_t creator = 0;
    child([&] {
        const pid_t middle = fork();
        if (middle == 0) {
            const long born =
                syscall(SYS_clone, CLONE_PARENT | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
            if (born == 0)
                return 0;
            const std::string line = std::to_string(born) + " " + std::to_string(getpid()) + "\n";
            must(write(told[1], line.data(), line.size()) > 0, "write");
            return 0;
        }
        while (wait(nullptr) > 0) {
        }
        return 0;
    });
    close(told[1]);
    char line[64] = {};
    ASSERT_GT(read(told[0], line, sizeof line - 1), 0);
    close(told[0]);
    pid_t born = 0;
    ASSERT_EQ(std::sscanf(line, "%d %d", &born, &creator), 2);
    EXPECT_EQ(one(born, SENTRA_PROCESS_FORK)->actor()->parent_pid,
              static_cast<std::uint32_t>(creator));
}

} // namespace
} // namespace sentra::live
