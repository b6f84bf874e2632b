// SPDX-License-Identifier: MIT
// Which noticed changes no record tells of. Pure: in go the records as they pass and the changes as
// they are noticed; out come, a second later, those that nobody told. Bounded; what finds no room
// is counted.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "event/record.h"
#include "sensor/file_watch.h"

namespace sentra::sensor {

class Unexplained {
public:
    // The watched directory that this path is, whatever it is called; else empty.
    using SameDirectory = std::function<std::string_view(const std::string &)>;
    explicit Unexplained(SameDirectory same) : same_(std::move(same)) {}

    // A kernel record; only files in watched directories are remembered.
    void told(const event::Record &record);
    // now_ns: Unix time, as in the records.
    void noticed(FileChange change, std::uint64_t now_ns);
    // What was noticed a second before now_ns and is not explained, in the order noticed. what is
    // reduced to what was not told.
    [[nodiscard]] std::vector<FileChange> due(std::uint64_t now_ns);
    [[nodiscard]] bool is_waiting() const { return !waiting_.empty(); }
    [[nodiscard]] std::uint64_t explained() const { return explained_; }
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

private:
    struct Told {
        std::uint64_t time_ns = 0;
        std::uint32_t pid = 0;
        std::uint32_t explains = 0; // bits of Changed
        bool is_claim = false;      // the path is the caller's word
        std::uint64_t device = 0;
    };
    // Oldest first. Ended as a whole: nothing has to be looked for to make room.
    struct Generation {
        std::unordered_map<std::string, std::vector<Told>> by_path;
        std::unordered_map<std::uint64_t, std::vector<Told>> by_inode;
        std::size_t count = 0;
    };
    struct Waiting {
        FileChange change;
        std::uint64_t first_ns = 0;
    };

    void remember(const Told &told, std::uint64_t inode, std::string_view path);
    [[nodiscard]] std::uint32_t explained_by(const Told &told, const Waiting &waiting) const;
    [[nodiscard]] std::uint32_t all_explained(const Waiting &waiting) const;

    SameDirectory same_;
    std::array<Generation, 2> told_;                            // the present one, the one before
    std::deque<Waiting> waiting_;                               // as noticed
    std::unordered_map<std::string, std::uint64_t> waiting_at_; // by process and path: its number
    std::uint64_t gone_ = 0;                                    // numbers before waiting_'s first
    std::uint64_t explained_ = 0, dropped_ = 0;
};

} // namespace sentra::sensor
