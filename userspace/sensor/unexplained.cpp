// SPDX-License-Identifier: MIT
#include "sensor/unexplained.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "base/time.h"

namespace sentra::sensor {

namespace {

// A notification is read within a poll of the change; a call may end some time after it has made
// it.
constexpr std::uint64_t kBeforeNs = 2 * kSecondNs;
constexpr std::uint64_t kAfterNs = kSecondNs;
constexpr std::size_t kToldMax = 2048; // of a generation
constexpr std::size_t kToldOfOneFile = 32;
constexpr std::size_t kWaitingMax = 8192;

// What a record of that type accounts for.
std::uint32_t explains(std::uint16_t type)
{
    switch (type) {
    case SENTRA_FILE_WRITE:
    case SENTRA_FILE_TRUNCATE:
        return kWritten | kClosed | kCreated;
    case SENTRA_FILE_RENAME: // RENAME_EXCHANGE moves both ways
        return kMovedHere | kMovedAway;
    case SENTRA_FILE_DELETE:
        return kDeleted;
    case SENTRA_FILE_LINK:
        return kCreated;
    case SENTRA_FILE_MODE:
        return kMode;
    case SENTRA_FILE_OWNER: // takes set-id bits away
        return kOwner | kMode;
    default:
        return 0;
    }
}

std::uint64_t device_of(std::uint32_t major, std::uint32_t minor)
{
    return std::uint64_t{major} << 32U | minor;
}

std::string_view text(const event::Record &record, const sentra_text &slice)
{
    return {reinterpret_cast<const char *>(record.bytes().data()) + slice.off, slice.len};
}

} // namespace

void Unexplained::told(const event::Record &record)
{
    const std::uint32_t bits = explains(record.head().type);
    if (bits == 0 || record.size() < sizeof(sentra_file))
        return;
    sentra_file file{};
    std::memcpy(&file, record.bytes().data(), sizeof file);
    Told told;
    told.time_ns = file.head.time_ns;
    told.pid = file.actor.pid;
    told.explains = bits;
    told.is_claim = (file.flags & SENTRA_FILE_PATH_GIVEN) != 0;
    told.device = device_of(file.device_major, file.device_minor);
    remember(told, file.inode, text(record, file.path));
    if (record.head().type == SENTRA_FILE_RENAME)
        remember(told, 0, text(record, file.origin));
}

void Unexplained::remember(const Told &told, std::uint64_t inode, std::string_view path)
{
    const std::string_view directory = same_(std::string(directory_name(path)));
    if (directory.empty())
        return;
    if (told_[0].count >= kToldMax) {
        told_[1] = std::move(told_[0]);
        told_[0] = {};
    }
    // True: it was not known yet.
    const auto add = [&told](std::vector<Told> &all) {
        const auto same = std::find_if(all.begin(), all.end(), [&told](const Told &known) {
            return known.pid == told.pid && known.explains == told.explains &&
                   known.is_claim == told.is_claim && known.device == told.device;
        });
        if (same != all.end()) {
            same->time_ns = told.time_ns;
            return false;
        }
        if (all.size() >= kToldOfOneFile)
            all.erase(all.begin());
        all.push_back(told);
        return true;
    };
    Generation &present = told_[0];
    present.count += add(present.by_path[join_path(directory, base_name(path))]) ? 1U : 0U;
    if (inode != 0)
        present.count += add(present.by_inode[inode]) ? 1U : 0U;
}

// The same process doing several things to one file is one change.
void Unexplained::noticed(FileChange change, std::uint64_t now_ns)
{
    const std::string key = std::to_string(change.pid) + change.path();
    if (const auto known = waiting_at_.find(key); known != waiting_at_.end()) {
        FileChange &earlier = waiting_[known->second - gone_].change;
        earlier.what |= change.what;
        earlier.now = change.now;
        return;
    }
    if (waiting_.size() >= kWaitingMax) {
        ++dropped_;
        return;
    }
    waiting_at_.emplace(key, gone_ + waiting_.size());
    waiting_.push_back({std::move(change), now_ns});
}

// A claim counts for its own process only: somebody else's call on a path that reads the same may
// have meant another file.
std::uint32_t Unexplained::explained_by(const Told &told, const Waiting &waiting) const
{
    const FileChange &change = waiting.change;
    const bool is_own = told.pid == change.pid;
    if (told.is_claim && !is_own)
        return 0;
    if (told.time_ns + kBeforeNs >= waiting.first_ns)
        return told.explains;
    // What a process opened it may write to as long as it likes, and whoever inherited it may be
    // the last to close it.
    return told.explains & ((is_own ? kWritten : 0U) | kClosed);
}

std::uint32_t Unexplained::all_explained(const Waiting &waiting) const
{
    const FileChange &change = waiting.change;
    const std::uint64_t device = device_of(change.now.device_major, change.now.device_minor);
    std::uint32_t bits = 0;
    for (const Generation &generation : told_) {
        if (const auto found = generation.by_path.find(change.path());
            found != generation.by_path.end())
            for (const Told &told : found->second)
                bits |= explained_by(told, waiting);
        if (const auto found = generation.by_inode.find(change.now.inode);
            found != generation.by_inode.end())
            for (const Told &told : found->second)
                bits |= told.device == device ? explained_by(told, waiting) : 0U;
    }
    return bits;
}

std::vector<FileChange> Unexplained::due(std::uint64_t now_ns)
{
    std::vector<FileChange> changes;
    while (!waiting_.empty() && waiting_.front().first_ns + kAfterNs <= now_ns) {
        Waiting &waiting = waiting_.front();
        waiting_at_.erase(std::to_string(waiting.change.pid) + waiting.change.path());
        waiting.change.what &= ~all_explained(waiting);
        if (waiting.change.what != 0)
            changes.push_back(std::move(waiting.change));
        else
            ++explained_;
        waiting_.pop_front();
        ++gone_;
    }
    return changes;
}

} // namespace sentra::sensor
