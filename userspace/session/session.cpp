// SPDX-License-Identifier: MIT
#include "session/session.h"

#include <algorithm>

#include "session/accounts.h"
#include "session/cgroup_path.h"
#include "session/identity.h"
#include "session/join.h"
#include "session/login_table.h"
#include "session/process_table.h"
#include "session/veto.h"

namespace sentra::session {

namespace {

// A line's time is when its writer sent it, exact but for a clock that is being slewed.
constexpr std::uint64_t kClockSlackNs = 50'000'000;
// How much later than its time a line may come.
constexpr std::uint64_t kLateNs = 10'000'000'000;

// Boot ids come with dashes from the kernel and without from the journal.
std::string boot_name(std::string_view boot)
{
    std::string name(boot);
    name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
    return name;
}

bool opens_session(const event::Event &event)
{
    if (event.is(SENTRA_AUTH_LOGIN))
        return event.as<sentra_login>().outcome == SENTRA_OUTCOME_SUCCESS;
    return event.is(SENTRA_AUTH_SESSION) &&
           event.as<sentra_session>().action == SENTRA_SESSION_OPENED;
}

} // namespace

struct Session::State {
    explicit State(event::Losses &counted)
        : losses(counted), processes(counted), logins(counted), join(accounts, processes, logins)
    {}

    void take_meta(const event::Event &event);
    void take_host(const event::Event &event);
    Context take_kernel(const event::Event &event);
    Context take_line(const event::Event &event);
    [[nodiscard]] Line read_line(const event::Event &event) const;
    [[nodiscard]] bool is_watched_at(std::uint64_t time_ns) const;
    [[nodiscard]] bool is_in_doubt_at(std::uint64_t time_ns) const;
    void take_loss(const event::Event &event);
    void take_look(const event::Event &event);
    [[nodiscard]] Verdict judge_line(const Line &line) const;
    [[nodiscard]] std::vector<Witness> witnesses(const Line &line) const;
    [[nodiscard]] Surroundings around(std::string_view at) const
    {
        return {accounts, processes, at, own_container};
    }
    void learn_own_container(const Process &first);

