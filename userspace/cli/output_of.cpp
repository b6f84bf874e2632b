// SPDX-License-Identifier: MIT
#include "cli/output_of.h"

#include <cerrno>
#include <chrono>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"

namespace sentra::cli {

namespace {

// The other end is the program's standard output.
Result<pid_t> start(const std::vector<std::string> &words, const Fd &output)
{
    std::vector<char *> arguments;
    arguments.reserve(words.size() + 1);
    for (const std::string &word : words)
        arguments.push_back(const_cast<char *>(word.c_str())); // posix_spawn's old signature
    arguments.push_back(nullptr);
    char *environment[] = {nullptr};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, output.get(), STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const int error = ::posix_spawn(&child, words.front().c_str(), &actions, nullptr,
                                    arguments.data(), environment);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        return system_failure(words.front(), error);
    return child;
}

} // namespace

Result<std::string> output_of(const std::vector<std::string> &words, std::size_t bytes_most,
                              int patience_ms)
{
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return system_failure("pipe", errno);
    const Fd from(ends[0]);
    Fd to(ends[1]);
    const auto child = start(words, to);
    if (!child)
        return tl::unexpected(child.error());
    to.reset();
    std::string said;
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
    while (said.size() < bytes_most) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            until - std::chrono::steady_clock::now());
        pollfd wait{from.get(), POLLIN, 0};
        if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) <= 0)
            break;
        char buffer[65536];
        const ssize_t got = ::read(from.get(), buffer, sizeof buffer);
        if (got <= 0)
            break;
        said.append(buffer, static_cast<std::size_t>(got));
    }
    said.resize(std::min(said.size(), bytes_most));
    (void)::kill(*child, SIGKILL); // our own child, not waited for yet: the number is its own
    (void)::waitpid(*child, nullptr, 0);
    return said;
}

} // namespace sentra::cli
