// SPDX-License-Identifier: MIT
// A stand that an earlier sensor left, taken over as it is: its programs run all the while, and
// what they saw meanwhile is in its ring.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "sensor/pins.h"
#include "sensor/stand.h"

namespace sentra::sensor {

// Changes with every program, hook, map size and choice: two stands of one version are the same.
[[nodiscard]] std::string stand_version(std::uint32_t ring_bytes, std::optional<Rung> only);

// ladder: as it is before anything was tried. Fails when something is missing, or is not what the
// manifest says: nothing is changed then.
[[nodiscard]] Result<Stand> adopt(Ladder ladder, const Generation &generation);

// What has to be kept of a stand so that it can be adopted.
struct Belongings {
    Manifest manifest; // since_ns is for whoever knows it
    std::map<std::string, int> maps;
    std::vector<int> links;
};
[[nodiscard]] Belongings belongings(const Stand &stand);

} // namespace sentra::sensor
