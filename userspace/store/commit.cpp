// SPDX-License-Identifier: MIT
#include "store/commit.h"

#include <optional>

namespace sentra::store {

namespace {

// The latest stored form of a signal.
struct Known {
    std::uint64_t count = 0;
    std::string state;
    double score = 0;
};

class SignalWriter {
public:
    [[nodiscard]] static Result<SignalWriter> make(const Database &database, std::uint64_t now_ns,
                                                   Room room)
    {
        SignalWriter writer(database, now_ns, room);
        for (const auto &[statement, sql] : writer.statements()) {
            auto prepared = database.prepare(sql);
            if (!prepared)
                return tl::unexpected(std::move(prepared.error()));
            statement->emplace(std::move(*prepared));
        }
        return writer;
    }

    // true: it is news, and stored.
    [[nodiscard]] Result<bool> write(const signal::Signal &signal)
    {
        auto news = is_news(signal);
        if (!news || !*news)
            return news;
        if (auto done = put(signal); !done)
            return tl::unexpected(std::move(done.error()));
        return true;
    }

    [[nodiscard]] Result<void> put(const signal::Signal &signal)
    {
        const std::string json = signal::to_json(signal);
        auto done = store_
                        ->bind(signal.uid, signal.id, signal.first_ns, signal.last_ns,
                               signal.rule_id, signal.state, signal.score, signal.count, json)
                        .run();
        if (done)
            done = add_form_->bind(signal.uid, signal.count, signal.state, signal.score).run();
        if (done && room_ == Room::enough)
            done = replace_evidence(signal);
        if (done)
            done = write_told(*database_, signal, json, now_ns_);
        return done;
    }

private:
    using Slot = std::optional<Statement>;
    SignalWriter(const Database &database, std::uint64_t now_ns, Room room)
        : database_(&database), now_ns_(now_ns), room_(room)
    {}

    [[nodiscard]] std::vector<std::pair<Slot *, const char *>> statements()
    {
        return {
            {&find_, "SELECT count, state, score FROM signals WHERE uid = ?1"},
            {&find_form_, "SELECT 1 FROM forms "
                          "WHERE uid = ?1 AND count = ?2 AND state = ?3 AND score = ?4"},
            {&store_, "INSERT INTO signals (uid, id, first_ns, last_ns, rule, state, score, count, "
                      "json, revisions) "
                      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1) "
                      "ON CONFLICT (uid) DO UPDATE SET first_ns = excluded.first_ns, last_ns = "
                      "excluded.last_ns, rule = excluded.rule, "
                      "state = excluded.state, score = excluded.score, count = excluded.count, "
                      "json = excluded.json, revisions = revisions + 1"},
            {&add_form_,
             "INSERT OR IGNORE INTO forms (uid, count, state, score) VALUES (?1, ?2, ?3, ?4)"},
            {&drop_evidence_, "DELETE FROM evidence WHERE uid = ?1"},
            {&add_evidence_, "INSERT INTO evidence (uid, number, time_ns, event, text, ref) "
                             "VALUES (?1, ?2, ?3, ?4, ?5, ?6)"},
        };
    }

    [[nodiscard]] Result<std::optional<Known>> known(const std::string &uid)
    {
        const auto found = find_->bind(uid).next();
        if (!found)
            return tl::unexpected(found.error());
        if (!*found)
            return std::nullopt;
        return Known{find_->number(0), find_->text(1), find_->real(2)};
    }

    // A form that was handed on before is no news, nor is one that has seen less of the behaviour
    // than the stored one and rates it no higher: an earlier picture, read a second time.
    [[nodiscard]] Result<bool> is_news(const signal::Signal &signal)
    {
        const auto before = known(signal.uid);
        if (!before)
            return tl::unexpected(before.error());
        if (!*before)
            return true;
        const auto told =
            find_form_->bind(signal.uid, signal.count, signal.state, signal.score).next();
        if (!told || *told)
            return told ? Result<bool>(false) : told;
        const Known &stored = **before;
        return signal.count > stored.count || signal.score > stored.score ||
               (signal.count == stored.count &&
                (signal.state != stored.state || signal.score < stored.score));
    }

