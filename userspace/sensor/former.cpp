// SPDX-License-Identifier: MIT
#include "sensor/former.h"

#include <algorithm>
#include <cstring>

#include <sentra/event/process.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "base/time.h"

namespace sentra::sensor {

namespace {

// When this process began, at most one tick of the clock too early; 0: /proc does not say.
std::uint64_t own_start_ns()
{
    const auto stat = read_file("/proc/self/stat");
    if (!stat || stat->rfind(')') == std::string::npos)
        return 0;
    // The name may hold anything; field 3 follows its last bracket, and 22 is wanted.
    const auto fields = split(std::string_view(*stat).substr(stat->rfind(')') + 2), ' ');
    const auto ticks = fields.size() > 19 ? parse_number<std::uint64_t>(fields[19]) : std::nullopt;
    return ticks.value_or(0) * (kSecondNs / static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK)));
}

} // namespace

void Former::look_at(const Ring &ring)
{
    const auto bytes = ring.next();
    if (bytes.size() < sizeof(sentra_head))
        return;
    sentra_head head{};
    std::memcpy(&head, bytes.data(), sizeof head);
    const std::uint64_t time_ns = head.time_ns;
    oldest_ns_ = oldest_ns_ == 0 ? time_ns : std::min(oldest_ns_, time_ns);
}

void Former::look(Survival &survival, const Ring &own, std::uint64_t now_ns)
{
    if (!survival.is_adopted() && survival.earlier().empty())
        return;
    until_ns_ = now_ns;
    since_ns_ = survival.since_ns();
    own_start_ns_ = own_start_ns();
    look_at(own);
    for (const Ring &ring : survival.earlier())
        look_at(ring);
}

bool Former::is_for_us(std::span<const std::byte> bytes, bool is_earlier) const
{
    if (until_ns_ == 0 || bytes.size() < sizeof(sentra_fork))
        return true;
    sentra_fork record{}; // every record of the kernel's begins like this one
    std::memcpy(&record, bytes.data(), sizeof record);
    if (since_ns_ != 0 && is_earlier == (record.head.time_ns >= since_ns_))
        return false;
    return record.head.time_ns >= until_ns_ ||
           record.actor.pid != static_cast<std::uint32_t>(getpid()) ||
           record.actor.start_ns < own_start_ns_;
}

} // namespace sentra::sensor
