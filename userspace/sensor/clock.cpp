// SPDX-License-Identifier: MIT
#include "sensor/clock.h"

#include <ctime>

#include "base/time.h"

namespace sentra::sensor {

namespace {

constexpr std::int64_t kNoticedNs = 1'000'000;

std::int64_t now_ns(clockid_t clock)
{
    timespec now{};
    clock_gettime(clock, &now);
    return now.tv_sec * static_cast<std::int64_t>(kSecondNs) + now.tv_nsec;
}

// One clock between two looks at the other; the tightest of a few tries.
std::int64_t measure()
{
    std::int64_t best = 0, tightest = INT64_MAX;
    for (int i = 0; i < 3; ++i) {
        const std::int64_t before = now_ns(CLOCK_BOOTTIME);
        const std::int64_t real = now_ns(CLOCK_REALTIME);
        const std::int64_t after = now_ns(CLOCK_BOOTTIME);
        if (after - before < tightest) {
            tightest = after - before;
            best = real - (before + tightest / 2);
        }
    }
    return best;
}

} // namespace

std::uint64_t boot_now_ns()
{
    return static_cast<std::uint64_t>(now_ns(CLOCK_BOOTTIME));
}

std::optional<std::int64_t> BootClock::look()
{
    const std::int64_t step = measure() - offset_ns_;
    if (step <= kNoticedNs && step >= -kNoticedNs)
        return std::nullopt;
    offset_ns_ += step;
    return step;
}

} // namespace sentra::sensor
