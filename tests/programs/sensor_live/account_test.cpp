// SPDX-License-Identifier: MIT
// At full speed nothing is lost; when loss is forced, the account still balances to the last event.
#include <algorithm>
#include <cstdlib>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live.h"

namespace sentra::live {
namespace {

void open_for_writing(int times)
{
    for (int i = 0; i < times; ++i) {
        const int fd = open("target", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
        must(fd >= 0, "open");
        close(fd);
    }
}

int run_programs(int times)
{
    char *arguments[] = {const_cast<char *>("true"), nullptr}, *environment[] = {nullptr};
    for (int i = 0; i < times; ++i) {
        pid_t pid = 0;
        must(posix_spawn(&pid, "/bin/true", nullptr, nullptr, arguments, environment) == 0,
             "posix_spawn");
        must(waitpid(pid, nullptr, 0) == pid, "waitpid");
    }
    return 0;
}

// A machine under emulation is twenty times slower: what floods it takes seconds, not minutes.
int flood(int full_size)
{
    const char *divisor = std::getenv("SENTRA_FLOOD_DIVISOR");
    return full_size / std::max(1, divisor == nullptr ? 1 : std::atoi(divisor));
}

// An instrumented sensor is many times slower than the one that ships; what it must not lose is a
// bigger ring.
sensor::Options flood_options()
{
    sensor::Options options;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    options.ring_bytes = 256U << 20U;
#endif
    return options;
}

TEST_F(OwnSensor, LosesNoneOfManyOpens)
{
    const int workers = 2, opens = flood(100'000);
    start(flood_options());
    collector().count_only(true);
    const sensor::Row before = row("file.write");
    child([=] {
        for (int i = 0; i < workers; ++i)
            if (fork() == 0) {
                open_for_writing(opens);
                _exit(0);
            }
        while (wait(nullptr) > 0)
            continue;
        return 0;
    });
    stop();
    const sensor::Row after = row("file.write");
    EXPECT_GE(after.seen - before.seen + missed("file.write"),
              static_cast<std::uint64_t>(workers * opens));
    EXPECT_EQ(after.lost, 0U);
    EXPECT_EQ(after.handed, collector().counted(SENTRA_FILE_WRITE));
    expect_balance();
    EXPECT_TRUE(collector().sequence_is_whole());
}

TEST_F(OwnSensor, LosesNoneOfManyPrograms)
{
    const int workers = 2, programs = flood(10'000);
    start(flood_options());
    collector().count_only(true);
    child([=] {
        for (int i = 0; i < workers; ++i)
            if (fork() == 0)
                _exit(run_programs(programs));
        while (wait(nullptr) > 0)
            continue;
        return 0;
    });
    stop();
    for (const char *event : {"process.exec", "process.fork", "process.exit"}) {
        // From 7.0 on kernels skip a program where another was preempted, and say so.
        EXPECT_GE(row(event).seen + missed(event), static_cast<std::uint64_t>(workers * programs))
            << event;
        EXPECT_EQ(row(event).lost, 0U) << event;
    }
    EXPECT_EQ(row("process.exec").handed, collector().counted(SENTRA_PROCESS_EXEC));
    EXPECT_EQ(row("process.exit").handed, collector().counted(SENTRA_PROCESS_EXIT));
    expect_balance();
}

TEST_F(OwnSensor, CountsForcedLossToTheLastEvent)
{
    sensor::Options options;
    options.ring_bytes = 64U << 10U;
    start(std::move(options));
    collector().count_only(true);
    collector().hold(true);
    child([] {
        open_for_writing(20'000);
        return 0;
    });
    const std::uint64_t lost = row("file.write").lost;
    EXPECT_GT(lost, 10'000U);
    collector().hold(false);
    ASSERT_TRUE(collector().settle(std::chrono::seconds(20)));
    stop();
    expect_balance();
    EXPECT_EQ(row("file.write").handed, collector().counted(SENTRA_FILE_WRITE));
    EXPECT_EQ(losses().total(SENTRA_LOSS_RING_FULL), row("total").lost);
    EXPECT_GT(collector().counted(SENTRA_META_LOSS), 0U);
}

TEST_F(OwnSensor, NeverTellsItself)
{
    start(sensor::Options());
    for (int i = 0; i < 100; ++i)
        write_file(path("own"), "x");
    EXPECT_TRUE(of(getpid(), SENTRA_FILE_WRITE).empty());
    EXPECT_TRUE(of(getpid(), SENTRA_FILE_MODE).empty());
    stop();
    EXPECT_GE(row("file.write").own, 100U);
    expect_balance();
}

TEST_F(Live, SaysWhichHooksAreOn)
{
    start();
    std::size_t attached = 0;
    for (const sensor::ProgramRow &row : sensor().programs()) {
        attached += row.attached ? 1 : 0;
        EXPECT_EQ(row.attached, row.reason.empty()) << row.hook;
    }
    EXPECT_GT(attached, 15U); // on the upper rungs one hook sees what a dozen calls do
    for (const sensor::Watch &watch : sensor().watches()) {
        if (watch.event != "kernel.module") { // a kernel may be built without modules
            EXPECT_NE(watch.rung, "not watched") << watch.event << ": " << watch.reason;
        }
    }
}

} // namespace
} // namespace sentra::live
