// SPDX-License-Identifier: MIT
#include "pipeline/config.h"

#include <filesystem>
#include <functional>
#include <map>

#include <sys/stat.h>

#include <yaml-cpp/yaml.h>

#include "base/fd.h"
#include "base/hash.h"
#include "base/text.h"

namespace sentra::pipeline {

namespace {

// Where in which file a complaint is about.
struct Place {
    const std::string &file;

    [[nodiscard]] tl::unexpected<Error> wrong(const YAML::Mark &mark, const std::string &what) const
    {
        return failure(file + ":" + std::to_string(mark.line + 1) + ":" +
                       std::to_string(mark.column + 1) + ": " + what);
    }
};

// One key: its name and how its value is taken.
struct Key {
    std::string_view name;
    std::function<Result<void>(const Place &, const YAML::Node &)> take;
};

Result<void> take_keys(const Place &place, const YAML::Node &node, const std::vector<Key> &keys)
{
    if (node.IsNull())
        return {};
    if (!node.IsMap())
        return place.wrong(node.Mark(), "expected \"key: value\" lines here");
    for (const auto &pair : node) {
        const std::string name = pair.first.IsScalar() ? pair.first.Scalar() : std::string();
        const Key *known = nullptr;
        std::vector<std::string_view> names;
        for (const Key &key : keys) {
            names.push_back(key.name);
            if (key.name == name)
                known = &key;
        }
        if (known == nullptr) {
            const auto meant = nearest(name, names);
            return place.wrong(
                pair.first.Mark(),
                "unknown key \"" + printable(name, 100) + "\"" +
                    (meant ? "; did you mean \"" + std::string(*meant) + "\"?" : ""));
        }
        if (auto taken = known->take(place, pair.second); !taken)
            return taken;
    }
    return {};
}

Key text(std::string_view name, std::string &into)
{
    return {name, [name, &into](const Place &place, const YAML::Node &node) -> Result<void> {
                if (!node.IsScalar())
                    return place.wrong(node.Mark(), std::string(name) + " is one text");
                into = node.Scalar();
                return {};
            }};
}

Key texts(std::string_view name, std::vector<std::string> &into)
{
    return {name, [name, &into](const Place &place, const YAML::Node &node) -> Result<void> {
                std::vector<std::string> found;
                if (node.IsScalar()) {
                    found.push_back(node.Scalar());
                } else if (node.IsSequence()) {
                    for (const auto &item : node) {
                        if (!item.IsScalar())
                            return place.wrong(item.Mark(),
                                               std::string(name) + " is a list of texts");
                        found.push_back(item.Scalar());
                    }
                } else {
                    return place.wrong(node.Mark(), std::string(name) + " is a list of texts");
                }
                into = std::move(found);
                return {};
            }};
}

// Whole names of units: no patterns, nothing that could stand for more than is written.
Key units(std::string_view name, std::vector<std::string> &into)
{
    return {name, [name, &into](const Place &place, const YAML::Node &node) -> Result<void> {
                if (auto taken = texts(name, into).take(place, node); !taken)
                    return taken;
                for (const std::string &unit : into)
                    if (unit.find('/') != std::string::npos ||
                        unit.find('*') != std::string::npos || unit.size() <= 8 ||
                        unit.substr(unit.size() - 8) != ".service")
                        return place.wrong(
                            node.Mark(), std::string(name) +
                                             " are whole names such as \"redis.service\", not \"" +
                                             printable(unit, 100) + "\"");
                return {};
            }};
}

Key truth(std::string_view name, bool &into)
{
    return {name, [name, &into](const Place &place, const YAML::Node &node) -> Result<void> {
                const std::string value = node.IsScalar() ? node.Scalar() : "";
                if (value != "true" && value != "false")
                    return place.wrong(node.Mark(), std::string(name) + " is true or false");
                into = value == "true";
                return {};
            }};
}

Key megabytes(std::string_view name, std::uint32_t &into, std::uint32_t least, std::uint32_t most)
{
    return {name,
            [name, &into, least, most](const Place &place, const YAML::Node &node) -> Result<void> {
                const auto value = node.IsScalar() ? parse_number<std::uint32_t>(node.Scalar())
                                                   : std::optional<std::uint32_t>();
                if (!value || *value < least || *value > most)
                    return place.wrong(node.Mark(), std::string(name) + " is a number from " +
                                                        std::to_string(least) + " to " +
                                                        std::to_string(most));
                into = *value;
                return {};
            }};
}

Key duration(std::string_view name, std::uint64_t &into, std::uint64_t most_ns)
{
    return {name,
            [name, &into, most_ns](const Place &place, const YAML::Node &node) -> Result<void> {
                const auto value = node.IsScalar() ? parse_duration(node.Scalar())
                                                   : std::optional<std::uint64_t>();
                if (!value || *value > most_ns)
                    return place.wrong(node.Mark(), std::string(name) +
                                                        " is a duration such as \"24h\", at most " +
                                                        format_duration(most_ns));
                into = *value;
                return {};
            }};
}

// One text; of a list, its texts with commas between them.
Result<std::string> value_of(const Place &place, const YAML::Node &node, const std::string &name)
{
    std::vector<std::string> several;
    if (auto taken = texts(name, several).take(place, node); !taken)
        return tl::unexpected(std::move(taken.error()));
    std::string value;
    for (const std::string &one : several)
        value.append(value.empty() ? "" : ",").append(one);
    return value;
}

// What stands below a sink's name means something to its type alone, which checks it.
Result<output::SinkSettings> sink_of(const Place &place, const YAML::Node &name,
                                     const YAML::Node &node)
{
    output::SinkSettings sink;
    sink.name = name.IsScalar() ? name.Scalar() : "";
    if (!node.IsMap())
        return place.wrong(node.Mark(), "a sink has \"key: value\" lines, type among them");
    std::vector<std::pair<std::string, YAML::Mark>> words{{sink.name, name.Mark()}};
    for (const auto &pair : node) {
        const std::string key = pair.first.IsScalar() ? pair.first.Scalar() : "";
        auto value = value_of(place, pair.second, key);
        if (!value)
            return tl::unexpected(std::move(value.error()));
        words.emplace_back(key, pair.first.Mark());
        words.emplace_back(*value, pair.second.Mark());
        if (key == "type")
            sink.type = std::move(*value);
        else if (!sink.values.emplace(key, std::move(*value)).second)
            return place.wrong(pair.first.Mark(), "\"" + printable(key, 60) + "\" stands twice");
    }
    const auto checked = output::check_sink(sink);
    if (checked)
        return sink;
    // The complaint quotes what is wrong; where it quotes nothing, the sink as a whole is.
    YAML::Mark mark = name.Mark();
    for (const auto &[word, at] : words)
        if (checked.error().text.find("\"" + printable(word, 60) + "\"") != std::string::npos)
            mark = at;
    return place.wrong(mark, checked.error().text);
}

Key sinks(std::string_view name, std::vector<output::SinkSettings> &into)
{
    return {name, [&into](const Place &place, const YAML::Node &node) -> Result<void> {
                if (node.IsNull())
                    return {};
                if (!node.IsMap())
                    return place.wrong(node.Mark(), "sinks are names with what is below them");
                std::map<std::string, output::SinkSettings> by_name;
                for (const auto &pair : node) {
                    auto sink = sink_of(place, pair.first, pair.second);
                    if (!sink)
                        return tl::unexpected(std::move(sink.error()));
                    const std::string named = sink->name;
                    if (!by_name.emplace(named, std::move(*sink)).second)
                        return place.wrong(pair.first.Mark(),
                                           "there are two sinks named \"" + named + "\"");
                }
                for (auto &[named, sink] : by_name)
                    into.push_back(std::move(sink));
                return {};
            }};
}

Key section(std::string_view name, std::vector<Key> keys)
{
    return {name, [keys = std::move(keys)](const Place &place, const YAML::Node &node) {
                return take_keys(place, node, keys);
            }};
}

std::vector<Key> keys_of(Config &config)
{
    return {
        text("tenant", config.tenant),
        text("state_dir", config.state_dir),
        text("socket", config.socket),
        texts("rules", config.rules),
        section("journal", {truth("enabled", config.journal.enabled),
                            text("directory", config.journal.directory),
                            text("pid_namespace", config.journal.pid_namespace),
                            duration("rebuild", config.journal.rebuild_ns, 30 * kDayNs)}),
        section("sensor", {truth("enabled", config.sensor.enabled),
                           megabytes("ring_mb", config.sensor.ring_mb, 1, 1024),
                           texts("watched_reads", config.sensor.watched_reads),
                           units("trusted_units", config.sensor.trusted_units),
                           truth("pins", config.sensor.pins),
                           text("bpf_filesystem", config.sensor.bpf_filesystem)}),
        section("queues", {megabytes("kernel_mb", config.queues.kernel_mb, 1, 4096),
                           megabytes("journal_mb", config.queues.journal_mb, 1, 1024)}),
        sinks("sinks", config.sinks),
        section("metrics", {text("textfile", config.metrics_file)}),
    };
}

} // namespace

Result<Config> parse_config(std::string_view text, const std::string &name)
{
    const Place place{name};
    Config config;
    try {
        const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
        if (documents.size() > 1)
            return failure(name + ": one YAML document is expected, not several");
        if (!documents.empty())
            if (auto taken = take_keys(place, documents.front(), keys_of(config)); !taken)
                return tl::unexpected(std::move(taken.error()));
    } catch (const YAML::Exception &error) {
        return place.wrong(error.mark.is_null() ? YAML::Mark() : error.mark, error.msg);
    }
    if (config.state_dir.empty() || config.state_dir.front() != '/')
        return failure(name + ": state_dir is an absolute path");
    return config;
}

Result<Config> read_config(const std::string &path)
{
    auto text = read_file(path);
    if (!text)
        return tl::unexpected(std::move(text.error()).within("read configuration"));
    return parse_config(*text, path);
}

std::string socket_path(const std::string &configured, const std::string &state_dir)
{
    if (!configured.empty())
        return configured;
    return state_dir == kDefaultStateDirectory ? kDefaultSocket : state_dir + "/sentrad.sock";
}

std::string store_path(const std::string &state_dir)
{
    return state_dir + "/sentra.db";
}

std::string pins_path(const Config &config)
{
    struct stat about = {};
    if (!config.sensor.pins || ::stat(config.state_dir.c_str(), &about) != 0)
        return {};
    const std::string place =
        std::to_string(about.st_dev) + ':' + std::to_string(about.st_ino) + ':' + config.state_dir;
    return config.sensor.bpf_filesystem + "/sentra/" + sha256_hex(place).substr(0, 12);
}

std::vector<std::string> default_rules()
{
    namespace fs = std::filesystem;
    std::error_code ignored;
    const auto prefix = fs::read_symlink("/proc/self/exe", ignored).parent_path().parent_path();
    // build/bin/sentrad belongs to a tree; a program in /usr/bin must not take /rules for its own.
    const auto tree = prefix.parent_path();
    std::vector<fs::path> candidates{prefix / "share/sentra/rules", "/usr/share/sentra/rules"};
    if (fs::exists(tree / "CMakePresets.json", ignored))
        candidates.insert(candidates.begin(), tree / "rules");
    std::vector<std::string> found;
    for (const fs::path &candidate : candidates)
        if (found.empty() && fs::is_directory(candidate, ignored))
            found.push_back(candidate.string());
    if (fs::is_directory("/etc/sentra/rules.d", ignored))
        found.emplace_back("/etc/sentra/rules.d");
    return found;
}

} // namespace sentra::pipeline
