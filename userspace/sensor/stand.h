// SPDX-License-Identifier: MIT
// The ladder climbed: programs loaded and attached, on the best rung that worked for each concern.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "sensor/attach.h"
#include "sensor/ladder.h"
#include "sensor/object.h"

namespace sentra::sensor {

struct Stand {
    Object object;
    Ladder ladder;
    std::vector<Attached> attached;
    // Of a stand that was adopted: its object has not loaded them.
    std::map<std::string, Fd, std::less<>> programs;

    // -1: it is not there.
    [[nodiscard]] int program_fd(std::string_view name) const;

    // Called with the opened object before every load.
    using Prepare = std::function<Result<void>(sentra_kernel &, const Ladder &)>;
    // The programs are deaf until somebody unpauses them: a rung that turns out not to work is
    // taken away again, and with it the whole object. Error: not one hook could be attached.
    [[nodiscard]] static Result<Stand> climb(Ladder ladder, const Prepare &prepare);
};

} // namespace sentra::sensor
