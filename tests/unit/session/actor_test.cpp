// SPDX-License-Identifier: MIT
// Who acts, where it is not a login: services, containers, jobs, bare processes, and nobody known.
#include <gtest/gtest.h>

#include "world.h"

namespace sentra::session::test {
namespace {

constexpr std::string_view kId = "5f2a6bd3c1e04f7c9a1b2c3d4e5f60718293a4b5c6d7e8f90123456789abcdef";

std::string path_with(std::string_view before, std::string_view after)
{
    return std::string(before) + std::string(kId) + std::string(after);
}

// A user may call a group of his own like anybody's container: it is not that one.
TEST(Actor, AUsersOwnContainerIsNotTheHostsContainerOfThatId)
{
    World world;
    world.boot();
    const std::string of_host = "/system.slice/docker-" + std::string(kId) + ".scope";
    const std::string of_user = "/user.slice/user-1001.slice/user@1001.service/app.slice/docker-" +
                                std::string(kId) + ".scope";
    const Proc first = world.fork(world.init, 400), second = world.fork(world.init, 401);
    const Context host = world.exec(first, "/bin/a", {.cgroup = of_host});
    const Context user = world.exec(second, "/bin/a", {.cgroup = of_user});
    EXPECT_EQ(host.actor->kind, ActorKind::container);
    EXPECT_EQ(user.actor->kind, ActorKind::container);
    EXPECT_EQ(world.field("container.runtime", host), "docker");
    EXPECT_EQ(world.field("container.id", user), std::string(kId));
    EXPECT_NE(host.actor->key, user.actor->key);
    EXPECT_NE(host.actor->canonical, user.actor->canonical);
}

TEST(Actor, AServiceIsItsUnit)
{
    World world;
    world.boot();
    Proc nginx = world.fork(world.init, 1200);
    nginx.facts.uid = nginx.facts.euid = 33;
    nginx.facts.cgroup_id = 30;
    world.exec(nginx, "/usr/sbin/nginx", {.cgroup = "/system.slice/nginx.service"});
    Proc shell = world.fork(nginx, 1201);
    const Context context = world.exec(shell, "/bin/sh");
    EXPECT_EQ(context.actor->kind, ActorKind::unit);
    EXPECT_EQ(context.actor->unit, "nginx.service");
    EXPECT_EQ(context.actor->canonical, "unit:nginx.service");
    EXPECT_EQ(context.actor->user.name, "www-data");
    EXPECT_EQ(context.process->cgroup, "/system.slice/nginx.service");
    EXPECT_EQ(world.field("ancestor.name", context), "nginx systemd");
}

TEST(Actor, ACgroupNamedLaterIsStillUsed)
{
    World world;
    world.boot();
    Proc worker = world.fork(world.init, 1200);
    worker.facts.cgroup_id = 31;
    EXPECT_EQ(world.exec(worker, "/usr/sbin/php-fpm").actor->kind, ActorKind::process);
    event::Build<sentra_cgroup> build(SENTRA_META_CGROUP, SENTRA_SOURCE_META, world.now_ns, 1);
    build->id = 31;
    build.text(build->path, "/system.slice/php-fpm.service");
    world.apply(build.finish());
    EXPECT_EQ(world.write(worker, "/tmp/x").actor->unit, "php-fpm.service");
}

TEST(Actor, AContainerBeatsTheUnitInsideIt)
{
    World world;
    world.boot();
    const std::string path = path_with("/system.slice/docker-", ".scope/system.slice/app.service");
    Proc app = world.fork(world.init, 1300);
    const Context context = world.exec(app, "/app/server", {.cgroup = path});
    EXPECT_EQ(context.actor->kind, ActorKind::container);
    EXPECT_EQ(context.actor->container, kId);
    EXPECT_EQ(context.actor->unit, "app.service");
    EXPECT_EQ(context.actor->canonical, "container:" + std::string(kId));
}

TEST(Actor, ASensorInsideAContainerSeesItsUnits)
{
    World world;
    world.init = World::make(1, 1);
    const std::string root = path_with("/docker/", "");
    world.snapshot(world.init, "/usr/lib/systemd/systemd", {.cgroup = root + "/init.scope"});
    const Proc nginx = world.fork(world.init, 50);
    const std::string path = root + "/system.slice/nginx.service";
    const Context context = world.exec(nginx, "/usr/sbin/nginx", {.cgroup = path});
    EXPECT_EQ(context.actor->kind, ActorKind::unit);
    EXPECT_EQ(context.actor->unit, "nginx.service");
}

// cron forks, the child opens a PAM session with an audit id, then forks the shell.
TEST(Actor, ACronJobWithASessionIsAJob)
{
    World world;
    world.boot();
    Proc child = world.fork(world.cron, 1400);
    child.facts.audit_session = 77;
    child.facts.loginuid = 1002;
    Proc shell = world.fork(child, 1401);
    shell.facts.uid = shell.facts.euid = 1002;
    const Context context = world.exec(shell, "/bin/sh");
    EXPECT_EQ(context.actor->kind, ActorKind::job);
    EXPECT_EQ(context.actor->job, "cron");
    EXPECT_EQ(context.actor->canonical, "job:cron:deploy");
    EXPECT_EQ(context.actor->key, "session:" + std::string(kBoot) + ":77");
    EXPECT_EQ(context.actor->user.name, "deploy");
    EXPECT_EQ(world.field("actor.kind", context), "job");
}

TEST(Actor, ACronJobsPamLinesAreTheJobs)
{
    World world;
    world.boot();
    Proc child = world.fork(world.cron, 1400);
    const Writer writer{.pid = 1400, .identifier = "CRON", .executable = "/usr/sbin/cron"};
    const Context opened = world.pam(writer, "cron", "deploy", 1002, SENTRA_SESSION_OPENED);
    EXPECT_FALSE(opened.vetoed);
    EXPECT_EQ(opened.actor->kind, ActorKind::job);
    EXPECT_EQ(opened.actor->canonical, "job:cron:deploy");
    child.facts.audit_session = 77;
    child.facts.loginuid = 1002;
    const Proc shell = world.fork(child, 1401);
    const Context deed = world.exec(shell, "/bin/sh");
    EXPECT_EQ(deed.actor->kind, ActorKind::job);
    EXPECT_EQ(deed.actor->key, opened.actor->key);
    EXPECT_FALSE(deed.actor->login);
    const Context closed = world.pam(writer, "cron", "deploy", 1002, SENTRA_SESSION_CLOSED);
    EXPECT_EQ(closed.actor->key, opened.actor->key);
}

TEST(Actor, ACronJobWithoutASessionIsAJobToo)
{
    World world;
    world.boot();
    const Proc child = world.fork(world.cron, 1400);
    const Proc shell = world.fork(child, 1401);
    const Context first = world.exec(shell, "/bin/sh");
    EXPECT_EQ(first.actor->kind, ActorKind::job);
    EXPECT_EQ(first.actor->canonical, "job:cron:root");
    const Context line = world.write(child, "/tmp/x");
    EXPECT_EQ(line.actor->key, first.actor->key);
    const Proc other = world.fork(world.cron, 1500);
    const Proc other_shell = world.fork(other, 1501);
    EXPECT_NE(world.exec(other_shell, "/bin/sh").actor->key, first.actor->key);
    // The daemon itself is a service.
    EXPECT_EQ(world.write(world.cron, "/run/crond.pid").actor->unit, "cron.service");
}

TEST(Actor, AProgramThatIsOnlyCalledCronIsNoScheduler)
{
    World world;
    world.boot();
    Proc fake = world.fork(world.init, 1400);
    fake.facts.uid = fake.facts.euid = fake.facts.suid = 33;
    world.exec(fake, "/tmp/cron");
    const Proc shell = world.fork(fake, 1401);
    EXPECT_EQ(world.exec(shell, "/bin/sh").actor->kind, ActorKind::process);
}

TEST(Actor, AUsersOwnUnitIsNotTheHostsUnitOfThatName)
{
    World world;
    world.boot();
    Proc manager = world.fork(world.init, 1500);
    manager.facts.audit_session = 5;
    manager.facts.loginuid = 1001;
    manager.facts.uid = manager.facts.euid = 1001;
    world.exec(manager, "/usr/lib/systemd/systemd",
               {.cgroup = "/user.slice/user-1001.slice/user@1001.service/init.scope"});
    Proc own = world.fork(manager, 1501);
    own.facts.cgroup_id = 41;
    const Context context = world.exec(
        own, "/home/maria/bin/x",
        {.cgroup = "/user.slice/user-1001.slice/user@1001.service/app.slice/nginx.service"});
    EXPECT_EQ(context.actor->kind, ActorKind::unit);
    EXPECT_EQ(context.actor->unit, "nginx.service");
    EXPECT_EQ(context.actor->canonical, "unit:user@1001/nginx.service");
    EXPECT_EQ(context.actor->user.name, "maria");
}

TEST(Actor, AHostProcessIsNamedByItsOldestAncestor)
{
    World world;
    world.boot();
    const Proc daemon = world.fork(world.init, 1600);
    world.exec(daemon, "/opt/agent/agentd", {.cgroup = "/"});
    const Proc child = world.fork(daemon, 1601);
    const Context context = world.exec(child, "/bin/sh", {.cgroup = "/"});
    EXPECT_EQ(context.actor->kind, ActorKind::process);
    EXPECT_EQ(context.actor->canonical, "process:/opt/agent/agentd");
    EXPECT_EQ(context.actor->key, world.write(daemon, "/tmp/x").actor->key);
}

TEST(Actor, AnUnknownOneSaysWhy)
{
    World world;
    const Proc lost = World::make(1700, 4000);
    const Context context = world.write(lost, "/etc/passwd");
    ASSERT_NE(context.process, nullptr);
    EXPECT_EQ(context.actor->kind, ActorKind::unknown);
    EXPECT_NE(context.actor->unknown_reason.find("1700"), std::string::npos);
    EXPECT_EQ(world.field("actor.known", context), "false");
    EXPECT_EQ(world.field("process.known", context), "false");
    EXPECT_EQ(world.field("actor.unknown_reason", context), context.actor->unknown_reason);
}

TEST(Actor, AKernelThreadIsTheKernel)
{
    World world;
    Proc worker = World::make(2, 1);
    worker.facts.flags = SENTRA_ACTOR_KERNEL_THREAD;
    EXPECT_EQ(world.write(worker, "/core").actor->kind, ActorKind::kernel);
}

struct SudoChain {
    Proc shell, sudo, deed;
};

SudoChain become_root(World &world, std::string_view program, bool is_secure)
{
    SudoChain made;
    Proc monitor = world.fork(world.sshd, 900);
    world.exec(monitor, "/usr/sbin/sshd");
    world.accepted({.pid = 900}, "maria");
    monitor.facts.audit_session = 42;
    monitor.facts.loginuid = 1001;
    made.shell = world.fork(monitor, 901);
    made.shell.facts.uid = made.shell.facts.euid = 1001;
    world.exec(made.shell, "/usr/bin/bash", {.tty = "pts/0"});
    made.sudo = world.fork(made.shell, 902);
    made.sudo.facts.euid = 0;
    world.exec(made.sudo, program, {.tty = "pts/0", .secure = is_secure});
    made.deed = world.fork(made.sudo, 903);
    made.deed.facts.uid = made.deed.facts.euid = 0;
    return made;
}

TEST(Actor, SudoBrokersTheEffectiveUser)
{
    World world;
    world.boot();
    const SudoChain chain = become_root(world, "/usr/bin/sudo", true);
    const Context line = world.elevation({.pid = 902,
                                          .identifier = "sudo",
                                          .executable = "/usr/bin/sudo",
                                          .uid = 1001,
                                          .loginuid = 1001,
                                          .audit_session = 42},
                                         "maria", "root");
    EXPECT_FALSE(line.vetoed);
    EXPECT_EQ(line.actor->effective.name, "root");
    world.exec(chain.deed, "/usr/bin/tee");
    const Context deed = world.write(chain.deed, "/root/.ssh/authorized_keys");
    EXPECT_EQ(deed.actor->user.name, "maria");
    EXPECT_EQ(deed.actor->effective.name, "root");
    EXPECT_EQ(deed.actor->effective.id, 0U);
    EXPECT_EQ(deed.actor->broker, "sudo");
    EXPECT_EQ(deed.actor->key, line.actor->key);
    EXPECT_EQ(world.field("actor.broker", deed), "sudo");
    EXPECT_EQ(world.field("actor.user.name", deed), "maria");
    EXPECT_EQ(world.field("user.name", deed), "root");
    EXPECT_EQ(world.field("audit.login.user.name", deed), "maria");
    EXPECT_EQ(world.field("actor.session.id", deed), "42");
}

TEST(Actor, SuIsABrokerAndAnExploitIsNot)
{
    World world;
    world.boot();
    const SudoChain chain = become_root(world, "/usr/bin/su", true);
    EXPECT_EQ(world.exec(chain.deed, "/usr/bin/bash").actor->broker, "su");
    World other;
    other.boot();
    // A copy of sudo without the set-id bit did not make anybody root.
    const SudoChain fake = become_root(other, "/usr/bin/sudo", false);
    EXPECT_EQ(other.exec(fake.deed, "/usr/bin/bash").actor->broker, "");
}

TEST(Actor, PkexecRunsTheCommandInItsOwnPlace)
{
    World world;
    world.boot();
    SudoChain chain = become_root(world, "/usr/bin/pkexec", true);
    chain.sudo.facts.uid = 0;
    const Context command = world.exec(chain.sudo, "/usr/bin/bash");
    EXPECT_EQ(command.actor->broker, "pkexec");
    const Proc child = world.fork(chain.sudo, 910);
    EXPECT_EQ(world.exec(child, "/usr/bin/id").actor->broker, "pkexec");
}

TEST(Actor, ARefusedSudoLeavesTheUserWhoHeWas)
{
    World world;
    world.boot();
    become_root(world, "/usr/bin/sudo", true);
    const Context line = world.elevation({.pid = 902,
                                          .identifier = "sudo",
                                          .executable = "/usr/bin/sudo",
                                          .uid = 1001,
                                          .audit_session = 42},
                                         "maria", "root", SENTRA_OUTCOME_FAILURE);
    EXPECT_EQ(line.actor->effective.name, "maria");
    EXPECT_EQ(line.actor->broker, "");
}

TEST(Actor, AChangeOfCredentialsIsNeverMissed)
{
    World world;
    world.boot();
    Proc app = world.fork(world.init, 1700);
    app.facts.uid = app.facts.euid = 33;
    const Context before = world.exec(app, "/opt/app");
    app.facts.euid = 0; // no cred.change told so
    const Context after = world.write(app, "/etc/shadow");
    EXPECT_EQ(after.actor->effective.name, "root");
    EXPECT_EQ(after.process->facts.euid, 0U);
    EXPECT_EQ(before.process->facts.euid, 33U); // the earlier picture stays true
}

TEST(Actor, AShortCrontabIsJoinedThroughTheExecTable)
{
    World world;
    world.boot();
    const SudoChain chain = become_root(world, "/usr/bin/sudo", true);
    const Proc crontab = world.fork(chain.shell, 950);
    world.exec(crontab, "/usr/bin/crontab", {.secure = true});
    world.exit(crontab);
    world.pass(2);
    const Context line = world.schedule_changed({.pid = 950,
                                                 .identifier = "crontab",
                                                 .executable = "",
                                                 .trust = SENTRA_TRUST_PENDING,
                                                 .uid = 1001},
                                                "maria");
    EXPECT_FALSE(line.vetoed);
    ASSERT_NE(line.process, nullptr);
    EXPECT_EQ(line.process->executable, "/usr/bin/crontab");
    EXPECT_EQ(line.actor->kind, ActorKind::session);
    EXPECT_EQ(line.actor->audit_session, 42U);
    EXPECT_EQ(line.actor->login->source->text(), "203.0.113.7");
}

} // namespace
} // namespace sentra::session::test
