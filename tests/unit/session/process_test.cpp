// SPDX-License-Identifier: MIT
// The process tree: what is remembered, for how long, and what forgetting costs.
#include <gtest/gtest.h>

#include "session/process_table.h"
#include "world.h"

namespace sentra::session::test {
namespace {

event::Record record_of(sentra_type type, const sentra_actor &actor, std::uint64_t time_ns,
                        std::string_view executable = {}, std::string_view args = {})
{
    if (type == SENTRA_PROCESS_FORK || type == SENTRA_PROCESS_EXIT) {
        event::Build<sentra_fork> fork(SENTRA_PROCESS_FORK, SENTRA_SOURCE_KERNEL, time_ns, 1);
        fork->actor = actor;
        event::Build<sentra_exit> exit(SENTRA_PROCESS_EXIT, SENTRA_SOURCE_KERNEL, time_ns, 1);
        exit->actor = actor;
        return type == SENTRA_PROCESS_FORK ? fork.finish() : exit.finish();
    }
    event::Build<sentra_exec> exec(type, SENTRA_SOURCE_KERNEL, time_ns, 1);
    exec->actor = actor;
    exec.text(exec->executable, executable).text(exec->args, args);
    return exec.finish();
}

struct Tree {
    explicit Tree(ProcessLimits limits = {}) : table(losses, limits)
    {
        table.set_clock(static_cast<std::int64_t>(kBootNs));
    }
    ProcessTable::Entry &take(sentra_type type, const Proc &proc, std::string_view executable = {},
                              std::string_view args = {})
    {
        time_ns += 1000;
        const event::Record record = record_of(type, proc.facts, time_ns, executable, args);
        return table.observe(*event::Event::decode(record));
    }
    event::Losses losses;
    ProcessTable table;
    std::uint64_t time_ns = kBootNs + 5000 * kSecond;
};

TEST(Process, AnExecMakesANewPictureAndKeepsTheParent)
{
    Tree tree;
    const Proc parent = World::make(10, 100);
    tree.take(SENTRA_PROCESS_SNAPSHOT, parent, "/usr/bin/bash");
    const Proc child = World::make(11, 4000, &parent);
    const auto forked = tree.take(SENTRA_PROCESS_FORK, child).now;
    const auto execed = tree.take(SENTRA_PROCESS_EXEC, child, "/usr/bin/id").now;
    EXPECT_EQ(forked->executable, "/usr/bin/bash");
    EXPECT_EQ(forked->exec_time_ns, 0U);
    EXPECT_EQ(execed->executable, "/usr/bin/id");
    EXPECT_EQ(execed->parent, forked->parent);
    EXPECT_EQ(execed->parent->executable, "/usr/bin/bash");
    EXPECT_NE(forked, execed);
}

TEST(Process, ItsProgramAtATimeIsRemembered)
{
    Tree tree;
    const Proc proc = World::make(11, 4000);
    tree.take(SENTRA_PROCESS_FORK, proc);
    const std::uint64_t forked_ns = tree.time_ns;
    tree.time_ns += kSecond;
    tree.take(SENTRA_PROCESS_EXEC, proc, "/usr/bin/sudo");
    const std::uint64_t sudo_ns = tree.time_ns;
    tree.time_ns += kSecond;
    tree.take(SENTRA_PROCESS_EXEC, proc, "/usr/bin/tee");
    const ProcessTable::Entry *entry = tree.table.at(0, 11, tree.time_ns);
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(ProcessTable::image_at(*entry, forked_ns)->executable, "");
    EXPECT_EQ(ProcessTable::image_at(*entry, sudo_ns + 1)->executable, "/usr/bin/sudo");
    EXPECT_EQ(ProcessTable::image_at(*entry, tree.time_ns)->executable, "/usr/bin/tee");
}

TEST(Process, ThreadsDoNotMakeNewPictures)
{
    Tree tree;
    Proc proc = World::make(11, 4000);
    const auto first = tree.take(SENTRA_PROCESS_EXEC, proc, "/usr/bin/java").now;
    proc.facts.tid = 12;
    std::memcpy(proc.facts.comm, "worker-1", 8);
    event::Build<sentra_listen> listen(SENTRA_NET_LISTEN, SENTRA_SOURCE_KERNEL, tree.time_ns + 1,
                                       1);
    listen->actor = proc.facts;
    const event::Record record = listen.finish();
    EXPECT_EQ(tree.table.observe(*event::Event::decode(record)).now, first);
}

TEST(Process, AnUnseenExitEndsWithTheNextHolderOfThePid)
{
    Tree tree;
    const Proc first = World::make(11, 4000), second = World::make(11, 4500);
    tree.take(SENTRA_PROCESS_FORK, first);
    tree.take(SENTRA_PROCESS_FORK, second);
    EXPECT_NE(tree.table.find({11, 4000 * kSecond})->exited_ns, 0U);
    EXPECT_EQ(tree.table.at(0, 11, kBootNs + 4100 * kSecond)->now->key.start_ns, 4000 * kSecond);
    EXPECT_EQ(tree.table.at(0, 11, tree.time_ns)->now->key.start_ns, 4500 * kSecond);
}

TEST(Process, EndedOnesAreKeptForLateLinesAndThenForgotten)
{
    Tree tree;
    const Proc proc = World::make(11, 4999), other = World::make(12, 4999);
    tree.take(SENTRA_PROCESS_FORK, other);
    tree.take(SENTRA_PROCESS_FORK, proc);
    tree.take(SENTRA_PROCESS_EXIT, proc);
    const std::uint64_t exit_ns = tree.time_ns;
    EXPECT_NE(tree.table.at(0, 11, exit_ns + 9 * kSecond), nullptr);
    EXPECT_EQ(tree.table.at(0, 11, exit_ns + 11 * kSecond), nullptr);
    tree.table.forget_exited(exit_ns + 60 * kSecond);
    EXPECT_EQ(tree.table.size(), 1U);
    EXPECT_EQ(tree.losses.total(SENTRA_LOSS_STATE_EVICTED), 0U);
}

TEST(Process, AFullTableForgetsEndedOnesFirstAndCounts)
{
    ProcessLimits limits;
    limits.processes = 4;
    Tree tree(limits);
    const Proc a = World::make(11, 1), b = World::make(12, 2), c = World::make(13, 3);
    for (const Proc &proc : {a, b, c})
        tree.take(SENTRA_PROCESS_FORK, proc);
    tree.take(SENTRA_PROCESS_FORK, World::make(14, 4));
    tree.take(SENTRA_PROCESS_EXIT, b);
    tree.take(SENTRA_PROCESS_FORK, World::make(15, 5));
    EXPECT_EQ(tree.table.find(ProcessKey{12, 2 * kSecond}), nullptr);
    EXPECT_NE(tree.table.find(ProcessKey{11, 1 * kSecond}), nullptr);
    EXPECT_EQ(tree.losses.total(SENTRA_LOSS_STATE_EVICTED), 1U);
    tree.take(SENTRA_PROCESS_EXEC, a, "/bin/a"); // heard of lately: the others are older
    tree.take(SENTRA_PROCESS_FORK, World::make(16, 6));
    EXPECT_NE(tree.table.find(ProcessKey{11, 1 * kSecond}), nullptr);
    EXPECT_EQ(tree.table.find(ProcessKey{13, 3 * kSecond}), nullptr);
    EXPECT_EQ(tree.table.size(), 4U);
    EXPECT_EQ(tree.losses.total(SENTRA_LOSS_STATE_EVICTED), 2U);
}

TEST(Process, AnEventLongAfterTheEndIsTaken)
{
    ProcessLimits limits;
    limits.processes = 1;
    Tree tree(limits);
    const Proc proc = World::make(11, 4999);
    tree.take(SENTRA_PROCESS_EXEC, proc, "/bin/a");
    tree.take(SENTRA_PROCESS_EXIT, proc);
    EXPECT_EQ(tree.take(SENTRA_PROCESS_EXEC, proc, "/bin/b").now->executable, "/bin/b");
    tree.time_ns += 3600 * kSecond;
    EXPECT_EQ(tree.take(SENTRA_PROCESS_EXEC, proc, "/bin/c").now->executable, "/bin/c");
    EXPECT_EQ(tree.take(SENTRA_PROCESS_EXIT, World::make(12, 4999)).exited_ns, tree.time_ns);
    EXPECT_EQ(tree.table.size(), 1U);
}

TEST(Process, LongCommandLinesDoNotFillTheMemory)
{
    ProcessLimits limits;
    limits.text_bytes = 20'000;
    Tree tree(limits);
    const std::string args(30'000, 'x');
    for (std::uint32_t pid = 10; pid < 30; ++pid)
        tree.take(SENTRA_PROCESS_EXEC, World::make(pid, pid), "/bin/x", args);
    EXPECT_EQ(tree.table.size(), 4U); // 4 KiB each
    EXPECT_EQ(tree.losses.total(SENTRA_LOSS_STATE_EVICTED), 16U);
}

// fork, let the parent end, fork again: a million times.
TEST(Process, AnEndlessChainStaysShortAndKeepsBothEnds)
{
    Tree tree;
    Proc proc = World::make(10, 1);
    tree.take(SENTRA_PROCESS_EXEC, proc, "/usr/sbin/origin");
    for (std::uint32_t i = 0; i < 5000; ++i) {
        Proc child = World::make(11 + i, 0, &proc);
        child.facts.start_ns = proc.facts.start_ns + 1;
        tree.take(SENTRA_PROCESS_FORK, child);
        tree.take(SENTRA_PROCESS_EXEC, child, "/bin/step", std::to_string(i));
        tree.take(SENTRA_PROCESS_EXIT, proc);
        proc = child;
    }
    const ProcessTable::Entry *last = tree.table.find({proc.facts.pid, proc.facts.start_ns});
    ASSERT_NE(last, nullptr);
    int depth = 0;
    const Process *oldest = last->now.get();
    EXPECT_EQ(last->now->parent->args, "4998");
    for (; oldest->parent != nullptr; oldest = oldest->parent.get())
        ++depth;
    EXPECT_LT(depth, 64);
    EXPECT_GE(depth, 32);
    EXPECT_EQ(oldest->executable, "/usr/sbin/origin");
}

TEST(Process, AChildListedBeforeItsParentFindsItLater)
{
    World world;
    const Proc parent = World::make(900, 20), child = World::make(90, 30, &parent);
    world.snapshot(child, "/usr/bin/bash");
    world.snapshot(parent, "/usr/sbin/sshd");
    const Context context = world.write(child, "/tmp/x");
    EXPECT_EQ(world.field("process.parent.executable", context), "/usr/sbin/sshd");
    ASSERT_NE(context.process->parent, nullptr);
}

TEST(Process, WhoSpawnedItStaysWhenHeEndsAndAnotherBecomesItsParent)
{
    Tree tree;
    const Proc init = World::make(1, 1), shell = World::make(10, 100, &init);
    const Proc between = World::make(11, 200, &shell);
    Proc daemon = World::make(12, 201, &between);
    tree.take(SENTRA_PROCESS_SNAPSHOT, init, "/usr/lib/systemd/systemd");
    tree.take(SENTRA_PROCESS_SNAPSHOT, shell, "/usr/bin/bash");
    tree.take(SENTRA_PROCESS_FORK, between);
    tree.take(SENTRA_PROCESS_EXEC, between, "/opt/agent");
    tree.take(SENTRA_PROCESS_FORK, daemon);
    tree.take(SENTRA_PROCESS_EXIT, between);
    daemon.facts.parent_pid = 1;
    daemon.facts.parent_start_ns = init.facts.start_ns;
    const auto adopted = tree.take(SENTRA_PROCESS_EXEC, daemon, "/opt/agent-worker").now;
    ASSERT_NE(adopted->parent, nullptr);
    EXPECT_EQ(adopted->parent->executable, "/opt/agent");
    EXPECT_EQ(adopted->parent->parent->executable, "/usr/bin/bash");
    EXPECT_EQ(adopted->facts.parent_pid, 1U);
    // Long after the parent was forgotten, the child still holds on to it.
    tree.time_ns += 3600 * kSecond;
    const auto later = tree.take(SENTRA_PROCESS_EXEC, daemon, "/opt/agent-worker2").now;
    EXPECT_EQ(tree.table.find({11, between.facts.start_ns}), nullptr);
    EXPECT_EQ(tree.table.parent_of(*later)->executable, "/opt/agent");
}

TEST(Process, AParentThatWasNeverSeenIsNotTheOneThatAdoptedTheChild)
{
    Tree tree;
    const Proc init = World::make(1, 1), unseen = World::make(11, 200, &init);
    Proc daemon = World::make(12, 201, &unseen);
    tree.take(SENTRA_PROCESS_SNAPSHOT, init, "/usr/lib/systemd/systemd");
    tree.take(SENTRA_PROCESS_FORK, daemon);
    daemon.facts.parent_pid = 1;
    daemon.facts.parent_start_ns = init.facts.start_ns;
    const auto adopted = tree.take(SENTRA_PROCESS_EXEC, daemon, "/opt/agent").now;
    EXPECT_EQ(tree.table.parent_of(*adopted), nullptr);
    tree.take(SENTRA_PROCESS_SNAPSHOT, unseen, "/usr/bin/late");
    const auto linked = tree.take(SENTRA_PROCESS_EXEC, daemon, "/opt/agent").now;
    EXPECT_EQ(tree.table.parent_of(*linked)->executable, "/usr/bin/late");
}

TEST(Process, ARecordThatIsItsOwnParentIsHarmless)
{
    World world;
    Proc strange = World::make(900, 20);
    strange.facts.parent_pid = 900;
    strange.facts.parent_start_ns = strange.facts.start_ns;
    const Context context = world.write(strange, "/tmp/x");
    EXPECT_EQ(context.actor->kind, ActorKind::unknown);
    Proc a = World::make(10, 5), b = World::make(11, 5, &a);
    a.facts.parent_pid = 11;
    a.facts.parent_start_ns = b.facts.start_ns;
    world.snapshot(a, "/bin/a");
    world.snapshot(b, "/bin/b");
    const Context circle = world.write(a, "/tmp/x");
    EXPECT_LE(world.field("ancestor.name", circle).size(), 200U);
}

} // namespace
} // namespace sentra::session::test
