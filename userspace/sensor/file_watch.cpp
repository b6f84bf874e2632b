// SPDX-License-Identifier: MIT
#include "sensor/file_watch.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <new>

#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <sys/fanotify.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/text.h"
#include "sensor/sensor.h"

namespace sentra::sensor {

namespace {

// Each costs the kernel a mark (some 100 bytes) and the directory kept in memory.
constexpr std::size_t kDirectoriesMax = 512;
// Of one directory; a vendor's systemd units are 400.
constexpr std::size_t kFilesMax = 4096;
constexpr std::size_t kAliasesMax = 1024;

constexpr std::uint64_t kMask = FAN_MODIFY | FAN_CLOSE_WRITE | FAN_ATTRIB | FAN_CREATE |
                                FAN_DELETE | FAN_MOVED_FROM | FAN_MOVED_TO | FAN_EVENT_ON_CHILD |
                                FAN_ONDIR;

// The file system and the handle together, as both the kernel's events and name_to_handle_at() tell
// them.
std::string handle_key(const void *fsid, const file_handle &handle)
{
    std::string key(static_cast<const char *>(fsid), sizeof(__kernel_fsid_t));
    key.append(reinterpret_cast<const char *>(&handle.handle_type), sizeof handle.handle_type);
    key.append(reinterpret_cast<const char *>(handle.f_handle), handle.handle_bytes);
    return key;
}

Result<std::string> handle_of(const std::string &path)
{
    alignas(file_handle) std::array<std::byte, sizeof(file_handle) + MAX_HANDLE_SZ> bytes{};
    auto *handle = new (bytes.data()) file_handle{};
    handle->handle_bytes = MAX_HANDLE_SZ;
    int mount = 0;
    struct statfs system {};
    if (name_to_handle_at(AT_FDCWD, path.c_str(), handle, &mount, 0) != 0)
        return system_failure(path, errno);
    if (statfs(path.c_str(), &system) != 0)
        return system_failure(path, errno);
    return handle_key(&system.f_fsid, *handle);
}

FileFacts facts_of(const struct stat &found)
{
    FileFacts facts;
    facts.inode = found.st_ino;
    facts.size = static_cast<std::uint64_t>(found.st_size);
    facts.device_major = major(found.st_dev);
    facts.device_minor = minor(found.st_dev);
    facts.mode = found.st_mode;
    facts.uid = found.st_uid;
    facts.gid = found.st_gid;
    facts.links = static_cast<std::uint32_t>(found.st_nlink);
    return facts;
}

FileFacts facts_at(const std::string &path)
{
    struct stat found {};
    return lstat(path.c_str(), &found) == 0 ? facts_of(found) : FileFacts{};
}

bool is_named(const std::vector<std::string> &patterns, const std::string &name)
{
    return std::any_of(patterns.begin(), patterns.end(), [&name](const std::string &pattern) {
        return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
    });
}

std::uint32_t change_of(std::uint64_t mask)
{
    std::uint32_t what = 0;
    what |= (mask & FAN_MODIFY) != 0 ? kWritten : 0U;
    what |= (mask & FAN_CLOSE_WRITE) != 0 ? kClosed : 0U;
    what |= (mask & FAN_CREATE) != 0 ? kCreated : 0U;
    what |= (mask & FAN_DELETE) != 0 ? kDeleted : 0U;
    what |= (mask & FAN_MOVED_TO) != 0 ? kMovedHere : 0U;
    what |= (mask & FAN_MOVED_FROM) != 0 ? kMovedAway : 0U;
    return what;
}

} // namespace

std::vector<std::string> default_watched_changes()
{
    return {"/etc/passwd",
            "/etc/shadow",
            "/etc/group",
            "/etc/gshadow",
            "/etc/sudoers",
            "/etc/sudoers.d/*",
            "/etc/doas.conf",
            "/etc/nsswitch.conf",
            "/etc/pam.d/*",
            "/etc/security/*",
            "/etc/polkit-1/rules.d/*",
            "/etc/ssh/*",
            "/etc/ssh/sshd_config.d/*",
            "/root/.ssh/*",
            "/home/*/.ssh/*",
            "/etc/ld.so.preload",
            "/etc/ld.so.conf",
            "/etc/ld.so.conf.d/*",
            "/etc/crontab",
            "/etc/cron.d/*",
            "/etc/cron.hourly/*",
            "/etc/cron.daily/*",
            "/etc/cron.weekly/*",
            "/etc/cron.monthly/*",
            "/var/spool/cron/crontabs/*",
            "/etc/init.d/*",
            "/etc/rc.local",
            "/etc/systemd/system/*",
            "/etc/systemd/system/*/*",
            "/etc/systemd/user/*",
            "/etc/systemd/system-generators/*",
            "/usr/lib/systemd/system/*",
            "/usr/local/lib/systemd/system/*",
            "/etc/udev/rules.d/*",
            "/etc/modules",
            "/etc/modules-load.d/*",
            "/etc/modprobe.d/*",
            "/etc/environment",
            "/etc/profile",
            "/etc/bash.bashrc",
            "/etc/profile.d/*",
            "/root/.bashrc",
            "/root/.profile",
            "/etc/update-motd.d/*",
            "/etc/apt/apt.conf.d/*"};
}

std::string FileChange::path() const
{
    return join_path(directory, name);
}

Result<FileWatch> FileWatch::open(std::vector<std::string> patterns)
{
    // The kernel's queue is bounded at 16,384 changes: its limit is kept, its overflow is told.
    Fd group(fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK | FAN_UNLIMITED_MARKS |
                               FAN_REPORT_DFID_NAME,
                           O_RDONLY | O_CLOEXEC));
    if (!group.is_open())
        return system_failure("fanotify", errno);
    FileWatch watch(std::move(group), std::move(patterns));
    watch.refresh();
    return watch;
}

