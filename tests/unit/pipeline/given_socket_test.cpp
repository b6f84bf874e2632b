// SPDX-License-Identifier: MIT
#include "pipeline/given_socket.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sentra::pipeline {
namespace {

constexpr int kNothing = 10, kGiven = 11, kRefused = 12, kBroken = 13;

// What a process is told that was started with such a socket; descriptor 3 is this one's own.
int told(const std::string &bound_at, const std::string &asked_for, int how_many = 1)
{
    const pid_t child = ::fork();
    if (child == 0) {
        const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, bound_at.c_str(), bound_at.size());
        if (::bind(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0 ||
            ::listen(fd, 1) != 0 || ::dup2(fd, 3) != 3)
            ::_exit(kBroken);
        if (how_many > 0) {
            ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
            ::setenv("LISTEN_FDS", std::to_string(how_many).c_str(), 1);
        }
        const auto given = given_socket(asked_for);
        const bool is_kept_from_children = std::getenv("LISTEN_FDS") == nullptr;
        if (!given)
            ::_exit(kRefused);
        ::_exit(!given->has_value() ? kNothing : is_kept_from_children ? kGiven : kBroken);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    std::filesystem::remove(bound_at);
    return WIFEXITED(status) ? WEXITSTATUS(status) : kBroken;
}

TEST(GivenSocket, IsTakenWhereTheConfigurationNamesIt)
{
    const std::string path =
        (std::filesystem::temp_directory_path() / ("given-" + std::to_string(::getpid()))).string();
    EXPECT_EQ(told(path, path, 0), kNothing);
    EXPECT_EQ(told(path, path), kGiven);
    EXPECT_EQ(told(path, path + "-other"), kRefused);
    EXPECT_EQ(told(path, path, 2), kRefused);
}

} // namespace
} // namespace sentra::pipeline
