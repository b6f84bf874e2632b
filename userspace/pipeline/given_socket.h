// SPDX-License-Identifier: MIT
// A socket that the service manager bound for us, with its owner, group and mode: a sensor that is
// given one needs no right to give files away.
#pragma once

#include <optional>
#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace sentra::pipeline {

// The listening unix socket handed over under sd_listen_fds(3), nothing where there is none. To be
// asked once. An error: something else was handed over, or one that is not at `path`.
[[nodiscard]] Result<std::optional<Fd>> given_socket(const std::string &path);

} // namespace sentra::pipeline
