// SPDX-License-Identifier: MIT
// Boot time to Unix time. The only clocks the sensor reads; nothing above the sources reads any.
#pragma once

#include <cstdint>
#include <optional>

namespace sentra::sensor {

[[nodiscard]] std::uint64_t boot_now_ns();

class BootClock {
public:
    // Looks again. The step in ns, if the offset has moved by more than a millisecond: smaller ones
    // are the slewing of NTP, and following them would change nothing but the noise.
    std::optional<std::int64_t> look();

    [[nodiscard]] std::int64_t boot_to_unix_ns() const { return offset_ns_; }
    [[nodiscard]] std::uint64_t to_unix(std::uint64_t boot_ns) const
    {
        return boot_ns + static_cast<std::uint64_t>(offset_ns_);
    }

private:
    std::int64_t offset_ns_ = 0;
};

} // namespace sentra::sensor