void FileWatch::refresh()
{
    is_stale_ = false;
    aliases_.clear();
    counts_.refused = 0;
    for (const std::string &pattern : patterns_) {
        glob_t found{};
        const std::string folder(directory_name(pattern));
        if (glob(folder.c_str(), GLOB_NOSORT | GLOB_ONLYDIR, nullptr, &found) == 0)
            for (std::size_t i = 0; i < found.gl_pathc; ++i)
                add(found.gl_pathv[i], std::string(base_name(pattern)));
        globfree(&found);
    }
    // What was renamed away or replaced: its path would be a lie by now.
    for (auto place = handles_.begin(); place != handles_.end();) {
        const auto directory = directories_.find(place->second);
        struct stat found {};
        if (stat(directory->second.path.c_str(), &found) == 0 &&
            found.st_ino == directory->second.inode && found.st_dev == directory->second.device) {
            ++place;
            continue;
        }
        directories_.erase(directory);
        place = handles_.erase(place);
    }
    counts_.directories = directories_.size();
}

void FileWatch::add(const std::string &path, const std::string &name)
{
    struct stat found {};
    if (stat(path.c_str(), &found) != 0 || !S_ISDIR(found.st_mode))
        return;
    const Place place{found.st_dev, found.st_ino};
    auto handle = handles_.find(place);
    if (handle == handles_.end()) {
        const std::unique_ptr<char, decltype(&std::free)> real(realpath(path.c_str(), nullptr),
                                                               &std::free);
        auto key = real ? handle_of(real.get()) : system_failure(path, errno);
        if (!key || directories_.size() >= kDirectoriesMax ||
            fanotify_mark(group_.get(), FAN_MARK_ADD | FAN_MARK_ONLYDIR, kMask, AT_FDCWD,
                          real.get()) != 0) {
            ++counts_.refused;
            return;
        }
        Directory directory;
        directory.path = real.get();
        directory.inode = found.st_ino;
        directory.device = found.st_dev;
        directories_[*key] = std::move(directory);
        handle = handles_.emplace(place, std::move(*key)).first;
    }
    Directory &directory = directories_[handle->second];
    if (std::find(directory.names.begin(), directory.names.end(), name) != directory.names.end())
        return;
    directory.names.push_back(name);
    std::error_code error;
    for (std::filesystem::directory_iterator entry(directory.path, error), end;
         !error && entry != end && directory.files.size() < kFilesMax; entry.increment(error))
        if (std::string file = entry->path().filename(); is_named({name}, file))
            directory.files.emplace(file, facts_at(entry->path()));
}