    [[nodiscard]] Result<void> replace_evidence(const signal::Signal &signal)
    {
        auto done = drop_evidence_->bind(signal.uid).run();
        std::uint64_t number = 0;
        for (const signal::Evidence &item : signal.evidence) {
            if (!done)
                return done;
            done = add_evidence_
                       ->bind(signal.uid, ++number, item.time_ns, item.event, item.text, item.ref)
                       .run();
        }
        return done;
    }

    const Database *database_;
    std::uint64_t now_ns_;
    Room room_;
    Slot find_, find_form_, store_, add_form_, drop_evidence_, add_evidence_;
};

} // namespace

Result<std::vector<signal::Signal>> write_signals(const Database &database, const Batch &batch,
                                                  Room room)
{
    std::vector<signal::Signal> news;
    if (batch.signals.empty())
        return news;
    auto writer = SignalWriter::make(database, batch.now_ns, room);
    if (!writer)
        return tl::unexpected(std::move(writer.error()));
    for (const signal::Signal &signal : batch.signals) {
        const auto is_news = writer->write(signal);
        if (!is_news)
            return tl::unexpected(is_news.error());
        if (*is_news)
            news.push_back(signal);
    }
    return news;
}

Result<void> write_decided(const Database &database, const Batch &batch, Room room)
{
    if (batch.decided.empty())
        return {};
    auto writer = SignalWriter::make(database, batch.now_ns, room);
    if (!writer)
        return tl::unexpected(std::move(writer.error()));
    for (const signal::Signal &signal : batch.decided)
        if (auto done = writer->put(signal); !done)
            return done;
    return {};
}

Result<void> write_position(const Database &database, const Position &position)
{
    auto statement = database.prepare("INSERT OR REPLACE INTO position "
                                      "(one, cursor, watermark_ns, boot_id, clean_stop) "
                                      "VALUES (1, ?1, ?2, ?3, ?4)");
    if (!statement)
        return tl::unexpected(std::move(statement.error()));
    return statement
        ->bind(position.cursor, position.watermark_ns, position.boot_id, position.clean_stop)
        .run();
}

Result<void> write_sightings(const Database &database,
                             const std::vector<engine::Sighting> &sightings)
{
    return for_each(database,
                    "INSERT INTO sightings (key, first_ns, last_ns) VALUES (?1, ?2, ?3) "
                    "ON CONFLICT (key) DO UPDATE SET first_ns = min(first_ns, excluded.first_ns), "
                    "last_ns = max(last_ns, excluded.last_ns)",
                    sightings,
                    [](Statement &statement, const engine::Sighting &sighting) -> Statement & {
                        return statement.bind(sighting.key, sighting.first_ns, sighting.last_ns);
                    });
}

Result<void> write_gaps(const Database &database, const std::vector<Gap> &gaps)
{
    return for_each(
        database,
        "INSERT OR IGNORE INTO gaps (from_ns, to_ns, source, reason) VALUES (?1, ?2, ?3, ?4)", gaps,
        [](Statement &statement, const Gap &gap) -> Statement & {
            return statement.bind(gap.from_ns, gap.to_ns, gap.source, gap.reason);
        });
}

Result<void> write_sessions(const Database &database,
                            const std::vector<signal::SessionSummary> &sessions)
{
    // Told before its audit id was known, a session had another name.
    auto done =
        for_each(database, "DELETE FROM sessions WHERE id = ?1 AND ?1 <> ''", sessions,
                 [](Statement &statement, const signal::SessionSummary &summary) -> Statement & {
                     return statement.bind(summary.former);
                 });
    if (!done)
        return done;
    return for_each(
        database,
        "INSERT OR REPLACE INTO sessions (id, first_ns, last_ns, json) VALUES (?1, ?2, ?3, ?4)",
        sessions, [](Statement &statement, const signal::SessionSummary &summary) -> Statement & {
            return statement.bind(summary.id, summary.first_ns, summary.last_ns,
                                  signal::to_json(summary));
        });
}

Result<void> write_losses(const Database &database, std::uint64_t run,
                          const std::vector<std::pair<std::string, std::uint64_t>> &losses)
{
    return for_each(database,
                    "INSERT OR REPLACE INTO losses (run, name, total) VALUES (?1, ?2, ?3)", losses,
                    [run](Statement &statement, const auto &loss) -> Statement & {
                        return statement.bind(run, loss.first, loss.second);
                    });
}

} // namespace sentra::store
