// SPDX-License-Identifier: MIT
// What the store does when something is wrong: with the file, the version, the disk, or another
// program; and when it is killed.
#include <array>
#include <chrono>
#include <fstream>
#include <random>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "unit/store/made.h"

namespace sentra::store {
namespace {

using ::testing::HasSubstr;

namespace fs = std::filesystem;

class Trouble : public made::StoreTest {
protected:
    [[nodiscard]] static std::string bytes_of(const std::string &path) { return *read_file(path); }
    static void write_at(const std::string &path, std::streamoff offset, const std::string &bytes)
    {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(offset);
        file << bytes;
    }
    [[nodiscard]] static unsigned mode_of(const std::string &path)
    {
        struct stat status = {};
        EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
        return status.st_mode & 07777U;
    }
    void fill(int count) const
    {
        auto store = open();
        std::vector<signal::Signal> signals;
        for (int i = 0; i < count; ++i)
            signals.push_back(made::signal_of("signal " + std::to_string(i)));
        ASSERT_TRUE(store->commit(made::batch_of(std::move(signals))));
    }
};

TEST_F(Trouble, TheFileIsForItsOwnerAlone)
{
    ::umask(0);
    auto store = open();
    ASSERT_TRUE(store->commit(made::batch_of({made::signal_of("one")})));
    EXPECT_EQ(mode_of(folder_ + "/state"), 0700U);
    for (const char *beside : {"", "-wal", "-shm", ".lock"})
        EXPECT_EQ(mode_of(path_ + beside), 0600U) << beside;
    store.reset();
    ASSERT_EQ(::chmod(path_.c_str(), 0644), 0);
    store = open();
    EXPECT_EQ(mode_of(path_), 0600U);
    ::umask(022);
}

TEST_F(Trouble, AFolderThatCannotBeMadeIsNamed)
{
    std::ofstream(folder_ + "/state") << "a file";
    EXPECT_THAT(refusal(), HasSubstr(folder_ + "/state"));
}

TEST_F(Trouble, ThereIsOneWriter)
{
    auto store = open();
    EXPECT_THAT(refusal(), HasSubstr(path_ + " is in use by another writer; is sentrad running"));
    store.reset();
    EXPECT_NE(open(), nullptr);
}

TEST_F(Trouble, AStoreThatIsNotThereIsNotMadeByReading)
{
    EXPECT_THAT(refusal(Store::Access::read), HasSubstr("there is no store at " + path_));
    EXPECT_FALSE(fs::exists(path_));
}

TEST_F(Trouble, ANewerStoreIsLeftUntouched)
{
    fill(3);
    sql("PRAGMA user_version = 109; CREATE TABLE later (x)");
    // With a log that has not been moved into the file yet, as after a crash of the newer program.
    sqlite3 *newer = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &newer), SQLITE_OK);
    sqlite3_wal_autocheckpoint(newer, 0);
    sqlite3_db_config(newer, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    ASSERT_EQ(sqlite3_exec(newer, "INSERT INTO later VALUES (1)", nullptr, nullptr, nullptr),
              SQLITE_OK);
    sqlite3_close(newer);
    const std::string before = bytes_of(path_), log = bytes_of(path_ + "-wal");
    ASSERT_FALSE(log.empty());
    for (const auto access : {Store::Access::write, Store::Access::read}) {
        EXPECT_THAT(refusal(access),
                    HasSubstr(path_ + " was written by a newer Sentra (version 109"));
        EXPECT_THAT(refusal(access), HasSubstr("left untouched"));
    }
    EXPECT_EQ(bytes_of(path_), before);
    EXPECT_EQ(bytes_of(path_ + "-wal"), log);
}

TEST_F(Trouble, SomebodyElsesDatabaseIsLeftUntouched)
{
    fs::create_directories(folder_ + "/state");
    sql("CREATE TABLE theirs (x)");
    const std::string before = bytes_of(path_);
    EXPECT_THAT(refusal(), HasSubstr("is a database, but not Sentra's"));
    EXPECT_EQ(bytes_of(path_), before);
}

TEST_F(Trouble, ADamagedHeadIsNamed)
{
    fill(3);
    write_at(path_, 0, std::string(100, 'x'));
    for (const auto access : {Store::Access::write, Store::Access::read})
        EXPECT_THAT(refusal(access),
                    HasSubstr(path_ + " is damaged (file is not a database); move it away"));
}

TEST_F(Trouble, DamageInsideIsFoundBeforeWriting)
{
    fill(200);
    const auto size_bytes = static_cast<std::streamoff>(fs::file_size(path_));
    ASSERT_GT(size_bytes, 100 * 1024);
    for (std::streamoff page = 40960; page < 81920; page += 4096)
        write_at(path_, page, std::string(64, '\xa5'));
    EXPECT_THAT(refusal(), HasSubstr(path_ + " is damaged"));
    EXPECT_THAT(refusal(), HasSubstr("mv " + path_));
    auto reader = open(Store::Access::read);
    EXPECT_FALSE(reader->check());
}

TEST_F(Trouble, ACutFileIsNamed)
{
    fill(200);
    fs::resize_file(path_, fs::file_size(path_) / 2);
    EXPECT_THAT(refusal(), HasSubstr(path_ + " is damaged"));
}

TEST_F(Trouble, ADamagedStoreCanBeSetAside)
{
    fill(3);
    write_at(path_, 0, std::string(100, 'x'));
    const std::string damaged = bytes_of(path_);
    const auto away = set_aside(path_);
    ASSERT_TRUE(away) << away.error().text;
    EXPECT_EQ(*away, path_ + ".damaged-1");
    EXPECT_EQ(bytes_of(*away), damaged);
    auto store = open();
    EXPECT_EQ(store->signals({})->size(), 0U);
    EXPECT_FALSE(set_aside(path_)) << "it is in use";
    store.reset();
    EXPECT_EQ(*set_aside(path_), path_ + ".damaged-2");
    EXPECT_FALSE(set_aside(path_)) << "there is nothing to set aside";
}

TEST_F(Trouble, ALockedStoreSaysSoAndLosesNothing)
{
    auto store = open();
    sqlite3 *other = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    const Batch batch = made::batch_of({made::signal_of("one")});
    EXPECT_THAT(store->commit(batch).error().text,
                HasSubstr("commit: " + path_ + " is held locked by another program"));
    sqlite3_close(other);
    EXPECT_EQ(store->commit(batch)->size(), 1U);
}

// What the child has to say comes back through a pipe; it never returns.
template <typename Child> std::string said_by(Child child)
{
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    const pid_t pid = ::fork();
    if (pid == 0) {
        const std::string text = child();
        const bool whole =
            ::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
        ::_exit(whole ? 0 : 1);
    }
    ::close(ends[1]);
    std::string text;
    std::array<char, 1024> buffer{};
    for (ssize_t got = 0; (got = ::read(ends[0], buffer.data(), buffer.size())) > 0;)
        text.append(buffer.data(), static_cast<std::size_t>(got));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? text : "the child failed: " + text;
}

// A mount namespace of our own: as root at once, else inside a user namespace in which we are root.
bool may_mount()
{
    if (::unshare(CLONE_NEWNS) == 0)
        return true;
    const std::string uid = "0 " + std::to_string(::getuid()) + " 1";
    const std::string gid = "0 " + std::to_string(::getgid()) + " 1";
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        return false;
    std::ofstream("/proc/self/setgroups") << "deny";
    std::ofstream("/proc/self/uid_map") << uid;
    std::ofstream("/proc/self/gid_map") << gid;
    return ::getuid() == 0;
}

// Batches of a hundred until one fails; then room is made and that batch is tried again.
std::string fill_the_disk(const std::string &folder, const std::string &path)
{
    if (!may_mount())
        return "cannot mount";
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=512k") != 0)
        return "cannot mount";
    auto store = Store::open(path, Store::Access::write);
    if (!store)
        return store.error().text;
    for (int i = 0; i < 1000; ++i) {
        Batch batch;
        for (int k = 0; k < 100; ++k)
            batch.signals.push_back(made::signal_of(std::to_string(i) + "/" + std::to_string(k)));
        const auto news = (*store)->commit(batch);
        if (news)
            continue;
        const std::size_t kept = (*store)->signals({.most = 1'000'000})->size();
        if (::mount("tmpfs", folder.c_str(), "tmpfs", MS_REMOUNT, "size=8m") != 0)
            return "cannot remount";
        const auto again = (*store)->commit(batch);
        return news.error().text + " | kept " +
               (kept == 100U * static_cast<unsigned>(i) ? "all" : "some") + " | again " +
               std::to_string(again ? again->size() : 0) + " | " +
               ((*store)->check() ? "whole" : "damaged");
    }
    return "the disk was never full";
}

TEST_F(Trouble, AFullDiskSaysSoAndLosesNothing)
{
    const std::string said = said_by([&] { return fill_the_disk(folder_, path_); });
    if (said == "cannot mount")
        GTEST_SKIP() << "this user may not mount a small file system here";
    EXPECT_THAT(said, HasSubstr("commit: no space is left for " + path_));
    EXPECT_THAT(said, HasSubstr("| kept all | again 100 | whole"));
}

// One signal after the other onto a disk that somebody else has filled.
std::string starve(const std::string &folder, const std::string &path)
{
    if (!may_mount() || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=4m") != 0)
        return "cannot mount";
    auto store = Store::open(path, Store::Access::write);
    if (!store || !(*store)->outbox().use({{"siem", "elastic"}}))
        return "cannot open";
    const auto free_bytes = [&folder] { return fs::space(folder).available; };
    std::ofstream filler(folder + "/filler");
    while (free_bytes() > 512U * 1024)
        filler << std::string(16U * 1024, 'x') << std::flush;
    unsigned stored = 0, without_evidence = 0, without_reserve = 0;
    for (;; ++stored) {
        Batch batch = made::batch_of({made::signal_of(std::to_string(stored))});
        batch.sightings = {{"key " + std::to_string(stored), 1, 1}};
        if (!(*store)->commit(batch))
            break;
        if ((*store)->left_out() > 0 && without_evidence == 0)
            without_evidence = stored;
        if (!fs::exists(path + ".reserve") && without_reserve == 0)
            without_reserve = stored;
    }
    const bool is_counted = (*store)->left_out() >= std::uint64_t{3} * (stored - without_reserve);
    const std::size_t waiting = (*store)->outbox().due("siem", 1'000'000)->size();
    const bool is_kept = (*store)->signals({.most = 1'000'000})->size() == stored;
    filler.close();
    fs::remove(folder + "/filler");
    const std::uint64_t before = (*store)->left_out();
    const bool recovers = (*store)->commit(made::batch_of({made::signal_of("after")})).has_value();
    return std::string(0 < without_evidence && without_evidence < without_reserve
                           ? "evidence first"
                           : "out of order") +
           (stored - without_reserve > 20 ? ", signals go on" : ", signals stop") +
           (is_kept && waiting == stored ? ", all kept and told" : ", some lost") +
           (is_counted ? ", counted" : ", not counted") +
           (recovers && (*store)->left_out() == before && !(*store)->is_full() &&
                    fs::exists(path + ".reserve")
                ? ", well again"
                : ", not well again");
}

TEST_F(Trouble, OnAFullDiskEvidenceStopsFirstAndSignalsLast)
{
    const std::string said = said_by([&] { return starve(folder_, path_); });
    if (said == "cannot mount")
        GTEST_SKIP() << "this user may not mount a small file system here";
    EXPECT_EQ(said, "evidence first, signals go on, all kept and told, counted, well again");
}

constexpr unsigned kPerBatch = 3;

// Commits batch after batch until it is killed. The cursor says how many there have been.
[[noreturn]] void commit_for_ever(const std::string &path)
{
    auto store = Store::open(path, Store::Access::write);
    if (!store)
        ::_exit(1);
    const std::string cursor = (*store)->position()->cursor;
    for (unsigned done = cursor.empty() ? 0 : *parse_number<unsigned>(cursor);; ++done) {
        Batch batch;
        for (unsigned k = 0; k < kPerBatch; ++k)
            batch.signals.push_back(
                made::signal_of(std::to_string(done) + "/" + std::to_string(k)));
        batch.sightings = {{"key " + std::to_string(done), done, done}};
        batch.gaps = {{done, done, "journal", "a test"}};
        batch.position = Position{std::to_string(done + 1), done, "boot", false};
        const auto news = (*store)->commit(batch);
        if (!news || news->size() != kPerBatch)
            ::_exit(2);
    }
}

TEST_F(Trouble, KilledWhileItIsSetUpItCanBeSetUpAgain)
{
    std::mt19937 random(20260302);
    for (int i = 0; i < 60; ++i) {
        path_ = folder_ + "/" + std::to_string(i) + "/sentra.db";
        const pid_t pid = ::fork();
        ASSERT_GE(pid, 0);
        if (pid == 0)
            commit_for_ever(path_);
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 15'000));
        ASSERT_EQ(::kill(pid, SIGKILL), 0);
        ASSERT_EQ(::waitpid(pid, nullptr, 0), pid);
        auto store = open();
        ASSERT_NE(store, nullptr);
        EXPECT_TRUE(store->commit(made::batch_of({made::signal_of("after")})));
    }
}

TEST_F(Trouble, KilledAtAnyMomentItHoldsWholeBatchesOnly)
{
    constexpr int kills = 50;
    std::mt19937 random(20260302); // the same moments in every run, as far as a scheduler allows
    unsigned before = 0;
    int with_progress = 0;
    for (int i = 0; i < kills; ++i) {
        const pid_t pid = ::fork();
        ASSERT_GE(pid, 0);
        if (pid == 0)
            commit_for_ever(path_);
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 40'000));
        ASSERT_EQ(::kill(pid, SIGKILL), 0);
        int status = 0;
        ASSERT_EQ(::waitpid(pid, &status, 0), pid);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << status;

        auto store = open();
        ASSERT_NE(store, nullptr);
        ASSERT_TRUE(store->check());
        const std::string cursor = store->position()->cursor;
        const unsigned done = cursor.empty() ? 0 : *parse_number<unsigned>(cursor);
        EXPECT_EQ(store->signals({.most = 1'000'000})->size(), std::size_t{done} * kPerBatch);
        EXPECT_EQ(store->sightings()->size(), done);
        EXPECT_EQ(store->gaps(0)->size(), done);
        EXPECT_GE(done, before) << "a commit was lost";
        with_progress += done > before ? 1 : 0;
        before = done;
    }
    // Kills that always came before the first commit would have proved nothing.
    EXPECT_GT(with_progress, kills / 4);
    EXPECT_EQ(sql("SELECT count(*) = " + std::to_string(2 * kPerBatch * before) + " FROM evidence"),
              "1|");
}

} // namespace
} // namespace sentra::store