void FileWatch::read(const std::function<void(FileChange)> &take)
{
    alignas(fanotify_event_metadata) std::array<char, 65536> bytes{};
    for (;;) {
        const ssize_t got = ::read(group_.get(), bytes.data(), bytes.size());
        if (got <= 0)
            break; // nothing more (EAGAIN), or not now
        auto left = static_cast<std::size_t>(got);
        for (const char *at = bytes.data(); left >= sizeof(fanotify_event_metadata);) {
            fanotify_event_metadata event{};
            std::memcpy(&event, at, sizeof event);
            if (event.event_len < sizeof event || event.event_len > left)
                break;
            take_event(at, take);
            at += event.event_len;
            left -= event.event_len;
        }
    }
    if (is_stale_)
        refresh();
}

// Behind the event's head lies the directory's handle, and behind that the name.
void FileWatch::take_event(const void *event, const std::function<void(FileChange)> &take)
{
    const auto *at = static_cast<const char *>(event);
    fanotify_event_metadata head{};
    std::memcpy(&head, at, sizeof head);
    if ((head.mask & FAN_Q_OVERFLOW) != 0) {
        ++counts_.overflows;
        return;
    }
    if (head.pid == getpid())
        return;
    if (head.pid == 0) {
        ++counts_.elsewhere;
        return;
    }
    fanotify_event_info_fid info{};
    file_handle handle{};
    constexpr std::size_t fixed = sizeof info + sizeof handle;
    if (head.event_len < head.metadata_len + fixed)
        return;
    at += head.metadata_len;
    std::memcpy(&info, at, sizeof info);
    std::memcpy(&handle, at + sizeof info, sizeof handle);
    const std::size_t name_at = fixed + handle.handle_bytes;
    if (info.hdr.info_type != FAN_EVENT_INFO_TYPE_DFID_NAME ||
        handle.handle_bytes > MAX_HANDLE_SZ || name_at >= info.hdr.len ||
        head.metadata_len + info.hdr.len > head.event_len)
        return;
    alignas(file_handle) std::array<std::byte, sizeof(file_handle) + MAX_HANDLE_SZ> whole{};
    std::memcpy(whole.data(), at + sizeof info, sizeof handle + handle.handle_bytes);
    const auto directory = directories_.find(
        handle_key(&info.fsid, *reinterpret_cast<const file_handle *>(whole.data())));
    if (directory == directories_.end())
        return;
    const char *name = at + name_at;
    take_change(directory->second, std::string(name, strnlen(name, info.hdr.len - name_at)),
                head.mask, static_cast<std::uint32_t>(head.pid), take);
}

void FileWatch::take_change(Directory &directory, std::string name, std::uint64_t mask,
                            std::uint32_t pid, const std::function<void(FileChange)> &take)
{
    if ((mask & FAN_ONDIR) != 0) {
        is_stale_ = is_stale_ || (mask & (FAN_CREATE | FAN_MOVED_TO)) != 0;
        return;
    }
    if (name == "." || !is_named(directory.names, name))
        return;
    FileChange change;
    change.what = change_of(mask);
    change.pid = pid;
    change.directory = directory.path;
    change.now = facts_at(join_path(directory.path, name));
    const auto known = directory.files.find(name);
    change.inode_before = known == directory.files.end() ? 0 : known->second.inode;
    if (known != directory.files.end() && known->second.inode == change.now.inode) {
        constexpr std::uint32_t permissions = 07777;
        const FileFacts &before = known->second;
        if ((before.mode & permissions) != (change.now.mode & permissions))
            change.what |= kMode;
        if (before.uid != change.now.uid || before.gid != change.now.gid)
            change.what |= kOwner;
    }
    if (change.now.inode == 0)
        directory.files.erase(name);
    else if (known != directory.files.end() || directory.files.size() < kFilesMax)
        directory.files[name] = change.now;
    change.name = std::move(name);
    if (change.what != 0)
        take(std::move(change));
}

std::string_view FileWatch::same_directory(const std::string &path)
{
    if (const auto known = aliases_.find(path); known != aliases_.end())
        return known->second;
    if (aliases_.size() >= kAliasesMax)
        aliases_.clear();
    struct stat found {};
    std::string is;
    if (stat(path.c_str(), &found) == 0)
        if (const auto handle = handles_.find({found.st_dev, found.st_ino});
            handle != handles_.end())
            is = directories_[handle->second].path;
    return aliases_.emplace(path, std::move(is)).first->second;
}

} // namespace sentra::sensor
