// SPDX-License-Identifier: MIT
// The kernel's side of the story. Out go records of source KERNEL: the kernel's own, in the order
// the ring holds them (nearly that of time), with paths turned round, joined and in Unix time; and
// meta.clock and meta.loss beside them. Always true: sequence has no gaps; for every event type,
// what the kernel saw is what it handed over + what was filtered + what was lost; the sensor's own
// process is never told. Owned by the pipeline; run() belongs to one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "event/source.h"
#include "sensor/wanted.h"

namespace sentra::sensor {

// Paths (with glob patterns) and bare file names whose opening for reading is told.
[[nodiscard]] std::vector<std::string> default_watched_reads();
// Paths (with glob patterns) of the files that say who may do what, what runs by itself, and as
// whom: where the programs see system calls only, their changes are watched by fanotify as well.
[[nodiscard]] std::vector<std::string> default_watched_changes();

// Where a program sits, the deepest first.
enum class Rung { lsm, kprobe, fentry, tracepoint };
[[nodiscard]] std::string_view name_of(Rung rung);
[[nodiscard]] std::optional<Rung> rung_of(std::string_view name);

struct Options {
    // A directory in a BPF file system in which the kernel half outlives this process; empty: it
    // ends with it.
    std::string pins;
    // For tests: this rung wherever an event has it, and the tracepoint elsewhere.
    std::optional<Rung> only;
    std::uint32_t ring_bytes = 8U << 20U; // rounded up to a power of two
    std::vector<std::string> watched_reads = default_watched_reads();
    std::vector<std::string> watched_changes = default_watched_changes();
    std::chrono::milliseconds poll{100};
    // What the rules need; the rest is counted and not told. Null: everything is told, each time.
    std::shared_ptr<const Wanted> wanted;
    // Whose file and network events are counted and not told: "postgresql.service".
    std::vector<std::string> trusted_units;
};

// One event type's account. seen = handed + filtered + lost, once nothing is under way.
struct Row {
    std::string_view event; // "process.exec"; "total" for the last row
    std::uint64_t seen = 0, handed = 0, filtered = 0, lost = 0;
    // Of those filtered: by the sensor itself, outside its pid namespace, already told, asked for
    // by no rule, by a service whose work is not told.
    std::uint64_t own = 0, elsewhere = 0, repeated = 0, unwanted = 0, trusted = 0;
    // Of those handed: with a text cut, with something that could not be read.
    std::uint64_t truncated = 0, unresolved = 0;
    // Calls whose beginning had been pushed out of the kernel's table when they ended.
    std::uint64_t state_gone = 0;
};

// What lies between an earlier sensor of the same pins and this one, and between this one and the
// next.
struct Continuity {
    std::string gap; // why something was not seen in between; empty: all of it is told
    std::string
        why_lost; // why an end without warning loses what the ring holds; empty: it does not
    std::vector<std::string> notes; // what was found and could not be used
};

// Removes what a sensor that ended left for the next in this directory; false: there was nothing.
// An error while a sensor is using it.
[[nodiscard]] Result<bool> forget(const std::string &pins);

// One hook: which event, seen by which program, from where.
struct ProgramRow {
    std::string_view event;
    std::string program;   // "file_opened"
    std::string hook;      // "syscalls:sys_exit_openat"
    std::string_view rung; // "tracepoint"
    bool attached = false;
    std::string reason; // why not
    // Of the program, over all its hooks: runs the kernel skipped.
    std::uint64_t recursion_misses = 0;
};

// How one event type is watched here.
struct Watch {
    std::string_view event;
    std::string rung;               // "lsm"; "kprobe, tracepoint" for its parts; "not watched"
    std::string hooks;              // "kprobe:tcp_connect, syscalls:sys_exit_connect"
    std::vector<std::string> blind; // what cannot be seen: "system calls of 32-bit programs"
    std::string better; // what would help; empty: nothing can be done, or nothing has to
    std::string reason; // why it is not a better rung
};

// The watch over protected files beside the programs.
struct FileWatches {
    bool are_needed = false; // the programs see system calls only
    std::string reason;      // why it is not there though it is needed
    std::uint64_t directories = 0, refused = 0;
    // Changes that a record of the programs' tells of as well, and those that it alone told.
    std::uint64_t explained = 0, told = 0;
};

class Sensor {
public:
    // Loads and attaches. A hook that this kernel lacks disables its row with the reason; only a
    // kernel on which nothing can be seen is an error. Events are kept in the ring from here on.
    [[nodiscard]] static Result<std::unique_ptr<Sensor>> open(Options options, event::Sink &sink,
                                                              event::Losses &losses);
    Sensor(const Sensor &) = delete;
    Sensor &operator=(const Sensor &) = delete;
    ~Sensor(); // detaches some fifty hooks: the kernel takes seconds for it

    // The source's thread: what an earlier sensor's rings still hold and the snapshot of running
    // processes, then events until stop() or hand_over(), or until the sink refuses. After stop()
    // it is deaf, and what the ring still holds has been told; nothing is left for a next sensor.
    // After hand_over() the kernel half goes on for the next one, where it can be kept.
    [[nodiscard]] Result<void> run();
    void stop();      // from any thread
    void hand_over(); // from any thread
    // From any thread: the records up to this sequence are kept by whoever took them, and need not
    // be told again by a sensor that comes after this one.
    void release(std::uint64_t sequence);
    [[nodiscard]] const Continuity &continuity() const;

    // New rules without a gap, from any thread: widen() to what they need, use them, narrow() to
    // them alone. What both old and new need is told all the while.
    void widen(std::shared_ptr<const Wanted> next);
    void narrow(std::shared_ptr<const Wanted> next);
    // From any thread: the files whose reading is told from the next turn on.
    void watch_reads(std::vector<std::string> globs);

    [[nodiscard]] std::vector<Row> account() const;         // from any thread
    [[nodiscard]] std::vector<ProgramRow> programs() const; // from any thread
    [[nodiscard]] std::vector<Watch> watches() const;       // from any thread
    [[nodiscard]] FileWatches file_watches() const;         // from any thread

private:
    struct Inside;
    explicit Sensor(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> inside_;
};

} // namespace sentra::sensor
