// SPDX-License-Identifier: MIT
#include "store/outbox.h"

#include <algorithm>

#include "store/commit.h"
#include "store/sqlite.h"

namespace sentra::store {

namespace {

constexpr std::uint64_t kRemovedAtOnce = 5000; // a commit must not wait long for it

template <typename... Values>
Result<std::uint64_t> change(const Database &database, const char *sql, const Values &...values)
{
    auto statement = database.prepare(sql);
    if (!statement)
        return tl::unexpected(std::move(statement.error()));
    if (auto done = statement->bind(values...).run(); !done)
        return tl::unexpected(std::move(done.error()));
    return database.changed_rows();
}

const char *name_of(Posted::State state)
{
    switch (state) {
    case Posted::State::delivered:
        return "delivered";
    case Posted::State::dead:
        return "dead";
    case Posted::State::withheld:
        return "withheld";
    case Posted::State::pending:
        break;
    }
    return "pending";
}

Pause pause_from(const Statement &row, int first)
{
    return {row.text(first), row.text(first + 1), row.text(first + 2), row.number(first + 3)};
}

Result<void> write_pauses(const Database &database, const std::vector<Pause> &pauses)
{
    if (pauses.empty())
        return {};
    return for_each(
        database,
        "UPDATE sinks SET paused_by = iif(?3 = '', '', ?2), paused_why = ?3, paused_ns = ?4 "
        "WHERE name = ?1 AND (?2 <> 'sentrad' OR paused_by IN ('', 'sentrad'))",
        pauses, [](Statement &statement, const Pause &pause) -> Statement & {
            return statement.bind(pause.sink, pause.by, pause.why, pause.time_ns);
        });
}

Result<void> write_requeued(const Database &database, const std::vector<Requeue> &requeued)
{
    if (requeued.empty())
        return {};
    return for_each(database,
                    "UPDATE outbox SET state = 'pending', attempts = 0, next_ns = 0, "
                    "queued_ns = ?3, settled_ns = 0 "
                    "WHERE sink = ?1 AND state = 'dead' AND (?2 = 0 OR sequence = ?2)",
                    requeued, [](Statement &statement, const Requeue &item) -> Statement & {
                        return statement.bind(item.sink, item.sequence, item.time_ns);
                    });
}

} // namespace

Result<void> write_told(const Database &database, const signal::Signal &signal,
                        const std::string &json, std::uint64_t now_ns)
{
    auto told = change(database,
                       "INSERT INTO told (uid, revision, committed_ns, json, ledger_head) "
                       "SELECT uid, revisions, ?2, ?3, coalesce((SELECT number || ':' || hash "
                       "FROM ledger ORDER BY number DESC LIMIT 1), '') "
                       "FROM signals WHERE uid = ?1",
                       signal.uid, now_ns, json);
    if (told)
        told = change(database,
                      "INSERT INTO outbox (sink, sequence, queued_ns) "
                      "SELECT name, last_insert_rowid(), ?1 FROM sinks WHERE in_use = 1",
                      now_ns);
    if (!told)
        return tl::unexpected(std::move(told.error()));
    return {};
}

Result<void> write_delivery(const Database &database, const Batch &batch)
{
    auto done = write_pauses(database, batch.pauses);
    if (done)
        done = write_requeued(database, batch.requeued);
    if (!done || batch.posted.empty())
        return done;
    done = for_each(database,
                    "UPDATE outbox SET state = ?3, attempts = attempts + 1, settled_ns = ?4, "
                    "next_ns = ?5, why = ?6 "
                    "WHERE sink = ?1 AND sequence = ?2 AND state = 'pending'",
                    batch.posted, [](Statement &statement, const Posted &posted) -> Statement & {
                        return statement.bind(posted.sink, posted.sequence,
                                              std::string_view(name_of(posted.state)),
                                              posted.time_ns, posted.next_ns, posted.why);
                    });
    for (const Posted &posted : batch.posted) {
        if (!done)
            return done;
        if (posted.state != Posted::State::delivered)
            continue;
        if (auto counted = change(database,
                                  "UPDATE sinks SET delivered = delivered + 1, "
                                  "delivered_ns = max(delivered_ns, ?2) WHERE name = ?1",
                                  posted.sink, posted.time_ns);
            !counted)
            done = tl::unexpected(std::move(counted.error()));
    }
    return done;
}

Result<void> Outbox::use(const std::vector<Sink> &sinks)
{
    auto transaction = Transaction::begin(*database_);
    if (!transaction)
        return tl::unexpected(std::move(transaction.error()));
    auto done = database_->run("UPDATE sinks SET in_use = 0 WHERE in_use = 1");
    if (done)
        done = for_each(*database_,
                        "INSERT INTO sinks (name, type, in_use) VALUES (?1, ?2, 1) "
                        "ON CONFLICT (name) DO UPDATE SET type = excluded.type, in_use = 1",
                        sinks, [](Statement &statement, const Sink &sink) -> Statement & {
                            return statement.bind(sink.name, sink.type);
                        });
    return done ? transaction->commit() : done;
}

Result<std::vector<Due>> Outbox::due(const std::string &sink, std::size_t most) const
{
    return all<Due>(
        *database_,
        "SELECT outbox.sequence, revision, queued_ns, attempts, json, ledger_head FROM outbox "
        "JOIN told ON told.sequence = outbox.sequence "
        "WHERE sink = ?1 AND state = 'pending' ORDER BY outbox.sequence LIMIT ?2",
        [](const Statement &row) {
            return Due{row.number(0), row.number(1), row.number(2),
                       row.number(3), row.text(4),   row.text(5)};
        },
        sink, std::uint64_t{most});
}

Result<std::vector<SinkAccount>> Outbox::accounts() const
{
    const auto read = [](const Statement &row) {
        SinkAccount account;
        account.sink = {row.text(0), row.text(1)};
        account.is_in_use = row.number(2) != 0;
        account.delivered = row.number(3);
        account.delivered_ns = row.number(4);
        account.pause = {row.text(0), row.text(5), row.text(6), row.number(7)};
        account.waiting = row.number(8);
        account.dead = row.number(9);
        account.oldest_ns = row.number(10);
        account.attempts = row.number(11);
        account.next_ns = row.number(12);
        account.why = row.text(13);
        return account;
    };
    return all<SinkAccount>(
        *database_,
        "WITH counted AS (SELECT name, type, in_use, delivered, delivered_ns, paused_by, "
        "    paused_why, paused_ns, "
        "    (SELECT count(*) FROM outbox WHERE sink = name AND state = 'pending') AS waiting, "
        "    (SELECT count(*) FROM outbox WHERE sink = name AND state = 'dead') AS dead, "
        "    (SELECT min(sequence) FROM outbox WHERE sink = name AND state = 'pending') AS oldest "
        "  FROM sinks) "
        "SELECT name, type, in_use, delivered, delivered_ns, paused_by, paused_why, paused_ns, "
        "  waiting, dead, outbox.queued_ns, outbox.attempts, outbox.next_ns, outbox.why "
        "FROM counted LEFT JOIN outbox ON outbox.sink = name AND outbox.sequence = oldest "
        "WHERE in_use = 1 OR waiting > 0 OR dead > 0 ORDER BY name",
        read);
}

Result<Pause> Outbox::pause_of(const std::string &sink) const
{
    auto found = all<Pause>(
        *database_, "SELECT name, paused_by, paused_why, paused_ns FROM sinks WHERE name = ?1",
        [](const Statement &row) { return pause_from(row, 0); }, sink);
    if (!found)
        return tl::unexpected(std::move(found.error()));
    return found->empty() ? Pause{} : std::move(found->front());
}

Result<std::vector<DeadLetter>> Outbox::dead_letters(const std::string &sink,
                                                     std::size_t most) const
{
    return all<DeadLetter>(
        *database_,
        "SELECT outbox.sequence, settled_ns, attempts, why, json FROM outbox "
        "JOIN told ON told.sequence = outbox.sequence "
        "WHERE sink = ?1 AND state = 'dead' ORDER BY outbox.sequence LIMIT ?2",
        [](const Statement &row) {
            return DeadLetter{row.number(0), row.number(1), row.number(2), row.text(3),
                              row.text(4)};
        },
        sink, std::uint64_t{most});
}

Result<std::optional<Outbox::Told>> Outbox::told_before(const std::string &sink,
                                                        const std::string &uid) const
{
    auto told = all<Told>(
        *database_,
        "SELECT settled_ns, json FROM told JOIN outbox USING (sequence) "
        "WHERE uid = ?2 AND sink = ?1 AND state = 'delivered' ORDER BY revision DESC LIMIT 1",
        [](const Statement &row) {
            return Told{row.number(0), row.text(1)};
        },
        sink, uid);
    if (!told)
        return tl::unexpected(std::move(told.error()));
    return told->empty() ? std::optional<Told>() : std::move(told->front());
}

Result<std::vector<Shipment>> Outbox::history(std::uint64_t from_ns, std::uint64_t to_ns) const
{
    return all<Shipment>(
        *database_,
        "SELECT sequence, revision, uid, sink, state, attempts, queued_ns, settled_ns, why "
        "FROM outbox JOIN told USING (sequence) WHERE queued_ns >= ?1 AND queued_ns < ?2 "
        "ORDER BY sequence, sink",
        [](const Statement &row) {
            return Shipment{row.number(0), row.number(1), row.text(2),   row.text(3), row.text(4),
                            row.number(5), row.number(6), row.number(7), row.text(8)};
        },
        from_ns, to_ns);
}

Result<Outbox::Tidied> Outbox::tidy(std::uint64_t now_ns)
{
    const auto before = [now_ns](std::uint64_t ns) { return now_ns - std::min(now_ns, ns); };
    auto transaction = Transaction::begin(*database_);
    if (!transaction)
        return tl::unexpected(std::move(transaction.error()));
    const auto expired = change(*database_,
                                "UPDATE outbox SET state = 'dead', settled_ns = ?2, "
                                "why = 'it was not delivered in time' || "
                                "iif(why = '', '', '; last: ' || why) "
                                "WHERE state = 'pending' AND queued_ns < ?1",
                                before(kWaitingMostNs), now_ns);
    const auto removed =
        change(*database_,
               "DELETE FROM outbox WHERE (sink, sequence) IN (SELECT sink, sequence FROM outbox "
               "WHERE state IN ('delivered', 'withheld') AND settled_ns < ?1 LIMIT ?2)",
               before(kDeliveredKeptNs), kRemovedAtOnce);
    const auto forgotten = change(
        *database_,
        "DELETE FROM told WHERE sequence IN (SELECT sequence FROM told WHERE committed_ns < ?1 "
        "AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.sequence = told.sequence) LIMIT ?2)",
        before(kDeliveredKeptNs), kRemovedAtOnce);
    for (const auto *part : {&expired, &removed, &forgotten})
        if (!*part)
            return tl::unexpected(part->error());
    if (auto done = transaction->commit(); !done)
        return tl::unexpected(std::move(done.error()));
    return Tidied{*expired, *removed};
}

Result<void> Outbox::number_after(std::uint64_t sequence)
{
    auto changed = change(
        *database_, "UPDATE sqlite_sequence SET seq = max(seq, ?1) WHERE name = 'told'", sequence);
    if (changed && *changed == 0)
        changed = change(*database_, "INSERT INTO sqlite_sequence (name, seq) VALUES ('told', ?1)",
                         sequence);
    if (!changed)
        return tl::unexpected(std::move(changed.error()));
    return {};
}

} // namespace sentra::store
