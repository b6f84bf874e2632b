// SPDX-License-Identifier: MIT
#include "pipeline/config.h"

#include <gtest/gtest.h>

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
              "sentra.yaml:3:3: there are two sinks named \"a\"");
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
    EXPECT_EQ(complaint("state_dir: here\n"), "sentra.yaml: state_dir is an absolute path");
}

TEST(Config, BrokenYamlIsToldWithItsPlace)
{
    EXPECT_EQ(complaint("tenant: [a\n").rfind("sentra.yaml:", 0), 0u);
    EXPECT_EQ(complaint("a: b\n---\nc: d\n"),
              "sentra.yaml: one YAML document is expected, not several");
}

TEST(Config, AMissingFileIsAnError)
{
    const auto config = read_config("/nowhere/sentra.yaml");
    ASSERT_FALSE(config);
    EXPECT_NE(config.error().text.find("/nowhere/sentra.yaml"), std::string::npos);
}

} // namespace
} // namespace sentra::pipeline
