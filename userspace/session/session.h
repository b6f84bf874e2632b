// SPDX-License-Identifier: MIT
// Who did it: the process tree by (pid, start), login sessions by (boot, audit session id), units
// and containers by cgroup, jobs by cron. In: every event in order. Out: a Context for each.
// Nothing here reads a clock, /proc or /etc: all facts come from records, so a replay knows the
// same. Tables are bounded; what is forgotten is counted (STATE_EVICTED). One thread owns a
// Session.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "event/event.h"
#include "event/source.h"
#include "session/actor.h"
#include "session/process.h"

namespace sentra::session {

// The end of the login session itself: sudo, su and others close sessions of their own within it.
[[nodiscard]] bool ends_login(const event::Event &event, const Actor &actor);

struct Host {
    std::string name, id, boot, tenant, kernel;
    std::uint32_t pid_namespace = 0, mount_namespace = 0;
};

// What is known around one event. Cheap to copy; keeps what it points to alive.
struct Context {
    std::shared_ptr<const Process> process; // who acts; null where it cannot be known
    std::shared_ptr<const Actor> actor;     // never null
    // The line says it was written by an entitled program, and the kernel's own evidence says
    // otherwise, or would have to say and was lost. Such an event proves nothing; the engine must
    // not match it.
    bool vetoed = false;
};

class Session {
public:
    explicit Session(event::Losses &losses);
    ~Session();
    Session(const Session &) = delete;
    Session &operator=(const Session &) = delete;

    // Takes the event in, then says who is behind it.
    [[nodiscard]] Context apply(const event::Event &event);

    [[nodiscard]] const Host &host() const;
    // The host's names, from meta.account records; empty when unknown.
    [[nodiscard]] std::string_view user_name(std::uint32_t uid) const;
    [[nodiscard]] std::string_view group_name(std::uint32_t gid) const;
    // Whose home directory contains the path; empty when nobody's. The longest home wins.
    [[nodiscard]] std::string_view home_owner(std::string_view path) const;

    // The parent as it was at the fork, else (a snapshot lists children before parents) as it is
    // known by now; null when it is not. Valid until the next apply().
    [[nodiscard]] const Process *parent_of(const Process &process) const;
    // That of the host's first process; 0 until it is known.
    [[nodiscard]] std::uint32_t user_namespace() const;

    struct Sizes {
        std::size_t processes = 0, sessions = 0;
    };
    [[nodiscard]] Sizes sizes() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace sentra::session
