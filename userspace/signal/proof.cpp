// SPDX-License-Identifier: MIT
#include "signal/proof.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "signal/words.h"

namespace sentra::signal {

namespace {

using Names = std::set<std::string>;

void take_text(const event::Event &event, std::string_view field, std::size_t most_bytes,
               Names &into)
{
    const std::string text = printable(event::to_text(event.get(field)), most_bytes);
    if (!text.empty())
        into.insert(text);
}

void take_address(const event::Event &event, std::string_view field, Names &into)
{
    const event::Value value = event.get(field);
    const Ip *ip = std::get_if<Ip>(&value);
    // A socket that is bound to every address names no peer.
    if (ip != nullptr && *ip != Ip{} && ip->text() != "0.0.0.0")
        into.insert(ip->text());
}

// The other side: the host's own end of a connection tells nothing about who is there.
void take_peer(const event::Event &event, Names &into)
{
    take_address(event, event.is(SENTRA_NET_CONNECT) ? "destination.ip" : "source.ip", into);
}

struct Entities {
    Names files, ips, users;

    void take(const event::Event &event)
    {
        take_text(event, "file.path", kPathBytes, files);
        take_text(event, "file.origin.path", kPathBytes, files);
        take_peer(event, ips);
        take_address(event, "process.stdio.peer.ip", ips);
        take_text(event, "user.name", kArgumentBytes, users);
        take_text(event, "user.target.name", kArgumentBytes, users);
    }
};

// Whose file it is: the owner of the home that holds it. root owns nearly every other file and
// is named only for root's own home.
void take_owner(const engine::Match &match, const engine::Bound &bound, Names &users)
{
    if (!match.text || !is_known(bound.event->get("file.path")))
        return;
    const std::string owner = match.text(bound.step + ".file.owner");
    const std::string path = event::to_text(bound.event->get("file.path"));
    if (!owner.empty() && (owner != "root" || path.rfind("/root/", 0) == 0))
        users.insert(printable(owner, kArgumentBytes));
}

std::vector<std::string> listed(const Names &names)
{
    std::vector<std::string> list(names.begin(), names.end());
    list.resize(std::min(list.size(), kEntitiesMost));
    return list;
}

// The one name itself, or their number.
std::string how_many(const engine::Match &match, const Names &names, std::string_view one,
                     std::string_view many)
{
    const bool all_seen = match.all_names || match.evidence_left_out == 0;
    if (names.empty())
        return {};
    if (names.size() == 1 && all_seen)
        return *names.begin();
    return std::string(all_seen ? "" : "at least ")
        .append(std::to_string(names.size()))
        .append(" ")
        .append(names.size() == 1 ? one : many);
}

} // namespace

void add_evidence(const engine::Match &match, Signal &signal)
{
    const std::size_t count = match.evidence.size();
    const std::size_t half = kEvidenceMost / 2;
    for (std::size_t i = 0; i < count; ++i) {
        if (count > kEvidenceMost && i >= half && i < count - half)
            continue;
        const engine::Evidence &item = match.evidence[i];
        signal.evidence.push_back(
            {item.time_ns, item.event, sentence(*item.record, item.context), printable(item.ref)});
    }
    signal.evidence_left_out = match.evidence_left_out + (count - signal.evidence.size());
    if (!signal.action_needed)
        return;
    for (const engine::Evidence &item : match.trail)
        add_besides(signal, {item.time_ns, item.event, sentence(*item.record, item.context),
                             printable(item.ref), true});
}

void add_besides(Signal &signal, Evidence item)
{
    if (signal.evidence.size() >= kStoryEvidenceMost ||
        std::any_of(signal.evidence.begin(), signal.evidence.end(),
                    [&](const Evidence &known) { return known.ref == item.ref; }))
        return;
    const auto at = std::upper_bound(
        signal.evidence.begin(), signal.evidence.end(), item,
        [](const Evidence &one, const Evidence &other) { return one.time_ns < other.time_ns; });
    signal.evidence.insert(at, std::move(item));
}

void add_entities(const engine::Match &match, Signal &signal)
{
    Entities found;
    for (const engine::Evidence &item : match.evidence)
        found.take(*item.record);
    for (const engine::Bound &bound : match.bound) {
        found.take(*bound.event);
        take_owner(match, bound, found.users);
    }
    found.ips.insert(match.sources.begin(), match.sources.end());
    for (const std::string &user : match.users)
        found.users.insert(printable(user, kArgumentBytes));
    const session::Actor &actor = *match.actor;
    if (!actor.user.name.empty())
        found.users.insert(printable(actor.user.name, kArgumentBytes));
    if (actor.login && actor.login->source)
        found.ips.insert(actor.login->source->text());
    signal.files = listed(found.files);
    signal.ips = listed(found.ips);
    signal.users = listed(found.users);
}

std::string sources_in_words(const engine::Match &match)
{
    Names sources(match.sources.begin(), match.sources.end());
    for (const engine::Evidence &item : match.evidence)
        if (!item.record->is(SENTRA_NET_CONNECT))
            take_address(*item.record, "source.ip", sources);
    return how_many(match, sources, "address", "addresses");
}

std::string users_in_words(const engine::Match &match)
{
    Names users;
    for (const std::string &user : match.users)
        users.insert(printable(user, kArgumentBytes));
    for (const engine::Evidence &item : match.evidence)
        take_text(*item.record, "user.name", kArgumentBytes, users);
    return how_many(match, users, "user name", "user names");
}

} // namespace sentra::signal
