// SPDX-License-Identifier: MIT
// The kernel's numbers of tracepoints, from tracefs: where it is mounted, else from a mount of our
// own that no namespace shows, so that nothing on the host changes.
#pragma once

#include <cstdint>
#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace sentra::sensor {

class Tracepoints {
public:
    [[nodiscard]] static Result<Tracepoints> open();

    // name: "syscalls/sys_exit_openat"
    [[nodiscard]] Result<std::uint64_t> id(const std::string &name) const;

private:
    Fd root_;
};

} // namespace sentra::sensor
