// SPDX-License-Identifier: MIT
// The process tree by (pid, start): every kernel event goes in, immutable pictures come out.
// Processes that ended are kept for a while, because journal lines come late. Bounded; forgetting
// before its time is counted.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "event/event.h"
#include "event/source.h"
#include "session/actor.h"
#include "session/process.h"

namespace sentra::session {

struct ProcessLimits {
    std::size_t processes = 65'536;
    // Command lines are what makes processes differ in size: 65,536 average ones take 20 MiB.
    std::size_t text_bytes = std::size_t{64} << 20;
    // 99.9 % of command lines; the exec event itself has the whole one.
    std::size_t args_bytes = 4096;
    std::uint64_t exited_kept_ns = 30'000'000'000;
    std::uint16_t chain_depth = 64; // ancestors a picture holds on to
};

class ProcessTable {
public:
    struct Image {
        std::uint64_t from_ns = 0;
        std::shared_ptr<const Process> process;
    };
    struct Entry {
        std::shared_ptr<const Process> now;
        std::vector<Image> before;    // earlier programs, oldest first, the latest few
        std::uint64_t since_ns = 0;   // when `now` began to be its program
        std::uint64_t born_ns = 0;    // Unix; 0: not known, before everything
        std::uint64_t exited_ns = 0;  // 0: runs
        std::uint64_t looked_ns = 0;  // when a look at all processes last found it; 0: never
        bool end_is_inferred = false; // a look did not find it: its end was lost
        std::uint64_t revision = 0;   // counts changes of `now`
        std::list<ProcessKey>::iterator place;
        std::size_t text_bytes = 0;
        std::uint64_t inner_index = 0; // under which its own pid namespace's number is found, or 0
        std::shared_ptr<const Process> as_parent; // `now` with a shortened chain, for deep trees
        // The actor last made for it; Session keeps it here so that it goes with the process.
        std::shared_ptr<const Actor> actor;
        std::uint64_t actor_revision = 0, actor_epoch = 0;
    };

    explicit ProcessTable(event::Losses &losses, ProcessLimits limits = {});

    // Takes any kernel event in. The entry is valid until the next observe().
    Entry &observe(const event::Event &event);
    // A look at all processes is over (meta.snapshot). Those that ran before it and were not found
    // have ended; they are handed back.
    [[nodiscard]] std::vector<std::shared_ptr<const Process>> end_look(const event::Event &event);
    void learn_cgroup(std::uint64_t id, std::string_view path);
    void set_clock(std::int64_t boot_to_unix_ns) { boot_to_unix_ns_ = boot_to_unix_ns; }
    void forget_exited(std::uint64_t now_ns);
    void clear();

    [[nodiscard]] const Entry *find(const ProcessKey &key) const;
    // Who had this pid at that time: the one that ran, else the one that ended last before it.
    // pid_namespace 0: as the sensor numbers.
    [[nodiscard]] const Entry *at(std::uint32_t pid_namespace, std::uint32_t pid,
                                  std::uint64_t time_ns) const;
    // Latest holder of the pid, as the sensor numbers.
    [[nodiscard]] const Entry *latest(std::uint32_t pid_namespace, std::uint32_t pid) const;
    // What it was at that time.
    [[nodiscard]] static const std::shared_ptr<const Process> &image_at(const Entry &entry,
                                                                        std::uint64_t time_ns);
    // The parent as it was at the fork, else as the table knows it by now; may be null.
    [[nodiscard]] const Process *parent_of(const Process &process) const;
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

private:
    struct KeyHash {
        std::size_t operator()(const ProcessKey &key) const
        {
            return static_cast<std::size_t>((key.start_ns * 0x9e3779b97f4a7c15U) ^ key.pid);
        }
    };
    using PidIndex = std::unordered_map<std::uint64_t, std::vector<ProcessKey>>;

    Entry &enter(const event::Event &event, const sentra_actor &actor);
    void change(Entry &entry, std::shared_ptr<const Process> process);
    void take_exec(Entry &entry, const event::Event &event);
    void take_snapshot(Entry &entry, const event::Event &event);
    void run_program(Entry &entry, const event::Event &event, bool is_another);
    void take_facts(Entry &entry, const sentra_actor &actor);
    void link_parent(Entry &entry);
    void fill_from_exec(Process &process, const event::Event &event);
    [[nodiscard]] std::shared_ptr<const Process> picture_for_children(Entry &entry) const;
    void mark_exited(Entry &entry, std::uint64_t time_ns);
    void revive(Entry &entry);
    void make_room(const ProcessKey &keep);
    void erase(const ProcessKey &key);
    void index(std::uint64_t at, const ProcessKey &key);
    void unindex(std::uint64_t at, const ProcessKey &key);
    [[nodiscard]] Entry *find_mutable(const ProcessKey &key);

    event::Losses &losses_;
    ProcessLimits limits_;
    std::int64_t boot_to_unix_ns_ = 0; // 0: no clock record yet
    std::unordered_map<ProcessKey, Entry, KeyHash> entries_;
    PidIndex by_pid_;                        // (pid namespace, pid); namespace 0 is the sensor's
    std::list<ProcessKey> running_, exited_; // longest untouched first; ended first
    std::unordered_map<std::uint64_t, std::string> cgroups_;
    std::list<std::uint64_t> cgroup_order_;
    std::size_t text_bytes_ = 0;
};

} // namespace sentra::session
