// SPDX-License-Identifier: MIT
#include "sensor/actors.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "base/time.h"
#include "sensor/arguments.h"

namespace sentra::sensor {

namespace {

// A change is looked into within a second of it; so many may end meanwhile.
constexpr std::size_t kEndedMax = 2048;
// pid_max's usual value; 64-bit hosts may have more processes, then the newest are not known.
constexpr std::size_t kRunningMax = 32768;

std::uint64_t tick_ns()
{
    return kSecondNs / static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
}

// "Uid:\t0\t0\t0\t0": real, effective, saved, file system.
std::array<std::uint32_t, 4> four_ids(std::string_view line)
{
    std::array<std::uint32_t, 4> ids{};
    ids.fill(SENTRA_UNSET);
    std::size_t at = 0;
    for (const std::string_view part : split(line, '\t'))
        if (const auto id = parse_number<std::uint32_t>(trim(part)); id && at < ids.size())
            ids[at++] = *id;
    return ids;
}

void take_status(sentra_actor &actor, std::string_view status)
{
    for (const std::string_view line : split(status, '\n')) {
        const auto colon = line.find(':');
        if (colon == std::string_view::npos)
            continue;
        const std::string_view key = line.substr(0, colon), value = trim(line.substr(colon + 1));
        if (key == "Name")
            std::memcpy(actor.comm, value.data(), std::min(value.size(), sizeof actor.comm - 1));
        else if (key == "PPid")
            actor.parent_pid = parse_number<std::uint32_t>(value).value_or(0);
        else if (key == "CapEff")
            actor.cap_effective = parse_number<std::uint64_t>(value, 16).value_or(0);
        else if (key == "CapPrm")
            actor.cap_permitted = parse_number<std::uint64_t>(value, 16).value_or(0);
        else if (key == "NSpid" && !value.empty())
            actor.namespace_pid =
                parse_number<std::uint32_t>(trim(split(value, '\t').back())).value_or(0);
        else if (key == "Uid" || key == "Gid") {
            const auto ids = four_ids(value);
            (key == "Uid" ? actor.uid : actor.gid) = ids[0];
            (key == "Uid" ? actor.euid : actor.egid) = ids[1];
            (key == "Uid" ? actor.suid : actor.sgid) = ids[2];
            (key == "Uid" ? actor.fsuid : actor.fsgid) = ids[3];
        }
    }
}

std::uint32_t id_in(const std::string &path)
{
    const auto text = read_file(path);
    return text ? parse_number<std::uint32_t>(trim(*text)).value_or(SENTRA_UNSET) : SENTRA_UNSET;
}

sentra_actor nobody_known(std::uint32_t pid)
{
    sentra_actor actor{};
    actor.pid = actor.tid = pid;
    for (std::uint32_t *id :
         {&actor.uid, &actor.gid, &actor.euid, &actor.egid, &actor.suid, &actor.sgid, &actor.fsuid,
          &actor.fsgid, &actor.loginuid, &actor.audit_session})
        *id = SENTRA_UNSET;
    return actor;
}

} // namespace

void Actors::learn(const event::Record &record)
{
    const std::uint16_t type = record.head().type;
    const bool is_end = type == SENTRA_PROCESS_EXIT;
    if (!is_end && type != SENTRA_PROCESS_FORK && type != SENTRA_PROCESS_EXEC &&
        type != SENTRA_PROCESS_SNAPSHOT && type != SENTRA_CRED_CHANGE)
        return;
    // Every record of the kernel's about a process begins with head and actor.
    sentra_fork with_actor{};
    if (record.size() < sizeof with_actor)
        return;
    std::memcpy(&with_actor, record.bytes().data(), sizeof with_actor);
    const sentra_actor &actor = with_actor.actor;
    const auto known = actors_.find(actor.pid);
    if (known != actors_.end() && known->second.start_ns <= actor.start_ns)
        known->second = actor;
    else if (known == actors_.end() && actors_.size() < kRunningMax + kEndedMax)
        actors_.emplace(actor.pid, actor);
    if (is_end)
        ended(actor.pid, actor.start_ns);
}

void Actors::ended(std::uint32_t pid, std::uint64_t start_ns)
{
    ended_.emplace_back(pid, start_ns);
    if (ended_.size() <= kEndedMax)
        return;
    const auto gone = actors_.find(ended_.front().first);
    if (gone != actors_.end() && gone->second.start_ns == ended_.front().second)
        actors_.erase(gone); // else the number has been given to another
    ended_.pop_front();
}

const sentra_actor *Actors::find(std::uint32_t pid) const
{
    const auto known = actors_.find(pid);
    return known == actors_.end() ? nullptr : &known->second;
}

std::optional<sentra_actor> look_at_process(std::uint32_t pid)
{
    const std::string folder = "/proc/" + std::to_string(pid);
    const auto status = read_file(folder + "/status");
    sentra_actor actor = nobody_known(pid);
    actor.loginuid = id_in(folder + "/loginuid");
    actor.audit_session = id_in(folder + "/sessionid");
    const auto stat_line = read_file(folder + "/stat"); // last: what was read before is of the same
    if (!status || !stat_line)
        return std::nullopt;
    take_status(actor, *status);
    actor.start_ns = start_ticks(*stat_line) * tick_ns();
    return actor;
}

sentra_actor describe_actor(std::uint32_t pid, const sentra_actor *known,
                            const std::optional<sentra_actor> &now)
{
    if (known == nullptr)
        return now ? *now : nobody_known(pid);
    sentra_actor actor = *known;
    actor.tid = actor.pid; // which of its threads is not known
    if (!now || now->start_ns / tick_ns() != known->start_ns / tick_ns())
        return actor;
    actor.uid = now->uid;
    actor.gid = now->gid;
    actor.euid = now->euid;
    actor.egid = now->egid;
    actor.suid = now->suid;
    actor.sgid = now->sgid;
    actor.fsuid = now->fsuid;
    actor.fsgid = now->fsgid;
    actor.cap_effective = now->cap_effective;
    actor.cap_permitted = now->cap_permitted;
    actor.loginuid = now->loginuid;
    actor.audit_session = now->audit_session;
    return actor;
}

} // namespace sentra::sensor
