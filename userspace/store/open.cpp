// SPDX-License-Identifier: MIT
#include "store/open.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"
#include "store/schema.h"
#include "store/store.h"

namespace sentra::store {

namespace {

// Raised with every change of schema.sql. Hundreds are what an earlier program cannot read: 1..99,
// 100..199. Within them tables, columns with a default and indexes come, and nothing goes or
// changes its meaning, so that the program of before can still use the file after an upgrade was
// taken back.
constexpr std::uint64_t kSchemaVersion = 5;
constexpr std::uint64_t kOfOneKind = 100;
// "Sntr": tells our file from anybody else's SQLite file.
constexpr std::uint64_t kApplicationId = 0x536e7472;

// Missing folders are made for the owner alone; those that exist are left as they are.
Result<void> make_folder(const std::string &folder)
{
    if (folder.empty() || ::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST)
        return {};
    if (errno != ENOENT)
        return system_failure("make folder " + folder, errno);
    if (auto above = make_folder(std::string(directory_name(folder))); !above)
        return above;
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return system_failure("make folder " + folder, errno);
    return {};
}

// SQLite allows several writers, and this store does not: each would tell the other's news again.
Result<Fd> lock_writer(const std::string &path)
{
    const std::string lock_path = path + ".lock";
    Fd lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock.is_open())
        return system_failure("open " + lock_path, errno);
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0)
        return lock;
    if (errno == EWOULDBLOCK)
        return failure(path + " is in use by another writer; is sentrad running already?");
    return system_failure("lock " + lock_path, errno);
}

// The file exists and is the owner's alone before SQLite writes a byte into it; the log and the
// shared memory beside it get the same bits.
Result<void> make_private_file(const std::string &path)
{
    const Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.is_open())
        return {};
    struct stat status = {};
    if (errno != EEXIST || ::stat(path.c_str(), &status) != 0)
        return system_failure("make " + path, errno);
    if ((status.st_mode & 077U) != 0 && ::chmod(path.c_str(), 0600) != 0)
        return system_failure("make " + path + " private", errno);
    return {};
}

// 0: an empty file, to be set up.
Result<std::uint64_t> version_of(const Database &database)
{
    const auto version = database.number("PRAGMA user_version");
    const auto owner = database.number("PRAGMA application_id");
    const auto tables = database.number("SELECT count(*) FROM sqlite_schema");
    for (const auto *part : {&version, &owner, &tables})
        if (!*part)
            return *part;
    if (*version == 0 && *owner == 0 && *tables == 0)
        return 0;
    if (*owner != kApplicationId)
        return failure(database.path() + " is a database, but not Sentra's; it was left untouched");
    if (*version / kOfOneKind > kSchemaVersion / kOfOneKind)
        return failure(
            database.path() + " was written by a newer Sentra (version " +
            std::to_string(*version) + " of the store, this program knows up to " +
            std::to_string(kSchemaVersion / kOfOneKind * kOfOneKind + kOfOneKind - 1) +
            "); it was left untouched: install the newer Sentra again, or move the file away");
    return *version;
}

// Through a connection that cannot write: a file that is refused is not changed by a bit, not even
// by a log that is moved into it when the connection closes.
Result<void> look(const std::string &path, bool &is_damaged)
{
    // A rollback journal is left where the very first set-up was cut short. Only a writer can take
    // it back, and no version but the first has such a moment.
    if (::access((path + "-journal").c_str(), F_OK) == 0)
        return {};
    auto database = Database::open(path, SQLITE_OPEN_READONLY);
    if (!database)
        return tl::unexpected(std::move(database.error()));
    (*database)->leave_log_alone();
    if (auto version = version_of(**database); !version) {
        is_damaged = (*database)->was_damaged();
        return tl::unexpected(std::move(version.error()));
    }
    return {};
}

Result<void> set_up(Database &database, std::uint64_t version)
{
    auto transaction = Transaction::begin(database);
    if (!transaction)
        return tl::unexpected(std::move(transaction.error()));
    const std::string marks = "PRAGMA application_id = " + std::to_string(kApplicationId) +
                              "; PRAGMA user_version = " + std::to_string(kSchemaVersion);
    // The columns that came after their table, and what they replace.
    const char *columns = version == 4 ? "ALTER TABLE told ADD COLUMN ledger_head TEXT NOT NULL "
                                         "DEFAULT ''; DROP INDEX IF EXISTS outbox_delivered"
                                       : "";
    for (const char *sql : {columns, kSchemaSql, marks.c_str()})
        if (auto done = database.run(sql); !done)
            return done;
    return transaction->commit();
}

