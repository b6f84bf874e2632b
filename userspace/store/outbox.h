// SPDX-License-Identifier: MIT
// What is to be told to whom. Every form of a signal that is committed gets a number, one for all
// sinks, and a row for each sink, in the transaction of the signal itself: what is in the store is
// told, at least once, and a number that is missing at a sink is a loss. Only the store's writer
// changes anything. Couriers read through connections of their own and hand back what became of a
// row with the next batch; until then it waits, so that a kill brings it again rather than never.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace sentra::store {

class Database;

// How long rows that were delivered are kept, so that an audit of a quarter finds them, and how
// long others wait before they are given up.
inline constexpr std::uint64_t kDeliveredKeptNs = 100 * kDayNs;
inline constexpr std::uint64_t kWaitingMostNs = 30 * kDayNs;

// One form of one signal that waits for one sink.
struct Due {
    std::uint64_t sequence = 0;
    std::uint64_t revision = 0; // of the signal: 1, 2, ...; (uid, revision) names a form for ever
    std::uint64_t queued_ns = 0;
    std::uint64_t attempts = 0;
    std::string json;        // the signal as the store holds it, its secrets in it
    std::string ledger_head; // "<number>:<hash>" of the ledger's last entry then; empty: none
};

// What became of a row that waited.
struct Posted {
    // withheld: it was decided not to tell this sink of it; why says why.
    enum class State : std::uint8_t { pending, delivered, dead, withheld };
    std::string sink;
    std::uint64_t sequence = 0;
    State state = State::pending;
    std::uint64_t time_ns = 0;
    std::uint64_t next_ns = 0; // pending: when it is tried again
    std::string why;           // it was not delivered
};

// A sink stops, or goes on where `by` is empty. Its rows wait. What sentrad pauses because it does
// not work it tries again, and with an empty `why` lets it go on; it never lifts a person's pause.
struct Pause {
    std::string sink;
    std::string by;  // "maria as root", "sentrad"
    std::string why; // as a clause
    std::uint64_t time_ns = 0;
};

// Dead letters wait again.
struct Requeue {
    std::string sink;
    std::uint64_t sequence = 0; // 0: all of the sink's
    std::uint64_t time_ns = 0;
};

struct Sink {
    std::string name, type;
};

struct SinkAccount {
    Sink sink;
    bool is_in_use = false; // the configuration names it
    Pause pause;
    std::uint64_t waiting = 0, oldest_ns = 0;      // the oldest of those that wait: since when
    std::uint64_t attempts = 0, next_ns = 0;       // of the oldest
    std::string why;                               // the oldest was not delivered yet
    std::uint64_t delivered = 0, delivered_ns = 0; // since the store was made; the last one
    std::uint64_t dead = 0;
};

struct DeadLetter {
    std::uint64_t sequence = 0, time_ns = 0, attempts = 0;
    std::string why, json;
};

// A row of the outbox as an audit sees it.
struct Shipment {
    std::uint64_t sequence = 0, revision = 0;
    std::string uid, sink, state; // "pending", "delivered", "dead", "withheld"
    std::uint64_t attempts = 0, queued_ns = 0;
    std::uint64_t settled_ns = 0; // when it was tried last
    std::string why;
};

class Outbox {
public:
    explicit Outbox(Database &database) : database_(&database) {}

    // Whom to tell from now on. What waits for any other stays, until it is used again or too old.
    [[nodiscard]] Result<void> use(const std::vector<Sink> &sinks);
    // In the order of their sequence.
    [[nodiscard]] Result<std::vector<Due>> due(const std::string &sink, std::size_t most) const;
    // By name: those in use, and others for which something waits or is dead.
    [[nodiscard]] Result<std::vector<SinkAccount>> accounts() const;
    [[nodiscard]] Result<Pause> pause_of(const std::string &sink) const;
    [[nodiscard]] Result<std::vector<DeadLetter>> dead_letters(const std::string &sink,
                                                               std::size_t most) const;

    struct Told {
        std::uint64_t time_ns = 0; // when it was delivered
        std::string json;
    };
    // The latest form of the signal that the sink has.
    [[nodiscard]] Result<std::optional<Told>> told_before(const std::string &sink,
                                                          const std::string &uid) const;
    // What was queued from then and before that, in the order of sequence and sink.
    [[nodiscard]] Result<std::vector<Shipment>> history(std::uint64_t from_ns,
                                                        std::uint64_t to_ns) const;

    struct Tidied {
        std::uint64_t expired = 0; // became dead letters because they waited too long
        std::uint64_t removed = 0; // rows that were delivered long ago
    };
    [[nodiscard]] Result<Tidied> tidy(std::uint64_t now_ns);
    // The next number is greater than this one: for a store that takes the place of another.
    [[nodiscard]] Result<void> number_after(std::uint64_t sequence);

private:
    Database *database_;
};

} // namespace sentra::store
