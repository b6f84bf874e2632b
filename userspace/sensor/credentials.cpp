// SPDX-License-Identifier: MIT
#include "sensor/credentials.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <sentra/event/all.h>

namespace sentra::sensor {

namespace {

// More than that a process has only by trying to confuse; then it is met anew.
constexpr std::size_t kHadMax = 16, kThreadsMax = 16'384;

static_assert(offsetof(sentra_exec, actor) == sizeof(sentra_head) &&
              offsetof(sentra_cred, actor) == sizeof(sentra_head) &&
              offsetof(sentra_file, actor) == sizeof(sentra_head) &&
              offsetof(sentra_connect, actor) == sizeof(sentra_head) &&
              offsetof(sentra_module, actor) == sizeof(sentra_head));

using Credentials = CredentialWatch::Credentials;

Credentials of(const sentra_actor &actor)
{
    return {actor.uid,           actor.gid,           actor.euid,          actor.egid,
            actor.suid,          actor.sgid,          actor.fsuid,         actor.fsgid,
            actor.cap_effective, actor.cap_permitted, actor.user_namespace};
}

Credentials before(const sentra_cred &cred)
{
    const bool enters = cred.call == SENTRA_CRED_UNSHARE || cred.call == SENTRA_CRED_SETNS;
    return {cred.old_uid,
            cred.old_gid,
            cred.old_euid,
            cred.old_egid,
            cred.old_suid,
            cred.old_sgid,
            cred.old_fsuid,
            cred.old_fsgid,
            cred.old_cap_effective,
            cred.old_cap_permitted,
            enters ? 0U : cred.actor.user_namespace};
}

void wear(sentra_actor &actor, const Credentials &now)
{
    actor.uid = now.uid;
    actor.gid = now.gid;
    actor.euid = now.euid;
    actor.egid = now.egid;
    actor.suid = now.suid;
    actor.sgid = now.sgid;
    actor.fsuid = now.fsuid;
    actor.fsgid = now.fsgid;
    actor.cap_effective = now.cap_effective;
    actor.cap_permitted = now.cap_permitted;
}

sentra_cred change(const sentra_actor &actor, const Credentials &old)
{
    sentra_cred cred{};
    cred.actor = actor;
    cred.old_uid = old.uid;
    cred.old_gid = old.gid;
    cred.old_euid = old.euid;
    cred.old_egid = old.egid;
    cred.old_suid = old.suid;
    cred.old_sgid = old.sgid;
    cred.old_fsuid = old.fsuid;
    cred.old_fsgid = old.fsgid;
    cred.old_cap_effective = old.cap_effective;
    cred.old_cap_permitted = old.cap_permitted;
    cred.call = SENTRA_CRED_UNKNOWN;
    return cred;
}

bool holds(const std::vector<Credentials> &list, const Credentials &one)
{
    return std::any_of(list.begin(), list.end(),
                       [&one](const Credentials &known) { return known.is(one); });
}

template <typename Struct> Struct body_of(const event::Record &record)
{
    Struct body{};
    std::memcpy(&body, record.bytes().data(), std::min(sizeof body, record.bytes().size()));
    return body;
}

} // namespace

bool Credentials::has_ids_of(const Credentials &other) const
{
    return uid == other.uid && gid == other.gid && euid == other.euid && egid == other.egid &&
           suid == other.suid && sgid == other.sgid && fsuid == other.fsuid && fsgid == other.fsgid;
}

bool Credentials::is(const Credentials &other) const
{
    const bool one_world = user_namespace == other.user_namespace && user_namespace != 0;
    return has_ids_of(other) && (!one_world || (cap_effective == other.cap_effective &&
                                                cap_permitted == other.cap_permitted));
}

void CredentialWatch::looked(const Untold &untold)
{
    if (untold.events != untold_)
        untold_ns_ = untold.now_ns;
    untold_ = untold.events;
}

bool CredentialWatch::may_be_untold(std::uint64_t since_ns)
{
    looked(ask_());
    return untold_ns_ != 0 && untold_ns_ >= since_ns;
}

CredentialWatch::Process &CredentialWatch::touch(const Key &key)
{
    const auto [at, is_new] = processes_.try_emplace(key);
    Process &process = at->second;
    if (is_new)
        process.place = order_.insert(order_.end(), key);
    else
        order_.splice(order_.end(), order_, process.place);
    return process;
}

void CredentialWatch::forget(const Key &key)
{
    const auto at = processes_.find(key);
    if (at == processes_.end())
        return;
    threads_ -= at->second.threads.size();
    order_.erase(at->second.place);
    processes_.erase(at);
}

void CredentialWatch::make_room(const Key &keep)
{
    while (threads_ > max_threads_ && order_.front() != keep)
        forget(Key(order_.front()));
}

// One thread, and nothing before it counts any more.
void CredentialWatch::begin(Process &process, const sentra_actor &actor, std::uint64_t boot_ns,
                            bool is_whole)
{
    threads_ -= process.threads.size();
    process.threads.clear();
    process.had.clear();
    process.told_late.clear();
    process.whole_ns = is_whole ? boot_ns : 0;
    set(process, actor.tid, of(actor), boot_ns);
}

void CredentialWatch::set(Process &process, std::uint32_t tid, const Credentials &now,
                          std::uint64_t boot_ns)
{
    if ((process.had.size() >= kHadMax && !holds(process.had, now)) ||
        process.threads.size() >= kThreadsMax) {
        threads_ -= process.threads.size();
        process.threads.clear();
        process.had.clear();
        process.whole_ns = 0;
    }
    auto which = std::find_if(process.had.begin(), process.had.end(), [&now](const auto &known) {
        return known.is(now) && known.user_namespace == now.user_namespace;
    });
    if (which == process.had.end())
        which = process.had.insert(which, now);
    const auto index = static_cast<std::uint32_t>(which - process.had.begin());
    auto thread =
        std::lower_bound(process.threads.begin(), process.threads.end(), tid,
                         [](const Thread &known, std::uint32_t id) { return known.tid < id; });
    if (thread == process.threads.end() || thread->tid != tid) {
        thread = process.threads.insert(thread, Thread{.tid = tid});
        ++threads_;
    }
    thread->which = index;
    thread->told_ns = boot_ns;
}

std::optional<Credentials> CredentialWatch::compare(Process &process, std::uint32_t tid,
                                                    const Credentials &now, std::uint64_t boot_ns)
{
    const auto known = std::find_if(process.threads.begin(), process.threads.end(),
                                    [tid](const Thread &thread) { return thread.tid == tid; });
    std::optional<Credentials> old;
    if (known != process.threads.end()) {
        const Credentials &was = process.had[known->which];
        if (!was.is(now)) {
            if (boot_ns <= known->told_ns)
                return std::nullopt; // older than what is known
            if (!holds(process.told_late, now) && !may_be_untold(known->told_ns))
                old = was;
        }
    } else if (!process.had.empty() && !holds(process.had, now) && process.whole_ns != 0) {
        if (may_be_untold(process.whole_ns))
            process.whole_ns = 0;
        else
            old = process.had.back();
    }
    set(process, tid, now, boot_ns);
    return old;
}

// A change that was seen: what it says of the time before must be what we know.
std::optional<CredentialWatch::Late> CredentialWatch::take_change(const sentra_cred &cred,
                                                                  std::uint64_t boot_ns)
{
    Process &process = touch({cred.actor.pid, cred.actor.start_ns});
    const Credentials earlier = before(cred);
    const auto old = compare(process, cred.actor.tid, earlier, boot_ns);
    set(process, cred.actor.tid, of(cred.actor), boot_ns);
    if (!old)
        return std::nullopt;
    Late late{.change = change(cred.actor, *old)};
    wear(late.change.actor, earlier);
    return late;
}

// Of the time before an exec four numbers are told; which thread called it is not.
std::optional<CredentialWatch::Late> CredentialWatch::take_exec(const sentra_exec &exec,
                                                                std::uint64_t boot_ns)
{
    Process &process = touch({exec.actor.pid, exec.actor.start_ns});
    const bool is_old_known = (exec.flags & SENTRA_EXEC_OLD_KNOWN) != 0;
    const bool is_secure = (exec.flags & SENTRA_EXEC_SECURE) != 0;
    Credentials called = of(exec.actor);
    if (is_old_known) {
        called.uid = exec.old_uid;
        called.gid = exec.old_gid;
        called.euid = exec.old_euid;
        called.egid = exec.old_egid;
    }
    const auto same = [&called](const Credentials &was) {
        return was.uid == called.uid && was.gid == called.gid && was.euid == called.euid &&
               was.egid == called.egid;
    };
    // A set-id program explains whatever it does to credentials that were not seen.
    bool fits = process.threads.empty() || process.whole_ns == 0 || (is_secure && !is_old_known) ||
                std::any_of(process.told_late.begin(), process.told_late.end(), same);
    std::uint64_t since_ns = boot_ns;
    for (const Thread &thread : process.threads) {
        fits = fits || same(process.had[thread.which]);
        since_ns = std::min(since_ns, thread.told_ns);
    }
    std::optional<Late> late;
    if (!fits && !may_be_untold(since_ns)) {
        const Credentials old = process.had[process.threads.front().which];
        late = Late{.change = change(exec.actor, old)};
        if (is_secure) { // what the program added is its exec's to tell
            called.suid = called.fsuid = called.euid;
            called.sgid = called.fsgid = called.egid;
            called.cap_effective = old.cap_effective;
            called.cap_permitted = old.cap_permitted;
        }
        wear(late->change.actor, called);
    }
    begin(process, exec.actor, boot_ns, true);
    return late;
}

// A child is what the thread was that made it. The parent itself is not in the record; of the child
// it is as true.
std::optional<CredentialWatch::Late> CredentialWatch::take_fork(const sentra_fork &fork,
                                                                std::uint64_t boot_ns)
{
    const Credentials now = of(fork.actor);
    std::optional<Late> late;
    const auto parent = processes_.find({fork.actor.parent_pid, fork.actor.parent_start_ns});
    if (parent != processes_.end() && parent->second.whole_ns != 0) {
        Process &maker = parent->second;
        const bool fits =
            std::any_of(maker.had.begin(), maker.had.end(),
                        [&now](const Credentials &known) { return known.has_ids_of(now); }) ||
            holds(maker.told_late, now);
        if (!fits && !may_be_untold(maker.whole_ns)) {
            late = Late{.change = change(fork.actor, maker.had[maker.threads.front().which]),
                        .goes_first = false};
            maker.told_late.push_back(now);
        }
    }
    begin(touch({fork.actor.pid, fork.actor.start_ns}), fork.actor, boot_ns, true);
    return late;
}

std::optional<CredentialWatch::Late> CredentialWatch::take(const event::Record &record,
                                                           std::uint64_t boot_ns)
{
    const std::uint16_t type = record.head().type;
    if (type >> 8U > SENTRA_KERNEL_MODULE >> 8U)
        return std::nullopt; // nobody acts
    const sentra_actor actor = body_of<sentra_fork>(record).actor;
    // Kernel threads become what they like, and lent credentials are given back.
    if (actor.pid == 0 || (actor.flags & (SENTRA_ACTOR_KERNEL_THREAD | SENTRA_ACTOR_LENT)) != 0)
        return std::nullopt;
    const Key key{actor.pid, actor.start_ns};
    std::optional<Late> late;
    if (type == SENTRA_PROCESS_EXEC) {
        late = take_exec(body_of<sentra_exec>(record), boot_ns);
    } else if (type == SENTRA_PROCESS_FORK) {
        late = take_fork(body_of<sentra_fork>(record), boot_ns);
    } else if (type == SENTRA_CRED_CHANGE) {
        late = take_change(body_of<sentra_cred>(record), boot_ns);
    } else if (type == SENTRA_PROCESS_SNAPSHOT) {
        // Read from outside, and ahead of what the ring still holds: good for a beginning only.
        const bool is_single = (body_of<sentra_exec>(record).flags & SENTRA_EXEC_THREADED) == 0;
        if (processes_.count(key) == 0)
            begin(touch(key), actor, boot_ns, is_single);
    } else if (const auto old = compare(touch(key), actor.tid, of(actor), boot_ns)) {
        late = Late{.change = change(actor, *old)};
    }
    if (type == SENTRA_PROCESS_EXIT)
        forget(key);
    else
        make_room(key);
    return late;
}

} // namespace sentra::sensor
