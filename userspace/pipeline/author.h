// SPDX-License-Identifier: MIT
// Who stands behind a decision, by the kernel's word.
#pragma once

#include <string>

#include <sys/types.h>

#include "base/fd.h"

namespace sentra::pipeline {

// "maria"; "maria as root" where she signed in as maria and became root; "uid 1001" where the host
// has no name.
[[nodiscard]] std::string author_of(uid_t uid, pid_t pid);
// The other end of a unix socket.
[[nodiscard]] std::string author_of(const Fd &peer);

} // namespace sentra::pipeline
