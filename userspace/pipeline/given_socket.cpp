// SPDX-License-Identifier: MIT
#include "pipeline/given_socket.h"

#include <cerrno>

#include <sys/socket.h>

#include <systemd/sd-daemon.h>

namespace sentra::pipeline {

Result<std::optional<Fd>> given_socket(const std::string &path)
{
    // Taken out of the environment: what the daemon starts is not meant.
    const int given = ::sd_listen_fds(1);
    if (given < 0)
        return system_failure("ask for the service manager's sockets", -given);
    if (given == 0)
        return std::nullopt;
    for (int number = 1; number < given; ++number)
        (void)Fd(SD_LISTEN_FDS_START + number); // closed
    Fd first(SD_LISTEN_FDS_START);
    if (given > 1)
        return failure("the service manager handed " + std::to_string(given) +
                       " sockets over; one is expected");
    if (::sd_is_socket_unix(first.get(), SOCK_STREAM, 1, path.c_str(), 0) <= 0)
        return failure("the service manager handed over what is no listening socket at " + path +
                       "; its ListenStream= and socket: in the configuration name the same path");
    return std::optional<Fd>(std::move(first));
}

} // namespace sentra::pipeline
