// SPDX-License-Identifier: MIT
// Programs, processes, credentials, tracing: what the kernel saw of each.
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live.h"

namespace sentra::live {
namespace {

char *const kNoEnvironment[] = {nullptr};

int run(const std::string &program, std::vector<std::string> arguments)
{
    std::vector<char *> pointers;
    for (std::string &argument : arguments)
        pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    execve(program.c_str(), pointers.data(), kNoEnvironment);
    std::perror("execve");
    return 97;
}

TEST_F(Live, TellsAProgramWithAllItsArguments)
{
    start();
    const std::string large(20 * 1024, 'x');
    const pid_t pid = child([&] {
        setsid();
        return run("/bin/true", {"true", "one", "", large});
    });
    const auto exec = one(pid, SENTRA_PROCESS_EXEC);
    EXPECT_EQ(field(*exec, "process.args"), "true one  " + large);
    EXPECT_EQ(field(*exec, "process.args_count"), "4");
    EXPECT_EQ(field(*exec, "process.args_truncated"), "false");
    EXPECT_EQ(field(*exec, "process.executable"), "/usr/bin/true");
    EXPECT_EQ(field(*exec, "process.given_path"), "/bin/true");
    EXPECT_EQ(field(*exec, "process.working_directory"), folder_);
    EXPECT_EQ(field(*exec, "process.tty"), "");
    EXPECT_EQ(field(*exec, "process.secure_exec"), "false");
    EXPECT_EQ(field(*exec, "process.previous_known"), "true");
    EXPECT_EQ(field(*exec, "process.previous.user.id"), "0");
    EXPECT_EQ(exec->actor()->namespace_pid, static_cast<std::uint32_t>(pid));
    struct stat facts {};
    ASSERT_EQ(stat("/usr/bin/true", &facts), 0);
    EXPECT_EQ(exec->as<sentra_exec>().inode, facts.st_ino);
    EXPECT_EQ(one(pid, SENTRA_PROCESS_EXIT)->as<sentra_exit>().code, 0U);
}

TEST_F(Live, KeepsTheHeadOfArgumentsBeyondTheLimitAndSaysSo)
{
    start();
    const std::string huge(100 * 1024, 'y');
    const pid_t pid = child([&] { return run("/bin/true", {"true", huge}); });
    const auto exec = one(pid, SENTRA_PROCESS_EXEC);
    EXPECT_EQ(exec->as<sentra_exec>().args.len, static_cast<std::uint32_t>(SENTRA_ARGS_MAX));
    EXPECT_EQ(exec->as<sentra_exec>().args_bytes, 5 + huge.size() + 1);
    EXPECT_EQ(field(*exec, "process.args_truncated"), "true");
    EXPECT_NE(exec->head().flags & SENTRA_RECORD_TRUNCATED, 0);
    EXPECT_GE(row("process.exec").truncated, 1U);
}

TEST_F(Live, TellsASetIdProgramWithWhoRanIt)
{
    copy_program("/bin/true", path("elevated"), 04755);
    start();
    const pid_t pid = child([&] {
        must(setgroups(0, nullptr) == 0 && setresgid(1000, 1000, 1000) == 0 &&
                 setresuid(1000, 1000, 1000) == 0,
             "setresuid");
        return run(path("elevated"), {"elevated"});
    });
    const auto exec = one(pid, SENTRA_PROCESS_EXEC);
    EXPECT_EQ(field(*exec, "process.secure_exec"), "true");
    EXPECT_EQ(field(*exec, "process.previous.user.id"), "1000");
    EXPECT_EQ(field(*exec, "process.previous.user.effective.id"), "1000");
    EXPECT_EQ(field(*exec, "user.id"), "1000");
    EXPECT_EQ(field(*exec, "user.effective.id"), "0");
    EXPECT_EQ(exec->as<sentra_exec>().file_mode, S_IFREG | 04755U);
}

TEST_F(Live, TellsProgramsWithoutAName)
{
    copy_program("/bin/true", path("gone"));
    start();
    const pid_t in_memory = child([&] {
        const int from = open(path("gone").c_str(), O_RDONLY);
        const int to = memfd_create("payload", MFD_CLOEXEC);
        char buffer[65536];
        for (ssize_t got = 0; (got = read(from, buffer, sizeof buffer)) > 0;)
            must(write(to, buffer, static_cast<std::size_t>(got)) == got, "write");
        char *arguments[] = {const_cast<char *>("x"), nullptr};
        fexecve(to, arguments, kNoEnvironment);
        return 97;
    });
    const auto memory = one(in_memory, SENTRA_PROCESS_EXEC);
    EXPECT_EQ(field(*memory, "process.memfd"), "true");
    EXPECT_EQ(field(*memory, "process.executable"), "/memfd:payload");

    const pid_t deleted = child([&] {
        const int fd = open(path("gone").c_str(), O_RDONLY | O_CLOEXEC);
        must(unlink(path("gone").c_str()) == 0, "unlink");
        char *arguments[] = {const_cast<char *>("x"), nullptr};
        fexecve(fd, arguments, kNoEnvironment);
        return 97;
    });
    const auto exec = one(deleted, SENTRA_PROCESS_EXEC);
    EXPECT_EQ(field(*exec, "process.deleted"), "true");
    EXPECT_EQ(field(*exec, "process.memfd"), "false");
    EXPECT_EQ(field(*exec, "process.executable"), path("gone"));
}

TEST_F(Live, TellsForksAndTheirEnd)
{
    start();
    const pid_t parent = child(
        [] {
            const pid_t grandchild = fork();
            if (grandchild == 0)
                raise(SIGKILL);
            int status = 0;
            waitpid(grandchild, &status, 0);
            return 7;
        },
        7);
    ASSERT_TRUE(collector().settle(std::chrono::seconds(20)));
    std::uint32_t grandchild = 0;
    for (const auto &fork : collector().all(SENTRA_PROCESS_FORK))
        if (fork->actor()->parent_pid == static_cast<std::uint32_t>(parent))
            grandchild = fork->actor()->pid;
    ASSERT_NE(grandchild, 0U);
    const auto end = one(static_cast<pid_t>(grandchild), SENTRA_PROCESS_EXIT);
    EXPECT_EQ(end->as<sentra_exit>().signal, static_cast<std::uint32_t>(SIGKILL));
    EXPECT_EQ(one(parent, SENTRA_PROCESS_EXIT)->as<sentra_exit>().code, 7U);
    // The parent's own fork was the sensor's: filtered, not told.
    EXPECT_TRUE(of(parent, SENTRA_PROCESS_FORK).empty());
}

TEST_F(Live, ToldOnceHoweverManyThreadsEndTogether)
{
    start();
    const pid_t pid = child([] {
        std::vector<std::thread> threads;
        for (int i = 0; i < 16; ++i)
            threads.emplace_back([] { usleep(1000); });
        for (auto &thread : threads)
            thread.detach();
        syscall(SYS_exit, 0); // this thread only; pthread_exit() would unwind through the test
        return 1;
    });
    EXPECT_EQ(of(pid, SENTRA_PROCESS_EXIT).size(), 1U);
    EXPECT_TRUE(of(pid, SENTRA_PROCESS_FORK).empty()); // threads are not processes
}

TEST_F(Live, NumbersProcessesAsItsOwnNamespaceDoes)
{
    start();
    const pid_t outer = child([] {
        must(unshare(CLONE_NEWPID) == 0, "unshare");
        const pid_t inner = fork();
        if (inner == 0)
            _exit(run("/bin/true", {"true", "inside"}));
        int status = 0;
        waitpid(inner, &status, 0);
        return 0;
    });
    ASSERT_TRUE(collector().settle(std::chrono::seconds(20)));
    bool found = false;
    for (const auto &exec : collector().all(SENTRA_PROCESS_EXEC)) {
        if (exec->actor()->parent_pid != static_cast<std::uint32_t>(outer))
            continue;
        found = true;
        EXPECT_EQ(exec->actor()->namespace_pid, 1U);
        EXPECT_GT(exec->actor()->pid, 1U);
    }
    EXPECT_TRUE(found);
}

TEST_F(Live, TellsRealCredentialChangesOnly)
{
    start();
    const pid_t pid = child([] {
        const gid_t groups[] = {5, 6};
        must(setgroups(2, groups) == 0, "setgroups");
        must(setgroups(2, groups) == 0, "setgroups"); // the same again
        must(setuid(0) == 0, "setuid");               // root already
        must(setresgid(7, 7, 7) == 0, "setresgid");
        must(setresuid(8, 9, 10) == 0, "setresuid");
        return setuid(0) == 0 ? 1 : 0; // refused
    });
    const auto changes = of(pid, SENTRA_CRED_CHANGE);
    ASSERT_EQ(changes.size(), 3U);
    EXPECT_EQ(field(*changes[0], "cred.call"), "setgroups");
    EXPECT_EQ(field(*changes[0], "cred.groups"), "2");
    EXPECT_EQ(field(*changes[1], "cred.call"), "setresgid");
    EXPECT_EQ(field(*changes[1], "process.previous.group.id"), "0");
    EXPECT_EQ(field(*changes[1], "group.effective.id"), "7");
    EXPECT_EQ(field(*changes[2], "cred.call"), "setresuid");
    EXPECT_EQ(field(*changes[2], "process.previous.user.effective.id"), "0");
    EXPECT_EQ(field(*changes[2], "user.id"), "8");
    EXPECT_EQ(field(*changes[2], "user.effective.id"), "9");
    EXPECT_EQ(field(*changes[2], "user.saved.id"), "10");
    EXPECT_NE(changes[2]->as<sentra_cred>().old_cap_effective, 0U);
    EXPECT_EQ(changes[2]->actor()->cap_effective, 0U);
}

TEST_F(Live, TellsCapabilitiesGivenUp)
{
    start();
    const pid_t pid = child([] {
        __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
        __user_cap_data_struct data[2];
        must(syscall(SYS_capget, &header, data) == 0, "capget");
        data[0].effective &= ~(1U << CAP_NET_RAW);
        must(syscall(SYS_capset, &header, data) == 0, "capset");
        return 0;
    });
    const auto change = one(pid, SENTRA_CRED_CHANGE);
    EXPECT_EQ(field(*change, "cred.call"), "capset");
    EXPECT_EQ(change->as<sentra_cred>().old_cap_effective & ~change->actor()->cap_effective,
              1U << CAP_NET_RAW);
}

TEST_F(Live, TellsWhoTracesWhom)
{
    start();
    const pid_t target = fork();
    if (target == 0) {
        pause();
        _exit(0);
    }
    const pid_t tracer = child([target] {
        must(ptrace(PTRACE_ATTACH, target, nullptr, nullptr) == 0, "ptrace");
        int status = 0;
        waitpid(target, &status, 0);
        must(ptrace(PTRACE_DETACH, target, nullptr, nullptr) == 0, "ptrace");
        return ptrace(PTRACE_ATTACH, 1 << 21, nullptr, nullptr) == 0 ? 1 : 0; // no such process
    });
    kill(target, SIGKILL);
    waitpid(target, nullptr, 0);
    const auto traced = one(tracer, SENTRA_PROCESS_PTRACE);
    EXPECT_EQ(traced->as<sentra_ptrace>().request, static_cast<std::uint32_t>(PTRACE_ATTACH));
    EXPECT_EQ(traced->as<sentra_ptrace>().target_pid, static_cast<std::uint32_t>(target));
    EXPECT_EQ(traced->as<sentra_ptrace>().target_start_ns,
              one(target, SENTRA_PROCESS_EXIT)->actor()->start_ns);
}

TEST_F(OwnSensor, BeginsWithTheProcessesThatWereThere)
{
    const pid_t before = fork();
    if (before == 0)
        _exit(run("/bin/sleep", {"sleep", "1000"}));
    usleep(100'000);
    start(sensor::Options());
    const auto snapshot = one(before, SENTRA_PROCESS_SNAPSHOT);
    kill(before, SIGKILL);
    waitpid(before, nullptr, 0);
    EXPECT_EQ(field(*snapshot, "process.executable"), "/usr/bin/sleep");
    EXPECT_EQ(field(*snapshot, "process.args"), "sleep 1000");
    EXPECT_EQ(snapshot->actor()->parent_pid, static_cast<std::uint32_t>(getpid()));
    EXPECT_EQ(snapshot->actor()->start_ns, one(before, SENTRA_PROCESS_EXIT)->actor()->start_ns);
    EXPECT_TRUE(of(getpid(), SENTRA_PROCESS_SNAPSHOT).empty()) << "the sensor told itself";
    ASSERT_FALSE(collector().all(SENTRA_META_CLOCK).empty());
    EXPECT_EQ(collector().all(SENTRA_META_CLOCK).front()->head().sequence, 1U);
    EXPECT_TRUE(collector().sequence_is_whole());
}

} // namespace
} // namespace sentra::live
