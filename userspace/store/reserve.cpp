// SPDX-License-Identifier: MIT
#include "store/reserve.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"

namespace sentra::store {

namespace {

// Signals have 1.4 kB on average: 32 MiB is more than a month of the worst day.
constexpr std::uint64_t kMostBytes = 32ULL * 1024 * 1024;
constexpr std::uint64_t kShareOfDisk = 16;

struct Room {
    std::uint64_t free_bytes = 0, wanted_bytes = 0;
};

Room room_of(const std::string &folder)
{
    struct statvfs disk = {};
    if (::statvfs(folder.c_str(), &disk) != 0)
        return {};
    const std::uint64_t total_bytes = std::uint64_t{disk.f_blocks} * disk.f_frsize;
    return {std::uint64_t{disk.f_bavail} * disk.f_frsize,
            std::min(kMostBytes, total_bytes / kShareOfDisk)};
}

} // namespace

Reserve::Reserve(const std::string &store_path)
    : path_(store_path + ".reserve"), folder_(directory_name(store_path))
{
    struct stat about = {};
    is_kept_ = (::stat(path_.c_str(), &about) == 0 && about.st_blocks > 0) || keep();
}

bool Reserve::keep()
{
    const Room room = room_of(folder_);
    // It must not be what fills the disk.
    if (room.wanted_bytes == 0 || room.free_bytes < 2 * room.wanted_bytes)
        return false;
    const Fd file(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.is_open())
        return false;
    if (::posix_fallocate(file.get(), 0, static_cast<off_t>(room.wanted_bytes)) == 0)
        return true;
    ::unlink(path_.c_str());
    return false;
}

bool Reserve::release()
{
    const bool was_kept = is_kept_;
    is_kept_ = false;
    return ::unlink(path_.c_str()) == 0 && was_kept;
}

bool Reserve::has_room()
{
    if (!is_kept_)
        is_kept_ = keep();
    const Room room = room_of(folder_);
    if (room.wanted_bytes == 0)
        return true; // a file system that does not say how large it is
    return is_kept_ && room.free_bytes >= room.wanted_bytes;
}

} // namespace sentra::store
