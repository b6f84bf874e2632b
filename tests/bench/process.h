// SPDX-License-Identifier: MIT
// A child process under measurement: what it printed, what it used, and its end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/fd.h"
#include "base/result.h"

namespace sentra::bench {

class Child {
public:
    // READY=1 (sd_notify) or the word READY on standard error says that it watches; what else it
    // writes to standard error is dropped.
    [[nodiscard]] static Result<Child> start(const std::vector<std::string> &words);
    Child(Child &&other) noexcept;
    Child &operator=(Child &&) = delete;
    Child(const Child &) = delete;
    Child &operator=(const Child &) = delete;
    ~Child(); // SIGTERM, and waits

    [[nodiscard]] pid_t pid() const { return pid_; }
    [[nodiscard]] double ready_ms() const { return ready_ms_; } // from fork to READY
    [[nodiscard]] std::uint64_t cpu_ns() const;                 // user and system so far
    // "VmRSS" now, "VmHWM" at most; in KiB
    [[nodiscard]] std::uint64_t memory_kib(const std::string &row) const;

private:
    Child() = default;
    pid_t pid_ = -1;
    double ready_ms_ = 0;
    Fd input_; // closed at the end: sensor_probe ends with it
    Fd errors_;
};

// Runs to its end; what it wrote to standard output.
[[nodiscard]] Result<std::string> run(const std::vector<std::string> &words, int worst = 0);

} // namespace sentra::bench
