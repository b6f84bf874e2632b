// SPDX-License-Identifier: MIT
// What a host offers the sensor, checked from outside: for `sentra doctor`. Each finding says what
// is, why it matters and what would help. Reads /proc, /sys and the configuration; changes nothing.
#pragma once

#include <string>
#include <vector>

#include "pipeline/config.h"
#include "sensor/features.h"
#include "sensor/sensor.h"

namespace sentra::pipeline {

struct Finding {
    enum class Level : std::uint8_t {
        good,
        note,   // works, and could see more or lose less
        trouble // something is not seen, kept or told
    };
    Level level = Level::good;
    std::string what;
    std::string why; // it matters; empty for good ones
    std::string fix; // what to do; empty where nothing can be done
};

[[nodiscard]] std::vector<Finding> check_kernel(const sensor::Features &features);
[[nodiscard]] std::vector<Finding> check_journal(const Config &config);
[[nodiscard]] std::vector<Finding> check_state(const Config &config);
[[nodiscard]] std::vector<Finding> check_clock();
[[nodiscard]] std::vector<Finding> check_rules(const Config &config);
// Texts of journald.conf and its folders, later ones over earlier ones; those of this host.
[[nodiscard]] std::vector<Finding> check_rate_limit(const std::vector<std::string> &settings);
[[nodiscard]] std::vector<std::string> journald_settings();
// What /proc/self/status of a process of root's says of the rights that can be had.
[[nodiscard]] std::vector<Finding> check_rights(const std::string &process_status);
// Where signals go, as the daemon's status has it: what was reached, what was not.
[[nodiscard]] std::vector<Finding> check_reach(const std::string &status);
// Tries every rung here and takes it away again: a few seconds, as root.
[[nodiscard]] std::vector<sensor::Watch> try_watches();
// How changes of protected files are seen that the programs do not see.
[[nodiscard]] std::vector<Finding> check_file_watches(const sensor::FileWatches &watches);
// Events of the same kind of trouble are one finding.
[[nodiscard]] std::vector<Finding> check_watches(const std::vector<sensor::Watch> &watches);

} // namespace sentra::pipeline
