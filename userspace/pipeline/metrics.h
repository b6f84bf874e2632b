// SPDX-License-Identifier: MIT
// What a monitoring system asks of the sensor, in Prometheus' text format 0.0.4: a file that
// node_exporter's textfile collector reads, so that nothing has to listen. In: the status. No
// label holds a pid, a path or a user: the number of series is known beforehand.
#pragma once

#include <string>

#include "base/result.h"
#include "pipeline/status.h"

namespace sentra::pipeline {

inline constexpr const char *kMetricsFile = "/var/lib/prometheus/node-exporter/sentra.prom";

[[nodiscard]] std::string to_metrics(const Status &status);

// Where to write: as configured; "off" or a default whose directory is not there: empty.
[[nodiscard]] std::string metrics_path(const std::string &configured);

// Writes the page now and then, for as long as somebody offers the status.
class MetricsFile {
public:
    explicit MetricsFile(std::string path) : path_(std::move(path)) {}
    // Returns what went wrong, once, until it goes well again.
    [[nodiscard]] std::string offer(const Status &status);

private:
    std::string path_; // empty: nothing is written
    std::uint64_t written_ns_ = 0;
    bool is_failing_ = false;
};

} // namespace sentra::pipeline
