// SPDX-License-Identifier: MIT
// Changes of protected files that the programs in the kernel did not see: 32-bit calls, io_uring,
// whatever comes next. In: the kernel's notifications, and every record as it passes. Out, a second
// after the change: file.write, file.delete, file.rename, file.link, file.mode, file.owner with
// file.by_watch. Facts are the path, what was done and the pid; who that is comes from the records
// and /proc. Owned by the sensor, whose thread it runs on.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "event/record.h"
#include "sensor/actors.h"
#include "sensor/clock.h"
#include "sensor/file_watch.h"
#include "sensor/unexplained.h"
#include "sensor/wanted.h"

namespace sentra::sensor {

// The records that one change makes, in Unix time, without sequence. origin: the path before it was
// moved here; empty where that is not certain.
[[nodiscard]] std::vector<event::Record> records_of(const FileChange &change,
                                                    const sentra_actor &actor,
                                                    const std::string &origin,
                                                    std::uint64_t time_ns);

// Pairs what was moved away with where it went, by process and inode. Per change the index of its
// origin, which then no longer counts as moved away, or -1.
[[nodiscard]] std::vector<int> pair_moves(std::vector<FileChange> &changes);

// Would the kernel half tell this type in this directory, by this name?
[[nodiscard]] bool is_asked_for(const Wanted &wanted, sentra_type type, std::string_view directory,
                                std::string_view name);

class ChangeSource {
public:
    // Where the kernel half is not asked to tell anything, that it told nothing means nothing.
    using Asked = std::function<bool(sentra_type, std::string_view directory, std::string_view)>;
    using Trusted = std::function<bool(std::uint64_t cgroup)>;

    // Needs CAP_SYS_ADMIN; nothing later does.
    [[nodiscard]] static Result<std::unique_ptr<ChangeSource>>
    open(std::vector<std::string> patterns, Asked asked, Trusted trusted);
    ChangeSource(const ChangeSource &) = delete;
    ChangeSource &operator=(const ChangeSource &) = delete;

    [[nodiscard]] int fd() const { return watch_.fd(); }
    void passed(const event::Record &record); // every record of the kernel's
    // After the ring has been drained. put gets records without a sequence.
    void turn(const BootClock &clock, const std::function<void(event::Record)> &put);
    void refresh() { watch_.refresh(); }

    [[nodiscard]] const FileWatch::Counts &counts() const { return watch_.counts(); }
    // Changes that were not looked into: the kernel's queue or ours was full.
    [[nodiscard]] std::uint64_t lost() const;
    [[nodiscard]] std::uint64_t explained() const { return unexplained_.explained(); }
    [[nodiscard]] std::uint64_t told() const { return told_; }

private:
    ChangeSource(FileWatch watch, Asked asked, Trusted trusted);
    [[nodiscard]] sentra_actor actor_of(std::uint32_t pid, std::uint64_t boot_ns) const;

    FileWatch watch_;
    Unexplained unexplained_;
    Actors actors_;
    Asked asked_;
    Trusted trusted_;
    struct Looked {
        std::uint64_t boot_ns = 0;
        std::optional<sentra_actor> now;
    };
    std::unordered_map<std::uint32_t, Looked> looked_; // by pid, while changes of it wait
    std::uint64_t told_ = 0;
};

} // namespace sentra::sensor
