// SPDX-License-Identifier: MIT
// Who may say what. Any local user can write any line under any name (logger -t sshd ...): a line
// counts as an authentication event only when the fields that journald itself wrote entitle its
// sender to speak as that program.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include <sentra/event/auth.h>

#include "journal/entry.h"

namespace sentra::journal {

// The programs that speak under one name, and how their processes are known.
struct Program {
    std::string_view name; // how templates are called: "sshd"
    std::span<const std::string_view> identifiers;
    std::span<const std::string_view> names; // base names of the executable, and _COMM
    std::span<const std::string_view> paths; // where a program that runs as its caller must lie
    bool root_only;                          // false: _UID is the caller's
};

// nullptr: no program of ours says so.
[[nodiscard]] const Program *find_program(std::string_view identifier);
[[nodiscard]] std::span<const Program> programs();

// What vouches for the sender; nothing: he is not entitled, the line is a forgery.
[[nodiscard]] std::optional<sentra_trust> entitlement(const Entry &entry, const Program &program);
// A program of no table that signs with its own name and runs as root: any PAM service.
[[nodiscard]] std::optional<sentra_trust> own_name_entitlement(const Entry &entry);

} // namespace sentra::journal
