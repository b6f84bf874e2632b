// SPDX-License-Identifier: MIT
#include "base/fd.h"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace sentra {

void Fd::reset()
{
    if (number_ >= 0)
        ::close(std::exchange(number_, -1));
}

Result<std::string> read_file(const std::string &path)
{
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.is_open())
        return system_failure("open " + path, errno);
    std::string text;
    char buffer[16384];
    for (;;) {
        const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
        if (got == 0)
            return text;
        if (got > 0)
            text.append(buffer, static_cast<std::size_t>(got));
        else if (errno != EINTR)
            return system_failure("read " + path, errno);
    }
}

Result<void> write_all(const Fd &fd, std::string_view bytes)
{
    return write_all(fd.get(), bytes);
}

Result<void> write_all(int descriptor, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t put = ::write(descriptor, bytes.data(), bytes.size());
        if (put >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(put));
        else if (errno != EINTR)
            return system_failure("write", errno);
    }
    return {};
}

} // namespace sentra
