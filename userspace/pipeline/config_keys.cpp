// SPDX-License-Identifier: MIT
#include "pipeline/config_keys.h"

#include <array>

#include "base/time.h"

namespace sentra::pipeline {

namespace {

using Text = ConfigKey::Text;
using Texts = ConfigKey::Texts;
using Units = ConfigKey::Units;
using Truth = ConfigKey::Truth;
using Number = ConfigKey::Number;
using Duration = ConfigKey::Duration;

// A key's value is the member of Config that the row names. A key without a section comes before
// those with one; a section's keys stand together.
constexpr std::array kKeys = {
    ConfigKey{"tenant", Text{[](Config &c) -> std::string & { return c.tenant; }},
              "Whose host this is. It is part of a signal's id, and of what reports may name.",
              "none"},
    ConfigKey{"state_dir", Text{[](Config &c) -> std::string & { return c.state_dir; }},
              "The folder of the store. An absolute path."},
    ConfigKey{"socket", Text{[](Config &c) -> std::string & { return c.socket; }},
              "Where sentrad listens for sentra.",
              "/run/sentra/sentrad.sock, or sentrad.sock in a state_dir of another name"},
    ConfigKey{"rules", Texts{[](Config &c) -> std::vector<std::string> & { return c.rules; }},
              "Folders of rules; later ones add to the first and may change what it has.",
              "the rules installed with this program, and /etc/sentra/rules.d"},

    ConfigKey{"journal.enabled", Truth{[](Config &c) -> bool & { return c.journal.enabled; }},
              "Whether sign-ins, sudo, accounts, jobs and units are read from the journal."},
    ConfigKey{"journal.directory",
              Text{[](Config &c) -> std::string & { return c.journal.directory; }},
              "Another host's journal, such as a container's.", "this host's own"},
    ConfigKey{"journal.pid_namespace",
              Text{[](Config &c) -> std::string & { return c.journal.pid_namespace; }},
              "Where the process numbers of that journal count: /proc/4711/ns/pid, or its inode's "
              "number.",
              "this program's own"},
    ConfigKey{
        "journal.rebuild",
        Duration{[](Config &c) -> std::uint64_t & { return c.journal.rebuild_ns; }, 30 * kDayNs},
        "How far back a start reads to know who is signed in and what is half seen."},

    ConfigKey{"sensor.enabled", Truth{[](Config &c) -> bool & { return c.sensor.enabled; }},
              "Whether the kernel's events are watched."},
    ConfigKey{"sensor.ring_mb",
              Number{[](Config &c) -> std::uint32_t & { return c.sensor.ring_mb; }, 1, 1024, "MiB"},
              "The ring between the kernel and sentrad.", "as the host's processors ask"},
    ConfigKey{"sensor.watched_reads",
              Texts{[](Config &c) -> std::vector<std::string> & { return c.sensor.watched_reads; }},
              "More files whose reading is told, besides those that rules name.", "none"},
    ConfigKey{"sensor.trusted_units",
              Units{[](Config &c) -> std::vector<std::string> & { return c.sensor.trusted_units; }},
              "Services whose file and network events are counted and not told.", "none"},
    ConfigKey{"sensor.pins", Truth{[](Config &c) -> bool & { return c.sensor.pins; }},
              "Whether the programs in the kernel outlive a crash or restart of sentrad, so that "
              "nothing is missed meanwhile."},
    ConfigKey{"sensor.bpf_filesystem",
              Text{[](Config &c) -> std::string & { return c.sensor.bpf_filesystem; }},
              "The file system that keeps them."},

    ConfigKey{
        "queues.kernel_mb",
        Number{[](Config &c) -> std::uint32_t & { return c.queues.kernel_mb; }, 1, 4096, "MiB"},
        "What may wait between the kernel's events and the rules; 200,000 events of a burst "
        "take about 100 MiB."},
    ConfigKey{
        "queues.journal_mb",
        Number{[](Config &c) -> std::uint32_t & { return c.queues.journal_mb; }, 1, 1024, "MiB"},
        "What may wait between the journal and the rules."},

    ConfigKey{
        "metrics.listen", Text{[](Config &c) -> std::string & { return c.metrics_listen; }},
        "Where the figures (/metrics) and the sensor's health (/healthz) are given over HTTP, "
        "such as 127.0.0.1:9109; a loopback address only.",
        "nowhere"},
    ConfigKey{"metrics.textfile", Text{[](Config &c) -> std::string & { return c.metrics_file; }},
              "Where the figures for Prometheus' node exporter are written; off: nowhere.",
              "/var/lib/prometheus/node-exporter/sentra.prom where that folder is there"},
};

std::string list_text(const std::vector<std::string> &items)
{
    std::string text;
    for (const std::string &item : items)
        text.append(text.empty() ? "[" : ", ").append(item);
    return text.empty() ? "" : text + "]";
}

// In the largest unit that gives it exactly, as parse_duration() reads it.
std::string duration_text(std::uint64_t duration_ns)
{
    struct Unit {
        std::uint64_t ns;
        const char *name;
    };
    constexpr Unit kUnits[] = {{7 * kDayNs, "w"}, {kDayNs, "d"}, {kHourNs, "h"}, {kMinuteNs, "m"}};
    for (const Unit &unit : kUnits)
        if (duration_ns >= unit.ns && duration_ns % unit.ns == 0)
            return std::to_string(duration_ns / unit.ns) + unit.name;
    return std::to_string(duration_ns / kSecondNs) + "s";
}

struct Writer {
    Config &config;
    std::string operator()(const Text &text) const { return text.in(config); }
    std::string operator()(const Texts &texts) const { return list_text(texts.in(config)); }
    std::string operator()(const Units &units) const { return list_text(units.in(config)); }
    std::string operator()(const Truth &truth) const { return truth.in(config) ? "true" : "false"; }
    std::string operator()(const Number &number) const
    {
        const std::uint32_t value = number.in(config);
        return value < number.least ? "" : std::to_string(value);
    }
    std::string operator()(const Duration &duration) const
    {
        return duration_text(duration.in(config));
    }
};

struct Namer {
    std::string operator()(const Text & /*text*/) const { return "a text"; }
    std::string operator()(const Texts & /*texts*/) const { return "a list of texts"; }
    std::string operator()(const Units & /*units*/) const
    {
        return "a list of whole names such as redis.service";
    }
    std::string operator()(const Truth & /*truth*/) const { return "true or false"; }
    std::string operator()(const Number &number) const
    {
        return "a number" + (number.unit.empty() ? "" : " of " + std::string(number.unit)) +
               " from " + std::to_string(number.least) + " to " + std::to_string(number.most);
    }
    std::string operator()(const Duration &duration) const
    {
        return "a duration such as 24h, at most " + format_duration(duration.most_ns);
    }
};

} // namespace

std::span<const ConfigKey> config_keys()
{
    return kKeys;
}

std::string value_text(const ConfigKey &key, const Config &config)
{
    Config copy = config;
    return std::visit(Writer{copy}, key.value);
}

std::string default_text(const ConfigKey &key)
{
    return key.otherwise.empty() ? value_text(key, Config{}) : std::string(key.otherwise);
}

std::string type_text(const ConfigKey &key)
{
    return std::visit(Namer{}, key.value);
}

std::string_view section_of(const ConfigKey &key)
{
    const auto dot = key.name.find('.');
    return dot == std::string_view::npos ? std::string_view() : key.name.substr(0, dot);
}

std::string_view name_in_section(const ConfigKey &key)
{
    const auto dot = key.name.find('.');
    return dot == std::string_view::npos ? key.name : key.name.substr(dot + 1);
}

} // namespace sentra::pipeline
