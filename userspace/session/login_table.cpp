// SPDX-License-Identifier: MIT
#include "session/login_table.h"

#include <algorithm>

namespace sentra::session {

namespace {

constexpr std::uint64_t kJobKeptNs = 600'000'000'000; // ten minutes
// A session that ended a day ago is missed by nobody: forgetting it is not a loss.
constexpr std::uint64_t kOverNs = 86'400'000'000'000;

void keep(std::set<std::uint64_t> &set, std::uint64_t serial, bool is_in)
{
    if (is_in)
        set.insert(serial);
    else
        set.erase(serial);
}

} // namespace

LoginTable::LoginTable(event::Losses &losses, std::size_t max_sessions)
    : losses_(losses), max_sessions_(max_sessions)
{}

LoginSession &LoginTable::add(std::string_view place, std::uint64_t time_ns)
{
    const std::uint64_t serial = next_serial_++;
    LoginSession &session = sessions_[serial];
    session.serial = serial;
    session.place = place;
    session.first_ns = time_ns;
    make_room(serial, time_ns);
    touch();
    return session;
}

void LoginTable::file(LoginSession &session)
{
    const bool open = session.closed_ns == 0;
    keep(unclaimed_, session.serial, session.pid != 0 && !session.audit_id && open);
    keep(without_login_, session.serial, session.audit_id && !session.login);
    keep(unplaced_, session.serial, session.pid != 0 && !session.process && open);
    touch();
}

LoginSession &LoginTable::with_audit_id(std::string_view place, std::uint32_t id,
                                        std::uint64_t time_ns)
{
    if (LoginSession *known = find_audit_id(place, id))
        return *known;
    LoginSession &session = add(place, time_ns);
    session.audit_id = id;
    session.key = "session:" + session.place + ":" + std::to_string(id);
    by_audit_id_[{session.place, id}] = session.serial;
    file(session);
    return session;
}

LoginSession *LoginTable::find_audit_id(std::string_view place, std::uint32_t id)
{
    const auto at = by_audit_id_.find({std::string(place), id});
    return at == by_audit_id_.end() ? nullptr : &sessions_.at(at->second);
}

LoginSession *LoginTable::find_pid(std::string_view place, std::uint32_t pid_namespace,
                                   std::uint32_t pid)
{
    const auto at = by_pid_.find(PidKey{place, pid_namespace, pid});
    return at == by_pid_.end() ? nullptr : &sessions_.at(at->second);
}

LoginSession *LoginTable::find_process(const ProcessKey &key)
{
    const auto at = by_process_.find(key);
    return at == by_process_.end() ? nullptr : &sessions_.at(at->second);
}

LoginSession &LoginTable::open(std::string_view place, std::uint32_t pid_namespace,
                               std::uint32_t pid, std::uint64_t time_ns)
{
    LoginSession &session = add(place, time_ns);
    session.key =
        "login:" + session.place + ":" + std::to_string(pid) + ":" + std::to_string(time_ns);
    set_pid(session, pid_namespace, pid);
    return session;
}

void LoginTable::set_pid(LoginSession &session, std::uint32_t pid_namespace, std::uint32_t pid)
{
    session.pid = pid;
    session.pid_namespace = pid_namespace;
    if (pid != 0)
        by_pid_[PidKey{session.place, pid_namespace, pid}] = session.serial;
    file(session);
}

void LoginTable::set_process(LoginSession &session, const ProcessKey &process)
{
    if (session.process == process)
        return;
    session.process = process;
    by_process_[process] = session.serial;
    file(session);
}

void LoginTable::set_login(LoginSession &session, Login login)
{
    session.login = std::move(login);
    file(session);
}

LoginSession *LoginTable::find_unplaced(std::string_view place, std::uint32_t pid_namespace,
                                        std::uint32_t pid)
{
    LoginSession *session = find_pid(place, pid_namespace, pid);
    return session != nullptr && unplaced_.count(session->serial) != 0 ? session : nullptr;
}

bool LoginTable::claim(LoginSession &session, std::uint32_t id, Proof proof)
{
    if (session.audit_id == id) {
        session.proof = std::max(session.proof, proof);
        return true;
    }
    if (session.audit_id && session.proof >= proof)
        return false;
    LoginSession *holder = find_audit_id(session.place, id);
    const bool held_by_login = holder != nullptr && (holder->login || holder->pid != 0);
    if (held_by_login && holder->proof >= proof)
        return false;
    if (session.audit_id)
        by_audit_id_.erase({session.place, *session.audit_id});
    if (held_by_login) {
        // It was inferred, and wrongly: it is a login without an audit session again.
        holder->audit_id.reset();
        holder->proof = Proof::none;
        file(*holder);
    } else if (holder != nullptr) {
        session.setter = holder->setter;
        session.first_ns = std::min(session.first_ns, holder->first_ns);
        if (session.opener == Opener::unknown)
            session.opener = holder->opener;
        if (!session.user.id)
            session.user.id = holder->user.id;
        if (holder->closed_ns != 0)
            close(session, holder->closed_ns);
        erase(holder->serial);
    }
    session.audit_id = id;
    session.proof = proof;
    by_audit_id_[{session.place, id}] = session.serial;
    file(session);
    return true;
}

void LoginTable::close(LoginSession &session, std::uint64_t time_ns)
{
    if (session.closed_ns != 0)
        return;
    session.closed_ns = time_ns;
    const bool is_job = session.opener == Opener::cron;
    (is_job ? closed_jobs_ : closed_).emplace(time_ns, session.serial);
    file(session);
    if (is_job)
        forget_jobs(time_ns);
}

void LoginTable::close_setter(std::string_view place, std::uint32_t id, const ProcessKey &setter,
                              std::uint64_t time_ns)
{
    LoginSession *session = find_audit_id(place, id);
    if (session != nullptr && session->setter == setter)
        close(*session, time_ns);
}

// Jobs run every minute of every day and are closed for good; what one left running is still known
// as a job by its ancestors.
void LoginTable::forget_jobs(std::uint64_t now_ns)
{
    while (!closed_jobs_.empty() && closed_jobs_.begin()->first + kJobKeptNs < now_ns)
        erase(closed_jobs_.begin()->second);
}

void LoginTable::make_room(std::uint64_t keep_serial, std::uint64_t now_ns)
{
    while (sessions_.size() > max_sessions_) {
        const ByTime &closed = closed_jobs_.empty() ? closed_ : closed_jobs_;
        const std::uint64_t victim =
            closed.empty() ? sessions_.begin()->first : closed.begin()->second;
        if (victim == keep_serial)
            return;
        const bool is_over = !closed.empty() && closed.begin()->first + kOverNs < now_ns;
        erase(victim);
        if (!is_over)
            losses_.count(SENTRA_LOSS_STATE_EVICTED);
    }
}

void LoginTable::erase(std::uint64_t serial)
{
    const auto at = sessions_.find(serial);
    const LoginSession &session = at->second;
    const auto drop = [serial](auto &index, const auto &key) {
        if (const auto entry = index.find(key); entry != index.end() && entry->second == serial)
            index.erase(entry);
    };
    if (session.audit_id)
        drop(by_audit_id_, std::pair(session.place, *session.audit_id));
    if (session.process)
        drop(by_process_, *session.process);
    drop(by_pid_, PidKey{session.place, session.pid_namespace, session.pid});
    unclaimed_.erase(serial);
    without_login_.erase(serial);
    unplaced_.erase(serial);
    closed_.erase({session.closed_ns, serial});
    closed_jobs_.erase({session.closed_ns, serial});
    sessions_.erase(at);
    touch();
}

void LoginTable::forget_processes()
{
    by_process_.clear();
    for (auto &[serial, session] : sessions_) {
        session.process.reset();
        session.setter.reset();
    }
    touch();
}

} // namespace sentra::session
