// SPDX-License-Identifier: MIT
#include "pipeline/config.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "pipeline/config_keys.h"

namespace sentra::pipeline {
namespace {

std::string complaint(std::string_view text)
{
    const auto config = parse_config(text, "sentra.yaml");
    return config ? "none" : config.error().text;
}

TEST(Config, EveryKeyIsOptional)
{
    const auto config = parse_config("", "sentra.yaml");
    ASSERT_TRUE(config) << config.error().text;
    EXPECT_EQ(config->state_dir, "/var/lib/sentra");
    EXPECT_TRUE(config->sensor.enabled);
    EXPECT_EQ(config->journal.rebuild_ns, kDayNs);
    EXPECT_EQ(socket_path(config->socket, config->state_dir), "/run/sentra/sentrad.sock");
}

TEST(Config, EveryKeyIsRead)
{
    const auto config =
        parse_config("tenant: acme\n"
                     "state_dir: /srv/sentra\n"
                     "rules: [/a, /b]\n"
                     "journal: {directory: /var/log/journal, pid_namespace: 4026531836,"
                     " rebuild: 2h, enabled: true}\n"
                     "sensor:\n"
                     "  enabled: false\n"
                     "  ring_mb: 32\n"
                     "  watched_reads: /etc/secret\n"
                     "  trusted_units: [redis.service, postgresql@16-main.service]\n"
                     "queues: {kernel_mb: 8, journal_mb: 4}\n",
                     "sentra.yaml");
    ASSERT_TRUE(config) << config.error().text;
    EXPECT_EQ(config->tenant, "acme");
    EXPECT_EQ(config->rules, (std::vector<std::string>{"/a", "/b"}));
    EXPECT_EQ(config->journal.directory, "/var/log/journal");
    EXPECT_EQ(config->journal.pid_namespace, "4026531836");
    EXPECT_EQ(config->journal.rebuild_ns, 2 * kHourNs);
    EXPECT_FALSE(config->sensor.enabled);
    EXPECT_EQ(config->sensor.ring_mb, 32u);
    EXPECT_EQ(config->sensor.watched_reads, std::vector<std::string>{"/etc/secret"});
    EXPECT_EQ(config->sensor.trusted_units,
              (std::vector<std::string>{"redis.service", "postgresql@16-main.service"}));
    EXPECT_EQ(config->queues.kernel_mb, 8u);
    EXPECT_EQ(config->queues.journal_mb, 4u);
    EXPECT_EQ(socket_path(config->socket, config->state_dir), "/srv/sentra/sentrad.sock");
}

TEST(Config, SinksAreReadInTheOrderOfTheirNames)
{
    EXPECT_TRUE(parse_config("", "sentra.yaml")->sinks.empty());
    const auto config = parse_config("sinks:\n"
                                     "  lines: {type: stdout, format: cef}\n"
                                     "  archive:\n"
                                     "    type: file\n"
                                     "    path: /var/log/sentra/signals.ndjson\n",
                                     "sentra.yaml");
    ASSERT_TRUE(config) << config.error().text;
    ASSERT_EQ(config->sinks.size(), 2u);
    EXPECT_EQ(config->sinks[0].name, "archive");
    EXPECT_EQ(config->sinks[0].type, "file");
    EXPECT_EQ(config->sinks[0].values.at("path"), "/var/log/sentra/signals.ndjson");
    EXPECT_EQ(config->sinks[1].name, "lines");
    EXPECT_EQ(config->sinks[1].values.at("format"), "cef");
}

TEST(Config, AComplaintAboutASinkNamesThePlaceToo)
{
    EXPECT_EQ(complaint("sinks: [a]\n"),
              "sentra.yaml:1:8: sinks are names with what is below them");
    EXPECT_EQ(complaint("sinks:\n  a: file\n"),
              "sentra.yaml:2:6: a sink has \"key: value\" lines, type among them");
    EXPECT_EQ(complaint("sinks:\n  a:\n    type: fil\n").rfind("sentra.yaml:3:11: ", 0), 0u);
    EXPECT_NE(complaint("sinks:\n  a:\n    type: fil\n").find("did you mean file"),
              std::string::npos);
    EXPECT_EQ(complaint("sinks:\n  a: {type: file, pth: /x}\n").rfind("sentra.yaml:2:19: ", 0), 0u);
    EXPECT_EQ(complaint("sinks:\n  a: {type: file}\n").rfind("sentra.yaml:2:3: ", 0), 0u);
    EXPECT_EQ(complaint("sinks:\n  A b: {type: stdout}\n").rfind("sentra.yaml:2:3: ", 0), 0u);
    EXPECT_EQ(complaint("sinks:\n  a: {type: stdout, format: {x: 1}}\n"),
              "sentra.yaml:2:29: format is a list of texts");
    EXPECT_EQ(complaint("sinks:\n  a: {type: stdout}\n  a: {type: stdout}\n"),
              "sentra.yaml:3:3: \"a\" is here twice");
}

TEST(Config, AComplaintNamesThePlaceAndTheNearestWord)
{
    EXPECT_EQ(complaint("tenant: x\nstate_dri: /a\n"),
              "sentra.yaml:2:1: unknown key \"state_dri\"; did you mean \"state_dir\"?");
    EXPECT_EQ(complaint("journal:\n  rebuilt: 3h\n"),
              "sentra.yaml:2:3: unknown key \"rebuilt\"; did you mean \"rebuild\"?");
    for (const char *unit : {"redis", "\"*.service\"", "system.slice/redis.service", ".service"})
        EXPECT_NE(complaint(std::string("sensor:\n  trusted_units: ") + unit + "\n")
                      .find("trusted_units are whole names such as \"redis.service\""),
                  std::string::npos)
            << unit;
    EXPECT_EQ(complaint("sensor:\n  ring_mb: lots\n"),
              "sentra.yaml:2:12: ring_mb is a number from 1 to 1024");
    EXPECT_EQ(complaint("sensor: {enabled: maybe}\n"),
              "sentra.yaml:1:19: enabled is true or false");
    EXPECT_EQ(complaint("journal: {rebuild: soon}\n"),
              "sentra.yaml:1:20: rebuild is a duration such as \"24h\", at most 30 days");
    EXPECT_EQ(complaint("rules: {a: b}\n"), "sentra.yaml:1:8: rules is a list of texts");
    EXPECT_EQ(complaint("- a\n"), "sentra.yaml:1:1: expected \"key: value\" lines here");
    EXPECT_EQ(complaint("state_dir: here\n"), "sentra.yaml:1:1: state_dir is an absolute path");
    EXPECT_EQ(complaint("journal.enabled: false\n").rfind("sentra.yaml:1:1: unknown key", 0), 0u);
}

TEST(Config, BrokenYamlIsToldWithItsPlace)
{
    EXPECT_EQ(complaint("tenant: [a\n").rfind("sentra.yaml:", 0), 0u);
    EXPECT_EQ(complaint("a: b\n---\nc: d\n"),
              "sentra.yaml:1:1: a file holds one document; \"---\" begins a second one");
    EXPECT_EQ(complaint("tenant: &a x\n").rfind("sentra.yaml:1:9: anchors", 0), 0u);
}

TEST(Config, AllComplaintsAreMadeAtOnceAndQuoteNoLine)
{
    EXPECT_EQ(complaint("tenat: x\nsensor: {pins: 3}\nsinks:\n  a: {type: stdout, format: [{}]}\n"),
              "sentra.yaml:1:1: unknown key \"tenat\"; did you mean \"tenant\"?\n"
              "sentra.yaml:2:16: pins is true or false\n"
              "sentra.yaml:4:29: format is a list of texts");
    for (const char *text : {"sinks:\n  a: {type: elastic, password: hunter2}\n",
                             "sinks:\n  a: {password: hunter2, type: [}\n", "password: hunter2\n",
                             "tenant: {a: hunter2}\n"})
        EXPECT_EQ(complaint(text).find("hunter2"), std::string::npos) << complaint(text);
}

// A folder with files of these names.
class Folder {
public:
    explicit Folder(const std::map<std::string, std::string> &files)
    {
        char name[] = "/tmp/sentra-config-XXXXXX";
        path_ = ::mkdtemp(name);
        std::filesystem::create_directory(path_ + "/conf.d");
        for (const auto &[file, text] : files)
            std::ofstream(path_ + "/" + file) << text;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder &) = delete;
    Folder &operator=(const Folder &) = delete;
    [[nodiscard]] std::string file(const std::string &name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

std::string origin(const LoadedConfig &loaded, const std::string &key)
{
    const auto at = loaded.origins.find(key);
    return at == loaded.origins.end()
               ? "default"
               : at->second.file.substr(at->second.file.find_last_of('/') + 1) + ":" +
                     std::to_string(at->second.line);
}

TEST(Config, LaterFilesChangeSingleValuesWholeListsAndSingleKeysOfSinks)
{
    const Folder folder(
        {{"sentra.yaml", "tenant: a\nrules: [/a, /b]\nsinks:\n"
                         "  one: {type: file, path: /x, mode: 0640}\n"},
         {"conf.d/20.yaml", "tenant: c\nsinks:\n  one: {path: /z}\n"
                            "  two: {type: stdout}\n"},
         {"conf.d/10.yaml", "# first\ntenant: b\nrules: /c\nsensor: {pins: false}\n"},
         {"conf.d/30.yaml.dpkg-old", "tenant: no\n"},
         {"conf.d/.hidden.yaml", "tenant: no\n"}});
    const auto files = config_files(folder.file("sentra.yaml"));
    ASSERT_EQ(files.size(), 3u);
    const auto loaded = load_config(files);
    ASSERT_TRUE(loaded) << loaded.error().text;
    const Config &config = loaded->config;
    EXPECT_EQ(config.tenant, "c");
    EXPECT_EQ(config.rules, std::vector<std::string>{"/c"});
    EXPECT_FALSE(config.sensor.pins);
    ASSERT_EQ(config.sinks.size(), 2u);
    EXPECT_EQ(config.sinks[0].values.at("path"), "/z");
    EXPECT_EQ(config.sinks[0].values.at("mode"), "0640");
    EXPECT_EQ(config.sinks[1].type, "stdout");
    EXPECT_EQ(origin(*loaded, "tenant"), "20.yaml:1");
    EXPECT_EQ(origin(*loaded, "rules"), "10.yaml:3");
    EXPECT_EQ(origin(*loaded, "sinks.one.mode"), "sentra.yaml:4");
    EXPECT_EQ(origin(*loaded, "sinks.one.path"), "20.yaml:3");
    EXPECT_EQ(origin(*loaded, "state_dir"), "default");
    EXPECT_EQ(read_config(folder.file("sentra.yaml"))->tenant, "c");
}

TEST(Config, AComplaintNamesTheFileOfSeveral)
{
    const Folder folder({{"sentra.yaml", "sinks:\n  one: {type: file, path: /x}\n"},
                         {"conf.d/a.yaml", "sinks:\n  one:\n    pth: /y\n"}});
    const auto config = read_config(folder.file("sentra.yaml"));
    ASSERT_FALSE(config);
    EXPECT_EQ(
        config.error().text.rfind(folder.file("conf.d/a.yaml") + ":3:5: sink one: unknown", 0), 0u)
        << config.error().text;
}

// What the table says of a key is true: written as it is shown it is read back, and what is not
// written is the default.
TEST(Config, EveryRowIsReadAsItIsWritten)
{
    for (const ConfigKey &key : config_keys()) {
        std::string sample;
        if (std::holds_alternative<ConfigKey::Truth>(key.value))
            sample = value_text(key, Config{}) == "true" ? "false" : "true";
        else if (std::holds_alternative<ConfigKey::Number>(key.value))
            sample = std::to_string(std::get<ConfigKey::Number>(key.value).most);
        else if (std::holds_alternative<ConfigKey::Duration>(key.value))
            sample = "3h";
        else if (std::holds_alternative<ConfigKey::Units>(key.value))
            sample = "[a.service, b.service]";
        else if (std::holds_alternative<ConfigKey::Texts>(key.value))
            sample = "[/a, /b]";
        else
            sample = "/srv/x";
        const std::string line = std::string(name_in_section(key)) + ": " + sample + "\n";
        const auto config = parse_config(
            section_of(key).empty() ? line : std::string(section_of(key)) + ":\n  " + line, "f");
        ASSERT_TRUE(config) << key.name << ": " << config.error().text;
        EXPECT_EQ(value_text(key, *config), sample) << key.name;
        EXPECT_NE(value_text(key, Config{}), sample) << key.name;
        EXPECT_NE(default_text(key), "") << key.name;
        EXPECT_EQ(key.says.back(), '.') << key.name;
    }
}

TEST(Config, AMissingFileIsAnError)
{
    const auto config = read_config("/nowhere/sentra.yaml");
    ASSERT_FALSE(config);
    EXPECT_NE(config.error().text.find("/nowhere/sentra.yaml"), std::string::npos);
}

} // namespace
} // namespace sentra::pipeline
