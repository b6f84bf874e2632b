// SPDX-License-Identifier: MIT
// The kernel's own notifications of changes in a few directories (fanotify): they come from below
// every way to change a file, so a change that the programs in the kernel do not see is still
// noticed, though only with a path and a pid. In: path patterns. Out: changes of the files they
// name. A write through a mapping is noticed when the last one is gone, a write through a hard link
// outside the directories not at all.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <sentra/event/all.h>

#include "base/fd.h"
#include "base/result.h"

namespace sentra::sensor {

// The files that say who may do what, what runs by itself, and as whom.
[[nodiscard]] std::vector<std::string> default_watched_changes();

struct FileFacts {
    std::uint64_t inode = 0; // 0: there is no such file (any more)
    std::uint64_t size = 0;
    std::uint32_t device_major = 0, device_minor = 0;
    std::uint32_t mode = 0, uid = SENTRA_UNSET, gid = SENTRA_UNSET;
    std::uint32_t links = 0;
};

// Bits of FileChange::what.
enum Changed : std::uint32_t {
    kWritten = 1,
    kClosed = 2,     // by who could have written, through a mapping as well
    kCreated = 4,    // a name was made, for a new file or an old one
    kDeleted = 8,    // a name was removed
    kMovedHere = 16, // by rename
    kMovedAway = 32,
    kMode = 64, // permission bits differ from what they were
    kOwner = 128,
};

struct FileChange {
    std::uint32_t what = 0;
    std::uint32_t pid = 0; // of the process, as the sensor numbers
    std::string directory, name;
    std::uint64_t inode_before = 0; // what the name stood for, where that is known
    FileFacts now;                  // a moment later: when the notification was read
    [[nodiscard]] std::string path() const;
};

class FileWatch {
public:
    struct Counts {
        std::uint64_t directories = 0; // that are watched
        std::uint64_t refused = 0;     // that could not be
        std::uint64_t overflows = 0;   // of the kernel's queue: changes are missing
        std::uint64_t elsewhere = 0;   // by a process the sensor's pid namespace does not hold
    };

    // Needs CAP_SYS_ADMIN; nothing that follows does (refresh() needs to be able to read the
    // directories).
    [[nodiscard]] static Result<FileWatch> open(std::vector<std::string> patterns);

    // Directories that are there by now and were not before.
    void refresh();
    // What has happened to files that a pattern names, by others than this process.
    void read(const std::function<void(FileChange)> &take);
    // The watched directory that a path's directory is, whatever it is called; else empty.
    [[nodiscard]] std::string_view same_directory(const std::string &path);

    [[nodiscard]] int fd() const { return group_.get(); }
    [[nodiscard]] const Counts &counts() const { return counts_; }

private:
    struct Directory {
        std::string path;
        std::uint64_t inode = 0, device = 0;
        std::vector<std::string> names;         // patterns
        std::map<std::string, FileFacts> files; // as last seen, of those that a pattern names
    };
    using Place = std::pair<std::uint64_t, std::uint64_t>; // device, inode

    FileWatch(Fd group, std::vector<std::string> patterns)
        : group_(std::move(group)), patterns_(std::move(patterns))
    {}
    void add(const std::string &path, const std::string &name);
    void take_event(const void *event, const std::function<void(FileChange)> &take);
    void take_change(Directory &directory, std::string name, std::uint64_t mask, std::uint32_t pid,
                     const std::function<void(FileChange)> &take);

    Fd group_;
    std::vector<std::string> patterns_;
    std::unordered_map<std::string, Directory> directories_; // by the kernel's handle
    std::map<Place, std::string> handles_;
    std::unordered_map<std::string, std::string> aliases_; // spelled otherwise -> path or ""
    Counts counts_;
    bool is_stale_ = false; // a directory was made in one that is watched
};

} // namespace sentra::sensor
