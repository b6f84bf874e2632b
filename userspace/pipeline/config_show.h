// SPDX-License-Identifier: MIT
// The configuration as it is shown: each value with the line that says so, secrets taken out; and
// as a JSON Schema for editors. Pure.
#pragma once

#include <string>
#include <vector>

#include "pipeline/config.h"

namespace sentra::pipeline {

struct ShownKey {
    std::string key;    // "journal.rebuild", "sinks.siem.url"
    std::string value;  // as it would be written, fit to be shown
    std::string origin; // "/etc/sentra/sentra.yaml:14", "default", "command line"
};

// What was written; `effective`: also what was not, with its default. Sinks come last, by name.
[[nodiscard]] std::vector<ShownKey> show_config(const LoadedConfig &loaded, bool effective);
[[nodiscard]] std::string to_json(const ShownKey &row); // one line

// A value of a sink without what nobody should read: whoever is named in a URL, and what stands
// behind its path. Where the whole path is the secret, the path too.
[[nodiscard]] std::string shown_sink_value(const output::SinkSettings &sink, const std::string &key,
                                           const std::string &value);

// JSON Schema, draft 2020-12, of one file.
[[nodiscard]] std::string config_schema();

} // namespace sentra::pipeline
