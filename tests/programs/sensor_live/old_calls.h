// SPDX-License-Identifier: MIT
// The 32-bit system calls, which a 64-bit program may make as well: by int $0x80, with addresses
// below 4 GiB.
#pragma once

#if defined(__x86_64__)

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live.h"

namespace sentra::live {

// Only for children: it ends them when there is no memory.
class OldCalls {
public:
    OldCalls()
        : low_(static_cast<char *>(mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0)))
    {
        must(low_ != MAP_FAILED, "mmap");
    }

    int open(const std::string &path, int flags) { return call(5, at(path, 0), flags, 0644); }
    int write(int fd, const std::string &text)
    {
        return call(4, fd, at(text, 0), static_cast<int>(text.size()));
    }
    int chmod(const std::string &path, int mode) { return call(15, at(path, 0), mode, 0); }
    int rename(const std::string &from, const std::string &to)
    {
        return call(38, at(from, 0), at(to, kBytes / 2), 0);
    }
    int identity() { return call(20, 0, 0, 0); } // getpid

private:
    static constexpr std::size_t kBytes = 8192;

    int at(const std::string &text, std::size_t offset)
    {
        std::memcpy(low_ + offset, text.c_str(), text.size() + 1);
        return static_cast<int>(reinterpret_cast<std::uintptr_t>(low_ + offset));
    }
    static int call(int number, int first, int second, int third)
    {
        int result = number;
        asm volatile("int $0x80"
                     : "+a"(result)
                     : "b"(first), "c"(second), "d"(third)
                     : "memory", "r8", "r9", "r10", "r11", "cc");
        return result;
    }

    char *low_;
};

// A kernel without them ends whoever tries.
inline bool runs_old_calls()
{
    const pid_t pid = fork();
    if (pid == 0) {
        std::signal(SIGSEGV, SIG_DFL);
        OldCalls calls;
        _exit(calls.identity() == getpid() ? 0 : 1);
    }
    int status = 0;
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

} // namespace sentra::live

#endif
