// SPDX-License-Identifier: MIT
// Every key of the configuration but those of sinks, once: what it is, where its value lies, what
// it means. Reading, `sentra config`, the JSON Schema and sentra.yaml(5) all come from its rows. To
// add a key: a member of Config, and a row in config_keys.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pipeline/config.h"

namespace sentra::pipeline {

struct ConfigKey {
    struct Text {
        std::string &(*in)(Config &);
    };
    struct Texts {
        std::vector<std::string> &(*in)(Config &);
    };
    struct Units { // whole names of services
        std::vector<std::string> &(*in)(Config &);
    };
    struct Truth {
        bool &(*in)(Config &);
    };
    struct Number {
        std::uint32_t &(*in)(Config &);
        std::uint32_t least, most;
        std::string_view unit; // "MiB"
    };
    struct Duration {
        std::uint64_t &(*in)(Config &);
        std::uint64_t most_ns;
    };
    using Value = std::variant<Text, Texts, Units, Truth, Number, Duration>;

    std::string_view name; // "tenant", or with its section "journal.rebuild"
    Value value;
    std::string_view says;
    // What holds where nothing is written, when Config's own initial value does not say it.
    std::string_view otherwise = {};
};

[[nodiscard]] std::span<const ConfigKey> config_keys();

// As it would be written: "24h", "true", "[a, b]"; empty: nothing is set.
[[nodiscard]] std::string value_text(const ConfigKey &key, const Config &config);
// What holds where the key is not written.
[[nodiscard]] std::string default_text(const ConfigKey &key);
// "a number of MiB from 1 to 1024"
[[nodiscard]] std::string type_text(const ConfigKey &key);
// "journal" of "journal.rebuild", else empty; and what is behind it.
[[nodiscard]] std::string_view section_of(const ConfigKey &key);
[[nodiscard]] std::string_view name_in_section(const ConfigKey &key);

} // namespace sentra::pipeline
