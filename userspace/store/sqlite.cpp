// SPDX-License-Identifier: MIT
#include "store/sqlite.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

namespace sentra::store {

namespace {

// A commit may wait for a checkpoint of another connection, never for a person.
constexpr int kPatienceMs = 5000;

std::string quoted_reason(sqlite3 *handle, int status)
{
    return std::string(" (") +
           (handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(status)) + ")";
}

// What the reader of the error can do about it. The primary code says what kind of trouble it is.
std::string advice(sqlite3 *handle, int status, const std::string &path)
{
    const int system_error = handle != nullptr ? sqlite3_system_errno(handle) : 0;
    const std::string cause =
        system_error != 0 ? std::string(": ") + std::strerror(system_error) : "";
    switch (status & 0xff) {
    case SQLITE_FULL:
        return "no space is left for " + path +
               "; nothing of this batch was stored: free some space";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return path + " is held locked by another program; end it and try again";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return path + " is damaged" + quoted_reason(handle, status) + "; move it away (mv " + path +
               " " + path + ".damaged) and start again with an empty store";
    case SQLITE_CANTOPEN:
        return "cannot open " + path + cause;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return path + " may not be written" + cause;
    case SQLITE_IOERR:
        return "cannot read or write " + path +
               (cause.empty() ? quoted_reason(handle, status) : cause);
    default:
        return path + quoted_reason(handle, status);
    }
}

tl::unexpected<Error> failed(sqlite3 *handle, int status, const Origin &origin)
{
    origin.failed_with = status & 0xff;
    // Where the log or its index cannot grow, the disk is as full as where the file cannot.
    origin.is_disk_full =
        origin.failed_with == SQLITE_FULL ||
        (origin.failed_with == SQLITE_IOERR && handle != nullptr &&
         (sqlite3_system_errno(handle) == ENOSPC || sqlite3_system_errno(handle) == EDQUOT));
    return failure(advice(handle, status, origin.path));
}

} // namespace

void Statement::keep(int status)
{
    if (status_ == SQLITE_OK)
        status_ = status;
}

void Statement::put(int at, std::string_view value)
{
    // An empty view may have no address, which SQLite would take for NULL.
    const char *first = value.data() == nullptr ? "" : value.data();
    keep(
        sqlite3_bind_text64(handle_.get(), at, first, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Statement::put(int at, std::uint64_t value)
{
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<sqlite3_int64>::max());
    keep(sqlite3_bind_int64(handle_.get(), at, static_cast<sqlite3_int64>(std::min(value, most))));
}

void Statement::put(int at, double value)
{
    keep(sqlite3_bind_double(handle_.get(), at, value));
}

Result<bool> Statement::next()
{
    sqlite3 *database = sqlite3_db_handle(handle_.get());
    if (status_ != SQLITE_OK)
        return failed(database, status_, *origin_);
    const int status = sqlite3_step(handle_.get());
    if (status == SQLITE_ROW)
        return true;
    if (status == SQLITE_DONE)
        return false;
    auto error = failed(database, status, *origin_);
    sqlite3_reset(handle_.get());
    return error;
}

Result<void> Statement::run()
{
    for (;;) {
        const auto more = next();
        if (!more)
            return tl::unexpected(more.error());
        if (!*more)
            break;
    }
    sqlite3_reset(handle_.get());
    return {};
}

std::string Statement::text(int column) const
{
    const unsigned char *first = sqlite3_column_text(handle_.get(), column);
    const int bytes = sqlite3_column_bytes(handle_.get(), column);
    if (first == nullptr || bytes <= 0)
        return {};
    return {reinterpret_cast<const char *>(first), static_cast<std::size_t>(bytes)};
}

std::uint64_t Statement::number(int column) const
{
    return static_cast<std::uint64_t>(
        std::max<sqlite3_int64>(0, sqlite3_column_int64(handle_.get(), column)));
}

Result<std::unique_ptr<Database>> Database::open(const std::string &path, int flags)
{
    std::unique_ptr<Database> database(new Database(path));
    sqlite3 *handle = nullptr;
    // NOMUTEX: one thread uses a Database. NOFOLLOW is left out: /var/lib may be a link.
    const int status = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    database->handle_.reset(handle);
    if (status != SQLITE_OK)
        return failed(handle, status, database->origin_);
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, kPatienceMs);
    return database;
}

Result<void> Database::run(const char *sql)
{
    const int status = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
    if (status != SQLITE_OK)
        return failed(handle_.get(), status, origin_);
    return {};
}

Result<Statement> Database::prepare(const char *sql) const
{
    sqlite3_stmt *statement = nullptr;
    const int status = sqlite3_prepare_v2(handle_.get(), sql, -1, &statement, nullptr);
    if (status != SQLITE_OK)
        return failed(handle_.get(), status, origin_);
    return Statement(statement, origin_);
}

Result<std::uint64_t> Database::number(const char *sql) const
{
    auto rows = prepare(sql);
    if (!rows)
        return tl::unexpected(std::move(rows.error()));
    const auto found = rows->next();
    if (!found)
        return tl::unexpected(found.error());
    return *found ? rows->number(0) : 0;
}

void Database::leave_log_alone()
{
    sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_wal_autocheckpoint(handle_.get(), 0);
}

Result<Transaction> Transaction::begin(Database &database)
{
    // IMMEDIATE: the right to write is taken first, so that a batch never fails halfway for want of
    // it.
    if (auto begun = database.run("BEGIN IMMEDIATE"); !begun)
        return tl::unexpected(std::move(begun.error()));
    return Transaction(database);
}

Transaction::~Transaction()
{
    // A full disk may have rolled it back already.
    if (database_ != nullptr && database_->in_transaction())
        static_cast<void>(database_->run("ROLLBACK"));
}

Result<void> Transaction::commit()
{
    auto done = database_->run("COMMIT");
    if (done)
        database_ = nullptr;
    return done;
}

} // namespace sentra::store
