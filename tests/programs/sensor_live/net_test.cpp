// SPDX-License-Identifier: MIT
// Connections, with the port of those that failed.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "live.h"

namespace sentra::live {
namespace {

sockaddr_in loopback(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

template <typename Address>
int connect_to(int fd, const Address &address, std::size_t bytes = sizeof(Address))
{
    return connect(fd, reinterpret_cast<const sockaddr *>(&address), static_cast<socklen_t>(bytes));
}

TEST_F(Live, TellsAConnectionFromBothEnds)
{
    start();
    const pid_t pid = child([] {
        const int server = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address = loopback(0);
        socklen_t bytes = sizeof address;
        must(bind(server, reinterpret_cast<sockaddr *>(&address), bytes) == 0 &&
                 listen(server, 1) == 0 &&
                 getsockname(server, reinterpret_cast<sockaddr *>(&address), &bytes) == 0,
             "listen");
        const int client = socket(AF_INET, SOCK_STREAM, 0);
        must(connect_to(client, address) == 0, "connect");
        must(accept(server, nullptr, nullptr) >= 0, "accept");
        return 0;
    });
    const auto listens = one(pid, SENTRA_NET_LISTEN);
    const auto connects = one(pid, SENTRA_NET_CONNECT);
    const auto accepts = one(pid, SENTRA_NET_ACCEPT);
    EXPECT_EQ(field(*listens, "server.ip"), "127.0.0.1");
    EXPECT_EQ(field(*connects, "destination.ip"), "127.0.0.1");
    EXPECT_EQ(field(*connects, "destination.port"), field(*listens, "server.port"));
    EXPECT_EQ(field(*connects, "network.transport"), "tcp");
    EXPECT_EQ(field(*accepts, "destination.port"), field(*listens, "server.port"));
    EXPECT_EQ(field(*accepts, "source.ip"), "127.0.0.1");
    EXPECT_NE(field(*accepts, "source.port"), "0");
}

TEST_F(Live, TellsARefusedConnectionWithItsPort)
{
    start();
    const pid_t pid = child([] {
        const int client = socket(AF_INET, SOCK_STREAM, 0);
        return connect_to(client, loopback(9)) == 0 ? 1 : 0;
    });
    const auto connects = one(pid, SENTRA_NET_CONNECT);
    EXPECT_EQ(field(*connects, "destination.ip"), "127.0.0.1");
    EXPECT_EQ(field(*connects, "destination.port"), "9");
}

TEST_F(Live, TellsVersionSixAndMappedAddresses)
{
    start();
    const pid_t pid = child(
        [] {
            sockaddr_in6 address{};
            address.sin6_family = AF_INET6;
            address.sin6_port = htons(9);
            address.sin6_addr = in6addr_loopback;
            const int first = socket(AF_INET6, SOCK_STREAM, 0);
            if (first < 0 || (connect_to(first, address) != 0 && errno != ECONNREFUSED))
                return 3; // no IPv6 here
            inet_pton(AF_INET6, "::ffff:127.0.0.1", &address.sin6_addr);
            const int second = socket(AF_INET6, SOCK_STREAM, 0);
            return connect_to(second, address) == 0 ? 1 : 0;
        },
        access("/proc/net/if_inet6", F_OK) == 0 ? 0 : 3);
    const auto connects = of(pid, SENTRA_NET_CONNECT);
    if (access("/proc/net/if_inet6", F_OK) != 0)
        return;
    ASSERT_EQ(connects.size(), 2U);
    EXPECT_EQ(field(*connects[0], "destination.ip"), "::1");
    EXPECT_EQ(field(*connects[1], "destination.ip"), "127.0.0.1");
}

TEST_F(Live, TellsDatagramsAndUnixSockets)
{
    start();
    const pid_t pid = child([] {
        const int udp = socket(AF_INET, SOCK_DGRAM, 0);
        must(connect_to(udp, loopback(53)) == 0, "connect");
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::size_t family = sizeof address.sun_family;
        for (const std::string &name : {std::string("\0live-test", 10), std::string("live.sock")}) {
            const int server = socket(AF_UNIX, SOCK_STREAM, 0);
            name.copy(address.sun_path, name.size());
            const std::size_t bytes = family + name.size() + (name[0] == '\0' ? 0 : 1);
            address.sun_path[name.size()] = '\0';
            must(bind(server, reinterpret_cast<sockaddr *>(&address),
                      static_cast<socklen_t>(bytes)) == 0 &&
                     listen(server, 1) == 0,
                 "listen");
            const int client = socket(AF_UNIX, SOCK_STREAM, 0);
            must(connect_to(client, address, bytes) == 0, "connect");
        }
        return 0;
    });
    const auto connects = of(pid, SENTRA_NET_CONNECT);
    ASSERT_EQ(connects.size(), 3U);
    EXPECT_EQ(field(*connects[0], "network.transport"), "udp");
    EXPECT_EQ(field(*connects[0], "destination.port"), "53");
    EXPECT_EQ(field(*connects[1], "network.transport"), "unix");
    EXPECT_EQ(field(*connects[1], "destination.socket_path"), "@live-test");
    EXPECT_EQ(field(*connects[2], "destination.socket_path"), "live.sock");
}

TEST_F(Live, TellsAShellThatTalksToASocket)
{
    start();
    const pid_t pid = child([] {
        const int server = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address = loopback(0);
        socklen_t bytes = sizeof address;
        must(bind(server, reinterpret_cast<sockaddr *>(&address), bytes) == 0 &&
                 listen(server, 1) == 0 &&
                 getsockname(server, reinterpret_cast<sockaddr *>(&address), &bytes) == 0,
             "listen");
        const int client = socket(AF_INET, SOCK_STREAM, 0);
        must(connect_to(client, address) == 0 && dup2(client, 0) == 0, "connect");
        execl("/bin/true", "true", nullptr);
        return 97;
    });
    const auto exec = one(pid, SENTRA_PROCESS_EXEC);
    EXPECT_EQ(field(*exec, "process.stdin_is_socket"), "true");
    EXPECT_EQ(field(*exec, "process.stdout_is_socket"), "false");
    EXPECT_EQ(field(*exec, "process.stdio.peer.ip"), "127.0.0.1");
    EXPECT_EQ(field(*exec, "process.stdio.peer.port"),
              field(*one(pid, SENTRA_NET_LISTEN), "server.port"));
}

} // namespace
} // namespace sentra::live
