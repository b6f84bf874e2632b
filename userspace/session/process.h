// SPDX-License-Identifier: MIT
// One process as the events have told it. Immutable: an exec or a change of credentials makes a new
// one, so whoever holds the old one (evidence) keeps what was true then.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>

#include <sentra/event/process.h>

namespace sentra::session {

struct ProcessKey {
    std::uint32_t pid = 0;
    std::uint64_t start_ns = 0; // boot time: pids are reused, (pid, start) is not
    friend auto operator<=>(const ProcessKey &, const ProcessKey &) = default;
};

struct Process {
    ProcessKey key;
    ProcessKey spawned_by; // whoever was its parent when it was first met: who starts a process
                           // does not change when he ends and another one becomes its parent
    std::shared_ptr<const Process> parent; // that one, as he was at the fork; may be null
    sentra_actor facts{};                  // of its latest event: ids, namespaces, audit session
    std::string executable;                // empty: never seen to exec and not in the snapshot
    std::uint64_t inode = 0;               // of the executable; 0: not known
    std::uint32_t device_major = 0, device_minor = 0;
    std::string given_path; // as handed to execve
    std::string args;       // NUL-separated, as in the record
    std::string working_directory;
    std::string tty;
    std::string cgroup;             // path, v2
    std::uint64_t exec_time_ns = 0; // Unix; 0 if it only forked; an exec that was lost: when a
                                    // later look showed it
    std::string broker;             // sudo, su, ...: what this very process was before it
                                    // ran the program it was asked for
    std::string package;            // that brought its program, by the host's package database
    bool package_known = false;     // package is a fact: empty means none did
    bool foreign_root = false;      // it began in another root than the host's
    bool secure_exec = false;       // its program was set-id or had file capabilities
    bool from_snapshot = false;
    std::uint16_t depth = 0; // ancestors it holds on to, at most 64
};

} // namespace sentra::session
