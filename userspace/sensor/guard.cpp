// SPDX-License-Identifier: MIT
#include "sensor/guard.h"

#include <algorithm>

#include <fcntl.h>

#include "base/fd.h"
#include "base/time.h"

namespace sentra::sensor {

namespace {

constexpr std::uint64_t kEveryNs = 2 * kSecondNs;
constexpr std::uint64_t kDeeperEveryNs = 10 * kSecondNs;
// One look may meet a program that is being preempted, and is skipped then.
constexpr int kTimesUnseen = 2;

std::uint64_t own_writes(const AccountRows &rows)
{
    return rows[SENTRA_ROW(SENTRA_FILE_WRITE)].own;
}

} // namespace

std::vector<Sign> Guard::look(std::uint64_t now_ns)
{
    std::vector<Sign> signs;
    if (now_ns - looked_ns_ < kEveryNs)
        return signs;
    looked_ns_ = now_ns;
    look_at_pause(signs);
    look_at_pins(signs);
    if (now_ns - looked_deeper_ns_ < kDeeperEveryNs)
        return signs;
    looked_deeper_ns_ = now_ns;
    look_at_hooks(signs);
    look_at_sight(signs);
    return signs;
}

void Guard::look_at_pause(std::vector<Sign> &signs)
{
    if (!kernel_.is_paused())
        return;
    kernel_.begin();
    signs.push_back({SENTRA_TAMPER_PAUSED, true,
                     "somebody had told the programs to see nothing; they see again"});
}

void Guard::look_at_pins(std::vector<Sign> &signs)
{
    if (survival_.is_whole()) {
        pins_are_gone_ = false;
        return;
    }
    const auto again = survival_.keep_again(kernel_);
    if (!again && pins_are_gone_)
        return;
    pins_are_gone_ = !again;
    signs.push_back(
        {SENTRA_TAMPER_PINS_REMOVED, again.has_value(),
         again ? "what lets the programs outlive the sensor had been removed"
               : "what lets the programs outlive the sensor was removed: " + again.error().text});
}

void Guard::look_at_hooks(std::vector<Sign> &signs)
{
    std::vector<std::string> detached = kernel_.detached();
    for (const std::string &hook : detached)
        if (std::find(detached_.begin(), detached_.end(), hook) == detached_.end())
            signs.push_back({SENTRA_TAMPER_DETACHED, false, hook + " no longer holds its program"});
    detached_ = std::move(detached);
}

// A file of /proc is a regular one, and opening this one for writing changes nothing.
void Guard::look_at_sight(std::vector<Sign> &signs)
{
    if (!kernel_.sees(SENTRA_FILE_WRITE))
        return;
    const auto before = kernel_.account();
    const Fd own(::open("/proc/self/comm", O_WRONLY | O_CLOEXEC));
    const auto after = kernel_.account();
    if (!before || !after || !own.is_open())
        return;
    if (own_writes(*after) > own_writes(*before)) {
        times_unseen_ = 0;
        is_blind_ = false;
        return;
    }
    if (++times_unseen_ < kTimesUnseen || is_blind_)
        return;
    is_blind_ = true;
    signs.push_back({SENTRA_TAMPER_BLIND, false,
                     "the programs did not see a file that the sensor itself opened for writing"});
}

} // namespace sentra::sensor
