// SPDX-License-Identifier: MIT
#include "engine/trail.h"

#include <algorithm>

#include "base/time.h"
#include "engine/evidence.h"

namespace sentra::engine {

namespace {

constexpr std::size_t kStepsMax = 40;          // more than this nobody reads
constexpr std::size_t kBytesMax = 64UL * 1024; // of one actor: arguments can be long
constexpr std::size_t kConnectsMax = 10;       // of those: a scan must not push out the rest
constexpr std::size_t kActorsMax = 256;        // at once; with the above 16 MiB at the worst

bool has_trail(const session::Actor &actor)
{
    return actor.kind != session::ActorKind::unknown && actor.kind != session::ActorKind::kernel;
}

// Where somebody went, but for name servers, which are asked all day. Services go out for a living.
bool went_out(const event::Event &event, const session::Actor &actor)
{
    constexpr std::uint16_t name_server = 53;
    const std::uint16_t port = event.as<sentra_connect>().remote.port;
    return port != 0 && port != name_server && actor.kind != session::ActorKind::unit;
}

bool is_step(const event::Event &event, const session::Context &context)
{
    switch (event.type().id) {
    case SENTRA_NET_CONNECT:
        return went_out(event, *context.actor);
    case SENTRA_PROCESS_EXEC:
    case SENTRA_AUTH_ELEVATION:
    case SENTRA_IAM_USER:
    case SENTRA_IAM_GROUP:
        return true;
    case SENTRA_AUTH_LOGIN:
        return event.as<sentra_login>().outcome == SENTRA_OUTCOME_SUCCESS;
    case SENTRA_CRED_CHANGE: {
        // Set-id programs go back and forth; what they run, and the log, tells the outcome.
        const auto &change = event.as<sentra_cred>();
        const bool in_passing = context.process && context.process->secure_exec;
        return change.actor.euid == 0 && change.old_euid != 0 && !in_passing;
    }
    default:
        return false;
    }
}

// Of a program and its arguments, or of where it went; the same again is no step of its own.
std::uint64_t command_of(const event::Event &event)
{
    if (event.is(SENTRA_NET_CONNECT)) {
        const sentra_address &to = event.as<sentra_connect>().remote;
        const std::string_view ip(reinterpret_cast<const char *>(to.ip), sizeof to.ip);
        return (std::hash<std::string_view>{}(ip) << 17U) | (std::uint64_t{to.port} << 1U) | 1U;
    }
    if (!event.is(SENTRA_PROCESS_EXEC))
        return 0;
    const auto &exec = event.as<sentra_exec>();
    const std::hash<std::string_view> hash;
    return (hash(event.text(exec.executable)) * 31 + hash(event.text(exec.args))) | 1U;
}

} // namespace

void Trails::note(const event::Event &event, const session::Context &context)
{
    if (!has_trail(*context.actor) || !is_step(event, context))
        return;
    auto at = trails_.find(context.actor->key);
    if (at == trails_.end()) {
        make_room();
        at = trails_.try_emplace(context.actor->key).first;
    }
    Trail &trail = at->second;
    trail.last_ns = std::max(trail.last_ns, event.time_ns());
    const std::uint64_t command = command_of(event);
    if (command != 0 && std::any_of(trail.steps.begin(), trail.steps.end(),
                                    [&](const Step &step) { return step.command == command; }))
        return;
    if (event.is(SENTRA_NET_CONNECT) && trail.connects++ >= kConnectsMax)
        return;
    trail.bytes += event.head().size;
    trail.steps.push_back({command, event::Owned(event), context});
    while (trail.steps.size() > kStepsMax || (trail.bytes > kBytesMax && trail.steps.size() > 1)) {
        trail.bytes -= trail.steps.front().record->head().size;
        trail.steps.pop_front();
    }
}

std::vector<Evidence> Trails::of(const session::Actor &actor) const
{
    std::vector<Evidence> made;
    const auto at = trails_.find(actor.key);
    if (at == trails_.end())
        return made;
    made.reserve(at->second.steps.size());
    for (const Step &step : at->second.steps)
        made.push_back({step.record->time_ns(), std::string(step.record->type().name), "",
                        ref_of(step.record->head()), step.record, step.context});
    std::stable_sort(made.begin(), made.end(), [](const Evidence &one, const Evidence &other) {
        return one.time_ns < other.time_ns;
    });
    return made;
}

// The half that has been quiet longest goes, so that this is rare.
void Trails::make_room()
{
    if (trails_.size() < kActorsMax)
        return;
    std::vector<std::pair<std::uint64_t, std::string>> by_age;
    for (const auto &[key, trail] : trails_)
        by_age.emplace_back(trail.last_ns, key);
    std::sort(by_age.begin(), by_age.end());
    by_age.resize(by_age.size() / 2);
    for (const auto &[last_ns, key] : by_age)
        trails_.erase(key);
}

void Trails::forget(std::uint64_t now_ns)
{
    if (now_ns < next_look_ns_)
        return;
    next_look_ns_ = now_ns + kHourNs;
    for (auto at = trails_.begin(); at != trails_.end();)
        at = at->second.last_ns + kDayNs < now_ns ? trails_.erase(at) : std::next(at);
}

} // namespace sentra::engine