    event::Losses &losses;
    Host host;
    std::string place = "-"; // host.boot as the journal writes it
    Accounts accounts;
    ProcessTable processes;
    LoginTable logins;
    Join join;
    std::string own_container;
    std::uint64_t kernel_since_ns = 0;            // 0: the kernel half has not been heard of
    std::uint64_t gap_from_ns = 0, gap_to_ns = 0; // the last time it did not watch
    // The last time starts of processes or programs were lost, until a look at all processes said
    // again who runs what.
    std::uint64_t doubt_from_ns = 0, doubt_lost_to_ns = 0;
    std::uint64_t doubt_to_ns = 0; // 0: not over yet
    std::shared_ptr<const Actor> sensor = std::make_shared<const Actor>(actor_of_sensor());
};

void Session::State::take_meta(const event::Event &event)
{
    switch (event.type().id) {
    case SENTRA_META_HOST:
        take_host(event);
        break;
    case SENTRA_META_CLOCK:
        processes.set_clock(event.as<sentra_clock>().boot_to_unix_ns);
        break;
    case SENTRA_META_ACCOUNT:
        accounts.take(event);
        logins.touch();
        break;
    case SENTRA_META_CGROUP: {
        const auto &body = event.as<sentra_cgroup>();
        processes.learn_cgroup(body.id, event.text(body.path));
        break;
    }
    case SENTRA_META_GAP: {
        const auto &body = event.as<sentra_gap>();
        if (body.of_source == SENTRA_SOURCE_KERNEL) {
            gap_from_ns = body.from_ns;
            gap_to_ns = body.to_ns;
        }
        break;
    }
    case SENTRA_META_LOSS:
        take_loss(event);
        break;
    case SENTRA_META_SNAPSHOT:
        take_look(event);
        break;
    case SENTRA_META_TICK:
        processes.forget_exited(event.time_ns());
        break;
    default:
        break;
    }
}

void Session::State::take_host(const event::Event &event)
{
    const auto &body = event.as<sentra_host>();
    const std::string boot(event.text(body.boot_id));
    if (!host.boot.empty() && boot_name(boot) != place) {
        // Another boot: pids, start times and audit ids begin anew.
        processes.clear();
        logins.forget_processes();
        kernel_since_ns = 0;
    }
    host.name = event.text(body.name);
    host.id = event.text(body.machine_id);
    host.boot = boot;
    host.tenant = event.text(body.tenant);
    host.kernel = event.text(body.kernel);
    host.pid_namespace = body.pid_namespace;
    host.mount_namespace = body.mount_namespace;
    place = boot.empty() ? "-" : boot_name(boot);
    logins.touch();
}

void Session::State::learn_own_container(const Process &first)
{
    const std::string_view container = parse_cgroup(first.cgroup).container;
    if (container == own_container)
        return;
    own_container = container;
    logins.touch();
}

Context Session::State::take_kernel(const event::Event &event)
{
    const std::uint64_t now_ns = event.time_ns();
    if (kernel_since_ns == 0)
        kernel_since_ns = now_ns;
    ProcessTable::Entry &entry = processes.observe(event);
    const std::shared_ptr<const Process> process = entry.now;
    const bool is_snapshot = event.is(SENTRA_PROCESS_SNAPSHOT);
    if (is_snapshot) // what was unknown above a process may be known now
        logins.touch();
    if (process->key.pid == 1)
        learn_own_container(*process);
    if (is_snapshot || event.is(SENTRA_PROCESS_EXEC) || event.is(SENTRA_PROCESS_FORK))
        join.place_process(entry, place);

    if (entry.actor == nullptr || entry.actor_revision != entry.revision ||
        entry.actor_epoch != logins.epoch()) {
        const LoginSession *session = join.of_process(*process, place, now_ns);
        entry.actor =
            std::make_shared<const Actor>(actor_of_process(around(place), *process, session));
        entry.actor_revision = entry.revision;
        entry.actor_epoch = logins.epoch();
    }
    Context context{process, entry.actor, false};
    if (event.is(SENTRA_PROCESS_EXIT))
        join.end_process(*process, place, now_ns);
    return context;
}

bool Session::State::is_watched_at(std::uint64_t time_ns) const
{
    return kernel_since_ns != 0 && time_ns + kClockSlackNs >= kernel_since_ns &&
           !(time_ns >= gap_from_ns && time_ns < gap_to_ns);
}

void Session::State::take_loss(const event::Event &event)
{
    const auto &body = event.as<sentra_lost>();
    const bool costs_starts = body.of_type == 0 || body.of_type == SENTRA_PROCESS_EXEC ||
                              body.of_type == SENTRA_PROCESS_FORK;
    const bool costs_events =
        body.kind == SENTRA_LOSS_RING_FULL || body.kind == SENTRA_LOSS_RECURSION ||
        body.kind == SENTRA_LOSS_SHORT_RECORD || body.kind == SENTRA_LOSS_BAD_RECORD;
    if (event.head().source != SENTRA_SOURCE_KERNEL || !costs_starts || !costs_events)
        return;
    const std::uint64_t from_ns = body.from_ns != 0 ? body.from_ns : event.time_ns();
    const std::uint64_t to_ns = body.to_ns != 0 ? body.to_ns : event.time_ns();
    const bool goes_on =
        doubt_from_ns != 0 && (doubt_to_ns == 0 || from_ns < doubt_to_ns + kLateNs);
    doubt_from_ns = goes_on ? std::min(doubt_from_ns, from_ns) : from_ns;
    doubt_lost_to_ns = goes_on ? std::max(doubt_lost_to_ns, to_ns) : to_ns;
    doubt_to_ns = 0;
}

void Session::State::take_look(const event::Event &event)
{
    const auto &body = event.as<sentra_snapshot>();
    for (const auto &process : processes.end_look(event))
        join.end_process(*process, place, event.time_ns());
    if (doubt_from_ns != 0 && doubt_to_ns == 0 && body.began_ns > doubt_lost_to_ns)
        doubt_to_ns = event.time_ns();
}

bool Session::State::is_in_doubt_at(std::uint64_t time_ns) const
{
    return doubt_from_ns != 0 && time_ns + kClockSlackNs >= doubt_from_ns &&
           (doubt_to_ns == 0 || time_ns <= doubt_to_ns + kClockSlackNs);
}

Line Session::State::read_line(const event::Event &event) const
{
    Line line{.event = event, .origin = *event.origin(), .place = place};
    const bool is_plain = event.head().source == SENTRA_SOURCE_LOG;
    const std::string boot = boot_name(event.text(line.origin.boot));
    if (!boot.empty())
        line.place = boot;
    else if (is_plain)
        line.place = event.text(line.origin.host);
    line.pid_namespace =
        line.origin.pid_namespace == host.pid_namespace ? 0 : line.origin.pid_namespace;
    line.is_watched = kernel_since_ns != 0 && !is_plain && (boot.empty() || boot == place);
    if (line.is_watched && line.origin.pid != 0)
        line.entry = processes.at(line.pid_namespace, line.origin.pid, event.time_ns());
    if (line.entry != nullptr)
        line.process = ProcessTable::image_at(*line.entry, event.time_ns()).get();
    return line;
}

// Every program the writer was about that time.
std::vector<Witness> Session::State::witnesses(const Line &line) const
{
    std::vector<Witness> found;
    if (line.entry == nullptr)
        return found;
    // The first process of the journal's world: its user namespace is that world's, its user is
    // root.
    const ProcessTable::Entry *first = processes.latest(line.pid_namespace, 1);
    const std::uint32_t root = first == nullptr ? 0 : first->now->facts.uid;
    const std::uint32_t user_namespace = first == nullptr ? 0 : first->now->facts.user_namespace;
    const auto add = [&](const Process &process) {
        const sentra_actor &facts = process.facts;
        found.push_back({.executable = process.executable,
                         .is_root = facts.uid == root || facts.euid == root,
                         .is_real_root = facts.uid == root,
                         .secure_exec = process.secure_exec,
                         .from_snapshot = process.from_snapshot,
                         .foreign_user_namespace = user_namespace != 0 &&
                                                   facts.user_namespace != 0 &&
                                                   facts.user_namespace != user_namespace});
    };
    const std::uint64_t now_ns = line.event.time_ns();
    const ProcessTable::Entry &entry = *line.entry;
    std::uint64_t until_ns = entry.since_ns;
    if (entry.since_ns <= now_ns + kClockSlackNs || entry.before.empty())
        add(*entry.now);
    for (auto image = entry.before.rbegin(); image != entry.before.rend(); ++image) {
        if (until_ns + kClockSlackNs >= now_ns && image->from_ns <= now_ns + kClockSlackNs)
            add(*image->process);
        until_ns = image->from_ns;
    }
    return found;
}

Verdict Session::State::judge_line(const Line &line) const
{
    const std::vector<Witness> found = witnesses(line);
    const Claim claim{.trust = trust_of(line.origin),
                      .identifier = line.event.text(line.origin.identifier),
                      .executable = line.event.text(line.origin.executable),
                      .opens_session = opens_session(line.event),
                      .from_root = line.origin.uid == 0};
    const bool watched = line.is_watched && is_watched_at(line.event.time_ns());
    // A process that the snapshot found was there before the sensor looked.
    return judge(claim, {.is_watched = watched || !found.empty(),
                         .is_in_doubt = is_in_doubt_at(line.event.time_ns()),
                         .witnesses = found});
}

Context Session::State::take_line(const event::Event &event)
{
    const Line line = read_line(event);
    Context context;
    if (line.entry != nullptr)
        context.process = ProcessTable::image_at(*line.entry, event.time_ns());
    const Verdict verdict = judge_line(line);
    context.vetoed = verdict != Verdict::stands;
    const Surroundings surroundings = around(line.place);
    if (context.vetoed) {
        losses.count(verdict == Verdict::unknowable ? SENTRA_LOSS_JOURNAL_UNPROVEN
                                                    : SENTRA_LOSS_JOURNAL_FORGED);
        context.actor = std::make_shared<const Actor>(
            actor_of_forgery(surroundings, event, line.process, join.of_writer(line)));
        return context;
    }
    const LoginSession *session = join.of_line(line);
    context.actor =
        std::make_shared<const Actor>(actor_of_line(surroundings, event, line.process, session));
    return context;
}

Session::Session(event::Losses &losses) : state_(std::make_unique<State>(losses)) {}
Session::~Session() = default;

Context Session::apply(const event::Event &event)
{
    if (event.actor() != nullptr)
        return state_->take_kernel(event);
    if (event.origin() != nullptr)
        return state_->take_line(event);
    state_->take_meta(event);
    return {nullptr, state_->sensor, false};
}

const Host &Session::host() const
{
    return state_->host;
}

std::string_view Session::user_name(std::uint32_t uid) const
{
    return state_->accounts.user_name(uid);
}

std::string_view Session::group_name(std::uint32_t gid) const
{
    return state_->accounts.group_name(gid);
}

std::string_view Session::home_owner(std::string_view path) const
{
    return state_->accounts.home_owner(path);
}

const Process *Session::parent_of(const Process &process) const
{
    return state_->processes.parent_of(process);
}

std::uint32_t Session::user_namespace() const
{
    const ProcessTable::Entry *first = state_->processes.latest(0, 1);
    return first == nullptr ? 0 : first->now->facts.user_namespace;
}

Session::Sizes Session::sizes() const
{
    return {state_->processes.size(), state_->logins.size()};
}

bool ends_login(const event::Event &event, const Actor &actor)
{
    if (!event.is(SENTRA_AUTH_SESSION) || actor.kind != ActorKind::session)
        return false;
    const auto &body = event.as<sentra_session>();
    const std::string_view service = event.text(body.service);
    return body.action == SENTRA_SESSION_CLOSED &&
           (service == "systemd-logind" ||
            service == (actor.login ? std::string_view(actor.login->service) : "sshd"));
}

} // namespace sentra::session
