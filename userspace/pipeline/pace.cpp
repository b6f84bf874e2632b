// SPDX-License-Identifier: MIT
#include "pipeline/pace.h"

#include <algorithm>

namespace sentra::pipeline {

namespace {

using What = Ruling::What;
using output::Fate;

std::uint64_t share(std::uint64_t duration_ns, double chance)
{
    return static_cast<std::uint64_t>(static_cast<double>(duration_ns) *
                                      std::clamp(chance, 0.0, 1.0));
}

// Full jitter: any time up to the limit, so that a fleet whose sink comes back does not come back
// all at once.
std::uint64_t backoff_ns(unsigned failures, double chance)
{
    constexpr unsigned kDoublingsMost = 9; // 1 s * 2^9 is past the cap
    const std::uint64_t limit_ns =
        std::min(kWaitMostNs, kFirstWaitNs << std::min(failures - 1, kDoublingsMost));
    return std::max(share(limit_ns, chance), kBetweenBatchesNs);
}

bool any(const std::vector<Ruling> &rulings, What what)
{
    return std::any_of(rulings.begin(), rulings.end(),
                       [what](const Ruling &ruling) { return ruling.what == what; });
}

} // namespace

void Pace::begin_anew()
{
    paused_.clear();
    failures_ = 0;
}

Ruling Pace::rule(const output::Outcome &outcome, std::size_t sent, bool was_shortened) const
{
    switch (outcome.fate) {
    case Fate::delivered:
        return {What::delivered, ""};
    case Fate::rejected:
        return {What::dead, outcome.why};
    case Fate::too_big:
        if (sent > 1)
            return {What::smaller, outcome.why};
        return was_shortened ? Ruling{What::dead, "too big even when shortened: " + outcome.why}
                             : Ruling{What::shorten, outcome.why};
    case Fate::retry:
        break;
    }
    return {What::again, outcome.why};
}

std::uint64_t Pace::wait_ns(const output::Handover &handover, double chance) const
{
    if (!paused_.empty())
        return kBetweenProbesNs;
    if (failures_ == 0)
        return kBetweenBatchesNs + share(kBetweenBatchesNs, chance);
    const std::uint64_t backoff = backoff_ns(failures_, chance);
    if (!handover.wait_ns)
        return backoff;
    const std::uint64_t asked = std::min(*handover.wait_ns, kAskedMostNs);
    return std::max(backoff, asked + share(kFirstWaitNs, chance));
}

Pace::Next Pace::judge(const output::Handover &handover, std::size_t sent, bool was_shortened,
                       double chance)
{
    Next next;
    for (std::size_t at = 0; at < sent; ++at)
        next.rulings.push_back(
            at < handover.outcomes.size()
                ? rule(handover.outcomes[at], sent, was_shortened)
                : Ruling{What::again, "the transport did not say what became of it"});
    const bool is_progress = any(next.rulings, What::delivered) || any(next.rulings, What::dead);
    if (any(next.rulings, What::smaller))
        at_once_ = std::max<std::size_t>(1, sent / 2);
    else if (any(next.rulings, What::delivered))
        at_once_ = std::min(most_at_once_, at_once_ * 2);
    // A sink that is paused works again once it takes something, not when it fails otherwise.
    if (!handover.pause.empty())
        paused_ = handover.pause;
    else if (is_progress)
        paused_.clear();
    if (!any(next.rulings, What::again))
        failures_ = 0;
    else
        failures_ = is_progress ? 1 : failures_ + 1;
    next.wait_ns = wait_ns(handover, chance);
    return next;
}

} // namespace sentra::pipeline
