// SPDX-License-Identifier: MIT
#include "live.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sentra::live {

namespace {

std::uint64_t unix_now_ns()
{
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U +
           static_cast<std::uint64_t>(now.tv_nsec);
}

// The rung under test, where the caller names one (scripts/vm).
std::optional<sensor::Rung> rung_asked_for()
{
    const char *name = std::getenv("SENTRA_RUNG");
    if (name == nullptr || *name == '\0')
        return std::nullopt;
    const auto rung = sensor::rung_of(name);
    EXPECT_TRUE(rung.has_value()) << "SENTRA_RUNG=" << name;
    return rung;
}

} // namespace

bool Collector::put(event::Record record)
{
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !held_; });
    is_whole_ = is_whole_ && record.head().sequence == last_sequence_ + 1;
    last_sequence_ = record.head().sequence;
    ++counts_[record.head().type];
    if (!counting_)
        records_.push_back(std::move(record));
    return true;
}

void Collector::watermark(std::uint64_t time_ns)
{
    const std::lock_guard lock(mutex_);
    watermark_ns_ = time_ns;
    changed_.notify_all();
}

void Collector::hold(bool held)
{
    const std::lock_guard lock(mutex_);
    held_ = held;
    changed_.notify_all();
}

void Collector::count_only(bool counting)
{
    const std::lock_guard lock(mutex_);
    counting_ = counting;
}

bool Collector::settle(std::chrono::seconds patience)
{
    const std::uint64_t now_ns = unix_now_ns();
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return watermark_ns_ > now_ns; });
}

std::vector<event::Owned> Collector::of(pid_t pid, sentra_type type)
{
    std::vector<event::Owned> found;
    for (event::Owned &event : all(type))
        if (event->actor()->pid == static_cast<std::uint32_t>(pid))
            found.push_back(event);
    return found;
}

std::vector<event::Owned> Collector::all(sentra_type type)
{
    const std::lock_guard lock(mutex_);
    std::vector<event::Owned> found;
    for (const event::Record &record : records_) {
        if (record.head().type != type)
            continue;
        const auto event = event::Event::decode(record);
        EXPECT_TRUE(event.has_value()) << "a record of the sensor's does not decode";
        if (event)
            found.emplace_back(*event);
    }
    return found;
}

std::vector<event::Record> Collector::copies()
{
    const std::lock_guard lock(mutex_);
    std::vector<event::Record> all;
    for (const event::Record &record : records_)
        all.push_back(record.clone());
    return all;
}

std::uint64_t Collector::counted(sentra_type type)
{
    const std::lock_guard lock(mutex_);
    return counts_[type];
}

bool Collector::sequence_is_whole()
{
    const std::lock_guard lock(mutex_);
    return is_whole_;
}

void Running::open(sensor::Options options)
{
    if (!options.only)
        options.only = rung_asked_for();
    const auto begun = std::chrono::steady_clock::now();
    auto opened = sensor::Sensor::open(std::move(options), collector, losses);
    ASSERT_TRUE(opened.has_value()) << opened.error().text;
    ready_after = std::chrono::steady_clock::now() - begun;
    sensor = std::move(*opened);
    source = std::thread([this] {
        const auto ran = sensor->run();
        EXPECT_TRUE(ran.has_value()) << ran.error().text;
    });
    ASSERT_TRUE(collector.settle(std::chrono::seconds(20)));
}

void Running::stop()
{
    if (!source.joinable())
        return;
    collector.hold(false);
    sensor->stop();
    source.join();
}

void Running::print_figures() const
{
    std::map<std::string, std::uint64_t> missed; // of a program, over all its hooks
    std::set<std::string_view> rungs;
    for (const sensor::ProgramRow &row : sensor->programs()) {
        missed[row.program] = row.recursion_misses;
        if (row.attached)
            rungs.insert(row.rung);
    }
    std::uint64_t all_missed = 0;
    for (const auto &[program, count] : missed)
        all_missed += count;
    std::cout << "sensor: ready "
              << std::chrono::duration_cast<std::chrono::milliseconds>(ready_after).count()
              << " ms lost " << losses.total(SENTRA_LOSS_RING_FULL) << " missed " << all_missed
              << " on";
    for (const std::string_view rung : rungs)
        std::cout << " " << rung;
    std::cout << std::endl;
    for (const sensor::Watch &watch : sensor->watches()) {
        std::cout << "sensor: " << watch.event << " on " << watch.rung;
        for (const std::string &lost : watch.blind)
            std::cout << "; not " << lost;
        std::cout << (watch.reason.empty() ? "" : "; because " + watch.reason) << std::endl;
    }
}

