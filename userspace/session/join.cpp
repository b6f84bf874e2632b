// SPDX-License-Identifier: MIT
#include "session/join.h"

#include "base/text.h"
#include "session/cgroup_path.h"
#include "session/programs.h"
#include "session/veto.h"

namespace sentra::session {

namespace {

constexpr int kChainMax = 128;
constexpr std::uint64_t kClockSlackNs = 50'000'000;
// A line of a process that has signed out.
constexpr std::uint64_t kNearNs = 10'000'000'000;
// From sshd's line to the audit session: PAM's session modules run in between.
constexpr std::uint64_t kSignInNs = 60'000'000'000;

bool is_set(std::uint32_t id)
{
    return id != SENTRA_UNSET;
}

// By a line about a session; what is known already stays.
void name_user(LoginSession &session, const event::Event &event)
{
    const auto &body = event.as<sentra_session>();
    if (session.user.name.empty())
        session.user.name = event.text(body.user);
    if (!session.user.id && is_set(body.user_id))
        session.user.id = body.user_id;
}

} // namespace

LoginSession *Join::of_process(const Process &process, std::string_view place,
                               std::uint64_t time_ns)
{
    const std::uint32_t id = process.facts.audit_session;
    if (is_set(id)) {
        LoginSession *known = logins_.find_audit_id(place, id);
        // A line may have told of the session before the kernel half did.
        return known != nullptr && known->setter ? known : &begin(process, place, time_ns);
    }
    // Where the kernel gives no audit ids (some containers), whatever sshd's process for one person
    // started is that person's.
    const Process *at = &process;
    for (int i = 0; at != nullptr && i < kChainMax; at = processes_.parent_of(*at), ++i) {
        if (is_set(at->facts.audit_session))
            return nullptr;
        LoginSession *session = logins_.find_process(at->key);
        if (session != nullptr && (at == &process || is_login_program(*at)))
            return session;
    }
    return nullptr;
}

// An audit session is seen for the first time.
LoginSession &Join::begin(const Process &process, std::string_view place, std::uint64_t time_ns)
{
    const std::uint32_t id = process.facts.audit_session;
    const Process *top = &process;
    const Process *above = processes_.parent_of(process);
    for (int i = 0; above != nullptr && above->facts.audit_session == id && i < kChainMax; ++i) {
        top = above;
        above = processes_.parent_of(*above);
    }
    LoginSession &session = logins_.with_audit_id(place, id, time_ns);
    session.setter = top->key;
    if (!session.user.id && is_set(process.facts.loginuid))
        session.user.id = process.facts.loginuid;
    LoginSession *login = nullptr;
    const Process *at = top;
    for (int i = 0; at != nullptr && i < kChainMax; at = processes_.parent_of(*at), ++i) {
        if (at != top && is_set(at->facts.audit_session))
            break; // another session began this one; its login is not this one's
        if (session.opener == Opener::unknown) {
            if (is_scheduler(*at))
                session.opener = Opener::cron;
            else if (is_login_program(*at))
                session.opener = Opener::login;
            else if (is_service_manager(*at) && at == top)
                session.opener = Opener::manager;
        }
        login = logins_.find_process(at->key);
        if (login != nullptr && !login->audit_id)
            break;
        login = nullptr;
    }
    if (login != nullptr && logins_.claim(*login, id, Proof::shown))
        return *login;
    if (session.login)
        return session;
    login = infer_sshd(session, *top, time_ns);
    if (login != nullptr && logins_.claim(*login, id, Proof::inferred))
        return *login;
    return session;
}

// The login's own process was never seen (its fork was lost, or it lives in a namespace the sensor
// cannot number), but sshd opened this session for this user and only one such login is waiting.
LoginSession *Join::infer_sshd(const LoginSession &session, const Process &top,
                               std::uint64_t time_ns)
{
    if (session.opener == Opener::cron || session.opener == Opener::manager)
        return nullptr;
    bool from_sshd = false;
    const Process *at = &top;
    for (int i = 0; at != nullptr && !from_sshd && i < kChainMax;
         at = processes_.parent_of(*at), ++i)
        from_sshd = is_sshd(*at);
    if (!from_sshd)
        return nullptr;
    const std::uint32_t uid = top.facts.loginuid;
    const std::string_view name = accounts_.user_name(uid);
    return logins_.only_unclaimed(session.place, [&](const LoginSession &login) {
        const bool same_user =
            login.user.id ? *login.user.id == uid : !name.empty() && login.user.name == name;
        return login.login && !login.process && same_user &&
               login.first_ns <= time_ns + kClockSlackNs && login.first_ns + kSignInNs >= time_ns;
    });
}

bool Join::descends(const ProcessKey &from, const ProcessKey &ancestor) const
{
    const ProcessTable::Entry *entry = processes_.find(from);
    const Process *at = entry == nullptr ? nullptr : entry->now.get();
    for (int i = 0; at != nullptr && i < kChainMax; at = processes_.parent_of(*at), ++i)
        if (at->key == ancestor)
            return true;
    return false;
}

// Not inherited: a daemon that was started by hand carries the session of whoever started it.
bool Join::sets_own_session(const Process &process) const
{
    const Process *parent = processes_.parent_of(process);
    return is_set(process.facts.audit_session) &&
           (parent == nullptr || parent->facts.audit_session != process.facts.audit_session);
}

void Join::bind(LoginSession &session, const ProcessTable::Entry &entry)
{
    logins_.set_process(session, entry.now->key);
    if (sets_own_session(*entry.now)) {
        (void)logins_.claim(session, entry.now->facts.audit_session, Proof::shown);
        return;
    }
    if (session.audit_id)
        return;
    const LoginSession *waiting = logins_.first_without_login([&](const LoginSession &other) {
        return other.place == session.place && other.setter && other.pid == 0 &&
               other.opener != Opener::cron && descends(*other.setter, entry.now->key);
    });
    if (waiting != nullptr)
        (void)logins_.claim(session, *waiting->audit_id, Proof::shown);
}

// The journal is read again after a start: its lines are older than the snapshot that shows who
// wrote them. The same pid alone proves nothing; it must have lived then, and be what signs in.
void Join::place_process(const ProcessTable::Entry &entry, std::string_view place)
{
    if (!logins_.has_unplaced() || entry.born_ns == 0 || !is_login_program(*entry.now))
        return;
    const sentra_actor &facts = entry.now->facts;
    LoginSession *session = logins_.find_unplaced(place, 0, facts.pid);
    if (session == nullptr)
        session = logins_.find_unplaced(place, facts.pid_namespace, facts.namespace_pid);
    if (session != nullptr && entry.born_ns <= session->first_ns + kClockSlackNs)
        bind(*session, entry);
}

void Join::end_process(const Process &process, std::string_view place, std::uint64_t time_ns)
{
    if (LoginSession *session = logins_.find_process(process.key))
        logins_.close(*session, time_ns);
    const std::uint32_t id = process.facts.audit_session;
    if (!is_set(id))
        return;
    logins_.close_setter(place, id, process.key, time_ns);
}

LoginSession *Join::of_line(const Line &line)
{
    if (line.event.is(SENTRA_AUTH_LOGIN)) {
        const auto &body = line.event.as<sentra_login>();
        if (body.outcome == SENTRA_OUTCOME_SUCCESS && body.partial == 0)
            return take_login(line);
    }
    if (line.event.is(SENTRA_AUTH_SESSION)) {
        const auto &body = line.event.as<sentra_session>();
        if (line.event.text(body.service) == "systemd-logind")
            return take_logind(line);
        if (!is_elevation_service(line.event.text(body.service)))
            return take_pam(line);
    }
    return of_writer(line);
}

LoginSession *Join::recent_by_pid(const Line &line, std::uint32_t pid)
{
    if (pid == 0)
        return nullptr;
    const std::uint64_t now_ns = line.event.time_ns();
    LoginSession *session = logins_.find_pid(line.place, line.pid_namespace, pid);
    const bool is_recent = session != nullptr && session->first_ns <= now_ns + kClockSlackNs &&
                           (session->closed_ns == 0 || session->closed_ns + kNearNs >= now_ns);
    // The pid has another holder by now.
    if (is_recent && pid == line.origin.pid && line.entry != nullptr && session->process &&
        *session->process != line.entry->now->key)
        return nullptr;
    return is_recent ? session : nullptr;
}

LoginSession *Join::take_login(const Line &line)
{
    const auto &body = line.event.as<sentra_login>();
    const std::uint64_t now_ns = line.event.time_ns();
    LoginSession *session = recent_by_pid(line, line.origin.pid);
    // One process signs in one person once: anything else is another holder of the pid.
    if (session != nullptr && session->login && session->login->time_ns != now_ns)
        session = nullptr;
    if (session == nullptr && line.entry != nullptr && sets_own_session(*line.entry->now)) {
        session = logins_.find_audit_id(line.place, line.entry->now->facts.audit_session);
        if (session != nullptr && session->login && session->login->time_ns != now_ns)
            session = nullptr;
        if (session != nullptr && session->pid == 0)
            logins_.set_pid(*session, line.pid_namespace, line.origin.pid);
    }
    if (session == nullptr && line.entry != nullptr) {
        session = logins_.first_without_login([&](const LoginSession &other) {
            return other.place == line.place && other.setter && other.pid == 0 &&
                   other.opener != Opener::cron && descends(*other.setter, line.entry->now->key);
        });
        if (session != nullptr)
            logins_.set_pid(*session, line.pid_namespace, line.origin.pid);
    }
    if (session == nullptr)
        session = &logins_.open(line.place, line.pid_namespace, line.origin.pid, now_ns);

    Login login;
    login.user.name = line.event.text(body.user);
    login.user.id = session->user.id ? session->user.id : accounts_.user_id(login.user.name);
    login.time_ns = now_ns;
    if (body.source.family != 0)
        login.source = event::to_ip(body.source);
    login.source_port = body.source.port;
    login.source_name = line.event.text(body.source_name);
    login.method = line.event.text(body.method);
    login.fingerprint = line.event.text(body.fingerprint);
    login.service = line.event.text(body.service);
    login.trust = trust_of(line.origin);
    session->user = login.user;
    session->service = login.service;
    session->opener = Opener::login;
    logins_.set_login(*session, std::move(login));
    if (line.entry != nullptr)
        bind(*session, *line.entry);
    return session;
}

LoginSession *Join::take_logind(const Line &line)
{
    const auto &body = line.event.as<sentra_session>();
    const auto id = parse_number<std::uint32_t>(line.event.text(body.logind_id));
    const std::uint64_t now_ns = line.event.time_ns();
    // "c1": the session has no audit id, so nothing can be joined by it.
    if (!id)
        return of_writer(line);
    if (body.action == SENTRA_SESSION_CLOSED) {
        LoginSession *session = logins_.find_audit_id(line.place, *id);
        if (session != nullptr)
            logins_.close(*session, now_ns);
        return session;
    }
    const ProcessTable::Entry *leader =
        body.leader == 0 || !line.is_watched
            ? nullptr
            : processes_.at(line.pid_namespace, body.leader, now_ns);
    LoginSession *session = leader == nullptr ? nullptr : logins_.find_process(leader->now->key);
    if (session == nullptr)
        session = recent_by_pid(line, body.leader);
    if (session != nullptr && session->audit_id != id)
        (void)logins_.claim(*session, *id, Proof::shown);
    if (session == nullptr || session->audit_id != id) {
        session = &logins_.with_audit_id(line.place, *id, now_ns);
        if (session->pid == 0 && body.leader != 0)
            logins_.set_pid(*session, line.pid_namespace, body.leader);
        if (leader != nullptr)
            logins_.set_process(*session, leader->now->key);
        session->proof = Proof::shown;
    }
    name_user(*session, line.event);
    logins_.touch();
    return session;
}

LoginSession *Join::take_pam(const Line &line)
{
    const auto &body = line.event.as<sentra_session>();
    LoginSession *session = recent_by_pid(line, line.origin.pid);
    if (body.action == SENTRA_SESSION_CLOSED) {
        if (session == nullptr)
            return of_writer(line);
        logins_.close(*session, line.event.time_ns());
        return session;
    }
    if (session != nullptr && session->closed_ns != 0)
        session = nullptr;
    const std::string_view service = line.event.text(body.service);
    const bool is_job = is_scheduler_service(service);
    if (session == nullptr && line.entry != nullptr)
        session = of_process(*line.process, line.place, line.event.time_ns());
    if (session == nullptr) {
        session =
            &logins_.open(line.place, line.pid_namespace, line.origin.pid, line.event.time_ns());
        session->opener = is_job ? Opener::cron : Opener::login;
        if (line.entry != nullptr)
            bind(*session, *line.entry);
    }
    session->service = service;
    name_user(*session, line.event);
    logins_.touch();
    return session;
}

LoginSession *Join::of_writer(const Line &line)
{
    const std::uint64_t now_ns = line.event.time_ns();
    if (line.process != nullptr)
        if (LoginSession *session = of_process(*line.process, line.place, now_ns))
            return session;
    std::optional<std::uint32_t> id;
    if (is_set(line.origin.audit_session))
        id = line.origin.audit_session;
    else if (line.process == nullptr)
        id = parse_cgroup(line.event.text(line.origin.cgroup)).session;
    if (id) {
        LoginSession &session = logins_.with_audit_id(line.place, *id, now_ns);
        return infer_from_line(session, line);
    }
    return recent_by_pid(line, line.origin.pid);
}

// Without the kernel half and without logind's word: a session belongs to a login only if there is
// no other login it could be.
LoginSession *Join::infer_from_line(LoginSession &session, const Line &line)
{
    if (line.is_watched || session.login || session.pid != 0)
        return &session;
    const bool has_uid = is_set(line.origin.loginuid);
    std::string_view name =
        has_uid ? accounts_.user_name(line.origin.loginuid) : std::string_view{};
    if (name.empty() && line.event.is(SENTRA_AUTH_ELEVATION))
        name = line.event.text(line.event.as<sentra_elevation>().user);
    LoginSession *login = logins_.only_unclaimed(line.place, [&](const LoginSession &other) {
        const bool same_user = other.user.id && has_uid ? *other.user.id == line.origin.loginuid
                                                        : !name.empty() && other.user.name == name;
        return same_user && other.opener != Opener::cron && other.first_ns <= line.event.time_ns();
    });
    const std::uint32_t id = *session.audit_id;
    if (login == nullptr || !login->login || !logins_.claim(*login, id, Proof::inferred))
        return &session;
    return login;
}

} // namespace sentra::session
