// SPDX-License-Identifier: MIT
#include "session/identity.h"

#include <algorithm>

#include "base/text.h"
#include "session/cgroup_path.h"
#include "session/programs.h"

namespace sentra::session {

namespace {

constexpr int kChainMax = 128;

Person person(const Accounts &accounts, std::uint32_t uid)
{
    if (uid == SENTRA_UNSET)
        return {};
    return {std::string(accounts.user_name(uid)), uid};
}

Person person(const Accounts &accounts, std::string_view name)
{
    if (name.empty())
        return {};
    return {std::string(name), accounts.user_id(name)};
}

// The host's names are not those of a process in another root: it has an /etc of its own. Its
// number 0 is root all the same, as no other number is mapped to that one.
Person person_in(const Surroundings &around, const Process &process, std::uint32_t uid)
{
    if (process.foreign_root && uid != 0 && uid != SENTRA_UNSET)
        return {{}, uid};
    return person(around.accounts, uid);
}

std::string called(const Person &person)
{
    if (!person.name.empty())
        return person.name;
    return person.id ? "uid " + std::to_string(*person.id) : "unknown";
}

std::string process_key(std::string_view kind, std::string_view place, const ProcessKey &key)
{
    return std::string(kind) + ":" + std::string(place) + ":" + std::to_string(key.pid) + ":" +
           std::to_string(key.start_ns);
}

void be_job(Actor &actor, std::string_view scheduler)
{
    actor.kind = ActorKind::job;
    actor.job = scheduler;
    actor.canonical = "job:" + actor.job + ":" + called(actor.user);
}

void be_session(Actor &actor, const LoginSession &session)
{
    actor.kind = ActorKind::session;
    actor.key = session.key;
    actor.audit_session = session.audit_id;
    actor.canonical = session.audit_id
                          ? "session:" + session.place + ":" + std::to_string(*session.audit_id)
                          : session.key;
    actor.login = session.login;
    if (actor.user.name.empty() && !actor.user.id)
        actor.user = session.user;
    // Of several names for one id, the log has the one that signed in.
    if (!session.user.name.empty() && session.user.id == actor.user.id)
        actor.user.name = session.user.name;
    if (session.opener == Opener::cron)
        be_job(actor, session.service.empty() ? "cron" : session.service);
}

void be_unit(Actor &actor, const CgroupPlace &place)
{
    actor.kind = ActorKind::unit;
    actor.unit = place.unit;
    // A user's own unit may be called like a service of the host; it is not that.
    const bool is_own = place.user_manager && !place.unit.starts_with("user@");
    actor.canonical = "unit:";
    if (is_own)
        actor.canonical += "user@" + std::to_string(*place.user_manager) + "/";
    actor.canonical += actor.unit;
    actor.key = actor.canonical;
}

void set_container(Actor &actor, const CgroupPlace &place)
{
    actor.container = place.container;
    actor.container_runtime = place.runtime;
    actor.pod = place.pod;
    std::replace(actor.pod.begin(), actor.pod.end(), '_', '-');
}

void be_container(Actor &actor, const CgroupPlace &place)
{
    actor.kind = ActorKind::container;
    actor.canonical = "container:";
    if (place.container_owner)
        actor.canonical += "user@" + std::to_string(*place.container_owner) + "/";
    actor.canonical += actor.container;
    actor.key = actor.canonical;
}

struct Job {
    const Process *scheduler = nullptr;
    const Process *root = nullptr; // the process below the scheduler's daemon
};

// cron forks a child that is still cron by its program, which starts the job: the daemon is the
// uppermost of them.
Job find_job(const Surroundings &around, const Process &process)
{
    Job job;
    const Process *below = &process;
    const Process *at = around.processes.parent_of(process);
    for (int i = 0; at != nullptr && i < kChainMax; ++i) {
        if (is_scheduler(*at))
            job = {at, below};
        else if (job.scheduler != nullptr)
            break;
        below = at;
        at = around.processes.parent_of(*at);
    }
    return job;
}

bool is_pid_one(const Process &process)
{
    return process.key.pid == 1;
}

const Process &oldest_below_pid_one(const Surroundings &around, const Process &process)
{
    const Process *at = &process;
    for (int i = 0; i < kChainMax; ++i) {
        const Process *parent = around.processes.parent_of(*at);
        if (parent == nullptr || is_pid_one(*parent))
            break;
        at = parent;
    }
    return *at;
}

void be_process(Actor &actor, const Surroundings &around, const Process &process)
{
    const Process &oldest = oldest_below_pid_one(around, process);
    if (!oldest.executable.empty()) {
        actor.kind = ActorKind::process;
        actor.key = process_key("process", around.place, oldest.key);
        actor.canonical = "process:" + oldest.executable;
        return;
    }
    actor.kind = ActorKind::unknown;
    actor.key = process_key("unknown", around.place, oldest.key);
    actor.canonical = actor.key;
    actor.unknown_reason = "process " + std::to_string(oldest.key.pid) +
                           " began before it was watched or its start was missed, it is in no "
                           "session, service or container, and what started it is not known";
}

// How the process became who it is: the nearest program above it, in the same session, that has the
// right to change the user.
std::string broker_of(const Surroundings &around, const Process &process)
{
    const Process *at = &process;
    for (int i = 0; at != nullptr && i < kChainMax; at = around.processes.parent_of(*at), ++i) {
        if (at->facts.audit_session != process.facts.audit_session)
            break;
        if (is_broker(*at))
            return std::string(base_name(at->executable));
        if (!at->broker.empty())
            return at->broker;
    }
    return {};
}

// A session that only serves a unit (user@1000.service has one) is no sign-in.
bool is_of_manager(const LoginSession &session, const CgroupPlace &place)
{
    return session.opener == Opener::manager && !session.login &&
           (!place.unit.empty() || !place.container.empty());
}

void place_unit_or_job(Actor &actor, const Surroundings &around, const Process &process,
                       const CgroupPlace &place)
{
    if (!place.container.empty()) {
        actor.unit = place.unit;
        be_container(actor, place);
        return;
    }
    // A job without a session of its own stays in the cgroup of cron.service.
    const Job job = find_job(around, process);
    const bool in_scheduler_unit =
        place.unit.empty() || (job.scheduler != nullptr && job.scheduler->cgroup == process.cgroup);
    if (job.scheduler != nullptr && in_scheduler_unit) {
        be_job(actor, base_name(job.scheduler->executable));
        actor.key = process_key("job", around.place, job.root->key);
        actor.unit = place.unit;
    } else if (!place.unit.empty()) {
        be_unit(actor, place);
    } else {
        be_process(actor, around, process);
    }
}

std::string_view reason_for_line(const event::Event &event, const sentra_origin &origin)
{
    if (event.is(SENTRA_AUTH_LOGIN) || event.is(SENTRA_AUTH_CONNECTION))
        return "nobody had signed in on this connection";
    if (origin.trust == SENTRA_TRUST_NONE)
        return "a plain log does not say in which session its lines were written";
    return "the line carries no audit session, and no process of that number was seen at that time";
}

// Who a line says has acted, where it says so.
std::string_view named_user(const event::Event &event)
{
    if (event.is(SENTRA_AUTH_ELEVATION))
        return event.text(event.as<sentra_elevation>().user);
    if (event.is(SENTRA_AUTH_POLKIT))
        return event.text(event.as<sentra_polkit>().user);
    if (event.is(SENTRA_IAM_USER) || event.is(SENTRA_IAM_GROUP))
        return event.text(event.as<sentra_account>().by);
    if (event.is(SENTRA_JOB_RUN) || event.is(SENTRA_JOB_CHANGE))
        return event.text(event.as<sentra_job>().user);
    return {};
}

void be_writer(Actor &actor, const Surroundings &around, const event::Event &event)
{
    const sentra_origin &origin = *event.origin();
    CgroupPlace place = parse_cgroup(event.text(origin.cgroup), around.own_container);
    if (place.unit.empty() && event.text(origin.unit).ends_with(".service"))
        place.unit = event.text(origin.unit);
    const std::string writer = std::string(around.place) + ":" + std::to_string(origin.pid);
    if (event.is(SENTRA_JOB_RUN)) {
        actor.user = person(around.accounts, event.text(event.as<sentra_job>().user));
        be_job(actor, "cron");
        actor.key = "job:" + writer;
    } else if (!place.container.empty()) {
        set_container(actor, place);
        be_container(actor, place);
    } else if (!place.unit.empty()) {
        be_unit(actor, place);
    } else {
        actor.kind = ActorKind::unknown;
        actor.unknown_reason = reason_for_line(event, origin);
        const std::string_view name = named_user(event);
        actor.user = person(around.accounts, name);
        // A plain log gives sudo's own pid: lines of one user are all that can be kept together.
        actor.key =
            "unknown:" +
            (name.empty() ? writer : std::string(around.place) + ":user " + std::string(name));
        actor.canonical = actor.key;
    }
}

// As whom the deed of a line happened: not as whom its writer runs.
void set_effective(Actor &actor, const Accounts &accounts, const event::Event &event)
{
    if (event.is(SENTRA_AUTH_ELEVATION)) {
        const auto &body = event.as<sentra_elevation>();
        const bool granted = body.outcome == SENTRA_OUTCOME_SUCCESS;
        actor.effective = person(accounts, event.text(granted ? body.target : body.user));
        actor.broker = granted ? event.text(body.service) : std::string_view{};
        if (granted && actor.effective.name.empty())
            actor.effective = person(accounts, 0); // sudo and su without a name mean root
    } else if (event.is(SENTRA_AUTH_LOGIN)) {
        const auto &body = event.as<sentra_login>();
        actor.effective = body.outcome == SENTRA_OUTCOME_SUCCESS
                              ? person(accounts, event.text(body.user))
                              : Person{};
        actor.broker.clear();
    }
}

// Of a peer who has not (yet) signed in nothing is known but the address, which the event has.
bool is_stranger(const event::Event &event)
{
    if (event.is(SENTRA_AUTH_LOGIN)) {
        const auto &body = event.as<sentra_login>();
        return body.outcome != SENTRA_OUTCOME_SUCCESS || body.partial != 0;
    }
    return event.is(SENTRA_AUTH_CONNECTION) && event.as<sentra_connection>().before_login != 0;
}

} // namespace

Actor actor_of_process(const Surroundings &around, const Process &process,
                       const LoginSession *session)
{
    Actor actor;
    const sentra_actor &facts = process.facts;
    actor.effective = person_in(around, process, facts.euid);
    actor.user = facts.loginuid == SENTRA_UNSET ? person_in(around, process, facts.uid)
                                                : person(around.accounts, facts.loginuid);
    actor.tty = process.tty;
    actor.broker = broker_of(around, process);
    if (facts.audit_session != SENTRA_UNSET)
        actor.audit_session = facts.audit_session;
    const CgroupPlace place = parse_cgroup(process.cgroup, around.own_container);
    set_container(actor, place);
    if ((facts.flags & SENTRA_ACTOR_KERNEL_THREAD) != 0) {
        actor.kind = ActorKind::kernel;
        actor.key = actor.canonical = "kernel";
    } else if (session != nullptr && !is_of_manager(*session, place)) {
        if (facts.loginuid == SENTRA_UNSET && !session->user.name.empty())
            actor.user = session->user;
        be_session(actor, *session);
        if (actor.kind == ActorKind::job && session->service.empty())
            if (const Job job = find_job(around, process); job.scheduler != nullptr)
                be_job(actor, base_name(job.scheduler->executable));
    } else {
        place_unit_or_job(actor, around, process, place);
    }
    return actor;
}

Actor actor_of_line(const Surroundings &around, const event::Event &event, const Process *process,
                    const LoginSession *session)
{
    const sentra_origin &origin = *event.origin();
    Actor actor;
    if (session == nullptr && is_stranger(event)) {
        actor.unknown_reason = reason_for_line(event, origin);
        actor.key = "unknown:" + std::string(around.place) + ":" + std::to_string(origin.pid);
        actor.canonical = actor.key;
        return actor;
    }
    if (process != nullptr) {
        actor = actor_of_process(around, *process, session);
    } else {
        actor.user = person(around.accounts, origin.loginuid);
        actor.effective = person(around.accounts, origin.uid);
        if (origin.audit_session != SENTRA_UNSET)
            actor.audit_session = origin.audit_session;
        if (session != nullptr)
            be_session(actor, *session);
        else
            be_writer(actor, around, event);
    }
    set_effective(actor, around.accounts, event);
    return actor;
}

Actor actor_of_forgery(const Surroundings &around, const event::Event &event,
                       const Process *process, const LoginSession *session)
{
    if (process != nullptr)
        return actor_of_process(around, *process, session);
    Actor actor;
    actor.key = "unknown:" + std::string(around.place) + ":" + std::to_string(event.origin()->pid);
    actor.canonical = actor.key;
    actor.unknown_reason = "nothing vouches for the line, and no process of that number was seen";
    return actor;
}

Actor actor_of_sensor()
{
    Actor actor;
    actor.key = actor.canonical = "sensor";
    actor.unknown_reason = "the record is about the sensor itself";
    return actor;
}

} // namespace sentra::session
