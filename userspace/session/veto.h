// SPDX-License-Identifier: MIT
// Not fooled by text: journald has vouched for a line's sender, or came too late to look; here the
// kernel's own evidence has the last word. Pure: all it needs is in its arguments.
#pragma once

#include <span>
#include <string_view>

#include <sentra/event/auth.h>

namespace sentra::session {

// What a line says about itself.
struct Claim {
    sentra_trust trust = SENTRA_TRUST_NONE;
    std::string_view identifier; // "sshd": how the sender calls itself
    std::string_view executable; // as journald saw it; empty when it came too late
    bool opens_session = false;  // a sign-in that succeeded, or a session opened
    bool from_root = false;      // by the socket's own word (_UID), which no sender can choose
};

// One program that the process with the line's pid was at that time.
struct Witness {
    std::string_view executable; // empty: the kernel half has not seen what it runs
    bool is_root = false;        // real or effective uid 0 of the journal's host
    bool is_real_root = false;   // real uid 0
    bool secure_exec = false;
    bool from_snapshot = false;          // secure_exec was not watched
    bool foreign_user_namespace = false; // not that of the journal's first process
};

struct Testimony {
    bool is_watched = false;            // the kernel half was looking at that time
    bool is_in_doubt = false;           // starts of processes or programs were lost around it
    std::span<const Witness> witnesses; // empty: it knows no process of that pid
};

enum class Verdict {
    stands,
    unproven,      // nothing vouches for it, and the kernel half, looking, has seen no such process
    other_program, // the process was another program than the line claims
    no_right,      // the program as claimed, but without the rights that the real one has
    other_world,   // in a user namespace of its own, where anybody is root and may mount a /usr/bin
    unknowable,    // events are missing: it can neither be believed nor is it contradicted
};

// As a record has it; a value that is not in the treaty vouches for nothing.
[[nodiscard]] sentra_trust trust_of(const sentra_origin &origin);

[[nodiscard]] Verdict judge(const Claim &claim, const Testimony &testimony);

} // namespace sentra::session
