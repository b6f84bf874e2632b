// SPDX-License-Identifier: MIT
#include "pipeline/config.h"

#include <algorithm>
#include <filesystem>

#include <sys/stat.h>

#include "base/fd.h"
#include "base/hash.h"
#include "base/text.h"
#include "engine/read.h"
#include "pipeline/config_keys.h"

namespace sentra::pipeline {

namespace {

using engine::Mark;
using engine::Node;

constexpr std::size_t kConfigBytesMax = 256 * 1024;

// What is wrong, a line each.
struct Faults {
    std::string text;

    void add(const Mark &mark, const std::string &what) { add(mark.text() + ": " + what); }
    void add(const std::string &line) { text.append(text.empty() ? "" : "\n").append(line); }
};

// One text, or a list of texts.
std::optional<std::vector<std::string>> texts_in(const Node &node)
{
    if (node.is_scalar())
        return std::vector<std::string>{node.text};
    std::vector<std::string> found;
    for (const Node &item : node.items) {
        if (!item.is_scalar())
            return std::nullopt;
        found.push_back(item.text);
    }
    return node.is_list() ? std::optional(found) : std::nullopt;
}

// Whole names of units: no patterns, nothing that could stand for more than is written.
bool is_service_name(const std::string &unit)
{
    return unit.find_first_of("/*") == std::string::npos && unit.size() > 8 &&
           unit.substr(unit.size() - 8) == ".service";
}

// Takes a node's value; what it returns is wrong with it.
struct Taker {
    Config &config;
    const Node &node;
    std::string name;

    std::string operator()(const ConfigKey::Text &text) const
    {
        if (!node.is_scalar())
            return name + " is one text";
        text.in(config) = node.text;
        return "";
    }
    std::string operator()(const ConfigKey::Texts &texts) const
    {
        auto found = texts_in(node);
        if (!found)
            return name + " is a list of texts";
        texts.in(config) = std::move(*found);
        return "";
    }
    std::string operator()(const ConfigKey::Units &units) const
    {
        if (auto wrong = (*this)(ConfigKey::Texts{units.in}); !wrong.empty())
            return wrong;
        for (const std::string &unit : units.in(config))
            if (!is_service_name(unit))
                return name + " are whole names such as \"redis.service\", not \"" +
                       printable(unit, 100) + "\"";
        return "";
    }
    std::string operator()(const ConfigKey::Truth &truth) const
    {
        if (!node.is_scalar() || (node.text != "true" && node.text != "false"))
            return name + " is true or false";
        truth.in(config) = node.text == "true";
        return "";
    }
    std::string operator()(const ConfigKey::Number &number) const
    {
        const auto value = node.is_scalar() ? parse_number<std::uint32_t>(node.text) : std::nullopt;
        if (!value || *value < number.least || *value > number.most)
            return name + " is a number from " + std::to_string(number.least) + " to " +
                   std::to_string(number.most);
        number.in(config) = *value;
        return "";
    }
    std::string operator()(const ConfigKey::Duration &duration) const
    {
        const auto value = node.is_scalar() ? parse_duration(node.text) : std::nullopt;
        if (!value || *value > duration.most_ns)
            return name + " is a duration such as \"24h\", at most " +
                   format_duration(duration.most_ns);
        duration.in(config) = *value;
        return "";
    }
};

// What stands below a sink's name means something to its type alone, which checks it when all files
// have been read.
struct SinkDraft {
    output::SinkSettings settings;
    Mark mark; // of its name
    std::vector<std::pair<std::string, Mark>> words;
};

// Files one after the other into one configuration.
class Reader {
public:
    void read(const engine::Source &source);
    Result<LoadedConfig> finish();

private:
    void take_section(const Node &node, const std::string &section);
    void take(const ConfigKey &key, const Mark &mark, const Node &node);
    void take_sinks(const Node &node);
    void take_sink(const engine::Entry &entry);
    void refuse_unknown(const Mark &mark, const std::string &name, const std::string &section);
    void check(const SinkDraft &sink);
    void note(const std::string &key, const Mark &mark)
    {
        loaded_.origins[key] = {mark.source->path, mark.line, mark.column};
    }

