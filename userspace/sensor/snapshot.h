// SPDX-License-Identifier: MIT
// When the running processes are looked at again: after events were lost that would have said who
// started, ended or changed. In: what each look at the account found. Out: whether to look now.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "base/result.h"

namespace sentra::sensor {

class HealPlan {
public:
    // A look at the account, at this boot time: whether the process tree may have suffered since
    // the look before.
    void looked(bool shaken, std::uint64_t now_ns);
    void healed(std::uint64_t now_ns);

    // While losses go on, every two seconds: what was found then is soon stale again. Once they are
    // over (a look that found none), one last time: everything that was lost began before it.
    [[nodiscard]] bool is_due(std::uint64_t now_ns) const;
    // Nothing has been lost since the tree was known to be right: the first loss must be told
    // before anything that happened after it is judged.
    [[nodiscard]] bool is_first_news() const { return fresh_; }

private:
    std::uint64_t healed_ns_ = 0;
    bool pending_ = false, going_on_ = false, fresh_ = true;
};

// One look as the iterator wrote it: sentra_exec records one after the other. Every one is handed
// to `taking`. Error: the bytes are cut.
[[nodiscard]] Result<void>
for_each_process(std::span<const std::byte> look,
                 const std::function<void(std::span<const std::byte>)> &taking);

} // namespace sentra::sensor
