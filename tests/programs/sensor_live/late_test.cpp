// SPDX-License-Identifier: MIT
// Changes of credentials that pass the hooks by: where only system calls of 64-bit programs are
// seen, int $0x80 is the way, and the next event shows it.
#include <csignal>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sentra/event/all.h>

#include "live.h"

namespace sentra::live {
namespace {

constexpr uid_t kSomebody = 1000;

void write_a_file(const char *name)
{
    const int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    must(fd >= 0, name);
    close(fd);
}

#if defined(__x86_64__)
// The 32-bit kernel interface, from a 64-bit program.
long set_ids_unseen(uid_t real, uid_t effective, uid_t saved)
{
    constexpr long setresuid32 = 208;
    long result = setresuid32;
    asm volatile("int $0x80"
                 : "+a"(result)
                 : "b"(real), "c"(effective), "d"(saved)
                 : "memory", "r8", "r9", "r10", "r11");
    return result;
}

bool has_32bit_calls()
{
    const pid_t pid = fork();
    if (pid == 0)
        _exit(set_ids_unseen(0, 0, 0) == 0 ? 0 : 1);
    int status = 0;
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
#endif

class Late : public Live {
protected:
    void SetUp() override
    {
        Live::SetUp();
        if (IsSkipped())
            return;
#if defined(__x86_64__)
        if (!has_32bit_calls())
            GTEST_SKIP() << "this kernel takes no 32-bit calls";
#else
        GTEST_SKIP() << "there is no int $0x80";
#endif
        start();
        ASSERT_EQ(chmod(folder_.c_str(), 0777), 0);
    }
    // The changes of that process that no call was seen to make.
    std::vector<event::Owned> unseen(pid_t pid)
    {
        std::vector<event::Owned> late;
        for (const event::Owned &event : of(pid, SENTRA_CRED_CHANGE))
            if (event->as<sentra_cred>().call == SENTRA_CRED_UNKNOWN)
                late.push_back(event);
        return late;
    }
    // Rungs that see the kernel's own function see this call as well.
    [[nodiscard]] bool sees_system_calls_only()
    {
        for (const sensor::ProgramRow &row : sensor().programs())
            if (row.attached && row.event == "cred.change" && row.rung != "tracepoint")
                return false;
        return true;
    }
    void expect_change(pid_t pid, const char *old_user, const char *user)
    {
        const auto all = of(pid, SENTRA_CRED_CHANGE);
        ASSERT_FALSE(all.empty());
        const event::Event &change = *all.back();
        EXPECT_EQ(field(change, "process.previous.user.id"), old_user);
        EXPECT_EQ(field(change, "user.id"), user);
        EXPECT_EQ(field(change, "user.effective.id"), user);
        if (!sees_system_calls_only())
            return;
        EXPECT_EQ(field(change, "cred.call"), "unknown");
        EXPECT_EQ(unseen(pid).size(), 1U);
        const auto wrote = of(pid, SENTRA_FILE_WRITE);
        ASSERT_EQ(wrote.size(), 2U);
        EXPECT_EQ(change.head().sequence + 1, wrote[1]->head().sequence);
        EXPECT_EQ(change.time_ns(), wrote[1]->time_ns());
    }
};

#if defined(__x86_64__)
TEST_F(Late, RootIsGivenUp)
{
    const pid_t pid = child([] {
        write_a_file("early"); // the sensor's own child is not told: now it is known
        must(set_ids_unseen(kSomebody, kSomebody, kSomebody) == 0, "int $0x80");
        write_a_file("late");
        return 0;
    });
    expect_change(pid, "0", "1000");
}

TEST_F(Late, RootIsTakenAgain)
{
    const pid_t pid = child([] {
        write_a_file("early");
        must(setresuid(kSomebody, kSomebody, 0) == 0, "setresuid");
        must(set_ids_unseen(0, 0, 0) == 0, "int $0x80");
        write_a_file("late");
        return 0;
    });
    expect_change(pid, "1000", "0");
    EXPECT_EQ(of(pid, SENTRA_CRED_CHANGE).size(), 2U);
}

// The exec shows what its caller was.
TEST_F(Late, AProgramIsStartedRightAway)
{
    const pid_t parent = child([] {
        const pid_t pid = fork();
        if (pid == 0) {
            must(set_ids_unseen(kSomebody, kSomebody, kSomebody) == 0, "int $0x80");
            execl("/bin/true", "true", nullptr);
        }
        must(waitpid(pid, nullptr, 0) == pid, "waitpid");
        return 0;
    });
    ASSERT_TRUE(collector().settle(std::chrono::seconds(20)));
    std::vector<event::Owned> changes, starts;
    for (const event::Owned &event : collector().all(SENTRA_CRED_CHANGE))
        if (event->actor()->parent_pid == static_cast<std::uint32_t>(parent))
            changes.push_back(event);
    for (const event::Owned &event : collector().all(SENTRA_PROCESS_EXEC))
        if (event->actor()->parent_pid == static_cast<std::uint32_t>(parent))
            starts.push_back(event);
    ASSERT_EQ(starts.size(), 1U);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(field(*changes[0], "process.previous.user.id"), "0");
    EXPECT_EQ(field(*changes[0], "user.id"), "1000");
    EXPECT_LT(changes[0]->head().sequence, starts[0]->head().sequence);
}
#endif

// Threads have credentials of their own; what each of them was told to be is no news.
TEST_F(Late, WhatWasSeenIsNotSaidTwice)
{
    const pid_t pid = child([] {
        std::thread other([] {
            must(syscall(SYS_setresuid, kSomebody, kSomebody, kSomebody) == 0, "setresuid");
            write_a_file("of-the-thread");
        });
        other.join();
        write_a_file("of-the-process");
        const pid_t grandchild = fork();
        if (grandchild == 0) {
            must(setgid(kSomebody) == 0 && setuid(kSomebody) == 0, "setuid");
            write_a_file("of-the-child");
            execl("/bin/true", "true", nullptr);
        }
        int status = 0;
        must(waitpid(grandchild, &status, 0) == grandchild, "waitpid");
        return 0;
    });
    EXPECT_EQ(of(pid, SENTRA_FILE_WRITE).size(), 2U);
    for (const event::Owned &event : collector().all(SENTRA_CRED_CHANGE))
        if (event->actor()->parent_pid == static_cast<std::uint32_t>(pid)) {
            EXPECT_NE(field(*event, "cred.call"), "unknown");
        }
    EXPECT_TRUE(unseen(pid).empty());
}

} // namespace
} // namespace sentra::live
