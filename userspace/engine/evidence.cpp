// SPDX-License-Identifier: MIT
#include "engine/evidence.h"

#include <algorithm>

namespace sentra::engine {

namespace {

constexpr std::size_t kKeptMax = 32; // what a signal shows
// Enough to know again the events that several completions share; more is only counted.
constexpr std::size_t kKnownMax = 2048;
// A day of guessing from a botnet comes from a few thousand addresses.
constexpr std::size_t kNamesMax = 4096;

} // namespace

std::string ref_of(const sentra_head &head)
{
    constexpr std::size_t sources = sizeof sentra_sources / sizeof sentra_sources[0];
    const char *source = head.source < sources ? sentra_sources[head.source] : "unknown";
    return std::string("rec:") + source + ":" + std::to_string(head.sequence);
}

void EvidenceList::note(std::set<std::string> &names, std::string name)
{
    if (name.empty() || names.count(name) != 0)
        return;
    if (names.size() < kNamesMax)
        names.insert(std::move(name));
    else
        has_all_names_ = false;
}

void EvidenceList::leave_out(std::uint64_t many)
{
    left_out_ += many;
    has_all_names_ = has_all_names_ && many == 0;
}

void EvidenceList::add(const TakenPtr &taken)
{
    const sentra_head &head = taken->bound.event->head();
    const Id id{head.time_ns, head.source, head.sequence};
    if (known_.count(id) != 0)
        return;
    if (known_.size() < kKnownMax)
        known_.insert(id);
    const event::Event &event = *taken->bound.event;
    if (!event.is(SENTRA_NET_CONNECT)) // there the source is this host
        note(sources_, event::to_text(event.get("source.ip")));
    note(users_, event::to_text(event.get("user.name")));
    first_ns_ = std::min(first_ns_, taken->time_ns);
    last_ns_ = std::max(last_ns_, taken->time_ns);
    const auto at =
        std::lower_bound(kept_.begin(), kept_.end(), id,
                         [](const auto &one, const Id &wanted) { return one.first < wanted; });
    kept_.insert(at, {id, taken});
    if (kept_.size() > kKeptMax) {
        kept_.erase(kept_.begin() + kKeptMax / 2);
        ++left_out_;
    }
}

std::vector<Evidence> EvidenceList::all() const
{
    std::vector<Evidence> made;
    made.reserve(kept_.size());
    for (const auto &[id, taken] : kept_) {
        const Bound &bound = taken->bound;
        made.push_back({taken->time_ns, std::string(bound.event->type().name), bound.step,
                        ref_of(bound.event->head()), bound.event, bound.context});
    }
    return made;
}

} // namespace sentra::engine
