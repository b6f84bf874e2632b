// SPDX-License-Identifier: MIT
// The join of a login's two halves: the log's line with the address, and the kernel's audit
// session. All of it is decided here; the tables only remember.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "event/event.h"
#include "session/accounts.h"
#include "session/login_table.h"
#include "session/process_table.h"

namespace sentra::session {

// One line of a log, and what the kernel half knows of its writer.
struct Line {
    const event::Event &event;
    const sentra_origin &origin;
    std::string place;                          // boot id, or the host of a plain log
    std::uint32_t pid_namespace = 0;            // 0: the sensor's own
    const ProcessTable::Entry *entry = nullptr; // its writer, if the kernel half knows him
    const Process *process = nullptr;           // as he was when he wrote it
    bool is_watched = false;                    // the kernel half has been looking
};

class Join {
public:
    Join(const Accounts &accounts, const ProcessTable &processes, LoginTable &logins)
        : accounts_(accounts), processes_(processes), logins_(logins)
    {}

    // The session a process belongs to; null outside of any. Binds what can be bound.
    [[nodiscard]] LoginSession *of_process(const Process &process, std::string_view place,
                                           std::uint64_t time_ns);
    // A process was met, ran a program or ended: lines that came before may speak of it.
    void place_process(const ProcessTable::Entry &entry, std::string_view place);
    void end_process(const Process &process, std::string_view place, std::uint64_t time_ns);

    // The session a line belongs to; auth.login and auth.session make and bind them.
    [[nodiscard]] LoginSession *of_line(const Line &line);
    // The session of a line's writer, whatever the line says.
    [[nodiscard]] LoginSession *of_writer(const Line &line);

private:
    LoginSession &begin(const Process &process, std::string_view place, std::uint64_t time_ns);
    LoginSession *infer_sshd(const LoginSession &session, const Process &top,
                             std::uint64_t time_ns);
    void bind(LoginSession &session, const ProcessTable::Entry &entry);
    [[nodiscard]] bool descends(const ProcessKey &from, const ProcessKey &ancestor) const;
    [[nodiscard]] bool sets_own_session(const Process &process) const;

    LoginSession *take_login(const Line &line);
    LoginSession *take_logind(const Line &line);
    LoginSession *take_pam(const Line &line);
    LoginSession *recent_by_pid(const Line &line, std::uint32_t pid);
    LoginSession *infer_from_line(LoginSession &session, const Line &line);

    const Accounts &accounts_;
    const ProcessTable &processes_;
    LoginTable &logins_;
};

} // namespace sentra::session
