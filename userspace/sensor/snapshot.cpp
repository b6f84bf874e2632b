// SPDX-License-Identifier: MIT
#include "sensor/snapshot.h"

#include <cstring>

#include <sentra/event/process.h>

#include "base/time.h"

namespace sentra::sensor {

namespace {

// A look at 1000 processes takes the kernel some 20 ms.
constexpr std::uint64_t kHealEveryNs = 2 * kSecondNs;

} // namespace

void HealPlan::looked(bool shaken, std::uint64_t now_ns)
{
    if (shaken && !pending_)
        healed_ns_ = now_ns; // the first one, too, waits until the loss has settled
    pending_ = pending_ || shaken;
    going_on_ = shaken;
    if (shaken)
        fresh_ = false;
}

void HealPlan::healed(std::uint64_t now_ns)
{
    healed_ns_ = now_ns;
    pending_ = going_on_;
    fresh_ = true;
}

bool HealPlan::is_due(std::uint64_t now_ns) const
{
    return pending_ && (!going_on_ || now_ns - healed_ns_ >= kHealEveryNs);
}

Result<void> for_each_process(std::span<const std::byte> look,
                              const std::function<void(std::span<const std::byte>)> &taking)
{
    while (look.size() >= sizeof(sentra_exec)) {
        sentra_head head{};
        std::memcpy(&head, look.data(), sizeof head);
        if (head.size < sizeof(sentra_exec) || head.size > look.size())
            return failure("the snapshot of running processes is cut");
        taking(look.first(head.size));
        look = look.subspan(head.size);
    }
    if (!look.empty())
        return failure("the snapshot of running processes is cut");
    return {};
}

} // namespace sentra::sensor
