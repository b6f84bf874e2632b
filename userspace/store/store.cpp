// SPDX-License-Identifier: MIT
#include "store/store.h"

#include <algorithm>

#include "base/text.h"
#include "store/commit.h"
#include "store/ledger.h"
#include "store/open.h"
#include "store/reserve.h"

namespace sentra::store {

namespace {

class SqliteStore final : public Store {
public:
    SqliteStore(store::Opened opened, Access access)
        : lock_(std::move(opened.lock)),
          database_(std::move(opened.database)),
          outbox_(*database_),
          access_(access)
    {
        if (access == Access::write)
            reserve_.emplace(database_->path());
    }

    Result<std::vector<signal::Signal>> commit(const Batch &batch) override
    {
        if (access_ != Access::write)
            return failure("commit: " + database_->path() + " was opened for reading");
        auto news = reserve_->has_room() ? write_all(batch) : write_less(batch);
        if (!news)
            return tl::unexpected(std::move(news.error()).within("commit"));
        return news;
    }

    Result<Position> position() const override
    {
        auto rows =
            database_->prepare("SELECT cursor, watermark_ns, boot_id, clean_stop FROM position");
        if (!rows)
            return tl::unexpected(std::move(rows.error()));
        const auto found = rows->next();
        if (!found)
            return tl::unexpected(found.error());
        if (!*found)
            return Position{};
        return Position{rows->text(0), rows->number(1), rows->text(2), rows->number(3) != 0};
    }

    Result<std::vector<std::string>> signals(const Query &query) const override;

    Result<std::vector<std::string>> sessions(const Query &query) const override;

    Result<std::vector<Entry>> ledger() const override { return read_ledger(*database_); }

    Result<std::vector<engine::Sighting>> sightings() const override
    {
        return all<engine::Sighting>(
            *database_, "SELECT key, first_ns, last_ns FROM sightings ORDER BY key",
            [](const Statement &row) {
                return engine::Sighting{row.text(0), row.number(1), row.number(2)};
            });
    }

    Result<std::vector<Gap>> gaps(std::uint64_t since_ns) const override
    {
        return all<Gap>(
            *database_,
            "SELECT from_ns, to_ns, source, reason FROM gaps WHERE to_ns >= ?1 "
            "ORDER BY from_ns, to_ns, source, reason",
            [](const Statement &row) {
                return Gap{row.number(0), row.number(1), row.text(2), row.text(3)};
            },
            since_ns);
    }

    Result<std::vector<std::pair<std::string, std::uint64_t>>> losses() const override
    {
        return all<std::pair<std::string, std::uint64_t>>(
            *database_, "SELECT name, sum(total) FROM losses GROUP BY name ORDER BY name",
            [](const Statement &row) { return std::pair(row.text(0), row.number(1)); });
    }

    Result<void> check() const override { return quick_check(*database_); }

    Outbox &outbox() override { return outbox_; }
    std::uint64_t left_out() const override { return left_out_; }
    bool is_full() const override { return is_full_; }

private:
    using News = Result<std::vector<signal::Signal>>;

    News write_all(const Batch &batch)
    {
        auto news = write(batch, Room::enough);
        if (news)
            is_full_ = false;
        return news || !database_->was_full() ? std::move(news) : write_less(batch);
    }

    // Evidence stops first, signals last: the room that is kept is theirs and people's decisions'.
    News write_less(const Batch &batch)
    {
        is_full_ = true;
        auto news = write_over_log(batch);
        const bool is_worth_it =
            !batch.signals.empty() || !batch.decided.empty() || !batch.entries.empty();
        if (!news && database_->was_full() && is_worth_it && reserve_->release())
            news = write_over_log(batch);
        if (!news)
            return news;
        for (const auto *signals : {&batch.signals, &batch.decided})
            for (const signal::Signal &signal : *signals)
                left_out_ += signal.evidence.size();
        left_out_ += batch.sightings.size() + batch.sessions.size();
        return news;
    }

    // Moved into the file, the log is written again from its beginning: room we have already. Each
    // time, because once nothing is free, not even the file can grow by what is in the log.
    News write_over_log(const Batch &batch)
    {
        static_cast<void>(database_->run("PRAGMA wal_checkpoint(RESTART)"));
        return write(batch, Room::for_signals_only);
    }

