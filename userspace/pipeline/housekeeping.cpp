// SPDX-License-Identifier: MIT
#include "pipeline/housekeeping.h"

namespace sentra::pipeline {

namespace {

constexpr std::chrono::seconds kBetweenLooks(1);

} // namespace

std::uint64_t unix_now_ns()
{
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count());
}

void Facts::tell_first(Merge &merge, const Sources &sources)
{
    merge.tell(host_fact(tenant_));
    for (event::Record &account : accounts_.changed())
        merge.tell(std::move(account));
    if (!sources.kernel_why().empty())
        merge.tell(gap_fact(SENTRA_SOURCE_KERNEL, unix_now_ns(), 0, sources.kernel_why()));
}

void Facts::refresh(Merge &merge, Sources &sources, Merge::Clock::time_point now)
{
    if (now - refreshed_ < kBetweenLooks)
        return;
    refreshed_ = now;
    for (event::Record &account : accounts_.changed())
        merge.tell(std::move(account));
    for (event::Record &loss : sources.new_losses())
        merge.tell(std::move(loss));
    if (auto silence = sources.new_silence())
        merge.tell(std::move(*silence));
}

} // namespace sentra::pipeline
