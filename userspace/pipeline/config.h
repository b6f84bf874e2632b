// SPDX-License-Identifier: MIT
// The site's configuration: YAML, every key optional. Everything works without a file. What a key
// is called, takes and means: config_keys.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "output/transport.h"

namespace sentra::pipeline {

inline constexpr const char *kDefaultStateDirectory = "/var/lib/sentra";
inline constexpr const char *kDefaultConfigFile = "/etc/sentra/sentra.yaml";
inline constexpr const char *kDefaultSocket = "/run/sentra/sentrad.sock";

struct Config {
    std::string tenant;
    std::string state_dir = kDefaultStateDirectory;
    std::string socket;             // empty: socket_path() decides
    std::vector<std::string> rules; // directories; empty: default_rules()

    struct Journal {
        bool enabled = true;
        std::string directory;             // empty: the running host's own
        std::string pid_namespace;         // "/proc/1234/ns/pid" or its inode number; empty: ours
        std::uint64_t rebuild_ns = kDayNs; // how far back a restart reads to know what is half-seen
    } journal;

    struct Sensor {
        bool enabled = true;
        std::uint32_t ring_mb = 0;              // 0: the sensor's own choice
        std::vector<std::string> watched_reads; // more files whose reading is told
        // Whose file and network events are counted and not told: "postgresql.service".
        std::vector<std::string> trusted_units;
        // Whether the kernel half outlives the daemon, so that a restart loses nothing, and the
        // file system that lets it.
        bool pins = true;
        std::string bpf_filesystem = "/sys/fs/bpf";
    } sensor;

    // What may wait between a source and the engine. 200,000 records of a burst take about 100 MiB.
    struct Queues {
        std::uint32_t kernel_mb = 192;
        std::uint32_t journal_mb = 16;
    } queues;

    // Who is told besides the store; nobody where there is none. In the order of their names.
    std::vector<output::SinkSettings> sinks;
    std::string metrics_listen; // empty: nowhere
    std::string metrics_file;   // empty: metrics_path() decides; "off": none is written
};

// Which line says so.
struct Origin {
    std::string file;
    std::uint32_t line = 0, column = 0; // from 1
};

// What files say together. A later file replaces single values and whole lists of an earlier one,
// and single keys of a sink of the same name.
struct LoadedConfig {
    Config config;
    std::map<std::string, Origin, std::less<>> origins; // of what is written: "sinks.siem.url"
    std::vector<std::string> files;                     // as they were read
};

// The file of this name, then conf.d/*.yaml beside it in the order of their names.
[[nodiscard]] std::vector<std::string> config_files(const std::string &first);
// Complaints are one line each, all of them: "file:line:column: what, nearest word". They never
// quote a line: a secret may have been put there. A file that is not there is an error.
[[nodiscard]] Result<LoadedConfig> load_config(const std::vector<std::string> &files);
// The same of texts, each with the name that stands for it in complaints.
[[nodiscard]] Result<LoadedConfig>
parse_files(const std::vector<std::pair<std::string, std::string>> &files);
// A file and what is beside it.
[[nodiscard]] Result<Config> read_config(const std::string &path);
// `name` stands for the file in errors.
[[nodiscard]] Result<Config> parse_config(std::string_view text, const std::string &name);

// Where the daemon of this state directory listens: the default directory has the default socket,
// any other keeps it beside its store.
[[nodiscard]] std::string socket_path(const std::string &configured, const std::string &state_dir);
[[nodiscard]] std::string store_path(const std::string &state_dir);
// Where the kernel half of this state directory's daemon is kept; empty: nowhere. The directory
// must exist: its own number is in the name, so that no two daemons meet.
[[nodiscard]] std::string pins_path(const Config &config);

// The rules beside this program: of the tree it was built in, else of its installation; and the
// site's.
[[nodiscard]] std::vector<std::string> default_rules();

} // namespace sentra::pipeline