Result<void> prepare_for_writing(Database &database, std::uint64_t version, bool &is_damaged)
{
    // FULL: a commit is on the disk before anything is told about it.
    for (const char *sql :
         {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON",
          "PRAGMA trusted_schema = OFF", "PRAGMA journal_size_limit = 16777216"})
        if (auto done = database.run(sql); !done)
            return done;
    if (version != 0)
        if (auto whole = quick_check(database); !whole) {
            // The check may have said so, or have fallen over it; a busy file is another matter.
            is_damaged = database.was_damaged() || !database.has_failed();
            return whole;
        }
    return version < kSchemaVersion ? set_up(database, version) : Result<void>();
}

Result<Opened> opened(const std::string &path, Fd lock, bool &is_damaged)
{
    if (auto looked = look(path, is_damaged); !looked)
        return tl::unexpected(std::move(looked.error()));
    auto database = Database::open(path, SQLITE_OPEN_READWRITE);
    if (!database)
        return tl::unexpected(std::move(database.error()));
    const auto version = version_of(**database);
    auto ready = version ? prepare_for_writing(**database, *version, is_damaged)
                         : Result<void>(tl::unexpected(version.error()));
    if (!ready) {
        is_damaged = is_damaged || (*database)->was_damaged();
        return tl::unexpected(std::move(ready.error()));
    }
    return Opened{std::move(*database), std::move(lock)};
}

} // namespace

Result<Opened> open_for_writing(const std::string &path, bool *is_damaged)
{
    if (auto made = make_folder(std::string(directory_name(path))); !made)
        return tl::unexpected(std::move(made.error()));
    auto lock = lock_writer(path);
    if (!lock)
        return tl::unexpected(std::move(lock.error()));
    if (auto made = make_private_file(path); !made)
        return tl::unexpected(std::move(made.error()));
    bool damaged = false;
    return opened(path, std::move(*lock), is_damaged != nullptr ? *is_damaged : damaged);
}

std::uint64_t written_ns(const std::string &path)
{
    std::uint64_t latest_ns = 0;
    for (const char *beside : {"", "-wal"}) {
        struct stat about = {};
        if (::stat((path + beside).c_str(), &about) == 0)
            latest_ns =
                std::max(latest_ns, static_cast<std::uint64_t>(about.st_mtim.tv_sec) * kSecondNs +
                                        static_cast<std::uint64_t>(about.st_mtim.tv_nsec));
    }
    return latest_ns;
}

Result<Opened> open_for_reading(const std::string &path)
{
    if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT)
        return failure("there is no store at " + path + "; sentrad makes it when it runs");
    auto database = Database::open(path, SQLITE_OPEN_READONLY);
    if (!database)
        return tl::unexpected(std::move(database.error()));
    (*database)->leave_log_alone();
    const auto version = version_of(**database);
    if (!version)
        return tl::unexpected(version.error());
    if (*version == 0)
        return failure(path + " is empty; sentrad sets it up when it runs");
    if (*version < kSchemaVersion) // it lacks tables that readers ask for
        return failure(path + " was written by an earlier Sentra (version " +
                       std::to_string(*version) + " of the store, this program reads " +
                       std::to_string(kSchemaVersion) +
                       "); start this version's sentrad once, which brings it up to date");
    if (auto done = (*database)->run("PRAGMA trusted_schema = OFF"); !done)
        return tl::unexpected(std::move(done.error()));
    return Opened{std::move(*database), Fd()};
}

Result<void> quick_check(const Database &database)
{
    auto rows = database.prepare("PRAGMA quick_check(1)");
    if (!rows)
        return tl::unexpected(std::move(rows.error()));
    const auto found = rows->next();
    if (!found)
        return tl::unexpected(found.error());
    const std::string said = *found ? rows->text(0) : "nothing";
    if (said == "ok")
        return {};
    const std::string &path = database.path();
    return failure(path + " is damaged (" + said + "); move it away (mv " + path + " " + path +
                   ".damaged) and start again with an empty store");
}

Result<std::string> set_aside(const std::string &path)
{
    namespace fs = std::filesystem;
    const auto lock = lock_writer(path);
    if (!lock)
        return tl::unexpected(lock.error());
    std::error_code error;
    std::string away;
    // Numbered, not dated: nothing here reads a clock.
    for (unsigned number = 1; away.empty() || fs::exists(away, error); ++number)
        away = path + ".damaged-" + std::to_string(number);
    fs::rename(path, away, error);
    if (error)
        return system_failure("rename " + path, error.value());
    // The log belongs to the file and must not be taken for the next one's.
    for (const char *beside : {"-wal", "-shm"})
        fs::rename(path + beside, away + beside, error);
    return away;
}

} // namespace sentra::store
