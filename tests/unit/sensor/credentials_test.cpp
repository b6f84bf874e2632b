// SPDX-License-Identifier: MIT
// Changes of credentials that no hook saw, by records made by hand; and what must stay silent.
#include <gtest/gtest.h>

#include <sentra/event/all.h>

#include "event/build.h"
#include "sensor/credentials.h"

namespace sentra::sensor {
namespace {

constexpr std::uint32_t kNamespace = 4026531837;

sentra_actor user(std::uint32_t pid, std::uint32_t uid, std::uint32_t parent = 1)
{
    sentra_actor actor{};
    actor.pid = actor.tid = pid;
    actor.start_ns = pid * 1000ULL;
    actor.parent_pid = parent;
    actor.parent_start_ns = parent * 1000ULL;
    actor.uid = actor.euid = actor.suid = actor.fsuid = uid;
    actor.gid = actor.egid = actor.sgid = actor.fsgid = uid;
    actor.cap_effective = actor.cap_permitted = uid == 0 ? 0x1ffffffffffULL : 0;
    actor.user_namespace = kNamespace;
    return actor;
}

sentra_actor thread_of(sentra_actor actor, std::uint32_t tid)
{
    actor.tid = tid;
    return actor;
}

struct LateChange : testing::Test {
    template <typename Struct>
    std::optional<CredentialWatch::Late> tell(sentra_type type, const sentra_actor &actor,
                                              const std::function<void(Struct &)> &more = {})
    {
        event::Build<Struct> record(type, SENTRA_SOURCE_KERNEL, time_ns += 100, 1);
        record->actor = actor;
        if (more)
            more(*record);
        return watch.take(record.finish(), time_ns);
    }
    std::optional<CredentialWatch::Late> fork(const sentra_actor &child)
    {
        return tell<sentra_fork>(SENTRA_PROCESS_FORK, child);
    }
    std::optional<CredentialWatch::Late> write(const sentra_actor &actor)
    {
        return tell<sentra_file>(SENTRA_FILE_WRITE, actor);
    }
    std::optional<CredentialWatch::Late> exit(const sentra_actor &actor)
    {
        return tell<sentra_exit>(SENTRA_PROCESS_EXIT, actor);
    }
    std::optional<CredentialWatch::Late> snapshot(const sentra_actor &actor, bool threaded = false)
    {
        return tell<sentra_exec>(SENTRA_PROCESS_SNAPSHOT, actor, [threaded](sentra_exec &exec) {
            exec.flags = threaded ? static_cast<std::uint32_t>(SENTRA_EXEC_THREADED) : 0U;
        });
    }
    // old: nullopt: not known.
    std::optional<CredentialWatch::Late>
    exec(const sentra_actor &actor, std::optional<std::uint32_t> old = {}, bool secure = false)
    {
        return tell<sentra_exec>(SENTRA_PROCESS_EXEC, actor, [&](sentra_exec &exec) {
            exec.flags = secure ? static_cast<std::uint32_t>(SENTRA_EXEC_SECURE) : 0U;
            if (!old)
                return;
            exec.flags |= SENTRA_EXEC_OLD_KNOWN;
            exec.old_uid = exec.old_euid = exec.old_gid = exec.old_egid = *old;
        });
    }
    std::optional<CredentialWatch::Late> change(const sentra_actor &now, const sentra_actor &old,
                                                sentra_cred_call call = SENTRA_CRED_SETUID)
    {
        return tell<sentra_cred>(SENTRA_CRED_CHANGE, now, [&](sentra_cred &cred) {
            cred.call = call;
            cred.old_uid = old.uid, cred.old_euid = old.euid, cred.old_suid = old.suid;
            cred.old_gid = old.gid, cred.old_egid = old.egid, cred.old_sgid = old.sgid;
            cred.old_fsuid = old.fsuid, cred.old_fsgid = old.fsgid;
            cred.old_cap_effective = old.cap_effective;
            cred.old_cap_permitted = old.cap_permitted;
        });
    }

