// SPDX-License-Identifier: MIT
#include "pipeline/config_show.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "pipeline/config_keys.h"

namespace sentra::pipeline {
namespace {

LoadedConfig loaded(const std::string &first, const std::string &second = "")
{
    auto read = parse_files({{"a.yaml", first}, {"conf.d/b.yaml", second}});
    EXPECT_TRUE(read) << read.error().text;
    return read ? *read : LoadedConfig{};
}

std::string shown(const std::vector<ShownKey> &rows)
{
    std::string text;
    for (const ShownKey &row : rows)
        text += row.key + "=" + row.value + " " + row.origin + "\n";
    return text;
}

TEST(ConfigShow, SaysWhichLineSaysSo)
{
    const auto config = loaded("tenant: acme\njournal:\n  rebuild: 48h\nsinks:\n"
                               "  out: {type: stdout}\n",
                               "journal: {rebuild: 1h}\nsinks:\n  out:\n    format: cef\n");
    EXPECT_EQ(shown(show_config(config, false)), "tenant=acme a.yaml:1\n"
                                                 "journal.rebuild=1h conf.d/b.yaml:1\n"
                                                 "sinks.out.type=stdout a.yaml:5\n"
                                                 "sinks.out.format=cef conf.d/b.yaml:4\n");
    EXPECT_EQ(shown(show_config(loaded(""), false)), "");
}

TEST(ConfigShow, EffectiveHasEveryKey)
{
    const auto rows = show_config(loaded("tenant: acme\n"), true);
    ASSERT_EQ(rows.size(), config_keys().size());
    EXPECT_EQ(rows[0].origin, "a.yaml:1");
    EXPECT_EQ(rows[1].key, "state_dir");
    EXPECT_EQ(rows[1].value, "/var/lib/sentra");
    EXPECT_EQ(rows[1].origin, "default");
}

TEST(ConfigShow, SecretsAreNotShown)
{
    const auto config = loaded(
        "sinks:\n"
        "  a: {type: elastic, url: \"https://maria:hunter2@es.example:9200/p?token=hunter2\","
        " allow_loopback: true}\n"
        "  b: {type: webhook, url: \"https://hooks.example/services/hunter2\"}\n"
        "  c: {type: syslog, address: \"tls://hunter2@log.example:6514\"}\n");
    const std::string text = shown(show_config(config, true));
    EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
    EXPECT_NE(text.find("sinks.a.url=https://[redacted]@es.example:9200/p?[redacted]"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("sinks.b.url=https://hooks.example/[redacted]"), std::string::npos) << text;
}

TEST(ConfigShow, WhatIsShownIsInert)
{
    const auto rows = show_config(loaded("tenant: \"\\e[31m\\n\\u202e\"\n"), false);
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].value, "\\x1b[31m\\x0a\\u{202e}");
    EXPECT_EQ(nlohmann::json::parse(to_json(rows[0]))["value"], rows[0].value);
}

TEST(ConfigShow, TheSchemaHasEveryKeyAndEverySink)
{
    const auto schema = nlohmann::json::parse(config_schema());
    for (const ConfigKey &key : config_keys()) {
        nlohmann::json at = schema["properties"];
        if (const std::string section(section_of(key)); !section.empty())
            at = at[section]["properties"];
        EXPECT_TRUE(at.contains(std::string(name_in_section(key)))) << key.name;
    }
    EXPECT_EQ(schema["properties"]["sinks"]["additionalProperties"]["oneOf"].size(),
              output::sink_types().size() + 1);
}

} // namespace
} // namespace sentra::pipeline
