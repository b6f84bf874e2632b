// SPDX-License-Identifier: MIT
#include "pipeline/stop_signals.h"

#include <cerrno>
#include <csignal>

#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace sentra::pipeline {

Result<StopSignals> StopSignals::open()
{
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGUSR1);
    sigaddset(&wanted, SIGHUP);
    if (const int error = ::pthread_sigmask(SIG_BLOCK, &wanted, nullptr); error != 0)
        return system_failure("block signals", error);
    // A reader of stdout that went away is an error of the write, not the end of the daemon.
    ::signal(SIGPIPE, SIG_IGN);
    Fd fd(::signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC));
    if (!fd.is_open())
        return system_failure("signalfd", errno);
    return StopSignals(std::move(fd));
}

StopSignals::Asked StopSignals::come()
{
    Asked asked;
    signalfd_siginfo one{};
    while (::read(fd_.get(), &one, sizeof one) == static_cast<ssize_t>(sizeof one))
        if (one.ssi_signo == SIGUSR1)
            asked.to_hand_over = true;
        else if (one.ssi_signo == SIGHUP)
            asked.to_reload = true;
        else
            ++asked.to_stop;
    return asked;
}

} // namespace sentra::pipeline
