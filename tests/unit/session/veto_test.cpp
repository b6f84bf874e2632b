// SPDX-License-Identifier: MIT
// Any local user can write any line. What the kernel saw has the last word.
#include <gtest/gtest.h>

#include "session/veto.h"
#include "world.h"

namespace sentra::session::test {
namespace {

constexpr Witness kSudo{.executable = "/usr/bin/sudo", .is_root = true, .secure_exec = true};
constexpr Witness kSshd{.executable = "/usr/sbin/sshd", .is_root = true, .is_real_root = true};

Witness with(Witness witness, std::string_view executable)
{
    witness.executable = executable;
    return witness;
}

struct Case {
    const char *says;
    Claim claim;
    bool watched;
    std::vector<Witness> witnesses;
    Verdict verdict;
};

// What starts that were lost leave of a line's credit.
TEST(Veto, TableInDoubt)
{
    const Claim sudo{
        .trust = SENTRA_TRUST_JOURNAL, .identifier = "sudo", .executable = "/usr/bin/sudo"};
    const Claim late_sudo{.trust = SENTRA_TRUST_PENDING, .identifier = "sudo"};
    Claim sshd{.trust = SENTRA_TRUST_PENDING, .identifier = "sshd", .opens_session = true};
    sshd.from_root = true;
    const Witness logger{.executable = "/usr/bin/logger"};
    const Case cases[] = {
        {"journald and the kernel agree", sudo, true, {kSudo}, Verdict::stands},
        {"they do not", sudo, true, {logger}, Verdict::unknowable},
        {"journald looked into /proc, later", sudo, true, {}, Verdict::unknowable},
        {"only the text says so", late_sudo, true, {}, Verdict::unknowable},
        {"what it was may be over", late_sudo, true, {kSudo}, Verdict::unknowable},
        {"root", sshd, true, {}, Verdict::stands},
        {"root, whose program is stale", sshd, true, {logger}, Verdict::stands},
        {"nobody was looking", late_sudo, false, {}, Verdict::stands},
    };
    for (const Case &c : cases)
        EXPECT_EQ(judge(c.claim,
                        {.is_watched = c.watched, .is_in_doubt = true, .witnesses = c.witnesses}),
                  c.verdict)
            << c.says;
}

TEST(Veto, Table)
{
    const Claim plain{.trust = SENTRA_TRUST_NONE, .identifier = "sudo"};
    const Claim sudo{
        .trust = SENTRA_TRUST_JOURNAL, .identifier = "sudo", .executable = "/usr/bin/sudo"};
    const Claim late_sudo{.trust = SENTRA_TRUST_PENDING, .identifier = "sudo"};
    const Claim sshd{.trust = SENTRA_TRUST_JOURNAL,
                     .identifier = "sshd",
                     .executable = "/usr/sbin/sshd",
                     .opens_session = true};
    const Claim late_sshd{
        .trust = SENTRA_TRUST_PENDING, .identifier = "sshd", .opens_session = true};
    const Claim bye{
        .trust = SENTRA_TRUST_JOURNAL, .identifier = "sshd", .executable = "/usr/sbin/sshd"};
    const Claim late_crontab{.trust = SENTRA_TRUST_PENDING, .identifier = "crontab"};
    const Claim late_other{.trust = SENTRA_TRUST_PENDING, .identifier = "vsftpd"};
    Witness fake_root = kSudo;
    fake_root.foreign_user_namespace = true;
    const Witness caller{.executable = "/usr/bin/sudo"};
    const Witness crontab{.executable = "/usr/bin/crontab", .secure_exec = true};
    const Witness own_sshd{.executable = "/usr/sbin/sshd"};
    const Witness root{.executable = "/usr/sbin/vsftpd", .is_root = true, .is_real_root = true};
    const Witness old_sudo{.executable = "/usr/bin/sudo", .is_root = true, .from_snapshot = true};
    const Case cases[] = {
        {"a plain log is what it is",
         plain,
         true,
         {with(kSudo, "/usr/bin/logger")},
         Verdict::stands},
        {"nobody was looking", late_sudo, false, {}, Verdict::stands},
        {"journald vouches, the kernel half knows nothing", sudo, true, {}, Verdict::stands},
        {"nothing vouches", late_sudo, true, {}, Verdict::unproven},
        {"as it should be", sudo, true, {kSudo}, Verdict::stands},
        {"late, but as it should be", late_sudo, true, {kSudo}, Verdict::stands},
        {"sudo-rs where 26.04 has it",
         late_sudo,
         true,
         {with(kSudo, "/usr/lib/cargo/bin/sudo")},
         Verdict::stands},
        {"sudo that was there before", sudo, true, {old_sudo}, Verdict::stands},
        {"upgraded while it ran",
         sudo,
         true,
         {with(kSudo, "/usr/bin/sudo (deleted)")},
         Verdict::stands},
        {"logger", late_sudo, true, {{.executable = "/usr/bin/logger"}}, Verdict::other_program},
        {"root's logger",
         late_sshd,
         true,
         {with(kSshd, "/usr/bin/logger")},
         Verdict::other_program},
        {"journald was shown another program",
         sudo,
         true,
         {{.executable = "/usr/bin/python3"}},
         Verdict::other_program},
        {"a copy of his own",
         late_sudo,
         true,
         {with(kSudo, "/home/x/sudo")},
         Verdict::other_program},
        {"sudo without its rights", sudo, true, {caller}, Verdict::no_right},
        {"a world of his own", sudo, true, {fake_root}, Verdict::other_world},
        {"crontab", late_crontab, true, {crontab}, Verdict::stands},
        {"sshd", sshd, true, {kSshd}, Verdict::stands},
        {"sshd that somebody runs for himself", sshd, true, {own_sshd}, Verdict::no_right},
        {"sshd's unprivileged child says goodbye", bye, true, {own_sshd}, Verdict::stands},
        {"sshd's program is not known", sshd, true, {{.executable = ""}}, Verdict::stands},
        {"a late line of an unknown program",
         late_sudo,
         true,
         {{.executable = ""}},
         Verdict::unproven},
        {"any service of root's under its own name", late_other, true, {root}, Verdict::stands},
        {"under another's name", late_other, true, {kSshd}, Verdict::other_program},
        {"one of two programs is enough",
         late_sudo,
         true,
         {{.executable = "/usr/bin/tee"}, kSudo},
         Verdict::stands},
    };
    for (const Case &c : cases)
        EXPECT_EQ(judge(c.claim, {.is_watched = c.watched, .witnesses = c.witnesses}), c.verdict)
            << c.says;
}

// logger is gone before journald looks at it: nothing but the text says "sshd".
TEST(Veto, LoggerIsNotSshd)
{
    World world;
    world.boot();
    Proc shell = world.fork(world.init, 1000);
    shell.facts.uid = shell.facts.euid = shell.facts.suid = 1001;
    world.exec(shell, "/usr/bin/bash");
    const Proc logger = world.fork(shell, 1001);
    world.exec(logger, "/usr/bin/logger");
    world.exit(logger);
    const Context forged =
        world.accepted({.pid = 1001, .executable = "", .trust = SENTRA_TRUST_PENDING, .uid = 1001},
                       "root", "8.8.8.8");
    EXPECT_TRUE(forged.vetoed);
    EXPECT_EQ(world.losses.total(SENTRA_LOSS_JOURNAL_FORGED), 1U);
    EXPECT_EQ(world.session.sizes().sessions, 0U);
    // The blame stays with the writer.
    EXPECT_EQ(forged.process->executable, "/usr/bin/logger");
    EXPECT_NE(forged.actor->effective.name, "root");
    EXPECT_FALSE(forged.actor->login);
}

TEST(Veto, AUserNamespaceMakesNobodyRoot)
{
    World world;
    world.boot();
    world.init.facts.user_namespace = kUserNamespace;
    Proc fake = world.fork(world.init, 1000);
    fake.facts.uid = fake.facts.euid = fake.facts.suid = 1001;
    fake.facts.user_namespace = 4026533000;
    fake.facts.mount_namespace = 4026533001;
    world.exec(fake, "/usr/bin/sudo", {.secure = true}); // bound over the real one
    const Context forged = world.elevation(
        {.pid = 1000, .identifier = "sudo", .executable = "/usr/bin/sudo", .uid = 1001}, "maria",
        "root");
    EXPECT_TRUE(forged.vetoed);
    EXPECT_NE(forged.actor->effective.name, "root");
    EXPECT_EQ(forged.actor->broker, "");
}

TEST(Veto, APendingLineOfNobodyIsUnprovenOnlyWhereSomebodyLooked)
{
    World blind(false);
    const Writer late{.pid = 950,
                      .identifier = "crontab",
                      .executable = "",
                      .trust = SENTRA_TRUST_PENDING,
                      .uid = 1001};
    EXPECT_FALSE(blind.schedule_changed(late, "maria").vetoed);
    World world;
    world.boot();
    const Context context = world.schedule_changed(late, "maria");
    EXPECT_TRUE(context.vetoed);
    EXPECT_EQ(context.actor->kind, ActorKind::unknown);
    EXPECT_FALSE(context.actor->unknown_reason.empty());
}

TEST(Veto, AJournalLineOfAnUnknownProcessStands)
{
    World world;
    world.boot();
    const Context context = world.accepted({.pid = 900}, "maria");
    EXPECT_FALSE(context.vetoed);
    EXPECT_EQ(context.actor->kind, ActorKind::session);
}

TEST(Veto, WhatSudoStartedInItsPlaceIsNotSudo)
{
    World world;
    world.boot();
    Proc sudo = world.fork(world.init, 1000);
    sudo.facts.uid = sudo.facts.suid = 1001;
    sudo.facts.euid = 0;
    world.exec(sudo, "/usr/bin/sudo", {.secure = true});
    const Writer writer{
        .pid = 1000, .identifier = "sudo", .executable = "/usr/bin/sudo", .uid = 1001};
    EXPECT_FALSE(world.elevation(writer, "maria", "deploy").vetoed);
    sudo.facts.uid = sudo.facts.euid = sudo.facts.suid = 1002;
    world.exec(sudo, "/tmp/liar");
    world.pass(1);
    EXPECT_TRUE(world.elevation(writer, "maria", "root").vetoed);
}

} // namespace
} // namespace sentra::session::test