    News write(const Batch &batch, Room room)
    {
        auto transaction = Transaction::begin(*database_);
        if (!transaction)
            return tl::unexpected(std::move(transaction.error()));
        auto news = write_signals(*database_, batch, room);
        if (!news)
            return news;
        if (auto decided = write_decided(*database_, batch, room); !decided)
            return tl::unexpected(std::move(decided.error()));
        news->insert(news->end(), batch.decided.begin(), batch.decided.end());
        auto done = batch.position ? write_position(*database_, *batch.position) : Result<void>();
        if (done && room == Room::enough)
            done = write_sightings(*database_, batch.sightings);
        if (done)
            done = write_gaps(*database_, batch.gaps);
        if (done)
            done = write_entries(*database_, batch.entries);
        if (done && room == Room::enough)
            done = write_sessions(*database_, batch.sessions);
        if (done)
            done = write_delivery(*database_, batch);
        if (done && !batch.losses.empty())
            done = write_losses_of_this_run(batch);
        if (done)
            done = transaction->commit();
        if (!done)
            return tl::unexpected(std::move(done.error()));
        return news;
    }

    // Totals begin at nought with every run, so each run has rows of its own.
    Result<void> write_losses_of_this_run(const Batch &batch)
    {
        if (run_ == 0) {
            const auto last = database_->number("SELECT max(run) FROM losses");
            if (!last)
                return tl::unexpected(last.error());
            run_ = *last + 1;
        }
        return write_losses(*database_, run_, batch.losses);
    }

    Fd lock_; // let go after the database is closed
    std::unique_ptr<Database> database_;
    Outbox outbox_;
    Access access_;
    std::optional<Reserve> reserve_; // of a writer
    bool is_full_ = false;
    std::uint64_t left_out_ = 0;
    std::uint64_t run_ = 0;
};

// Ids are hexadecimal digits; anything else must not reach GLOB, where it would be a pattern.
Result<std::string> pattern_of(const std::string &prefix)
{
    const std::string digits = lower_ascii(prefix);
    if (digits.find_first_not_of("0123456789abcdef") != std::string::npos || digits.size() > 64)
        return failure("find signal: \"" + printable(prefix, 80) +
                       "\" is no id; an id is made of digits and the letters a to f");
    return digits + "*";
}

Result<std::vector<std::string>> SqliteStore::signals(const Query &query) const
{
    const auto pattern = pattern_of(query.id_prefix);
    if (!pattern)
        return tl::unexpected(pattern.error());
    // The newest are the ones that count when there are more than were asked for.
    auto lines = all<std::string>(
        *database_,
        "SELECT json FROM signals "
        "WHERE last_ns BETWEEN ?1 AND ?2 AND uid GLOB ?3 "
        "ORDER BY last_ns DESC, uid DESC LIMIT ?4",
        [](const Statement &row) { return row.text(0); }, query.since_ns, query.until_ns, *pattern,
        std::uint64_t{query.most});
    if (lines)
        std::reverse(lines->begin(), lines->end());
    return lines;
}

Result<std::vector<std::string>> SqliteStore::sessions(const Query &query) const
{
    auto lines = all<std::string>(
        *database_,
        "SELECT json FROM sessions WHERE last_ns BETWEEN ?1 AND ?2 "
        "ORDER BY last_ns DESC, id DESC LIMIT ?3",
        [](const Statement &row) { return row.text(0); }, query.since_ns, query.until_ns,
        std::uint64_t{query.most});
    if (lines)
        std::reverse(lines->begin(), lines->end());
    return lines;
}

} // namespace

Result<std::unique_ptr<Store>> Store::open(const std::string &path, Access access)
{
    auto opened = access == Access::write ? open_for_writing(path) : open_for_reading(path);
    if (!opened)
        return tl::unexpected(std::move(opened.error()).within("open store"));
    return std::make_unique<SqliteStore>(std::move(*opened), access);
}

Result<Store::Opened> Store::open_or_replace(const std::string &path)
{
    Opened replaced;
    bool is_damaged = false;
    auto opened = open_for_writing(path, &is_damaged);
    if (!opened && is_damaged) {
        replaced.why = opened.error().text;
        replaced.until_ns = written_ns(path);
        auto away = store::set_aside(path);
        if (!away)
            return tl::unexpected(std::move(away.error()).within("open store"));
        replaced.set_aside = std::move(*away);
        opened = open_for_writing(path);
    }
    if (!opened)
        return tl::unexpected(std::move(opened.error()).within("open store"));
    replaced.store = std::make_unique<SqliteStore>(std::move(*opened), Access::write);
    return replaced;
}

} // namespace sentra::store
