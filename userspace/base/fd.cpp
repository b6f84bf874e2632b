// SPDX-License-Identifier: MIT
#include "base/fd.h"

#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

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

Result<void> replace_file(const std::string &path, std::string_view bytes, unsigned mode, Keep keep)
{
    const std::string what = "write " + printable(path, 400);
    std::string beside = path + ".XXXXXX";
    const Fd file(::mkostemp(beside.data(), O_CLOEXEC));
    if (!file.is_open())
        return system_failure(what, errno);
    Result<void> done = write_all(file, bytes);
    if (done &&
        (::fchmod(file.get(), mode) != 0 || (keep == Keep::safely && ::fsync(file.get()) != 0) ||
         ::rename(beside.c_str(), path.c_str()) != 0))
        done = system_failure(what, errno);
    if (!done) {
        ::unlink(beside.c_str());
        return tl::unexpected(std::move(done.error()).within(what));
    }
    if (keep == Keep::soon)
        return {};
    const std::string folder(directory_name(path));
    const Fd within(
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (within.is_open())
        ::fsync(within.get()); // some file systems cannot; the file itself is safe
    return {};
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