    std::uint64_t time_ns = 1'000'000, untold = 0;
    int asked = 0;
    CredentialWatch watch{[this] {
        ++asked;
        return CredentialWatch::Untold{untold, time_ns};
    }};
};

void expect_late(const std::optional<CredentialWatch::Late> &late, std::uint32_t old_uid,
                 std::uint32_t uid, bool goes_first = true)
{
    ASSERT_TRUE(late.has_value());
    EXPECT_EQ(late->change.call, static_cast<std::uint32_t>(SENTRA_CRED_UNKNOWN));
    EXPECT_EQ(late->change.old_uid, old_uid);
    EXPECT_EQ(late->change.old_euid, old_uid);
    EXPECT_EQ(late->change.actor.uid, uid);
    EXPECT_EQ(late->change.actor.euid, uid);
    EXPECT_EQ(late->goes_first, goes_first);
}

TEST_F(LateChange, AChangeThatNoCallExplainsIsSeenWithTheNextEvent)
{
    EXPECT_FALSE(fork(user(10, 1000)));
    EXPECT_FALSE(write(user(10, 1000)));
    expect_late(write(user(10, 0)), 1000, 0);
    EXPECT_FALSE(write(user(10, 0))); // once
    EXPECT_EQ(asked, 1);
}

TEST_F(LateChange, AChangeThatWasToldIsNotToldAgain)
{
    fork(user(10, 0));
    EXPECT_FALSE(change(user(10, 1000), user(10, 0)));
    EXPECT_FALSE(write(user(10, 1000)));
    EXPECT_FALSE(exit(user(10, 1000)));
    EXPECT_EQ(asked, 0);
    EXPECT_EQ(watch.threads(), 0U);
}

TEST_F(LateChange, ACallThatBeginsAsSomebodyElseShowsIt)
{
    fork(user(10, 1000));
    const auto late = change(user(10, 33), user(10, 0));
    expect_late(late, 1000, 0);
    EXPECT_FALSE(write(user(10, 33)));
}

TEST_F(LateChange, LossCouldBeTheExplanation)
{
    fork(user(10, 1000));
    untold = 1;
    EXPECT_FALSE(write(user(10, 0)));
    EXPECT_FALSE(write(user(10, 0))); // that is what it is from here on
    expect_late(write(user(10, 1000)), 0, 1000);
}

TEST_F(LateChange, ALossBeforeThatIsNoExplanation)
{
    untold = 5;
    watch.looked({untold, time_ns});
    fork(user(10, 1000));
    expect_late(write(user(10, 0)), 1000, 0);
}

TEST_F(LateChange, WhatIsOlderThanWhatIsKnownChangesNothing)
{
    snapshot(user(10, 1000)); // ahead of the ring
    time_ns -= 500;
    EXPECT_FALSE(change(user(10, 1000), user(10, 0)));
    EXPECT_FALSE(write(user(10, 1000)));
    EXPECT_EQ(asked, 0);
}

TEST_F(LateChange, ASetIdProgramExplainsItself)
{
    fork(user(10, 1000));
    sentra_actor sudo = user(10, 1000);
    sudo.euid = sudo.suid = sudo.fsuid = 0;
    EXPECT_FALSE(exec(sudo, 1000, true));
    EXPECT_FALSE(write(sudo));
    fork(user(11, 1000));
    sudo.pid = sudo.tid = 11, sudo.start_ns = 11'000;
    EXPECT_FALSE(exec(sudo, std::nullopt, true));
}

TEST_F(LateChange, AnExecShowsWhatWasChangedBeforeIt)
{
    fork(user(10, 1000));
    expect_late(exec(user(10, 0), 0), 1000, 0);
    fork(user(11, 1000));
    expect_late(exec(user(11, 0)), 1000, 0); // a 32-bit caller: its old ids are not known
    // Then it runs a set-id program: what that added is not part of the late change.
    fork(user(12, 1000));
    sentra_actor sudo = user(12, 33);
    sudo.euid = sudo.suid = sudo.fsuid = 0;
    const auto late = exec(sudo, 33, true);
    expect_late(late, 1000, 33);
    EXPECT_EQ(late->change.actor.suid, 33U);
}

TEST_F(LateChange, AChildThatIsSomebodyElseIsToldAfterItsFork)
{
    fork(user(10, 1000));
    expect_late(fork(user(11, 0, 10)), 1000, 0, false);
    EXPECT_FALSE(write(user(11, 0)));
    EXPECT_FALSE(write(user(10, 0))); // told already, of the child
    EXPECT_FALSE(fork(user(12, 0, 10)));
}

TEST_F(LateChange, ANewThreadIsWhatItsCreatorWas)
{
    fork(user(10, 0));
    EXPECT_FALSE(change(user(10, 1000), user(10, 0)));
    EXPECT_FALSE(write(thread_of(user(10, 0), 11))); // made before the change
    EXPECT_FALSE(write(thread_of(user(10, 1000), 12)));
    expect_late(write(thread_of(user(10, 33), 13)), 1000, 33);
    // Each thread has its own.
    EXPECT_FALSE(write(user(10, 1000)));
    expect_late(write(thread_of(user(10, 1000), 11)), 0, 1000);
}

TEST_F(LateChange, ThreadsThatWereThereBeforeAreNotJudged)
{
    snapshot(user(10, 0), true);
    EXPECT_FALSE(write(thread_of(user(10, 1000), 11)));
    EXPECT_FALSE(fork(user(12, 33, 10)));
    expect_late(write(thread_of(user(10, 0), 11)), 1000, 0); // but what it was is known now
    snapshot(user(20, 1000));
    expect_late(write(thread_of(user(20, 0), 21)), 1000, 0);
}

TEST_F(LateChange, CapabilitiesCountInOneUserNamespace)
{
    fork(user(10, 1000));
    sentra_actor capable = user(10, 1000);
    capable.cap_effective = 1 << 21;
    const auto late = write(capable);
    expect_late(late, 1000, 1000);
    EXPECT_EQ(late->change.old_cap_effective, 0U);
    sentra_actor elsewhere = capable; // unshare(CLONE_NEWUSER): all of them, there
    elsewhere.user_namespace = kNamespace + 1;
    elsewhere.cap_effective = elsewhere.cap_permitted = 0x1ffffffffffULL;
    EXPECT_FALSE(write(elsewhere));
    sentra_actor escaped = user(10, 0); // out of it, and somebody else
    expect_late(write(escaped), 1000, 0);
}

TEST_F(LateChange, LentCredentialsAndKernelThreadsAreNotTheirOwn)
{
    fork(user(10, 1000));
    sentra_actor lent = user(10, 0);
    lent.flags = SENTRA_ACTOR_LENT;
    EXPECT_FALSE(write(lent));
    EXPECT_FALSE(write(user(10, 1000)));
    sentra_actor worker = user(11, 0);
    worker.flags = SENTRA_ACTOR_KERNEL_THREAD;
    fork(worker);
    worker.uid = 1000;
    EXPECT_FALSE(write(worker));
    EXPECT_EQ(asked, 0);
}

TEST_F(LateChange, PidsAreReused)
{
    fork(user(10, 1000));
    sentra_actor next = user(10, 0);
    next.start_ns += 1;
    EXPECT_FALSE(write(next));
    expect_late(write(user(10, 0)), 1000, 0);
}

TEST_F(LateChange, MemoryIsBounded)
{
    CredentialWatch small([] { return CredentialWatch::Untold{}; }, 100);
    const auto tell = [&](const sentra_actor &actor) {
        event::Build<sentra_file> record(SENTRA_FILE_WRITE, SENTRA_SOURCE_KERNEL, ++time_ns, 1);
        record->actor = actor;
        return small.take(record.finish(), time_ns);
    };
    for (std::uint32_t pid = 1; pid < 1000; ++pid)
        EXPECT_FALSE(tell(user(pid, 1000)));
    EXPECT_LE(small.threads(), 100U);
    for (std::uint32_t tid = 1; tid < 50'000; ++tid)
        EXPECT_FALSE(tell(thread_of(user(5000, 1000), tid)));
    EXPECT_LE(small.threads(), 16'384U);
    EXPECT_FALSE(tell(user(1, 0))); // forgotten
    expect_late(tell(user(1, 1000)), 0, 1000);
}

TEST_F(LateChange, WhoeverChangesAllTheTimeIsMetAnew)
{
    fork(user(10, 1));
    for (std::uint32_t uid = 2; uid < 100; ++uid)
        EXPECT_TRUE(write(user(10, uid)).has_value()) << uid;
}

} // namespace
} // namespace sentra::sensor
