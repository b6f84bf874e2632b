// SPDX-License-Identifier: MIT
#include "cli/progress.h"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/screen.h"

namespace sentra::cli {

namespace {

constexpr auto kFirst = std::chrono::seconds(1);
constexpr auto kBetween = std::chrono::milliseconds(200);

} // namespace

std::string progress_line(const std::string &doing, std::uint64_t done, std::uint64_t of,
                          std::size_t columns)
{
    constexpr std::size_t kBar = 20;
    if (of == 0)
        return clipped(doing, columns);
    done = std::min(done, of);
    const auto share = static_cast<double>(done) / static_cast<double>(of);
    const auto full = static_cast<std::size_t>(share * kBar);
    const std::string percent = fmt::format(" {:3} %", static_cast<int>(share * 100));
    const std::string bar = " [" + std::string(full, '#') + std::string(kBar - full, '-') + "]";
    const std::size_t words = columns_of(doing);
    if (words + bar.size() + percent.size() <= columns)
        return doing + bar + percent;
    return clipped(doing, columns - std::min(columns, percent.size())) + percent;
}

Progress::Progress(const std::string &doing, std::uint64_t of)
    : doing_(printable(doing, 400)),
      of_(of),
      is_terminal_(::isatty(STDERR_FILENO) == 1),
      next_(Clock::now() + kFirst)
{}

void Progress::reached(std::uint64_t done)
{
    if (!is_terminal_)
        return;
    const auto now = Clock::now();
    if (now < next_)
        return;
    next_ = now + kBetween;
    // One column is left free: a terminal wraps behind the last.
    std::cerr << "\r\x1b[K"
              << progress_line(doing_, done, of_, columns_of_terminal(STDERR_FILENO) - 1)
              << std::flush;
    is_drawn_ = true;
}

void Progress::clear()
{
    if (!is_drawn_)
        return;
    std::cerr << "\r\x1b[K" << std::flush;
    is_drawn_ = false;
}

} // namespace sentra::cli
