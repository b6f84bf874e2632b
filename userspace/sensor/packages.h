// SPDX-License-Identifier: MIT
// Which package brought a program, by the host's dpkg database: read on a thread of its own, and
// again when it has changed. Never guesses: while dpkg is at work, or after it until the database
// has been read again, a path that the last reading did not have may have come since, and the
// answer is "not known". What the last reading had keeps its answer: dpkg replaces files under
// their names. Hosts without dpkg: never known.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include <sentra/event/process.h>

#include "base/fd.h"
#include "sensor/package_index.h"

namespace sentra::sensor {

class Packages {
public:
    // root: "" for this host; ask() and of_program() belong to one thread.
    explicit Packages(std::string root = "");
    Packages(const Packages &) = delete;
    Packages &operator=(const Packages &) = delete;
    ~Packages();

    // Until the first reading is done; false: it takes longer.
    bool await(std::chrono::milliseconds longest);

    struct Answer {
        bool is_known = false;
        std::string_view package; // empty: none; valid until the next question
    };
    // boot_ns: when the path was run. The database is looked at again if it was not since then.
    [[nodiscard]] Answer ask(std::string_view path, std::uint64_t boot_ns);
    // Of a record's program, with its path as the kernel has it. In another root than the host's,
    // or where the file can no longer be told from the package's: not known.
    [[nodiscard]] Answer of_program(const sentra_exec &exec, std::string_view path,
                                    std::uint64_t boot_ns);

private:
    struct Stamp {
        std::array<std::int64_t, 12> parts{};
        friend bool operator==(const Stamp &, const Stamp &) = default;
    };
    struct Reading {
        PackageIndex index;
        Stamp stamp;
        std::uint64_t began_ns = 0; // boot time; 0 for the first: the database was there before us
    };

    [[nodiscard]] Stamp stamp() const;
    void open_lock();
    [[nodiscard]] bool is_locked();
    void look(std::uint64_t now_ns);
    void work();
    void read_if_changed();
    [[nodiscard]] std::shared_ptr<const Reading> latest();

    const std::string root_, database_;
    std::uint32_t host_mounts_ = 0; // mount namespace of the host's first process; 0: not known

    // The asking thread's.
    Fd lock_;
    std::shared_ptr<const Reading> asked_;
    std::uint64_t looked_ns_ = 0;
    bool is_settled_ = false; // at that look: nobody at work, and nothing changed since the reading

    // Both threads'.
    std::mutex mutex_;
    std::condition_variable wake_, done_;
    std::shared_ptr<const Reading> reading_;
    bool has_tried_ = false, stopping_ = false, wanted_ = false;

    std::thread thread_; // last: everything else is there when it begins
};

} // namespace sentra::sensor
