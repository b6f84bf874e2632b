// SPDX-License-Identifier: MIT
// Events were lost: a look at all processes puts the tree right, and until then nobody's word is
// taken that only the lost events could have confirmed.
#include <gtest/gtest.h>

#include <sentra/event/meta.h>

#include "session/process_table.h"
#include "world.h"

namespace sentra::session::test {
namespace {

constexpr std::uint64_t kMs = 1'000'000;

event::Record loss_of(sentra_type type, std::uint64_t from_ns, std::uint64_t to_ns,
                      sentra_loss kind = SENTRA_LOSS_RING_FULL)
{
    event::Build<sentra_lost> loss(SENTRA_META_LOSS, SENTRA_SOURCE_KERNEL, from_ns, 1);
    loss->count = 1;
    loss->kind = kind;
    loss->of_type = static_cast<std::uint32_t>(type);
    loss->from_ns = from_ns;
    loss->to_ns = to_ns;
    return loss.finish();
}

event::Record look_of(std::uint64_t began_ns, std::uint64_t time_ns, std::uint32_t processes)
{
    event::Build<sentra_snapshot> look(SENTRA_META_SNAPSHOT, SENTRA_SOURCE_KERNEL, time_ns, 1);
    look->began_ns = began_ns;
    look->processes = processes;
    look->heals = 1;
    return look.finish();
}

struct Program {
    std::string_view path;
    std::uint64_t inode = 0;
    std::uint32_t flags = 0;
};

event::Record record_of(sentra_type type, const Proc &proc, std::uint64_t time_ns,
                        const Program &program = {})
{
    if (type == SENTRA_PROCESS_FORK || type == SENTRA_PROCESS_EXIT) {
        event::Build<sentra_fork> fork(type, SENTRA_SOURCE_KERNEL, time_ns, 1);
        fork->actor = proc.facts;
        if (type == SENTRA_PROCESS_FORK)
            return fork.finish();
        event::Build<sentra_exit> exit(type, SENTRA_SOURCE_KERNEL, time_ns, 1);
        exit->actor = proc.facts;
        return exit.finish();
    }
    event::Build<sentra_exec> exec(type, SENTRA_SOURCE_KERNEL, time_ns, 1);
    exec->actor = proc.facts;
    exec->inode = program.inode;
    exec->flags = program.flags;
    exec.text(exec->executable, program.path);
    return exec.finish();
}

struct Tree {
    Tree() { table.set_clock(static_cast<std::int64_t>(kBootNs)); }
    ProcessTable::Entry &take(sentra_type type, const Proc &proc, const Program &program = {})
    {
        const event::Record record = record_of(type, proc, time_ns += kMs, program);
        return table.observe(*event::Event::decode(record));
    }
    std::vector<std::shared_ptr<const Process>> end_look(std::uint64_t began_ns,
                                                         std::uint32_t processes)
    {
        const event::Record record = look_of(began_ns, time_ns += kMs, processes);
        return table.end_look(*event::Event::decode(record));
    }
    [[nodiscard]] const ProcessTable::Entry &at(const Proc &proc) const
    {
        return *table.find({proc.facts.pid, proc.facts.start_ns});
    }
    event::Losses losses;
    ProcessTable table{losses};
    std::uint64_t time_ns = kBootNs + 5000 * kSecond;
};

const Proc kInit = World::make(1, 1);

TEST(Heal, AnExecThatWasLostIsFound)
{
    Tree tree;
    const Proc shell = World::make(11, 4000, &kInit);
    tree.take(SENTRA_PROCESS_EXEC, shell, {"/usr/bin/bash", 7});
    const std::uint64_t bash_ns = tree.time_ns;
    tree.time_ns += kSecond;
    const auto healed = tree.take(SENTRA_PROCESS_SNAPSHOT, shell, {"/usr/bin/nc", 8}).now;
    EXPECT_EQ(healed->executable, "/usr/bin/nc");
    EXPECT_TRUE(healed->from_snapshot);
    EXPECT_EQ(healed->exec_time_ns, tree.time_ns);
    EXPECT_EQ(ProcessTable::image_at(tree.at(shell), bash_ns)->executable, "/usr/bin/bash");
    EXPECT_EQ(ProcessTable::image_at(tree.at(shell), tree.time_ns)->executable, "/usr/bin/nc");
}

TEST(Heal, AForkThatSeemedToBeItsParentsProgramIsPutRight)
{
    Tree tree;
    const Proc shell = World::make(11, 4000, &kInit), child = World::make(12, 4990, &shell);
    tree.take(SENTRA_PROCESS_EXEC, shell, {"/usr/bin/bash", 7});
    tree.take(SENTRA_PROCESS_FORK, child);
    const auto healed = tree.take(SENTRA_PROCESS_SNAPSHOT, child, {"/usr/bin/nc", 8}).now;
    EXPECT_EQ(healed->executable, "/usr/bin/nc");
    EXPECT_EQ(healed->parent->executable, "/usr/bin/bash");
    EXPECT_EQ(tree.at(child).before.size(), 1U);
}

TEST(Heal, TheSameProgramStaysAsItWasTold)
{
    Tree tree;
    const Proc daemon = World::make(11, 4000, &kInit);
    const auto told = tree.take(SENTRA_PROCESS_EXEC, daemon, {"/usr/sbin/cron", 7}).now;
    EXPECT_EQ(tree.take(SENTRA_PROCESS_SNAPSHOT, daemon, {"/usr/sbin/cron", 7}).now, told);
    // Replaced by an upgrade while it runs; and a main thread that ended before the others.
    EXPECT_EQ(tree.take(SENTRA_PROCESS_SNAPSHOT, daemon,
                        {"/usr/sbin/cron.dpkg-tmp", 7, SENTRA_EXEC_DELETED})
                  .now,
              told);
    EXPECT_EQ(tree.take(SENTRA_PROCESS_SNAPSHOT, daemon).now, told);
    EXPECT_EQ(tree.at(daemon).before.size(), 1U); // what it was before it became cron
}

TEST(Heal, ALookInTheMiddleOfAnExecIsThatExec)
{
    Tree tree;
    const Proc proc = World::make(11, 4000, &kInit);
    tree.take(SENTRA_PROCESS_EXEC, proc, {"/usr/bin/bash", 7});
    tree.take(SENTRA_PROCESS_SNAPSHOT, proc, {"/usr/bin/sudo", 8});
    const auto sudo = tree.take(SENTRA_PROCESS_EXEC, proc, {"/usr/bin/sudo", 8}).now;
    EXPECT_EQ(sudo->broker, ""); // it is sudo, not what sudo ran
    EXPECT_FALSE(sudo->from_snapshot);
    EXPECT_EQ(tree.at(proc).before.size(), 2U); // nothing known, bash
}

TEST(Heal, AnOldLookDoesNotUndoANewExec)
{
    Tree tree;
    const Proc proc = World::make(11, 4000, &kInit);
    tree.take(SENTRA_PROCESS_EXEC, proc, {"/usr/bin/nc", 8});
    const event::Record late =
        record_of(SENTRA_PROCESS_SNAPSHOT, proc, tree.time_ns - kMs / 2, {"/usr/bin/bash", 7});
    EXPECT_EQ(tree.table.observe(*event::Event::decode(late)).now->executable, "/usr/bin/nc");
}

TEST(Heal, AProcessNobodyToldOfIsEnteredWithItsParent)
{
    Tree tree;
    const Proc shell = World::make(11, 4000, &kInit), child = World::make(12, 4990, &shell);
    tree.take(SENTRA_PROCESS_EXEC, shell, {"/usr/bin/bash", 7});
    const auto found = tree.take(SENTRA_PROCESS_SNAPSHOT, child, {"/usr/bin/nc", 8}).now;
    ASSERT_NE(found->parent, nullptr);
    EXPECT_EQ(found->parent->executable, "/usr/bin/bash");
}

TEST(Heal, WhoWasNotFoundHasEnded)
{
    Tree tree;
    const Proc stays = World::make(11, 4000, &kInit), gone = World::make(12, 4500, &kInit);
    tree.take(SENTRA_PROCESS_EXEC, stays, {"/usr/bin/bash", 7});
    tree.take(SENTRA_PROCESS_EXEC, gone, {"/usr/bin/nc", 8});
    tree.time_ns += kSecond;
    const std::uint64_t began_ns = tree.time_ns;
    tree.take(SENTRA_PROCESS_SNAPSHOT, stays, {"/usr/bin/bash", 7});
    const auto ended = tree.end_look(began_ns, 1);
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(ended[0]->executable, "/usr/bin/nc");
    EXPECT_EQ(tree.at(gone).exited_ns, began_ns);
    EXPECT_EQ(tree.at(stays).exited_ns, 0U);
    // Its end comes after all, late: nothing changes. Something it does: it had not ended.
    tree.take(SENTRA_PROCESS_EXIT, gone);
    EXPECT_EQ(tree.at(gone).exited_ns, began_ns);
    tree.take(SENTRA_PROCESS_EXEC, gone, {"/usr/bin/nc", 8});
    EXPECT_EQ(tree.at(gone).exited_ns, 0U);
    tree.table.forget_exited(tree.time_ns + 3600 * kSecond);
    EXPECT_EQ(tree.table.size(), 2U);
}

TEST(Heal, WhatBeginsWhileTheLookLastsIsNotEnded)
{
    Tree tree;
    const Proc stays = World::make(11, 4000, &kInit);
    tree.take(SENTRA_PROCESS_EXEC, stays, {"/usr/bin/bash", 7});
    const std::uint64_t began_ns = tree.time_ns + kSecond;
    Proc young = World::make(12, 0, &stays);
    young.facts.start_ns = began_ns - kBootNs - kMs; // not yet to be found by its number then
    tree.time_ns = began_ns - kMs;
    tree.take(SENTRA_PROCESS_FORK, young);
    tree.take(SENTRA_PROCESS_SNAPSHOT, stays, {"/usr/bin/bash", 7});
    EXPECT_TRUE(tree.end_look(began_ns, 1).empty());
}

TEST(Heal, ALookThatLostPartOfItselfEndsNobody)
{
    Tree tree;
    const Proc one = World::make(11, 4000, &kInit), other = World::make(12, 4500, &kInit);
    tree.take(SENTRA_PROCESS_EXEC, one, {"/usr/bin/bash", 7});
    tree.take(SENTRA_PROCESS_EXEC, other, {"/usr/bin/nc", 8});
    tree.time_ns += kSecond;
    const std::uint64_t began_ns = tree.time_ns;
    tree.take(SENTRA_PROCESS_SNAPSHOT, one, {"/usr/bin/bash", 7});
    EXPECT_TRUE(tree.end_look(began_ns, 2).empty());
    EXPECT_EQ(tree.at(other).exited_ns, 0U);
}

// A host on which the exec of sudo was lost: its process still looks like the shell it was.
struct Flooded : World {
    Flooded()
    {
        boot();
        shell = fork(init, 1000);
        shell.facts.uid = shell.facts.euid = 1001;
        exec(shell, "/usr/bin/bash");
        child = fork(shell, 1001);
    }
    void lose(sentra_type type = SENTRA_PROCESS_EXEC)
    {
        apply(loss_of(type, now_ns, now_ns + kMs));
        now_ns += 2 * kMs;
    }
    // The look, and the tree is right again.
    void heal(std::string_view executable)
    {
        const std::uint64_t began_ns = now_ns += kSecond;
        Proc found = child;
        found.facts.euid = 0;
        now_ns += kMs;
        for (const Proc &proc : {init, sshd, cron, shell})
            snapshot(proc, "");
        snapshot(found, executable);
        apply(look_of(began_ns, now_ns += kMs, 5));
        now_ns += kSecond;
    }
    [[nodiscard]] Context says_sudo(sentra_trust trust, std::uint32_t uid = 1001)
    {
        return elevation({.pid = 1001,
                          .identifier = "sudo",
                          .executable = trust == SENTRA_TRUST_JOURNAL ? "/usr/bin/sudo" : "",
                          .trust = trust,
                          .uid = uid},
                         "maria", "root");
    }
    [[nodiscard]] std::uint64_t forged() const { return losses.total(SENTRA_LOSS_JOURNAL_FORGED); }
    [[nodiscard]] std::uint64_t unproven() const
    {
        return losses.total(SENTRA_LOSS_JOURNAL_UNPROVEN);
    }
    Proc shell, child;
};

TEST(Heal, ATrueLineOfALostExecIsNotCalledForged)
{
    Flooded host;
    host.lose();
    EXPECT_TRUE(host.says_sudo(SENTRA_TRUST_JOURNAL).vetoed); // nothing but /proc speaks for it
    EXPECT_TRUE(host.says_sudo(SENTRA_TRUST_PENDING).vetoed);
    EXPECT_EQ(host.unproven(), 2U);
    EXPECT_EQ(host.forged(), 0U);
    host.heal("/usr/bin/sudo");
    EXPECT_FALSE(host.says_sudo(SENTRA_TRUST_JOURNAL).vetoed);
    EXPECT_FALSE(host.says_sudo(SENTRA_TRUST_PENDING).vetoed);
    EXPECT_EQ(host.forged(), 0U);
}

TEST(Heal, AForgedLineIsCalledThatOnceTheTreeIsRightAgain)
{
    Flooded host;
    host.lose();
    EXPECT_TRUE(host.says_sudo(SENTRA_TRUST_JOURNAL).vetoed);
    EXPECT_EQ(host.forged(), 0U);
    host.heal("/usr/bin/python3.11");
    EXPECT_TRUE(host.says_sudo(SENTRA_TRUST_JOURNAL).vetoed);
    EXPECT_EQ(host.forged(), 1U);
}

TEST(Heal, ALossOfOtherEventsRaisesNoDoubt)
{
    Flooded host;
    host.lose(SENTRA_FILE_WRITE);
    EXPECT_TRUE(host.says_sudo(SENTRA_TRUST_JOURNAL).vetoed);
    EXPECT_EQ(host.forged(), 1U);
}

TEST(Heal, RootsOwnWordStands)
{
    Flooded host;
    host.lose();
    EXPECT_FALSE(
        host.accepted({.pid = 4711, .executable = "", .trust = SENTRA_TRUST_PENDING}, "maria")
            .vetoed);
    EXPECT_TRUE(
        host.accepted({.pid = 4711, .executable = "", .trust = SENTRA_TRUST_PENDING, .uid = 1001},
                      "root")
            .vetoed);
    EXPECT_EQ(host.forged(), 0U);
}

// The program that the kernel half believes the process to be was replaced by an exec that the
// flood has cost; the message's claim is all there is.
TEST(Heal, AStaleProgramDoesNotVouchForALateLine)
{
    Flooded host;
    host.exec(host.child, "/usr/bin/newgrp", {.secure = true});
    host.lose();
    const Writer claims{.pid = 1001,
                        .identifier = "passwd",
                        .executable = "",
                        .trust = SENTRA_TRUST_PENDING,
                        .uid = 1001};
    EXPECT_TRUE(host.elevation(claims, "maria", "root").vetoed);
    EXPECT_EQ(host.unproven(), 1U);
}

TEST(Heal, TheProgramThatWasSeenSpeaksForItselfDuringALoss)
{
    Flooded host;
    host.exec(host.child, "/usr/bin/sudo", {.secure = true});
    host.lose(SENTRA_PROCESS_FORK);
    EXPECT_FALSE(host.says_sudo(SENTRA_TRUST_JOURNAL).vetoed);
}

TEST(Heal, ALoginWhoseEndWasLostIsClosedByTheLook)
{
    World world;
    world.boot();
    const Proc sshd = world.fork(world.sshd, 2000);
    Proc leader = sshd;
    leader.facts.loginuid = 1001;
    leader.facts.audit_session = 5;
    const Context open = world.exec(leader, "/usr/bin/bash");
    EXPECT_EQ(world.field("actor.session.id", open), "5");
    const std::uint64_t began_ns = world.now_ns += kSecond;
    world.now_ns += kMs;
    for (const Proc &proc : {world.init, world.sshd, world.cron})
        world.snapshot(proc, "");
    world.apply(look_of(began_ns, world.now_ns += kMs, 3));
    EXPECT_EQ(world.session.sizes().processes, 4U); // kept a while for late lines
    world.pass(60);
    world.apply(
        event::Build<sentra_tick>(SENTRA_META_TICK, SENTRA_SOURCE_META, world.now_ns, 1).finish());
    EXPECT_EQ(world.session.sizes().processes, 3U);
}

} // namespace
} // namespace sentra::session::test
