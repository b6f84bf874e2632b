// SPDX-License-Identifier: MIT
// What Sentra remembers: signals with their evidence, where reading stopped, what was seen before,
// and when nobody watched. SQLite, WAL, synchronous FULL; one writer (the daemon), any number of
// readers. commit() is all or nothing: signals, cursor, watermark, sightings and gaps of one batch
// together, so a kill at any moment leaves either the whole batch or none of it. Where the disk is
// full, evidence, sightings and sessions are left out, counted, and signals go on.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "signal/signal.h"
#include "signal/summary.h"
#include "store/outbox.h"

namespace sentra::store {

// The name under which Store::left_out() is among the losses.
inline constexpr const char *kLeftOutLoss = "store_full";

// Up to where everything has been taken in and committed.
struct Position {
    std::string cursor;             // of the journal; empty: never read
    std::uint64_t watermark_ns = 0; // Unix; 0: never
    std::string boot_id;
    bool clean_stop = false; // the last run ended by itself and said so
};

struct Gap {
    std::uint64_t from_ns = 0, to_ns = 0;
    std::string source, reason;
};

// One line of the ledger. In the store its json holds number, time, author, kind, subject, body
// and the hash of the entry before it, in this order.
struct Entry {
    std::uint64_t number = 0;
    std::uint64_t time_ns = 0;
    std::string author;
    std::string kind;       // "review", "override", "rules"
    std::string subject;    // a signal's uid, an override's id, a bundle
    std::string body;       // JSON
    std::string json, hash; // as stored; empty in a batch
};

struct Batch {
    std::vector<signal::Signal> signals;
    std::vector<signal::Signal> decided; // stored and told whether or not they are news
    std::vector<Entry> entries;
    std::optional<Position> position;
    std::vector<engine::Sighting> sightings;
    std::vector<Gap> gaps;
    std::vector<std::pair<std::string, std::uint64_t>> losses; // totals by loss name, this run
    std::vector<signal::SessionSummary> sessions;
    std::vector<Posted> posted;
    std::vector<Pause> pauses;
    std::vector<Requeue> requeued;
    std::uint64_t now_ns = 0; // when it is committed
};

struct Query {
    std::uint64_t since_ns = 0, until_ns = ~std::uint64_t{0}; // by time of the last event
    std::string id_prefix;
    std::size_t most = 1000;
};

// An entry as it is stored: what its json says, as far as that can be read.
[[nodiscard]] Entry entry_from(std::string text, std::string hash);
// What is wrong with the chain; empty: every entry is as it was written and none is missing before
// the last.
[[nodiscard]] std::string verify(const std::vector<Entry> &ledger);

class Store {
public:
    enum class Access { write, read };
    // Creates the file and its folder (0700) when writing. A schema newer than ours is refused and
    // left untouched; a damaged file is named in the error.
    [[nodiscard]] static Result<std::unique_ptr<Store>> open(const std::string &path,
                                                             Access access);
    // As open() for writing; a damaged store is set aside and a new one takes its place.
    struct Opened {
        std::unique_ptr<Store> store;
        std::string set_aside, why; // where the damaged one is, and what was found; else empty
        std::uint64_t until_ns = 0; // when it was written last
    };
    [[nodiscard]] static Result<Opened> open_or_replace(const std::string &path);
    virtual ~Store() = default;

    // Returns the signals that are news: a new uid, or a known one with a higher count, another
    // state or another score. The rest had been committed before (a journal read twice): a form
    // handed on once, or an earlier picture of a signal that is known in a later one.
    // After an error nothing of the batch is stored, and the store can go on being used.
    [[nodiscard]] virtual Result<std::vector<signal::Signal>> commit(const Batch &batch) = 0;
    [[nodiscard]] virtual Result<Position> position() const = 0;
    // Newest last. Each is the latest form of its signal, as the line of JSON that was emitted.
    [[nodiscard]] virtual Result<std::vector<std::string>> signals(const Query &query) const = 0;
    // Login sessions by the time of their last event, newest last, as lines of JSON.
    [[nodiscard]] virtual Result<std::vector<std::string>> sessions(const Query &query) const = 0;
    // All of it, in order.
    [[nodiscard]] virtual Result<std::vector<Entry>> ledger() const = 0;
    [[nodiscard]] virtual Result<std::vector<engine::Sighting>> sightings() const = 0;
    [[nodiscard]] virtual Result<std::vector<Gap>> gaps(std::uint64_t since_ns) const = 0;
    // By name, over all runs.
    [[nodiscard]] virtual Result<std::vector<std::pair<std::string, std::uint64_t>>>
    losses() const = 0;
    [[nodiscard]] virtual Result<void> check() const = 0; // PRAGMA quick_check
    // What waits for whom. Changes belong to the writer.
    [[nodiscard]] virtual Outbox &outbox() = 0;
    // Pieces of evidence, sightings and sessions that were not stored in this run because the disk
    // was full, and whether it still is.
    [[nodiscard]] virtual std::uint64_t left_out() const = 0;
    [[nodiscard]] virtual bool is_full() const = 0;
};

// Moves a damaged store out of the way of a new one ("<path>.damaged-1", ...); returns where it is
// now. Refused while a writer has it open.
[[nodiscard]] Result<std::string> set_aside(const std::string &path);

} // namespace sentra::store
