// SPDX-License-Identifier: MIT
// Programs that mean something to the question who acts: by their executables.
#pragma once

#include <string_view>

#include "session/process.h"

namespace sentra::session {

// sshd, sshd-session, login, display managers: one process of theirs is one person's sign-in.
[[nodiscard]] bool is_login_program(const Process &process);
[[nodiscard]] bool is_sshd(const Process &process);
// The daemons that start scheduled jobs, where root's file lies and runs as root.
[[nodiscard]] bool is_scheduler(const Process &process);
[[nodiscard]] bool is_service_manager(const Process &process);
// sudo, su, pkexec, ...: they were given the right to change the user, and asked for it.
[[nodiscard]] bool is_broker(const Process &process);

// PAM services that change a user inside a session, or serve one; they open none of their own.
[[nodiscard]] bool is_elevation_service(std::string_view service);
[[nodiscard]] bool is_scheduler_service(std::string_view service);

} // namespace sentra::session
