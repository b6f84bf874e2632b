// SPDX-License-Identifier: MIT
// SQLite with owners: a Database closes itself, a Statement finalizes itself, an error says which
// file, what is wrong with it and what to do. One thread uses a Database.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sqlite3.h>

#include "base/result.h"

namespace sentra::store {

// Rows of a prepared statement. A failed bind is reported by the next step.
// Which file, and what was wrong with it the last time something failed.
struct Origin {
    std::string path;
    mutable int failed_with = SQLITE_OK; // the primary code
    mutable bool is_disk_full = false;
};

class Statement {
public:
    Statement(sqlite3_stmt *handle, const Origin &origin) : handle_(handle), origin_(&origin) {}

    // Values of the parameters ?1, ?2, ... in order; begins anew.
    template <typename... Values> Statement &bind(const Values &...values)
    {
        sqlite3_reset(handle_.get());
        status_ = SQLITE_OK;
        int at = 0;
        (put(++at, values), ...);
        return *this;
    }
    [[nodiscard]] Result<bool> next(); // false: no more rows
    [[nodiscard]] Result<void> run();  // for statements whose rows nobody wants

    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::uint64_t number(int column) const; // negative numbers are 0
    [[nodiscard]] double real(int column) const
    {
        return sqlite3_column_double(handle_.get(), column);
    }

private:
    void put(int at, std::string_view value);
    void put(int at, std::uint64_t value); // capped at the largest signed number
    void put(int at, double value);
    void put(int at, bool value) { put(at, std::uint64_t{value}); }
    void keep(int status);

    struct Finalize {
        void operator()(sqlite3_stmt *handle) const { sqlite3_finalize(handle); }
    };
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
    const Origin *origin_; // of the Database, which lives longer
    int status_ = SQLITE_OK;
};

class Database {
public:
    // flags: SQLITE_OPEN_*.
    [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::string &path, int flags);

    [[nodiscard]] const std::string &path() const { return origin_.path; }
    // What the last failure was, if it was one of these.
    [[nodiscard]] bool was_full() const { return origin_.is_disk_full; }
    [[nodiscard]] bool has_failed() const { return origin_.failed_with != SQLITE_OK; }
    [[nodiscard]] bool was_damaged() const
    {
        return origin_.failed_with == SQLITE_CORRUPT || origin_.failed_with == SQLITE_NOTADB;
    }
    [[nodiscard]] Result<void> run(const char *sql); // any number of statements
    [[nodiscard]] Result<Statement> prepare(const char *sql) const;
    [[nodiscard]] Result<std::uint64_t> number(const char *sql) const; // of the first row
    // By the last statement that changed any.
    [[nodiscard]] std::uint64_t changed_rows() const
    {
        return static_cast<std::uint64_t>(sqlite3_changes(handle_.get()));
    }
    [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }
    // A reader never moves the log into the file: that is the writer's business alone.
    void leave_log_alone();

private:
    explicit Database(std::string path) : origin_{std::move(path)} {}

    struct Close {
        void operator()(sqlite3 *handle) const { sqlite3_close_v2(handle); }
    };
    Origin origin_;
    std::unique_ptr<sqlite3, Close> handle_;
};

// Rolled back unless committed.
class Transaction {
public:
    [[nodiscard]] static Result<Transaction> begin(Database &database);
    Transaction(Transaction &&other) noexcept : database_(std::exchange(other.database_, nullptr))
    {}
    Transaction &operator=(Transaction &&) = delete;
    Transaction(const Transaction &) = delete;
    Transaction &operator=(const Transaction &) = delete;
    ~Transaction();
    [[nodiscard]] Result<void> commit();

private:
    explicit Transaction(Database &database) : database_(&database) {}
    Database *database_;
};

// What the statement finds with these values, each row as `read` makes it of a Statement.
template <typename Item, typename Read, typename... Values>
[[nodiscard]] Result<std::vector<Item>> all(const Database &database, const char *sql, Read read,
                                            const Values &...values)
{
    auto rows = database.prepare(sql);
    if (!rows)
        return tl::unexpected(std::move(rows.error()));
    rows->bind(values...);
    std::vector<Item> items;
    for (;;) {
        const auto found = rows->next();
        if (!found)
            return tl::unexpected(found.error());
        if (!*found)
            return items;
        items.push_back(read(*rows));
    }
}

// Runs the statement once for every item, with the values `bind` gives it.
template <typename Items, typename Bind>
[[nodiscard]] Result<void> for_each(const Database &database, const char *sql, const Items &items,
                                    Bind bind)
{
    if (items.empty())
        return {};
    auto statement = database.prepare(sql);
    if (!statement)
        return tl::unexpected(std::move(statement.error()));
    for (const auto &item : items)
        if (auto done = bind(*statement, item).run(); !done)
            return done;
    return {};
}

} // namespace sentra::store