std::shared_ptr<Running> Live::shared_;

void Live::SetUp()
{
    if (geteuid() != 0)
        GTEST_SKIP() << "needs root";
    std::string pattern = "/tmp/sentra-live-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    ASSERT_EQ(chmod(pattern.c_str(), 0755), 0);
    folder_ = std::filesystem::canonical(pattern);
}

void Live::TearDown()
{
    if (running_ && running_ != shared_)
        running_->stop();
    if (!folder_.empty())
        std::filesystem::remove_all(folder_);
}

void Live::TearDownTestSuite()
{
    if (shared_) {
        shared_->stop();
        shared_->print_figures();
        for (const event::Owned &sign : shared_->collector.all(SENTRA_META_TAMPER))
            ADD_FAILURE() << "nobody did this: " << field(*sign, "tamper.detail");
    }
    shared_.reset();
}

void Live::start()
{
    if (!shared_) {
        shared_ = std::make_shared<Running>();
        ASSERT_NO_FATAL_FAILURE(shared_->open({}));
    }
    running_ = shared_;
}

void Live::start(sensor::Options options)
{
    running_ = std::make_shared<Running>();
    ASSERT_NO_FATAL_FAILURE(running_->open(std::move(options)));
}

void Live::stop()
{
    running_->stop();
}

pid_t Live::child(const std::function<int()> &act, int expected_status)
{
    const pid_t pid = fork();
    if (pid == 0) {
        if (chdir(folder_.c_str()) != 0)
            _exit(98);
        _exit(act());
    }
    int status = 0;
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT_TRUE(WIFEXITED(status)) << "the child was killed by signal " << WTERMSIG(status);
    EXPECT_EQ(WEXITSTATUS(status), expected_status);
    return pid;
}

std::vector<event::Owned> Live::of(pid_t pid, sentra_type type)
{
    EXPECT_TRUE(running_->collector.settle(std::chrono::seconds(20)))
        << "the watermark does not move";
    return running_->collector.of(pid, type);
}

event::Owned Live::one(pid_t pid, sentra_type type)
{
    auto found = of(pid, type);
    EXPECT_EQ(found.size(), 1U) << "events of type " << std::hex << type;
    if (found.empty())
        throw std::runtime_error("the event the test needs was not told");
    return found.front();
}

sensor::Row Live::row(std::string_view event)
{
    for (const sensor::Row &row : running_->sensor->account())
        if (row.event == event)
            return row;
    ADD_FAILURE() << "no account of " << event;
    return {};
}

bool Live::by_tracepoint(std::string_view event)
{
    for (const sensor::ProgramRow &row : sensor().programs())
        if (row.event == event && row.attached && row.rung != "tracepoint")
            return false;
    return true;
}

std::uint64_t Live::missed(std::string_view event)
{
    std::map<std::string, std::uint64_t> misses; // of a program, over all its hooks
    for (const sensor::ProgramRow &row : running_->sensor->programs())
        if (row.event == event)
            misses[row.program] = row.recursion_misses;
    std::uint64_t all = 0;
    for (const auto &[program, count] : misses)
        all += count;
    return all;
}

void Live::expect_balance()
{
    for (const sensor::Row &row : running_->sensor->account())
        EXPECT_EQ(row.seen, row.handed + row.filtered + row.lost) << row.event;
}

std::string field(const event::Event &event, std::string_view name)
{
    return event::to_text(event.get(name));
}

void must(bool succeeded, const char *call)
{
    if (succeeded)
        return;
    std::perror(call);
    _exit(99);
}

void write_file(const std::string &path, const std::string &text, unsigned mode)
{
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    must(fd >= 0, path.c_str());
    must(write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()), "write");
    must(fchmod(fd, mode) == 0, "fchmod");
    close(fd);
}

void copy_program(const std::string &from, const std::string &to, unsigned mode)
{
    std::ifstream in(from, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    must(!bytes.empty(), from.c_str());
    write_file(to, bytes, mode);
}

} // namespace sentra::live
