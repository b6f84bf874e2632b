// SPDX-License-Identifier: MIT
#include "engine/novelty.h"

#include <algorithm>

#include "base/hash.h"
#include "base/ip.h"

namespace sentra::engine {

namespace {

constexpr std::size_t kSeenMax = 200'000; // some 30 MB; a busy bastion sees 1,000 pairs a month

bool ends_with(std::string_view text, std::string_view end)
{
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::string value_text(const event::Value &value)
{
    if (const auto *ip = std::get_if<Ip>(&value))
        return neighbourhood(*ip).text();
    std::string text = event::to_text(value);
    // A derived address is a text; it must compare as the address does.
    if (const auto ip = Ip::parse(text))
        return neighbourhood(*ip).text();
    return text;
}

// An address or a key is new for a person, not for the host.
std::string person_for(const session::FieldRef &field, const Asked &asked)
{
    const bool of_person =
        ends_with(field.name, "source.ip") || ends_with(field.name, "fingerprint");
    if (!of_person)
        return {};
    const bool of_actor = field.name.rfind("actor.", 0) == 0;
    const auto person = session::find_field(of_actor ? "actor.user.name" : "user.name");
    if (!person)
        return {};
    return event::to_text(
        session::read(*person, asked.event, asked.context, asked.session, asked.buffers.other));
}

// Hashed: the store need not know whom a host knows, and keys have one length.
std::string key_of(const Fresh &fresh, const std::string &value, const std::string &person)
{
    std::string text = fresh.field.name;
    text.append("\x1f").append(std::to_string(fresh.window_ns));
    text.append("\x1f").append(value).append("\x1f").append(person);
    return sha256_hex(text).substr(0, 32);
}

} // namespace

bool Novelty::is_new(const Pending &asked) const
{
    if (asked.time_ns < learning_until_ns_)
        return false;
    const auto found = seen_.find(asked.key);
    if (found == seen_.end())
        return true;
    const Seen &seen = found->second;
    return asked.time_ns <= seen.first_ns ||
           (asked.time_ns > seen.last_ns && asked.time_ns - seen.last_ns > asked.window_ns);
}

std::uint32_t Novelty::ask(const std::vector<Fresh> &fresh, const Asked &asked)
{
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < fresh.size(); ++i) {
        const event::Value value = session::read(fresh[i].field, asked.event, asked.context,
                                                 asked.session, asked.buffers.value);
        if (!is_known(value))
            continue; // what is not known cannot be new
        Pending one{key_of(fresh[i], value_text(value), person_for(fresh[i].field, asked)),
                    asked.event.time_ns(), fresh[i].window_ns};
        if (is_new(one))
            bits |= std::uint32_t{1} << i;
        pending_.push_back(std::move(one));
    }
    return bits;
}

void Novelty::commit(std::uint64_t &evicted)
{
    for (Pending &one : pending_) {
        const auto [at, made] = seen_.try_emplace(one.key);
        Seen &seen = at->second;
        const bool again =
            !made && one.time_ns > seen.last_ns && one.time_ns - seen.last_ns > one.window_ns;
        if (made || again || one.time_ns < seen.first_ns)
            seen.first_ns = one.time_ns;
        if (made || one.time_ns > seen.last_ns)
            seen.last_ns = one.time_ns;
        changed_.insert(std::move(one.key));
    }
    pending_.clear();
    if (seen_.size() > kSeenMax)
        evict_oldest(evicted);
}

void Novelty::evict_oldest(std::uint64_t &evicted)
{
    std::vector<std::uint64_t> times;
    times.reserve(seen_.size());
    for (const auto &[key, seen] : seen_)
        times.push_back(seen.last_ns);
    // A tenth at once, so that the walk is paid for by 20,000 new sightings.
    const auto cut = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 10);
    std::nth_element(times.begin(), cut, times.end());
    const std::uint64_t before_ns = *cut;
    for (auto at = seen_.begin(); at != seen_.end();) {
        const bool old = at->second.last_ns <= before_ns;
        evicted += old ? 1 : 0;
        at = old ? seen_.erase(at) : std::next(at);
    }
}

void Novelty::remember(const Sighting &sighting)
{
    seen_[sighting.key] = {sighting.first_ns, sighting.last_ns};
}

std::vector<Sighting> Novelty::take_new()
{
    std::vector<Sighting> changed;
    for (const std::string &key : changed_)
        if (const auto at = seen_.find(key); at != seen_.end())
            changed.push_back({key, at->second.first_ns, at->second.last_ns});
    changed_.clear();
    return changed;
}

} // namespace sentra::engine
