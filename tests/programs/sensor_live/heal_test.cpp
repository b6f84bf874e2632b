// SPDX-License-Identifier: MIT
// After a loss the records tell the same tree of processes that the kernel has: what a session
// would make of them is rebuilt here from fork, exec, exit, snapshot and meta.snapshot, and held
// against /proc.
#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sentra/event/all.h>

#include "base/fd.h"
#include "live.h"
#include "sensor/account.h"
#include "session/process_table.h"

namespace sentra::live {
namespace {

// What a session makes of the records, in their order.
class Rebuilt {
public:
    void take(const event::Record &record)
    {
        const auto event = event::Event::decode(record);
        ASSERT_TRUE(event.has_value());
        if (event->is(SENTRA_META_CLOCK))
            table.set_clock(event->as<sentra_clock>().boot_to_unix_ns);
        else if (event->is(SENTRA_META_SNAPSHOT))
            (void)table.end_look(*event);
        if (event->actor() == nullptr)
            return;
        table.observe(*event);
        pids.insert(event->actor()->pid);
    }
    // The program of whoever runs under that number; nullopt: nobody does.
    [[nodiscard]] std::optional<std::uint64_t> program(std::uint32_t pid) const
    {
        const session::ProcessTable::Entry *entry = table.latest(0, pid);
        if (entry == nullptr || entry->exited_ns != 0)
            return std::nullopt;
        return entry->now->inode;
    }
    event::Losses losses;
    session::ProcessTable table{losses};
    std::set<std::uint32_t> pids;
};

// pid -> inode of the program; processes that have no more threads are not running.
std::map<std::uint32_t, std::uint64_t> running()
{
    std::map<std::uint32_t, std::uint64_t> all;
    for (const auto &entry : std::filesystem::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        if (name.find_first_not_of("0123456789") != std::string::npos)
            continue;
        const auto stat_line = read_file("/proc/" + name + "/stat");
        if (!stat_line || stat_line->find(") Z ") != std::string::npos)
            continue;
        struct stat facts {};
        const bool has_program = stat(("/proc/" + name + "/exe").c_str(), &facts) == 0;
        all[static_cast<std::uint32_t>(std::stoul(name))] = has_program ? facts.st_ino : 0;
    }
    return all;
}

pid_t spawn(const char *program, std::vector<const char *> arguments)
{
    arguments.insert(arguments.begin(), program);
    arguments.push_back(nullptr);
    pid_t pid = 0;
    char *environment[] = {nullptr};
    must(posix_spawn(&pid, program, nullptr, nullptr, const_cast<char **>(arguments.data()),
                     environment) == 0,
         program);
    return pid;
}

// Programs that end, programs that stay, and shells that become another program.
void storm(int programs)
{
    for (int i = 0; i < programs; ++i) {
        if (i % 50 == 0)
            spawn("/bin/sh", {"-c", "exec sleep 600"});
        const pid_t pid = spawn("/bin/true", {});
        must(waitpid(pid, nullptr, 0) == pid, "waitpid");
    }
}

// Several at once on one CPU: where programs are preempted, the next run of the same one is
// skipped.
void crowd(int workers, int programs)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    must(sched_setaffinity(0, sizeof one, &one) == 0, "sched_setaffinity");
    for (int worker = 0; worker < workers; ++worker)
        if (fork() == 0) {
            for (int i = 0; i < programs; ++i) {
                for (int file = 0; file < 20; ++file)
                    close(open("target", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
                storm(1);
            }
            _exit(0);
        }
    while (wait(nullptr) > 0)
        continue;
}

class Heal : public OwnSensor {
protected:
    // What stays after the test would be everybody's.
    void SetUp() override
    {
        Live::SetUp();
        prctl(PR_SET_CHILD_SUBREAPER, 1);
    }
    void TearDown() override
    {
        if (storm_ > 0) {
            kill(-storm_, SIGKILL);
            while (waitpid(-storm_, nullptr, 0) > 0)
                continue;
        }
        prctl(PR_SET_CHILD_SUBREAPER, 0);
        Live::TearDown();
    }
    void start_tiny()
    {
        sensor::Options options;
        options.ring_bytes = 64U << 10U;
        start(std::move(options));
    }
    // Runs in a process group of its own, so that what it leaves running can be ended.
    void run(const std::function<void()> &act)
    {
        storm_ = fork();
        if (storm_ == 0) {
            setpgid(0, 0);
            must(chdir(folder_.c_str()) == 0, "chdir");
            act();
            _exit(0);
        }
        ASSERT_EQ(waitpid(storm_, nullptr, 0), storm_);
    }
    void await_heal(std::uint64_t looks)
    {
        for (int tries = 0; tries < 200; ++tries) {
            if (collector().counted(SENTRA_META_SNAPSHOT) >= looks)
                return;
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        FAIL() << "the processes were not looked at again";
    }
    void rebuild(Rebuilt &told)
    {
        std::vector<event::Record> records = collector().copies();
        std::stable_sort(records.begin(), records.end(), [](const auto &a, const auto &b) {
            return event::earlier(a.head(), b.head());
        });
        for (const event::Record &record : records)
            told.take(record);
    }
    // The machine is not ours alone: what others start and end meanwhile may differ.
    void expect_same_tree()
    {
        std::set<std::string> wrong;
        for (int tries = 0; tries < 5; ++tries) {
            const auto before = running();
            ASSERT_TRUE(collector().settle(std::chrono::seconds(20)));
            const auto after = running();
            Rebuilt told;
            rebuild(told);
            const auto found = differences(told, before, after);
            if (tries == 0)
                wrong = found;
            std::erase_if(wrong, [&](const std::string &line) { return found.count(line) == 0; });
            if (wrong.empty())
                return;
        }
        for (const std::string &line : wrong)
            ADD_FAILURE() << line;
    }

private:
    std::set<std::string> differences(const Rebuilt &told,
                                      const std::map<std::uint32_t, std::uint64_t> &before,
                                      const std::map<std::uint32_t, std::uint64_t> &after)
    {
        std::set<std::string> wrong;
        for (const std::uint32_t pid : told.pids) {
            const auto program = told.program(pid);
            const auto was = before.find(pid), is = after.find(pid);
            const std::string name = "process " + std::to_string(pid);
            if (program && was == before.end() && is == after.end() && pid != 0)
                wrong.insert(name + " is told to run and does not");
            if (program && was != before.end() && is != after.end() && was->second == is->second &&
                *program != is->second)
                wrong.insert(name + " is told to run another program");
        }
        for (const auto &[pid, inode] : before)
            // Some hosts keep their first process from the iterator; it cannot end.
            if (after.count(pid) != 0 && !told.program(pid) && pid != 1 &&
                pid != static_cast<std::uint32_t>(getpid()))
                wrong.insert("process " + std::to_string(pid) + " runs and is not told");
        return wrong;
    }
    pid_t storm_ = 0;
};

TEST_F(Heal, ATinyRingUnderAnExecStorm)
{
    start_tiny();
    collector().hold(true);
    run([] { storm(300); });
    collector().hold(false);
    await_heal(2); // at the start, and after the loss
    EXPECT_GT(row("process.exec").lost, 100U);
    EXPECT_GT(row("process.exit").lost, 100U);
    expect_same_tree();
    stop();
    expect_balance();
    EXPECT_TRUE(collector().sequence_is_whole());
    EXPECT_EQ(losses().total(SENTRA_LOSS_RING_FULL), row("total").lost);
    std::uint64_t told = 0, heals = 0;
    for (const event::Owned &event : collector().all(SENTRA_META_LOSS)) {
        const auto &loss = event->as<sentra_lost>();
        told += loss.kind == SENTRA_LOSS_RING_FULL ? loss.count : 0;
        EXPECT_NE(loss.from_ns, 0U);
        EXPECT_LE(loss.from_ns, loss.to_ns);
    }
    EXPECT_EQ(told, row("total").lost);
    for (const event::Owned &event : collector().all(SENTRA_META_SNAPSHOT)) {
        const auto &look = event->as<sentra_snapshot>();
        EXPECT_GT(look.processes, 1U);
        EXPECT_LE(look.began_ns, event->time_ns());
        heals += look.heals;
    }
    EXPECT_GE(heals, 1U);
}

// Nobody reads for seconds: what was lost meanwhile is told first, then looked up.
TEST_F(Heal, AConsumerThatStops)
{
    start_tiny();
    collector().hold(true);
    run([] { storm(150); });
    std::this_thread::sleep_for(std::chrono::seconds(2));
    collector().hold(false);
    await_heal(2);
    expect_same_tree();
    stop();
    expect_balance();
}

// From 7.0 on the kernel skips runs of programs that were preempted; before that this loses
// nothing.
TEST_F(Heal, RunsThatTheKernelSkips)
{
    start(sensor::Options());
    run([] { crowd(6, 100); });
    ASSERT_TRUE(collector().settle(std::chrono::seconds(60)));
    const std::uint64_t missed = sensor::recursion_total(sensor().programs());
    if (missed > 0)
        await_heal(2);
    expect_same_tree();
    stop();
    expect_balance();
    std::uint64_t told = 0;
    for (const event::Owned &event : collector().all(SENTRA_META_LOSS)) {
        const auto &loss = event->as<sentra_lost>();
        told += loss.kind == SENTRA_LOSS_RECURSION ? loss.count : 0;
    }
    EXPECT_GE(told, missed);
    EXPECT_EQ(told, losses().total(SENTRA_LOSS_RECURSION));
    std::printf("sensor: %llu runs were skipped", static_cast<unsigned long long>(missed));
    for (const sensor::Missed &program : sensor::missed_runs(sensor().programs()))
        if (program.runs > 0)
            std::printf(", %s %llu", program.program.c_str(),
                        static_cast<unsigned long long>(program.runs));
    std::printf("; of %llu execs %llu were told\n",
                static_cast<unsigned long long>(row("process.exec").seen),
                static_cast<unsigned long long>(row("process.exec").handed));
}

// A file storm costs no process: nothing has to be healed.
TEST_F(Heal, OnlyWhatShakesTheTreeIsLookedAtAgain)
{
    start_tiny();
    collector().hold(true);
    child([] {
        for (int i = 0; i < 2'000; ++i)
            close(open("target", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
        return 0;
    });
    const std::uint64_t lost = row("process.exec").lost + row("process.fork").lost +
                               row("process.exit").lost + row("cred.change").lost;
    collector().hold(false);
    ASSERT_TRUE(collector().settle(std::chrono::seconds(20)));
    if (lost == 0) {
        EXPECT_EQ(collector().counted(SENTRA_META_SNAPSHOT), 1U);
    }
    EXPECT_GT(row("file.write").lost, 0U);
    stop();
    expect_balance();
}

} // namespace
} // namespace sentra::live