    LoadedConfig loaded_;
    std::map<std::string, SinkDraft> sinks_; // by name
    Faults faults_;
};

void Reader::read(const engine::Source &source)
{
    loaded_.files.push_back(source.path);
    engine::Complaints complaints;
    const auto root = engine::read_yaml(source, kConfigBytesMax, complaints);
    if (root) {
        take_section(*root, "");
        return;
    }
    // Without the lines that show what is written there.
    const std::string text = complaints.error().text;
    for (const std::string_view line : split(text, '\n'))
        if (line.substr(0, source.path.size() + 1) == source.path + ":")
            faults_.add(std::string(line));
}

void Reader::take_section(const Node &node, const std::string &section)
{
    if (node.is_null())
        return;
    if (!node.is_map()) {
        faults_.add(node.mark, "expected \"key: value\" lines here");
        return;
    }
    for (const engine::Entry &entry : node.entries) {
        const auto keys = config_keys();
        const std::string name = section.empty() ? entry.key : section + "." + entry.key;
        const auto key = std::find_if(keys.begin(), keys.end(),
                                      [&](const ConfigKey &row) { return row.name == name; });
        const bool is_section =
            section.empty() && std::any_of(keys.begin(), keys.end(), [&](const ConfigKey &row) {
                return section_of(row) == entry.key;
            });
        if (section.empty() && entry.key == "sinks")
            take_sinks(entry.value);
        else if (is_section)
            take_section(entry.value, entry.key);
        else if (key != keys.end() && entry.key.find('.') == std::string::npos)
            take(*key, entry.mark, entry.value);
        else
            refuse_unknown(entry.mark, entry.key, section);
    }
}

void Reader::refuse_unknown(const Mark &mark, const std::string &name, const std::string &section)
{
    std::vector<std::string_view> known;
    for (const ConfigKey &key : config_keys())
        if (section_of(key) == section)
            known.push_back(name_in_section(key));
        else if (section.empty())
            known.push_back(section_of(key));
    if (section.empty())
        known.emplace_back("sinks");
    const auto meant = nearest(name, known);
    faults_.add(mark, "unknown key \"" + printable(name, 100) + "\"" +
                          (meant ? "; did you mean \"" + std::string(*meant) + "\"?" : ""));
}

void Reader::take(const ConfigKey &key, const Mark &mark, const Node &node)
{
    if (node.is_null())
        return;
    const std::string wrong =
        std::visit(Taker{loaded_.config, node, std::string(name_in_section(key))}, key.value);
    if (wrong.empty())
        note(std::string(key.name), mark);
    else
        faults_.add(node.mark, wrong);
}

void Reader::take_sinks(const Node &node)
{
    if (!node.is_null() && !node.is_map())
        faults_.add(node.mark, "sinks are names with what is below them");
    for (const engine::Entry &entry : node.entries)
        take_sink(entry);
}

void Reader::take_sink(const engine::Entry &entry)
{
    if (!entry.value.is_map()) {
        faults_.add(entry.value.mark, "a sink has \"key: value\" lines, type among them");
        return;
    }
    SinkDraft &sink = sinks_[entry.key];
    sink.settings.name = entry.key;
    sink.mark = entry.mark;
    sink.words.emplace_back(entry.key, entry.mark);
    note("sinks." + entry.key, entry.mark);
    for (const engine::Entry &line : entry.value.entries) {
        const auto several = texts_in(line.value);
        if (!several) {
            faults_.add(line.value.mark, printable(line.key, 60) + " is a list of texts");
            continue;
        }
        std::string value; // of a list, its texts with commas between them
        for (const std::string &one : *several)
            value.append(value.empty() ? "" : ",").append(one);
        sink.words.emplace_back(line.key, line.mark);
        sink.words.emplace_back(value, line.value.mark);
        note("sinks." + entry.key + "." + line.key, line.mark);
        (line.key == "type" ? sink.settings.type : sink.settings.values[line.key]) = value;
    }
}

// The complaint quotes what is wrong; where it quotes nothing, the sink as a whole is. Of the same
// word in several files, the last one holds.
void Reader::check(const SinkDraft &sink)
{
    const auto checked = output::check_sink(sink.settings);
    if (checked)
        return;
    Mark mark = sink.mark;
    for (const auto &[word, at] : sink.words)
        if (checked.error().text.find("\"" + printable(word, 60) + "\"") != std::string::npos)
            mark = at;
    faults_.add(mark, checked.error().text);
}

Result<LoadedConfig> Reader::finish()
{
    if (faults_.text.empty()) // a sink that is half read would be complained of twice
        for (const auto &[name, sink] : sinks_) {
            check(sink);
            loaded_.config.sinks.push_back(sink.settings);
        }
    if (const std::string &place = loaded_.config.state_dir;
        place.empty() || place.front() != '/') {
        const auto &origin = loaded_.origins["state_dir"];
        faults_.add(origin.file + ":" + std::to_string(origin.line) + ":" +
                    std::to_string(origin.column) + ": state_dir is an absolute path");
    }
    if (!faults_.text.empty())
        return failure(std::move(faults_.text));
    return std::move(loaded_);
}

Result<Config> only_config(Result<LoadedConfig> loaded)
{
    if (!loaded)
        return tl::unexpected(std::move(loaded.error()));
    return std::move(loaded->config);
}

} // namespace

std::vector<std::string> config_files(const std::string &first)
{
    namespace fs = std::filesystem;
    std::error_code error;
    std::vector<std::string> files;
    const fs::path beside = fs::path(first).parent_path() / "conf.d";
    for (fs::directory_iterator at(beside, error), end; !error && at != end; at.increment(error))
        if (at->path().extension() == ".yaml" && at->path().filename().string().front() != '.')
            files.push_back(at->path().string());
    std::sort(files.begin(), files.end());
    files.insert(files.begin(), first);
    return files;
}

Result<LoadedConfig> parse_files(const std::vector<std::pair<std::string, std::string>> &files)
{
    std::vector<engine::Source> sources; // marks point into them
    sources.reserve(files.size());
    Reader reader;
    for (const auto &[name, text] : files) {
        sources.push_back({name, text});
        reader.read(sources.back());
    }
    return reader.finish();
}

Result<LoadedConfig> load_config(const std::vector<std::string> &files)
{
    std::vector<std::pair<std::string, std::string>> texts;
    for (const std::string &file : files) {
        auto text = read_file(file);
        if (!text)
            return tl::unexpected(std::move(text.error()).within("read configuration"));
        texts.emplace_back(file, std::move(*text));
    }
    return parse_files(texts);
}

Result<Config> read_config(const std::string &path)
{
    return only_config(load_config(config_files(path)));
}

Result<Config> parse_config(std::string_view text, const std::string &name)
{
    return only_config(parse_files({{name, std::string(text)}}));
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
