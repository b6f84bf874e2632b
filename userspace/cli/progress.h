// SPDX-License-Identifier: MIT
// How far long work has come: a line on stderr, where that is a terminal, that is drawn over and
// taken away at the end. Work of less than a second shows none. stdout is never touched.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace sentra::cli {

// "reading auth.log [####------]  42 %", at most so many columns. of: 0 not known.
[[nodiscard]] std::string progress_line(const std::string &doing, std::uint64_t done,
                                        std::uint64_t of, std::size_t columns);

class Progress {
public:
    Progress(const std::string &doing, std::uint64_t of);
    ~Progress() { clear(); }
    Progress(const Progress &) = delete;
    Progress &operator=(const Progress &) = delete;
    // As often as one likes: drawn a few times a second.
    void reached(std::uint64_t done);
    // Before something else is written on the terminal.
    void clear();

private:
    using Clock = std::chrono::steady_clock;
    std::string doing_;
    std::uint64_t of_;
    bool is_terminal_;
    bool is_drawn_ = false;
    Clock::time_point next_;
};

} // namespace sentra::cli
