// SPDX-License-Identifier: MIT
#include "session/process_table.h"

#include <algorithm>
#include <cstring>

#include <sentra/event/meta.h>

#include "base/text.h"
#include "session/programs.h"

namespace sentra::session {

namespace {

constexpr std::size_t kImagesKept = 4;
constexpr std::size_t kCgroupsKept = 16'384;
// How long after its end a process may still be named by a journal line.
constexpr std::uint64_t kLineDelayNs = 10'000'000'000;
// Boot time is turned into Unix time by an offset that is measured now and then; while NTP slews
// (at most 500 ppm) the two drift apart by milliseconds.
constexpr std::uint64_t kClockSlackNs = 50'000'000;
// A process is given its start time a moment before a look at all processes can find it; and the
// kernel's clock for programs is not quite the one that the reader asks. Looks are a second apart.
constexpr std::uint64_t kBirthNs = 100'000'000;
// Between an exec's new program, which a look can already see, and the event that tells of it.
constexpr std::uint64_t kExecNs = 1'000'000'000;
// The journal cuts its times to microseconds.
constexpr std::uint64_t kCutNs = 1'000;

std::uint64_t pid_index(std::uint32_t pid_namespace, std::uint32_t pid)
{
    return (std::uint64_t{pid_namespace} << 32) | pid;
}

// Threads of a process differ in these without meaning anything to it.
bool same_facts(const sentra_actor &a, sentra_actor b)
{
    b.tid = a.tid;
    std::memcpy(b.comm, a.comm, sizeof b.comm);
    return std::memcmp(&a, &b, sizeof a) == 0;
}

std::size_t text_size(const Process &process)
{
    return process.executable.size() + process.given_path.size() + process.args.size() +
           process.working_directory.size() + process.tty.size() + process.cgroup.size() +
           process.package.size();
}

// Whether that is what the process runs as far as we know. A file that was replaced while it runs
// has another name or none.
bool is_same_program(const Process &process, const sentra_exec &body, std::string_view executable)
{
    if (process.inode == 0 || body.inode == 0)
        return process.executable == executable;
    return process.inode == body.inode && process.device_major == body.device_major &&
           process.device_minor == body.device_minor &&
           (process.executable == executable || (body.flags & SENTRA_EXEC_DELETED) != 0);
}

std::uint16_t depth_below(const std::shared_ptr<const Process> &parent)
{
    return parent == nullptr ? std::uint16_t{0} : static_cast<std::uint16_t>(parent->depth + 1);
}

} // namespace

ProcessTable::ProcessTable(event::Losses &losses, ProcessLimits limits)
    : losses_(losses), limits_(limits)
{}

ProcessTable::Entry &ProcessTable::observe(const event::Event &event)
{
    const sentra_actor &actor = *event.actor();
    const ProcessKey key{actor.pid, actor.start_ns};
    forget_exited(event.time_ns());
    Entry *entry = find_mutable(key);
    if (entry == nullptr)
        entry = &enter(event, actor);
    else if (entry->end_is_inferred && !event.is(SENTRA_PROCESS_EXIT))
        revive(*entry);
    else if (entry->exited_ns == 0)
        running_.splice(running_.end(), running_, entry->place);

    if (event.is(SENTRA_PROCESS_EXEC))
        take_exec(*entry, event);
    else if (event.is(SENTRA_PROCESS_SNAPSHOT))
        take_snapshot(*entry, event);
    else
        take_facts(*entry, actor);
    if (entry->now->parent == nullptr)
        link_parent(*entry);
    if (event.is(SENTRA_PROCESS_EXIT))
        mark_exited(*entry, event.time_ns());
    make_room(key);
    return *entry;
}

ProcessTable::Entry &ProcessTable::enter(const event::Event &event, const sentra_actor &actor)
{
    const ProcessKey key{actor.pid, actor.start_ns};
    Process process;
    process.key = key;
    process.facts = actor;
    process.spawned_by = {actor.parent_pid, actor.parent_start_ns};
    Entry *parent = find_mutable({actor.parent_pid, actor.parent_start_ns});
    const bool forked = event.is(SENTRA_PROCESS_FORK);
    if (parent != nullptr && parent->now->key != key) {
        process.parent = picture_for_children(*parent);
        process.depth = depth_below(process.parent);
    }
    // Only a fork shows that the child still is what its parent was: a process first met in any
    // other way may have run a program that we have not seen.
    if (forked && process.parent != nullptr) {
        const Process &model = *process.parent;
        process.executable = model.executable;
        process.inode = model.inode;
        process.device_major = model.device_major;
        process.device_minor = model.device_minor;
        process.given_path = model.given_path;
        process.args = model.args;
        process.working_directory = model.working_directory;
        process.tty = model.tty;
        process.broker = model.broker;
        process.secure_exec = model.secure_exec;
        process.package = model.package;
        process.package_known = model.package_known;
        process.foreign_root = model.foreign_root;
        process.cgroup = model.facts.cgroup_id == actor.cgroup_id ? model.cgroup : std::string();
    }
    if (process.cgroup.empty())
        if (const auto path = cgroups_.find(actor.cgroup_id); path != cgroups_.end())
            process.cgroup = path->second;

    // The holder before it has ended, whether or not its exit was seen.
    if (const auto holders = by_pid_.find(pid_index(0, actor.pid)); holders != by_pid_.end())
        for (const ProcessKey &holder : holders->second)
            if (Entry *earlier = find_mutable(holder);
                earlier != nullptr && holder.start_ns < key.start_ns)
                mark_exited(*earlier, event.time_ns());

    Entry &entry = entries_[key];
    entry.place = running_.insert(running_.end(), key);
    entry.since_ns = forked ? event.time_ns() : 0;
    if (boot_to_unix_ns_ != 0)
        entry.born_ns = actor.start_ns + static_cast<std::uint64_t>(boot_to_unix_ns_);
    else if (forked)
        entry.born_ns = event.time_ns();
    change(entry, std::make_shared<const Process>(std::move(process)));
    index(pid_index(0, actor.pid), key);
    if (actor.pid_namespace != 0 && actor.namespace_pid != 0) {
        entry.inner_index = pid_index(actor.pid_namespace, actor.namespace_pid);
        index(entry.inner_index, key);
    }
    return entry;
}

void ProcessTable::change(Entry &entry, std::shared_ptr<const Process> process)
{
    text_bytes_ -= entry.text_bytes;
    entry.text_bytes = text_size(*process);
    text_bytes_ += entry.text_bytes;
    entry.now = std::move(process);
    entry.as_parent.reset();
    ++entry.revision;
}

void ProcessTable::fill_from_exec(Process &process, const event::Event &event)
{
    const auto &body = event.as<sentra_exec>();
    process.facts = body.actor;
    process.executable = event.text(body.executable);
    process.inode = body.inode;
    process.device_major = body.device_major;
    process.device_minor = body.device_minor;
    process.given_path = event.text(body.given);
    process.args = event.text(body.args).substr(0, limits_.args_bytes);
    process.working_directory = event.text(body.working_directory);
    process.tty = event.text(body.tty);
    process.secure_exec = (body.flags & SENTRA_EXEC_SECURE) != 0;
    process.package = event.text(body.package);
    process.package_known = (body.flags & SENTRA_EXEC_PACKAGES_KNOWN) != 0;
    process.foreign_root = (body.flags & SENTRA_EXEC_FOREIGN_ROOT) != 0;
    const std::string_view cgroup = event.text(body.cgroup);
    if (!cgroup.empty()) {
        learn_cgroup(body.actor.cgroup_id, cgroup);
        process.cgroup = cgroup;
    } else if (const auto known = cgroups_.find(body.actor.cgroup_id); known != cgroups_.end()) {
        process.cgroup = known->second;
    }
}

void ProcessTable::take_exec(Entry &entry, const event::Event &event)
{
    // A look in the middle of this very exec has seen the new program already.
    const bool is_told = entry.now->from_snapshot && event.time_ns() - entry.looked_ns < kExecNs &&
                         is_same_program(*entry.now, event.as<sentra_exec>(),
                                         event.text(event.as<sentra_exec>().executable));
    run_program(entry, event, !is_told);
}

// How the new program came to be: what ran before is kept beside it.
void ProcessTable::run_program(Entry &entry, const event::Event &event, bool is_another)
{
    Process process = *entry.now;
    process.cgroup.clear();
    if (entry.now->facts.cgroup_id == event.actor()->cgroup_id)
        process.cgroup = entry.now->cgroup;
    fill_from_exec(process, event);
    process.exec_time_ns = event.time_ns();
    process.from_snapshot = event.is(SENTRA_PROCESS_SNAPSHOT);
    if (is_another) {
        // pkexec, doas and some sudo run the command in their own place.
        if (is_broker(*entry.now))
            process.broker = base_name(entry.now->executable);
        entry.before.push_back({entry.since_ns, entry.now});
        if (entry.before.size() > kImagesKept)
            entry.before.erase(entry.before.begin());
        entry.since_ns = event.time_ns();
    }
    change(entry, std::make_shared<const Process>(std::move(process)));
}

void ProcessTable::take_snapshot(Entry &entry, const event::Event &event)
{
    const auto &body = event.as<sentra_exec>();
    const Process &now = *entry.now;
    entry.looked_ns = event.time_ns();
    if (event.time_ns() < now.exec_time_ns)
        return; // came too late: more is known by now
    const std::string_view executable = event.text(body.executable);
    if (now.executable.empty() && now.exec_time_ns == 0) {
        Process process = now;
        fill_from_exec(process, event);
        process.from_snapshot = true;
        change(entry, std::make_shared<const Process>(std::move(process)));
    } else if (executable.empty() || is_same_program(now, body, executable)) {
        // A main thread that ended before the others has no program to show any more.
        take_facts(entry, body.actor);
    } else {
        run_program(entry, event, true); // its exec was lost
    }
}

std::vector<std::shared_ptr<const Process>> ProcessTable::end_look(const event::Event &event)
{
    std::vector<std::shared_ptr<const Process>> ended;
    const auto &body = event.as<sentra_snapshot>();
    const std::uint64_t began_ns = body.began_ns - std::min<std::uint64_t>(body.began_ns, kBirthNs);
    std::size_t found = 0;
    for (const auto &[key, entry] : entries_)
        found += entry.looked_ns >= began_ns ? 1 : 0;
    // Who was not handed on, or is forgotten again, may still run. Without a clock record nobody
    // knows who was there before.
    if (found != body.processes || boot_to_unix_ns_ == 0)
        return ended;
    for (auto next = running_.begin(); next != running_.end();) {
        Entry &entry = *find_mutable(*next++);
        const std::uint64_t born_ns =
            entry.now->key.start_ns + static_cast<std::uint64_t>(boot_to_unix_ns_);
        // Some hosts keep their first process from being looked at; it cannot end.
        if (entry.looked_ns >= began_ns || born_ns >= began_ns || entry.now->key.pid == 1)
            continue;
        mark_exited(entry, body.began_ns);
        entry.end_is_inferred = true;
        ended.push_back(entry.now);
    }
    return ended;
}

void ProcessTable::take_facts(Entry &entry, const sentra_actor &actor)
{
    const bool is_cgroup_news = entry.now->cgroup.empty() && cgroups_.count(actor.cgroup_id) != 0;
    if (same_facts(entry.now->facts, actor) && !is_cgroup_news)
        return;
    Process process = *entry.now;
    if (process.facts.cgroup_id != actor.cgroup_id || is_cgroup_news) {
        const auto path = cgroups_.find(actor.cgroup_id);
        process.cgroup = path == cgroups_.end() ? std::string() : path->second;
    }
    process.facts = actor;
    change(entry, std::make_shared<const Process>(std::move(process)));
}

// A snapshot lists processes by pid, so a child may come before its parent.
void ProcessTable::link_parent(Entry &entry)
{
    const ProcessKey spawned_by = entry.now->spawned_by;
    if (spawned_by.pid == 0)
        return;
    Entry *parent = find_mutable(spawned_by);
    if (parent == nullptr || parent == &entry ||
        parent->now->key.start_ns > entry.now->key.start_ns)
        return;
    Process process = *entry.now;
    process.parent = picture_for_children(*parent);
    process.depth = depth_below(process.parent);
    change(entry, std::make_shared<const Process>(std::move(process)));
}

// A program that forks and lets its parent end, over and over, would make an endless chain. The
// middle of a chain that is too long is left out: the nearest say what happens, the oldest who it
// is.
std::shared_ptr<const Process> ProcessTable::picture_for_children(Entry &entry) const
{
    if (entry.now->depth + 1U < limits_.chain_depth)
        return entry.now;
    if (entry.as_parent != nullptr)
        return entry.as_parent;
    std::vector<std::shared_ptr<const Process>> chain;
    for (auto at = entry.now; at != nullptr; at = at->parent)
        chain.push_back(at);
    const std::size_t nearest = limits_.chain_depth / 2, oldest = limits_.chain_depth / 8;
    std::shared_ptr<const Process> top = chain[chain.size() - oldest];
    for (std::size_t i = nearest; i-- > 0;) {
        Process copy = *chain[i];
        copy.parent = top;
        copy.depth = depth_below(top);
        top = std::make_shared<const Process>(std::move(copy));
    }
    entry.as_parent = top;
    return top;
}

void ProcessTable::mark_exited(Entry &entry, std::uint64_t time_ns)
{
    if (entry.exited_ns != 0)
        return;
    entry.exited_ns = time_ns;
    exited_.splice(exited_.end(), running_, entry.place);
}

// It does something after all.
void ProcessTable::revive(Entry &entry)
{
    entry.exited_ns = 0;
    entry.end_is_inferred = false;
    running_.splice(running_.end(), exited_, entry.place);
}

void ProcessTable::forget_exited(std::uint64_t now_ns)
{
    while (!exited_.empty()) {
        const Entry *oldest = find(exited_.front());
        if (oldest->exited_ns + limits_.exited_kept_ns >= now_ns)
            return;
        erase(ProcessKey(exited_.front()));
    }
}

void ProcessTable::make_room(const ProcessKey &keep)
{
    const auto first_other = [&keep](const std::list<ProcessKey> &from) {
        return !from.empty() && from.front() == keep ? std::next(from.begin()) : from.begin();
    };
    while (entries_.size() > 1 &&
           (entries_.size() > limits_.processes || text_bytes_ > limits_.text_bytes)) {
        auto victim = first_other(exited_);
        if (victim == exited_.end())
            victim = first_other(running_);
        erase(ProcessKey(*victim));
        losses_.count(SENTRA_LOSS_STATE_EVICTED);
    }
}

void ProcessTable::erase(const ProcessKey &key)
{
    const auto at = entries_.find(key);
    Entry &entry = at->second;
    unindex(pid_index(0, key.pid), key);
    if (entry.inner_index != 0)
        unindex(entry.inner_index, key);
    (entry.exited_ns == 0 ? running_ : exited_).erase(entry.place);
    text_bytes_ -= entry.text_bytes;
    entries_.erase(at);
}

void ProcessTable::clear()
{
    entries_.clear();
    by_pid_.clear();
    running_.clear();
    exited_.clear();
    cgroups_.clear();
    cgroup_order_.clear();
    text_bytes_ = 0;
}

void ProcessTable::index(std::uint64_t at, const ProcessKey &key)
{
    by_pid_[at].push_back(key);
}

void ProcessTable::unindex(std::uint64_t at, const ProcessKey &key)
{
    const auto holders = by_pid_.find(at);
    if (holders == by_pid_.end())
        return;
    std::erase(holders->second, key);
    if (holders->second.empty())
        by_pid_.erase(holders);
}

void ProcessTable::learn_cgroup(std::uint64_t id, std::string_view path)
{
    if (id == 0)
        return;
    const auto [at, is_new] = cgroups_.insert_or_assign(id, std::string(path));
    if (!is_new)
        return;
    cgroup_order_.push_back(id);
    if (cgroup_order_.size() > kCgroupsKept) {
        cgroups_.erase(cgroup_order_.front());
        cgroup_order_.pop_front();
        losses_.count(SENTRA_LOSS_STATE_EVICTED);
    }
}

ProcessTable::Entry *ProcessTable::find_mutable(const ProcessKey &key)
{
    const auto at = entries_.find(key);
    return at == entries_.end() ? nullptr : &at->second;
}

const ProcessTable::Entry *ProcessTable::find(const ProcessKey &key) const
{
    const auto at = entries_.find(key);
    return at == entries_.end() ? nullptr : &at->second;
}

const ProcessTable::Entry *ProcessTable::at(std::uint32_t pid_namespace, std::uint32_t pid,
                                            std::uint64_t time_ns) const
{
    const auto holders = by_pid_.find(pid_index(pid_namespace, pid));
    if (holders == by_pid_.end())
        return nullptr;
    const Entry *best = nullptr;
    bool best_ran = false;
    for (const ProcessKey &key : holders->second) {
        const Entry *entry = find(key);
        if (entry == nullptr || entry->born_ns > time_ns + kClockSlackNs)
            continue;
        const bool ran = entry->exited_ns == 0 || entry->exited_ns + kClockSlackNs >= time_ns;
        if (!ran && entry->exited_ns + kLineDelayNs < time_ns)
            continue;
        const bool later = best == nullptr || key.start_ns > best->now->key.start_ns;
        if (best == nullptr || (ran && !best_ran) || (ran == best_ran && later)) {
            best = entry;
            best_ran = ran;
        }
    }
    return best;
}

const ProcessTable::Entry *ProcessTable::latest(std::uint32_t pid_namespace,
                                                std::uint32_t pid) const
{
    const auto holders = by_pid_.find(pid_index(pid_namespace, pid));
    return holders == by_pid_.end() ? nullptr : find(holders->second.back());
}

const std::shared_ptr<const Process> &ProcessTable::image_at(const Entry &entry,
                                                             std::uint64_t time_ns)
{
    if (entry.before.empty() || entry.since_ns <= time_ns + kCutNs)
        return entry.now;
    for (auto image = entry.before.rbegin(); image != entry.before.rend(); ++image)
        if (image->from_ns <= time_ns + kCutNs)
            return image->process;
    return entry.before.front().process;
}

const Process *ProcessTable::parent_of(const Process &process) const
{
    if (process.parent != nullptr)
        return process.parent.get();
    if (process.spawned_by.pid == 0)
        return nullptr;
    const Entry *parent = find(process.spawned_by);
    return parent == nullptr || parent->now->key == process.key ? nullptr : parent->now.get();
}

} // namespace sentra::session
