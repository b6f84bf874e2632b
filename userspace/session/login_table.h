// SPDX-License-Identifier: MIT
// Login sessions, known from either end: the log's "Accepted" names a process (who came, from
// where, how), the kernel's audit session id marks what was done. They become one when the process
// that set the id is the one that wrote the line, or its child; logind's leader says the same.
// Order of arrival does not matter. Session ids count per boot, so a place (boot id, or the host of
// a plain log) belongs to every key. Bounded; closed ones are forgotten first.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "event/source.h"
#include "session/actor.h"
#include "session/process.h"

namespace sentra::session {

// Who set the audit session id.
enum class Opener {
    unknown,
    login, // sshd, login, a display manager
    cron,
    manager, // systemd for a unit with a PAM session of its own (user@1000.service)
};

// How it is known that the login and the audit session are one.
enum class Proof {
    none,
    inferred, // it was the only login that could be meant
    shown,    // the kernel's process tree, or logind
};

struct LoginSession {
    std::uint64_t serial = 0; // in order of first sight
    std::string place;
    std::string key; // Actor::key: never changes
    std::optional<std::uint32_t> audit_id;
    Proof proof = Proof::none;
    std::optional<Login> login;
    // Who wrote the login's lines.
    std::uint32_t pid = 0, pid_namespace = 0;
    std::optional<ProcessKey> process;
    std::optional<ProcessKey> setter; // the first process seen with the audit id
    Person user;
    std::string service; // PAM's or the program's: "sshd", "cron"
    Opener opener = Opener::unknown;
    std::uint64_t first_ns = 0;
    std::uint64_t closed_ns = 0; // 0: open, as far as is known
};

class LoginTable {
public:
    explicit LoginTable(event::Losses &losses, std::size_t max_sessions = 8192);

    // The session with that audit id; made when it is new.
    LoginSession &with_audit_id(std::string_view place, std::uint32_t id, std::uint64_t time_ns);
    [[nodiscard]] LoginSession *find_audit_id(std::string_view place, std::uint32_t id);
    // By who wrote the login's lines; the latest.
    [[nodiscard]] LoginSession *find_pid(std::string_view place, std::uint32_t pid_namespace,
                                         std::uint32_t pid);
    [[nodiscard]] LoginSession *find_process(const ProcessKey &key);
    // A new one for that pid; an earlier one of the same pid is no longer found by it.
    LoginSession &open(std::string_view place, std::uint32_t pid_namespace, std::uint32_t pid,
                       std::uint64_t time_ns);
    void set_pid(LoginSession &session, std::uint32_t pid_namespace, std::uint32_t pid);
    void set_process(LoginSession &session, const ProcessKey &process);
    // The audit session is this login's. What was known of the id without a login goes into it.
    // Only stronger proof displaces an earlier claim; false: nothing changed.
    bool claim(LoginSession &session, std::uint32_t id, Proof proof);
    void close(LoginSession &session, std::uint64_t time_ns);
    // Closes the session with that id, if that process was the first of it.
    void close_setter(std::string_view place, std::uint32_t id, const ProcessKey &setter,
                      std::uint64_t time_ns);

    // The only open login that has no audit id yet and satisfies `fits`; null when there is none or
    // more than one.
    template <typename Fits>
    [[nodiscard]] LoginSession *only_unclaimed(std::string_view place, Fits fits)
    {
        LoginSession *found = nullptr;
        for (const std::uint64_t serial : unclaimed_) {
            LoginSession &session = sessions_.at(serial);
            if (session.place != place || session.closed_ns != 0 || !fits(session))
                continue;
            if (found != nullptr)
                return nullptr;
            found = &session;
        }
        return found;
    }
    // Every audit session without a login: fits(session) true stops and gives it.
    template <typename Fits> [[nodiscard]] LoginSession *first_without_login(Fits fits)
    {
        for (const std::uint64_t serial : without_login_)
            if (LoginSession &session = sessions_.at(serial); fits(session))
                return &session;
        return nullptr;
    }
    [[nodiscard]] bool has_unplaced() const { return !unplaced_.empty(); }
    // Logins that the kernel half has no process for yet.
    [[nodiscard]] LoginSession *find_unplaced(std::string_view place, std::uint32_t pid_namespace,
                                              std::uint32_t pid);
    void set_login(LoginSession &session, Login login);

    [[nodiscard]] std::size_t size() const { return sessions_.size(); }
    // Counts every change that can alter an actor.
    [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
    void touch() { ++epoch_; }
    // Process keys mean nothing after a boot.
    void forget_processes();

private:
    using PidKey = std::tuple<std::string, std::uint32_t, std::uint32_t>;

    LoginSession &add(std::string_view place, std::uint64_t time_ns);
    void file(LoginSession &session); // keeps the small sets below true
    void erase(std::uint64_t serial);
    void make_room(std::uint64_t keep, std::uint64_t now_ns);
    void forget_jobs(std::uint64_t now_ns);

    event::Losses &losses_;
    std::size_t max_sessions_;
    std::map<std::uint64_t, LoginSession> sessions_;
    std::map<std::pair<std::string, std::uint32_t>, std::uint64_t> by_audit_id_;
    std::map<PidKey, std::uint64_t> by_pid_;
    std::map<ProcessKey, std::uint64_t> by_process_;
    std::set<std::uint64_t> unclaimed_;     // by pid, without audit id
    std::set<std::uint64_t> without_login_; // audit id, without login
    std::set<std::uint64_t> unplaced_;      // by pid, without a process of the kernel's
    using ByTime = std::set<std::pair<std::uint64_t, std::uint64_t>>; // (when, serial)
    ByTime closed_, closed_jobs_;
    std::uint64_t next_serial_ = 1;
    std::uint64_t epoch_ = 1;
};

} // namespace sentra::session
