// SPDX-License-Identifier: MIT
// Who is behind an event, as far as it is proven. An Actor is a picture taken at one event: later
// facts make a new picture, never change an old one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <sentra/event/auth.h>

#include "base/ip.h"

namespace sentra::session {

enum class ActorKind : std::uint8_t {
    unknown,   // cannot be known; Actor::unknown_reason says why
    session,   // a login session (ssh, console, ...): the audit session id
    unit,      // a systemd service or a user's own unit
    job,       // cron, at, a timer's unit
    container, // a container's cgroup
    process,   // a host process outside sessions and units, named by its oldest known ancestor
    kernel,
};

[[nodiscard]] const char *name_of(ActorKind kind);

struct Person {
    std::string name; // empty: the host has no name for the id
    std::optional<std::uint32_t> id;
};

struct Login {
    Person user;
    std::uint64_t time_ns = 0;
    std::optional<Ip> source;
    std::uint16_t source_port = 0;
    std::string source_name; // where the log had a name instead of an address
    std::string method;      // password, publickey, ...
    std::string fingerprint;
    std::string service; // sshd, login, ...
    sentra_trust trust = SENTRA_TRUST_NONE;
};

struct Actor {
    ActorKind kind = ActorKind::unknown;
    // Joins events of one actor; the same for all of them, also before the audit id is known.
    std::string key;
    // For stable ids: the same in every run over the same facts ("session:<boot>:42",
    // "unit:nginx.service", "job:cron:root"; a login whose audit id is not known yet is
    // "login:<boot>:<pid>:<time>"). All forms: README.md.
    std::string canonical;
    Person user;      // who signed in, or as whom the unit or job runs
    Person effective; // as whom the event happened
    std::optional<Login> login;
    std::optional<std::uint32_t> audit_session;
    std::string tty;
    std::string unit;              // "nginx.service"
    std::string job;               // "cron" or the timer's unit
    std::string container;         // id as the runtime gives it
    std::string container_runtime; // docker, containerd, ...; empty where the cgroup does not say
    std::string pod;               // Kubernetes' uid of the pod the container is in
    std::string broker;            // sudo, su, pkexec: how the user became effective; may be empty
    std::string unknown_reason;
};

} // namespace sentra::session
