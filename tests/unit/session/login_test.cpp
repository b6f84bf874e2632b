// SPDX-License-Identifier: MIT
// One login is one session, whatever order its two halves arrive in.
#include <gtest/gtest.h>

#include "world.h"

namespace sentra::session::test {
namespace {

void set_session(Proc &proc, std::uint32_t audit_session, std::uint32_t loginuid)
{
    proc.facts.audit_session = audit_session;
    proc.facts.loginuid = loginuid;
}

// sshd's process for one connection, and a shell below it.
struct Connection {
    Proc monitor, shell;
};

Connection sign_in(World &world, std::uint32_t pid, std::uint32_t audit_session, std::uint32_t uid,
                   std::string_view user, std::string_view ip = "203.0.113.7")
{
    Connection made;
    made.monitor = world.fork(world.sshd, pid);
    world.exec(made.monitor, "/usr/sbin/sshd");
    world.accepted({.pid = pid}, user, ip);
    set_session(made.monitor, audit_session, uid);
    made.shell = world.fork(made.monitor, pid + 1);
    made.shell.facts.uid = made.shell.facts.euid = uid;
    world.exec(made.shell, "/usr/bin/bash", {.tty = "pts/0"});
    return made;
}

TEST(Login, TheLineComesBeforeTheAuditId)
{
    World world;
    world.boot();
    Proc monitor = world.fork(world.sshd, 900);
    world.exec(monitor, "/usr/sbin/sshd");
    const Context login = world.accepted({.pid = 900}, "maria");
    EXPECT_EQ(login.actor->kind, ActorKind::session);
    EXPECT_EQ(login.actor->canonical.substr(0, 6), "login:");
    EXPECT_EQ(login.actor->user.name, "maria");
    EXPECT_EQ(login.actor->effective.name, "maria");
    set_session(monitor, 42, 1001);
    Proc shell = world.fork(monitor, 901);
    shell.facts.uid = shell.facts.euid = 1001;
    const Context deed = world.exec(shell, "/usr/bin/bash", {.tty = "pts/0"});
    EXPECT_EQ(deed.actor->kind, ActorKind::session);
    EXPECT_EQ(deed.actor->key, login.actor->key);
    EXPECT_EQ(deed.actor->canonical, "session:" + std::string(kBoot) + ":42");
    EXPECT_EQ(deed.actor->audit_session, 42U);
    ASSERT_TRUE(deed.actor->login);
    EXPECT_EQ(deed.actor->login->source->text(), "203.0.113.7");
    EXPECT_EQ(deed.actor->login->source_port, 50022);
    EXPECT_EQ(deed.actor->login->method, "password");
    EXPECT_EQ(deed.actor->user.name, "maria");
    EXPECT_EQ(deed.actor->user.id, 1001U);
    EXPECT_EQ(deed.actor->tty, "pts/0");
    // The picture taken at the login stays what it was.
    EXPECT_FALSE(login.actor->audit_session);
    EXPECT_EQ(world.session.sizes().sessions, 1U);
}

TEST(Login, TheAuditIdComesBeforeTheLine)
{
    World world;
    world.boot();
    Proc monitor = world.fork(world.sshd, 900);
    world.exec(monitor, "/usr/sbin/sshd");
    set_session(monitor, 42, 1001);
    const Proc shell = world.fork(monitor, 901);
    const Context before = world.exec(shell, "/usr/bin/bash");
    EXPECT_EQ(before.actor->kind, ActorKind::session);
    EXPECT_FALSE(before.actor->login);
    const Context login = world.accepted({.pid = 900}, "maria");
    EXPECT_EQ(login.actor->key, before.actor->key);
    EXPECT_EQ(login.actor->canonical, "session:" + std::string(kBoot) + ":42");
    const Context after = world.write(shell, "/tmp/x");
    EXPECT_EQ(after.actor->key, before.actor->key);
    ASSERT_TRUE(after.actor->login);
    EXPECT_EQ(after.actor->login->user.name, "maria");
    EXPECT_EQ(world.session.sizes().sessions, 1U);
}

TEST(Login, TheJournalIsReadAgainBeforeTheSnapshot)
{
    World world;
    const std::uint64_t then_ns = world.now_ns;
    const Context login = world.accepted({.pid = 900}, "maria");
    world.pass(3600);
    // The child is listed first, as after a wrap of pids; one process had the pid only later.
    Proc shell = World::make(90, 5002);
    world.init = World::make(1, 1);
    world.sshd = World::make(800, 10, &world.init);
    Proc monitor = World::make(900, 4999, &world.sshd);
    ASSERT_LT(kBootNs + monitor.facts.start_ns, then_ns);
    set_session(monitor, 42, 1001);
    shell = World::make(90, 5002, &monitor);
    world.snapshot(shell, "/usr/bin/bash");
    world.snapshot(world.init, "/usr/lib/systemd/systemd");
    world.snapshot(world.sshd, "/usr/sbin/sshd");
    world.snapshot(monitor, "/usr/sbin/sshd");
    const Context deed = world.write(shell, "/tmp/x");
    ASSERT_TRUE(deed.actor->login);
    EXPECT_EQ(deed.actor->key, login.actor->key);
    EXPECT_EQ(deed.actor->audit_session, 42U);
}

TEST(Login, AnotherHolderOfThePidIsNotTheOneWhoSignedIn)
{
    for (const bool is_sshd : {true, false}) {
        World world;
        world.accepted({.pid = 900}, "maria");
        world.pass(3600);
        world.boot();
        // Began after the line was written; or is no sshd.
        Proc other = World::make(900, is_sshd ? 8000 : 4999, &world.sshd);
        set_session(other, 43, 1002);
        const Context context =
            world.snapshot(other, is_sshd ? "/usr/sbin/sshd" : "/usr/bin/python3");
        EXPECT_EQ(context.actor->kind, ActorKind::session);
        EXPECT_FALSE(context.actor->login) << is_sshd;
    }
}

TEST(Login, LogindNamesTheLeader)
{
    World world(false); // no kernel half at all
    const Context login = world.accepted({.pid = 900}, "maria");
    world.logind("42", "maria", 900);
    const Context deed = world.elevation({.pid = 950,
                                          .identifier = "sudo",
                                          .executable = "/usr/bin/sudo",
                                          .uid = 1001,
                                          .loginuid = 1001,
                                          .audit_session = 42},
                                         "maria", "root");
    EXPECT_EQ(deed.actor->key, login.actor->key);
    ASSERT_TRUE(deed.actor->login);
    EXPECT_EQ(deed.actor->login->source->text(), "203.0.113.7");
    EXPECT_EQ(deed.actor->effective.name, "root");
    EXPECT_EQ(deed.actor->broker, "sudo");
    EXPECT_EQ(deed.actor->canonical, "session:" + std::string(kBoot) + ":42");
}

TEST(Login, LogindSpeaksFirst)
{
    World world(false);
    world.logind("42", "maria", 900);
    const Context login = world.accepted({.pid = 900}, "maria");
    EXPECT_EQ(login.actor->audit_session, 42U);
    EXPECT_EQ(login.actor->canonical, "session:" + std::string(kBoot) + ":42");
}

Writer sudo_in(std::uint32_t audit_session, std::uint32_t loginuid)
{
    return {.pid = 950,
            .identifier = "sudo",
            .executable = "/usr/bin/sudo",
            .uid = loginuid,
            .loginuid = loginuid,
            .audit_session = audit_session};
}

TEST(Login, JournalAloneBindsTheOnlyLoginThatCanBeMeant)
{
    World world(false);
    const Context login = world.accepted({.pid = 900}, "maria");
    world.pam({.pid = 900}, "sshd", "maria", 1001, SENTRA_SESSION_OPENED);
    world.accepted({.pid = 910}, "deploy", "198.51.100.9");
    const Context deed = world.elevation(sudo_in(42, 1001), "maria", "root");
    EXPECT_EQ(deed.actor->key, login.actor->key);
    EXPECT_EQ(deed.actor->login->source->text(), "203.0.113.7");
    // Once claimed, it is no candidate for another session of the same user.
    const Context other = world.elevation(sudo_in(43, 1001), "maria", "root");
    EXPECT_EQ(other.actor->kind, ActorKind::session);
    EXPECT_FALSE(other.actor->login);
    EXPECT_EQ(other.actor->canonical, "session:" + std::string(kBoot) + ":43");
}

TEST(Login, JournalAloneNeverGuessesBetweenTwo)
{
    World world(false);
    world.accepted({.pid = 900}, "maria", "203.0.113.7");
    world.accepted({.pid = 910}, "maria", "198.51.100.9");
    const Context deed = world.elevation(sudo_in(42, 1001), "maria", "root");
    EXPECT_EQ(deed.actor->kind, ActorKind::session);
    EXPECT_EQ(deed.actor->audit_session, 42U);
    EXPECT_EQ(deed.actor->user.name, "maria");
    EXPECT_FALSE(deed.actor->login);
}

TEST(Login, AClosedLoginIsNoCandidate)
{
    World world(false);
    world.accepted({.pid = 900}, "maria", "203.0.113.7");
    world.pam({.pid = 900}, "sshd", "maria", 1001, SENTRA_SESSION_OPENED);
    const Context closed = world.pam({.pid = 900}, "sshd", "maria", 1001, SENTRA_SESSION_CLOSED);
    EXPECT_EQ(closed.actor->kind, ActorKind::session);
    world.accepted({.pid = 910}, "maria", "198.51.100.9");
    const Context deed = world.elevation(sudo_in(42, 1001), "maria", "root");
    ASSERT_TRUE(deed.actor->login);
    EXPECT_EQ(deed.actor->login->source->text(), "198.51.100.9");
}

TEST(Login, TwoLoginsOfOneUserAtOnceAreKeptApart)
{
    World world;
    world.boot();
    const Connection first = sign_in(world, 900, 42, 1001, "maria", "203.0.113.7");
    const Connection second = sign_in(world, 910, 43, 1001, "maria", "198.51.100.9");
    const Context a = world.write(first.shell, "/tmp/a");
    const Context b = world.write(second.shell, "/tmp/b");
    EXPECT_EQ(a.actor->login->source->text(), "203.0.113.7");
    EXPECT_EQ(b.actor->login->source->text(), "198.51.100.9");
    EXPECT_NE(a.actor->key, b.actor->key);
}

TEST(Login, RootSignsInDirectly)
{
    World world;
    world.boot();
    const Connection root = sign_in(world, 900, 42, 0, "root");
    const Context deed = world.write(root.shell, "/root/.ssh/authorized_keys");
    EXPECT_EQ(deed.actor->user.name, "root");
    EXPECT_EQ(deed.actor->effective.name, "root");
    EXPECT_EQ(deed.actor->broker, "");
    EXPECT_EQ(world.field("file.owner", deed), "root");
    EXPECT_EQ(world.field("actor.session.source.ip", deed), "203.0.113.7");
}

TEST(Login, SessionIdsBeginAnewWithEveryBoot)
{
    World world;
    world.boot();
    const Connection first = sign_in(world, 900, 1, 1001, "maria");
    const Context before = world.write(first.shell, "/tmp/a");
    world.host("fedcba98-7654-3210-fedc-ba9876543210");
    world.pass(60);
    Proc other = World::make(900, 50);
    set_session(other, 1, 1002);
    const Context after = world.snapshot(other, "/usr/bin/bash");
    EXPECT_FALSE(after.actor->login);
    EXPECT_NE(after.actor->key, before.actor->key);
    EXPECT_EQ(after.actor->canonical, "session:fedcba9876543210fedcba9876543210:1");
}

TEST(Login, WithoutAuditIdsTheDescentFromSshdIsTheSession)
{
    World world;
    world.boot();
    const Proc monitor = world.fork(world.sshd, 900);
    world.exec(monitor, "/usr/sbin/sshd");
    const Context login = world.accepted({.pid = 900}, "maria");
    Proc shell = world.fork(monitor, 901);
    shell.facts.uid = shell.facts.euid = 1001;
    const Context deed = world.exec(shell, "/usr/bin/bash");
    EXPECT_EQ(deed.actor->kind, ActorKind::session);
    EXPECT_EQ(deed.actor->key, login.actor->key);
    EXPECT_EQ(deed.actor->user.name, "maria");
}

TEST(Login, AFailureSignsNobodyIn)
{
    World world;
    world.boot();
    const Proc monitor = world.fork(world.sshd, 900);
    world.exec(monitor, "/usr/sbin/sshd");
    const Context failed =
        world.accepted({.pid = 900}, "maria", "203.0.113.7", SENTRA_OUTCOME_FAILURE);
    EXPECT_EQ(failed.actor->kind, ActorKind::unknown);
    EXPECT_FALSE(failed.actor->unknown_reason.empty());
    EXPECT_EQ(world.session.sizes().sessions, 0U);
}

TEST(Login, APlainLogKeepsAConnectionTogetherByItsPid)
{
    World world(false);
    world.source = SENTRA_SOURCE_LOG;
    world.log_host = "LabSZ";
    const Writer sshd{
        .pid = 900, .executable = "", .trust = SENTRA_TRUST_NONE, .uid = SENTRA_UNSET};
    const Context login = world.accepted(sshd, "fztu", "119.137.62.142");
    EXPECT_FALSE(login.vetoed);
    EXPECT_EQ(login.actor->kind, ActorKind::session);
    const Context opened = world.pam(sshd, "sshd", "fztu", SENTRA_UNSET, SENTRA_SESSION_OPENED);
    EXPECT_EQ(opened.actor->key, login.actor->key);
    const Context closed = world.pam(sshd, "sshd", "fztu", SENTRA_UNSET, SENTRA_SESSION_CLOSED);
    EXPECT_EQ(closed.actor->key, login.actor->key);
    const Context again = world.accepted(sshd, "fztu", "119.137.62.142");
    EXPECT_NE(again.actor->key, login.actor->key);
    const Context deed = world.elevation({.pid = 950,
                                          .identifier = "sudo",
                                          .executable = "",
                                          .trust = SENTRA_TRUST_NONE,
                                          .uid = SENTRA_UNSET},
                                         "fztu", "root");
    EXPECT_EQ(deed.actor->kind, ActorKind::unknown);
    EXPECT_EQ(deed.actor->user.name, "fztu");
    EXPECT_NE(deed.actor->unknown_reason.find("plain log"), std::string::npos);
}

TEST(Login, AContainersJournalWritesItsOwnPids)
{
    World world;
    world.boot();
    const std::uint32_t inner = 4026532900;
    Proc init = World::make(5000, 100, &world.init);
    init.facts.namespace_pid = 1;
    init.facts.pid_namespace = inner;
    world.snapshot(init, "/usr/lib/systemd/systemd");
    // Outside, another process has the number that the container gives its sshd.
    Proc outside = World::make(31, 101, &world.init);
    world.snapshot(outside, "/usr/bin/python3");
    Proc monitor = world.fork(init, 5031, 31, inner);
    world.exec(monitor, "/usr/sbin/sshd");
    world.pass(1);
    const Context login = world.accepted({.pid = 31, .pid_namespace = inner}, "maria");
    ASSERT_NE(login.process, nullptr);
    EXPECT_EQ(login.process->key.pid, 5031U);
    EXPECT_FALSE(login.vetoed);
    set_session(monitor, 42, 1001);
    const Context deed = world.write(monitor, "/tmp/x");
    EXPECT_EQ(deed.actor->key, login.actor->key);
}

TEST(Login, AReusedPidIsLookedUpByTime)
{
    World world;
    world.boot();
    const Connection first = sign_in(world, 900, 42, 1001, "maria");
    const std::uint64_t then_ns = world.now_ns;
    world.exit(first.shell);
    world.exit(first.monitor);
    world.pass(5);
    const Proc second = world.fork(world.sshd, 900);
    world.exec(second, "/usr/bin/python3");
    world.pass(1);
    const std::uint64_t later_ns = world.now_ns;
    world.now_ns = then_ns - 2'000'000; // a line that comes late
    const Context late = world.pam({.pid = 900}, "sshd", "maria", 1001, SENTRA_SESSION_OPENED);
    ASSERT_NE(late.process, nullptr);
    EXPECT_EQ(late.process->key, (ProcessKey{900, first.monitor.facts.start_ns}));
    EXPECT_FALSE(late.vetoed);
    world.now_ns = later_ns;
    const Context now = world.pam({.pid = 900}, "sshd", "maria", 1001, SENTRA_SESSION_OPENED);
    EXPECT_EQ(now.process->executable, "/usr/bin/python3");
    EXPECT_TRUE(now.vetoed);
}

TEST(Login, ADaemonStartedByHandDoesNotLendItsSession)
{
    World world;
    world.boot();
    const Connection admin = sign_in(world, 900, 42, 1001, "maria", "203.0.113.7");
    Proc daemon = world.fork(admin.shell, 1000);
    daemon.facts.uid = daemon.facts.euid = 0;
    world.exec(daemon, "/usr/sbin/sshd");
    Proc monitor = world.fork(daemon, 1001);
    const Context login = world.accepted({.pid = 1001}, "deploy", "198.51.100.9");
    EXPECT_EQ(login.actor->login->user.name, "deploy");
    set_session(monitor, 43, 1002);
    const Context deed = world.write(monitor, "/tmp/x");
    EXPECT_EQ(deed.actor->key, login.actor->key);
    EXPECT_EQ(deed.actor->login->source->text(), "198.51.100.9");
    const Context still = world.write(admin.shell, "/tmp/y");
    EXPECT_EQ(still.actor->login->source->text(), "203.0.113.7");
}

TEST(Login, ALineMayTellOfTheSessionBeforeTheKernelDoes)
{
    World world;
    world.boot();
    Proc monitor = world.fork(world.sshd, 900);
    world.exec(monitor, "/usr/sbin/sshd");
    const Context login = world.accepted({.pid = 900}, "maria");
    // Its own process was not seen; the id is all there is.
    const Context line = world.elevation(sudo_in(42, 1001), "maria", "root");
    EXPECT_EQ(line.actor->kind, ActorKind::session);
    EXPECT_FALSE(line.actor->login);
    set_session(monitor, 42, 1001);
    const Proc shell = world.fork(monitor, 901);
    const Context deed = world.write(shell, "/tmp/x");
    ASSERT_TRUE(deed.actor->login);
    EXPECT_EQ(deed.actor->key, login.actor->key);
}

TEST(Login, SshdsOnlyWaitingLoginIsMeantWhereItsProcessWasNotSeen)
{
    for (const bool is_sshd : {true, false}) {
        World world;
        world.boot();
        const Context login = world.accepted({.pid = 900}, "maria");
        Proc child = world.fork(is_sshd ? world.sshd : world.init, 950);
        set_session(child, 42, 1001);
        const Context deed = world.exec(child, "/usr/bin/bash");
        EXPECT_EQ(deed.actor->login.has_value(), is_sshd);
        EXPECT_EQ(deed.actor->key == login.actor->key, is_sshd);
    }
    World world;
    world.boot();
    world.accepted({.pid = 900}, "maria", "203.0.113.7");
    world.accepted({.pid = 910}, "maria", "198.51.100.9");
    Proc child = world.fork(world.sshd, 950);
    set_session(child, 42, 1001);
    EXPECT_FALSE(world.exec(child, "/usr/bin/bash").actor->login);
}

TEST(Login, ASecondNameOfRootIsCalledByThatName)
{
    World world;
    world.account("backdoor", 0, "/tmp");
    world.boot();
    const Connection made = sign_in(world, 900, 42, 0, "backdoor");
    EXPECT_EQ(world.write(made.shell, "/tmp/x").actor->user.name, "backdoor");
}

TEST(Login, AClosedSessionsLeftoversAreStillItsDeeds)
{
    World world;
    world.boot();
    const Connection made = sign_in(world, 900, 42, 1001, "maria");
    const Proc left = world.fork(made.shell, 950);
    world.pam({.pid = 900}, "sshd", "maria", 1001, SENTRA_SESSION_CLOSED);
    world.logind("42", "maria", 0, SENTRA_SESSION_CLOSED);
    world.exit(made.shell);
    world.exit(made.monitor);
    world.pass(3600);
    const Context deed = world.write(left, "/tmp/x");
    EXPECT_EQ(deed.actor->login->source->text(), "203.0.113.7");
    EXPECT_EQ(world.field("process.parent.name", deed), "bash");
}

} // namespace
} // namespace sentra::session::test
