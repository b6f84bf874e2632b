// SPDX-License-Identifier: MIT
// What is done to the sensor: signals sent to it.
#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

#include "live.h"

namespace sentra::live {
namespace {

TEST_F(Live, TellsWhoSendsItASignal)
{
    start();
    // Ignored: the test goes on, and the kernel says that nobody was disturbed.
    struct sigaction ignore = {}, before = {};
    ignore.sa_handler = SIG_IGN;
    must(sigaction(SIGUSR2, &ignore, &before) == 0, "sigaction");
    const pid_t own = getpid();
    const pid_t bystander = fork();
    if (bystander == 0)
        _exit(::pause());
    const pid_t sender = child([own, bystander] {
        must(kill(bystander, SIGUSR2) == 0, "kill"); // not the sensor
        must(kill(own, SIGWINCH) == 0, "kill");      // ends and stops nobody
        must(kill(own, SIGUSR2) == 0, "kill");
        return kill(own, 0); // a question, no signal
    });
    kill(bystander, SIGKILL);
    waitpid(bystander, nullptr, 0);
    raise(SIGUSR2); // its own: not told
    const auto sent = one(sender, SENTRA_PROCESS_SIGNAL);
    sigaction(SIGUSR2, &before, nullptr);
    EXPECT_EQ(sent->as<sentra_signal>().number, static_cast<std::uint32_t>(SIGUSR2));
    EXPECT_EQ(sent->as<sentra_signal>().result, 1U); // TRACE_SIGNAL_IGNORED
    EXPECT_EQ(sent->as<sentra_signal>().target_pid, static_cast<std::uint32_t>(own));
    EXPECT_EQ(sent->as<sentra_signal>().flags, 0U); // a child of the sensor's, not its parent
    EXPECT_TRUE(of(own, SENTRA_PROCESS_SIGNAL).empty());
}

} // namespace
} // namespace sentra::live
