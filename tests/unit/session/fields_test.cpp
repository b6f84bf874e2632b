// SPDX-License-Identifier: MIT
#include <set>

#include <gtest/gtest.h>

#include "session/login_table.h"
#include "world.h"

namespace sentra::session::test {
namespace {

TEST(Fields, EveryOneTheHeaderPromisesIsThere)
{
    for (const char *name : {"process.executable",
                             "process.name",
                             "process.args",
                             "process.command_line",
                             "process.given_path",
                             "process.given_name",
                             "process.working_directory",
                             "process.tty",
                             "process.interactive",
                             "process.known",
                             "process.package",
                             "process.packaged",
                             "process.foreign_root",
                             "process.in_other_pid_namespace",
                             "process.in_other_mount_namespace",
                             "process.in_other_user_namespace",
                             "process.parent.package",
                             "process.parent.packaged",
                             "container.id",
                             "container.runtime",
                             "kubernetes.pod.uid",
                             "process.parent.executable",
                             "process.parent.name",
                             "process.parent.args",
                             "process.parent.command_line",
                             "ancestor.executable",
                             "ancestor.name",
                             "user.name",
                             "user.effective.name",
                             "group.name",
                             "audit.login.user.name",
                             "actor.kind",
                             "actor.unit",
                             "actor.job",
                             "actor.container",
                             "actor.user.name",
                             "actor.user.id",
                             "actor.effective.name",
                             "actor.broker",
                             "actor.known",
                             "actor.unknown_reason",
                             "actor.session.id",
                             "actor.session.source.ip",
                             "actor.session.method",
                             "actor.session.fingerprint",
                             "actor.session.user.name",
                             "file.name",
                             "file.directory",
                             "file.extension",
                             "file.owner",
                             "file.origin.name",
                             "event.name",
                             "host.name"}) {
        const auto field = find_field(name);
        ASSERT_TRUE(field) << name;
        EXPECT_TRUE(field->derived) << name;
    }
    EXPECT_FALSE(find_field("process.nme"));
    EXPECT_TRUE(find_field("file.path")->own);
    EXPECT_FALSE(find_field("file.path")->derived);
}

TEST(Fields, NoneHasTwoDerivations)
{
    std::set<std::string_view> names;
    for (const DerivedField &field : derived_fields()) {
        EXPECT_TRUE(names.insert(field.name).second) << field.name;
        EXPECT_FALSE(field.says.empty()) << field.name;
    }
}

TEST(Fields, AroundAProcess)
{
    using namespace std::string_view_literals;
    World world;
    world.boot();
    Proc shell = world.fork(world.init, 1000);
    shell.facts.uid = shell.facts.euid = 1001;
    world.exec(shell, "/usr/bin/bash",
               {.given = "/bin/bash", .args = "bash\0-l"sv, .tty = "pts/3"});
    const Proc child = world.fork(shell, 1001);
    Context context =
        world.exec(child, "/usr/bin/vim.basic", {.given = "vi", .args = "vi\0/etc/x y"sv});
    EXPECT_EQ(world.field("process.executable", context), "/usr/bin/vim.basic");
    EXPECT_EQ(world.field("process.name", context), "vim.basic");
    EXPECT_EQ(world.field("process.given_name", context), "vi");
    EXPECT_EQ(world.field("process.interactive", context), "false");
    context = world.write(child, "/etc/sudoers.d/admins.conf");
    EXPECT_EQ(world.field("process.command_line", context), "vi /etc/x y");
    EXPECT_EQ(world.field("process.given_path", context), "vi");
    EXPECT_EQ(world.field("process.parent.name", context), "bash");
    EXPECT_EQ(world.field("process.parent.command_line", context), "bash -l");
    EXPECT_EQ(world.field("ancestor.executable", context),
              "/usr/bin/bash /usr/lib/systemd/systemd");
    EXPECT_EQ(world.field("user.name", context), "maria");
    EXPECT_EQ(world.field("file.name", context), "admins.conf");
    EXPECT_EQ(world.field("file.directory", context), "/etc/sudoers.d");
    EXPECT_EQ(world.field("file.extension", context), "conf");
    EXPECT_EQ(world.field("event.name", context), "file.write");
    EXPECT_EQ(world.field("host.name", context), "web-01");
    EXPECT_EQ(world.field("actor.session.id", context), "");
    context = world.write(shell, "/home/maria/.bashrc");
    EXPECT_EQ(world.field("file.owner", context), "maria");
    EXPECT_EQ(world.field("file.extension", context), "");
    EXPECT_EQ(world.field("process.tty", context), "pts/3");
    EXPECT_EQ(world.field("process.interactive", context), "true");
}

TEST(Fields, APackageIsTheProgramsAndOnlyWhereItIsKnown)
{
    World world;
    world.boot();
    const Proc shell = world.fork(world.init, 1000);
    world.exec(shell, "/usr/bin/bash", {.package = "bash", .flags = SENTRA_EXEC_PACKAGES_KNOWN});
    const Proc child = world.fork(shell, 1001);
    Context context = world.write(child, "/tmp/x");
    EXPECT_EQ(world.field("process.package", context), "bash")
        << "a fork runs what its parent runs";
    EXPECT_EQ(world.field("process.packaged", context), "true");
    context = world.exec(child, "/tmp/x", {.flags = SENTRA_EXEC_PACKAGES_KNOWN});
    EXPECT_EQ(world.field("process.package", context), "");
    EXPECT_EQ(world.field("process.packaged", context), "false");
    EXPECT_EQ(world.field("process.parent.package", context), "bash");
    EXPECT_EQ(world.field("process.parent.packaged", context), "true");
    context = world.write(child, "/tmp/y");
    EXPECT_EQ(world.field("process.packaged", context), "false");
    context = world.exec(child, "/opt/x");
    EXPECT_EQ(world.field("process.packaged", context), "") << "nobody asked";
    context = world.exec(child, "/usr/bin/id", {.flags = SENTRA_EXEC_FOREIGN_ROOT});
    EXPECT_EQ(world.field("process.packaged", context), "");
    EXPECT_EQ(world.field("process.foreign_root", context), "true");
}

TEST(Fields, NamesAreTheHostsOnly)
{
    World world;
    world.boot();
    Proc inside = world.fork(world.init, 1000);
    inside.facts.uid = inside.facts.euid = 1001;
    Context context = world.exec(inside, "/usr/bin/node", {.flags = SENTRA_EXEC_FOREIGN_ROOT});
    EXPECT_EQ(world.field("user.name", context), "") << "its own /etc/passwd may say anything";
    EXPECT_EQ(world.field("user.id", context), "1001");
    EXPECT_EQ(world.field("actor.user.name", context), "");
    EXPECT_EQ(world.field("actor.user.id", context), "1001");
    context = world.write(inside, "/home/maria/.ssh/authorized_keys");
    EXPECT_EQ(world.field("file.owner", context), "root") << "who owns it, not whose home it is";
    inside.facts.uid = inside.facts.euid = 0;
    inside.facts.loginuid = 1001;
    context = world.exec(inside, "/usr/bin/node", {.flags = SENTRA_EXEC_FOREIGN_ROOT});
    EXPECT_EQ(world.field("user.name", context), "root") << "0 is root in every root";
    EXPECT_EQ(world.field("audit.login.user.name", context), "maria") << "the host's sign-in";
    context = world.exec(inside, "/usr/bin/node");
    EXPECT_EQ(world.field("process.foreign_root", context), "false");
}

TEST(Fields, NamespacesAreComparedWithTheHosts)
{
    World world;
    world.boot();
    Proc child = world.fork(world.init, 1000);
    Context context = world.exec(child, "/usr/bin/unshare");
    EXPECT_EQ(world.field("process.in_other_pid_namespace", context), "false");
    EXPECT_EQ(world.field("process.in_other_user_namespace", context), "false");
    EXPECT_EQ(world.field("process.in_other_mount_namespace", context), "") << "not told";
    child.facts.pid_namespace = 7;
    child.facts.user_namespace = 8;
    context = world.exec(child, "/usr/bin/bash");
    EXPECT_EQ(world.field("process.in_other_pid_namespace", context), "true");
    EXPECT_EQ(world.field("process.in_other_user_namespace", context), "true");
    EXPECT_EQ(world.field("container.id", context), "");
}

TEST(Fields, TheEventsOwnComeFirst)
{
    World world;
    world.boot();
    Proc monitor = world.fork(world.sshd, 900);
    world.exec(monitor, "/usr/sbin/sshd");
    const Context login = world.accepted({.pid = 900}, "deploy");
    EXPECT_EQ(world.field("user.name", login), "deploy"); // the line's, not sshd's root
    EXPECT_EQ(world.field("process.name", login), "sshd");
    EXPECT_EQ(world.field("file.name", login), "");
    EXPECT_EQ(world.field("actor.session.user.name", login), "deploy");
}

TEST(Accounts, OneIdWithTwoNamesKeepsTheFirst)
{
    World world;
    world.account("toor", 0, "/home/toor");
    EXPECT_EQ(world.session.user_name(0), "root");
    world.account("root", 0, "/root", true);
    EXPECT_EQ(world.session.user_name(0), "toor");
    world.account("maria", 2001, "/srv/maria");
    EXPECT_EQ(world.session.user_name(1001), "");
    EXPECT_EQ(world.session.user_name(2001), "maria");
}

TEST(Accounts, AHomeIsWhoseLongestOneContainsThePath)
{
    World world;
    world.account("sub", 1010, "/home/maria/sub");
    world.account("bin", 2, "/bin");
    world.account("nobody", 65534, "/nonexistent");
    EXPECT_EQ(world.session.home_owner("/home/maria/.ssh/authorized_keys"), "maria");
    EXPECT_EQ(world.session.home_owner("/home/maria/sub/x"), "sub");
    EXPECT_EQ(world.session.home_owner("/home/maria"), "maria");
    EXPECT_EQ(world.session.home_owner("/home/mariana/x"), "");
    EXPECT_EQ(world.session.home_owner("/bin/ls"), "");
    EXPECT_EQ(world.session.home_owner(""), "");
    EXPECT_EQ(world.session.home_owner("relative/path"), "");
    world.account("maria", 1001, "/home/maria", true);
    EXPECT_EQ(world.session.home_owner("/home/maria/x"), "");
}

TEST(LoginTable, ClosedOnesAreForgottenFirstAndCounted)
{
    event::Losses losses;
    LoginTable table(losses, 2);
    LoginSession &first = table.open("boot", 0, 1, 100);
    LoginSession &second = table.open("boot", 0, 2, 200);
    table.close(second, 250);
    (void)table.open("boot", 0, 3, 300);
    EXPECT_EQ(table.size(), 2U);
    EXPECT_NE(table.find_pid("boot", 0, 1), nullptr);
    EXPECT_EQ(table.find_pid("boot", 0, 2), nullptr);
    EXPECT_EQ(losses.total(SENTRA_LOSS_STATE_EVICTED), 1U);
    table.close(first, 400);
    // What ended two days ago is not missed.
    (void)table.open("boot", 0, 4, 400 + 2 * 86'400 * kSecond);
    EXPECT_EQ(losses.total(SENTRA_LOSS_STATE_EVICTED), 1U);
}

TEST(LoginTable, ShownDisplacesInferredAndNeverTheOtherWay)
{
    event::Losses losses;
    LoginTable table(losses);
    LoginSession &wrong = table.open("boot", 0, 1, 100);
    table.set_login(wrong, {});
    LoginSession &right = table.open("boot", 0, 2, 200);
    table.set_login(right, {});
    EXPECT_TRUE(table.claim(wrong, 42, Proof::inferred));
    EXPECT_TRUE(table.claim(right, 42, Proof::shown));
    EXPECT_EQ(table.find_audit_id("boot", 42), &right);
    EXPECT_FALSE(wrong.audit_id);
    EXPECT_FALSE(table.claim(wrong, 42, Proof::inferred));
    EXPECT_FALSE(table.claim(wrong, 42, Proof::shown));
    EXPECT_EQ(table.find_audit_id("boot", 42), &right);
}

} // namespace
} // namespace sentra::session::test
