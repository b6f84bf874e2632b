// SPDX-License-Identifier: MIT
// A sensor on the real kernel, and children that do things for it to see: the test's own process is
// the sensor's, which is never told. Needs root.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "event/event.h"
#include "sensor/sensor.h"

namespace sentra::live {

// Keeps what comes; can be told to hold the sensor up.
class Collector : public event::Sink {
public:
    bool put(event::Record record) override;
    void watermark(std::uint64_t time_ns) override;

    void hold(bool held);
    void count_only(bool counting);
    // Everything until now has been put.
    [[nodiscard]] bool settle(std::chrono::seconds patience);
    [[nodiscard]] std::vector<event::Owned> of(pid_t pid, sentra_type type);
    [[nodiscard]] std::vector<event::Owned> all(sentra_type type);
    // Everything that was kept.
    [[nodiscard]] std::vector<event::Record> copies();
    [[nodiscard]] std::uint64_t counted(sentra_type type);
    [[nodiscard]] bool sequence_is_whole();

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<event::Record> records_;
    std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>(0x1000);
    std::uint64_t watermark_ns_ = 0, last_sequence_ = 0;
    bool held_ = false, counting_ = false, is_whole_ = true;
};

// A sensor, its thread and what came of it.
struct Running {
    Collector collector;
    event::Losses losses;
    std::unique_ptr<sensor::Sensor> sensor;
    std::thread source;
    std::chrono::steady_clock::duration ready_after{};

    void open(sensor::Options options);
    void stop();
    void print_figures() const; // what scripts/vm makes a table of
};

class Live : public testing::Test {
protected:
    void SetUp() override;
    void TearDown() override;
    static void TearDownTestSuite();
    // The sensor that most tests share: taking one away lasts seconds.
    void start();
    // One of the test's own.
    void start(sensor::Options options);
    void stop(); // the test's own: drains, the account is final

    // Runs `act` in a child with a working directory of its own; its exit status is what `act`
    // returns.
    pid_t child(const std::function<int()> &act, int expected_status = 0);
    [[nodiscard]] std::vector<event::Owned> of(pid_t pid, sentra_type type);
    // The only one of its kind; fails the test when there are others or none.
    [[nodiscard]] event::Owned one(pid_t pid, sentra_type type);
    [[nodiscard]] sensor::Row row(std::string_view event);
    // Runs of the event's programs that the kernel skipped, as it says itself.
    [[nodiscard]] std::uint64_t missed(std::string_view event);
    void expect_balance();
    // Whether events of this type are told by tracepoints: after the fact, for system calls only.
    [[nodiscard]] bool by_tracepoint(std::string_view event);
    [[nodiscard]] Collector &collector() { return running_->collector; }
    [[nodiscard]] event::Losses &losses() { return running_->losses; }
    [[nodiscard]] sensor::Sensor &sensor() { return *running_->sensor; }

    [[nodiscard]] std::string path(const std::string &name) const { return folder_ + "/" + name; }

    std::string folder_; // gone after the test

private:
    std::shared_ptr<Running> running_;
    static std::shared_ptr<Running> shared_;
};

// Tests that need a sensor of their own. In an emulated machine loading one takes ten seconds:
// there these run for one rung of a kernel only, the others for each.
class OwnSensor : public Live {};

// A field as `sentra replay --events` shows it.
[[nodiscard]] std::string field(const event::Event &event, std::string_view name);
// Reads or writes in a child: fails loudly with the call's name.
void must(bool succeeded, const char *call);
void write_file(const std::string &path, const std::string &text, unsigned mode = 0644);
void copy_program(const std::string &from, const std::string &to, unsigned mode = 0755);

} // namespace sentra::live
