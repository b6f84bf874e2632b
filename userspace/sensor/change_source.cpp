// SPDX-License-Identifier: MIT
#include "sensor/change_source.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <sys/stat.h>
#include <unistd.h>

#include <sentra/sensor.h>

#include "base/text.h"
#include "event/build.h"

namespace sentra::sensor {

namespace {

// Processes with changes that wait to be told, a second long.
constexpr std::size_t kLookedMax = 1024;

std::string link_target(const std::string &path)
{
    std::array<char, SENTRA_PATH_MAX> target{};
    const ssize_t bytes = readlink(path.c_str(), target.data(), target.size());
    return bytes > 0 ? std::string(target.data(), static_cast<std::size_t>(bytes)) : std::string();
}

event::Record record_of(sentra_type type, std::uint32_t flags, const FileChange &change,
                        const sentra_actor &actor, const std::string &origin, std::uint64_t time_ns)
{
    event::Build<sentra_file> record(type, SENTRA_SOURCE_KERNEL, time_ns, 0);
    record->actor = actor;
    record->inode = change.now.inode;
    record->size = change.now.size;
    record->device_major = change.now.device_major;
    record->device_minor = change.now.device_minor;
    record->mode = change.now.mode;
    record->uid = change.now.uid;
    record->gid = change.now.gid;
    record->flags = flags | SENTRA_FILE_BY_WATCH;
    record.text(record->path, change.path());
    record.text(record->origin, origin);
    return record.finish();
}

// A name that was made: for a new file, a symbolic link, or one more name of a file.
std::optional<sentra_type> made(const FileChange &change)
{
    constexpr std::uint32_t written = kWritten | kClosed;
    if ((change.what & (kCreated | written)) == 0)
        return std::nullopt;
    if (S_ISLNK(change.now.mode))
        return SENTRA_FILE_LINK;
    if (change.now.inode != 0 && !S_ISREG(change.now.mode))
        return std::nullopt; // sockets and pipes hold nothing
    const bool is_new_name = (change.what & written) == 0 && change.now.links > 1;
    return is_new_name ? SENTRA_FILE_LINK : SENTRA_FILE_WRITE;
}

std::vector<sentra_type> types_of(const FileChange &change)
{
    std::vector<sentra_type> types;
    if (const auto type = made(change))
        types.push_back(*type);
    if ((change.what & kMovedHere) != 0)
        types.push_back(SENTRA_FILE_RENAME);
    if ((change.what & kMode) != 0)
        types.push_back(SENTRA_FILE_MODE);
    if ((change.what & kOwner) != 0)
        types.push_back(SENTRA_FILE_OWNER);
    if ((change.what & (kDeleted | kMovedAway)) != 0)
        types.push_back(SENTRA_FILE_DELETE);
    return types;
}

} // namespace

std::vector<event::Record> records_of(const FileChange &change, const sentra_actor &actor,
                                      const std::string &origin, std::uint64_t time_ns)
{
    std::vector<event::Record> records;
    for (const sentra_type type : types_of(change)) {
        std::uint32_t flags = 0;
        std::string from;
        if (type == SENTRA_FILE_WRITE && (change.what & kCreated) != 0)
            flags = SENTRA_FILE_CREATED;
        if (type == SENTRA_FILE_LINK && S_ISLNK(change.now.mode)) {
            flags = SENTRA_FILE_SYMBOLIC;
            from = link_target(change.path());
        }
        if (type == SENTRA_FILE_RENAME)
            from = origin;
        records.push_back(record_of(type, flags, change, actor, from, time_ns));
    }
    return records;
}

std::vector<int> pair_moves(std::vector<FileChange> &changes)
{
    std::vector<int> origins(changes.size(), -1);
    for (std::size_t here = 0; here < changes.size(); ++here) {
        if ((changes[here].what & kMovedHere) == 0)
            continue;
        for (std::size_t away = 0; away < changes.size(); ++away) {
            FileChange &from = changes[away];
            if (away == here || (from.what & kMovedAway) == 0 || from.inode_before == 0 ||
                from.pid != changes[here].pid || from.inode_before != changes[here].now.inode)
                continue;
            origins[here] = static_cast<int>(away);
            from.what &= ~std::uint32_t{kMovedAway};
            break;
        }
    }
    return origins;
}

bool is_asked_for(const Wanted &wanted, sentra_type type, std::string_view directory,
                  std::string_view name)
{
    const std::uint64_t bit = std::uint64_t{1} << SENTRA_ROW(static_cast<unsigned>(type));
    if ((wanted.unwanted_types() & bit) != 0)
        return false;
    if ((wanted.placed_types() & bit) == 0)
        return true;
    const Verdict verdict = wanted.verdict(directory);
    if (verdict != Verdict::names)
        return verdict == Verdict::all;
    const std::string lowered = lower_ascii(name);
    const auto &endings = wanted.endings();
    return std::find(wanted.names().begin(), wanted.names().end(), lowered) !=
               wanted.names().end() ||
           std::any_of(endings.begin(), endings.end(), [&lowered](const std::string &ending) {
               return lowered.size() >= ending.size() &&
                      lowered.compare(lowered.size() - ending.size(), ending.size(), ending) == 0;
           });
}

ChangeSource::ChangeSource(FileWatch watch, Asked asked, Trusted trusted)
    : watch_(std::move(watch)),
      unexplained_([this](const std::string &path) { return watch_.same_directory(path); }),
      asked_(std::move(asked)),
      trusted_(std::move(trusted))
{}

Result<std::unique_ptr<ChangeSource>> ChangeSource::open(std::vector<std::string> patterns,
                                                         Asked asked, Trusted trusted)
{
    auto watch = FileWatch::open(std::move(patterns));
    if (!watch)
        return tl::unexpected(watch.error());
    return std::unique_ptr<ChangeSource>(
        new ChangeSource(std::move(*watch), std::move(asked), std::move(trusted)));
}

// A record of this source's own explains nothing.
void ChangeSource::passed(const event::Record &record)
{
    actors_.learn(record);
    if (record.head().type >> 8U != SENTRA_FILE_WRITE >> 8U || record.size() < sizeof(sentra_file))
        return;
    sentra_file file{};
    std::memcpy(&file, record.bytes().data(), sizeof file);
    if ((file.flags & SENTRA_FILE_BY_WATCH) == 0)
        unexplained_.told(record);
}

std::uint64_t ChangeSource::lost() const
{
    return watch_.counts().overflows + unexplained_.dropped();
}

// The number may have been given to another since.
sentra_actor ChangeSource::actor_of(std::uint32_t pid, std::uint64_t boot_ns) const
{
    const sentra_actor *known = actors_.find(pid);
    if (known != nullptr && known->start_ns > boot_ns)
        known = nullptr;
    const auto looked = looked_.find(pid);
    return describe_actor(pid, known, looked == looked_.end() ? std::nullopt : looked->second.now);
}

void ChangeSource::turn(const BootClock &clock, const std::function<void(event::Record)> &put)
{
    const std::uint64_t now_ns = boot_now_ns();
    watch_.read([&](FileChange change) {
        // At once: it may be gone in a moment.
        if (looked_.count(change.pid) == 0 && looked_.size() < kLookedMax)
            looked_.emplace(change.pid, Looked{now_ns, look_at_process(change.pid)});
        unexplained_.noticed(std::move(change), clock.to_unix(now_ns));
    });
    if (!unexplained_.is_waiting())
        return;
    auto changes = unexplained_.due(clock.to_unix(now_ns));
    const std::vector<int> origins = pair_moves(changes);
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const FileChange &change = changes[i];
        const auto looked = looked_.find(change.pid);
        const sentra_actor actor =
            actor_of(change.pid, looked == looked_.end() ? now_ns : looked->second.boot_ns);
        if (trusted_(actor.cgroup_id))
            continue;
        const std::string origin =
            origins[i] < 0 ? "" : changes[static_cast<std::size_t>(origins[i])].path();
        for (event::Record &record : records_of(change, actor, origin, clock.to_unix(now_ns)))
            if (asked_(static_cast<sentra_type>(record.head().type), change.directory,
                       change.name)) {
                ++told_;
                put(std::move(record));
            }
    }
    if (!unexplained_.is_waiting())
        looked_.clear();
}

} // namespace sentra::sensor
