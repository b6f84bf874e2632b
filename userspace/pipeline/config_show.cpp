// SPDX-License-Identifier: MIT
#include "pipeline/config_show.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "output/notice.h"
#include "output/redact.h"
#include "pipeline/config_keys.h"

namespace sentra::pipeline {

namespace {

using Json = nlohmann::ordered_json;

std::string origin_text(const LoadedConfig &loaded, const std::string &key)
{
    const auto at = loaded.origins.find(key);
    if (at == loaded.origins.end())
        return "default";
    return printable(at->second.file, 1000) +
           (at->second.line == 0 ? "" : ":" + std::to_string(at->second.line));
}

void show_sink(const LoadedConfig &loaded, const output::SinkSettings &sink,
               std::vector<ShownKey> &rows)
{
    const std::string name = "sinks." + sink.name + ".";
    rows.push_back({name + "type", printable(sink.type), origin_text(loaded, name + "type")});
    for (const auto &[key, value] : sink.values)
        rows.push_back(
            {name + key, shown_sink_value(sink, key, value), origin_text(loaded, name + key)});
}

} // namespace

std::string shown_sink_value(const output::SinkSettings &sink, const std::string &key,
                             const std::string &value)
{
    output::Removed removed;
    const auto scheme = value.find("://");
    if (key != "url" && key != "address")
        return printable(output::redact(value, removed), 1000);
    if (scheme == std::string::npos)
        return std::string(output::kRedacted); // no URL: nobody knows what it is
    std::string rest = value.substr(scheme + 3);
    std::string tail;
    if (const auto end = rest.find_first_of("?#"); end != std::string::npos) {
        tail = "?" + std::string(output::kRedacted);
        rest.resize(end);
    }
    const auto path = rest.find('/');
    if (const auto at = rest.substr(0, path).rfind('@'); at != std::string::npos)
        rest = std::string(output::kRedacted) + rest.substr(at);
    // Hooks are often entitled by their path alone.
    const auto slash = rest.find('/');
    if (sink.type == "webhook" && slash != std::string::npos && slash + 1 < rest.size())
        rest = rest.substr(0, slash + 1) + std::string(output::kRedacted);
    return printable(output::redact(value.substr(0, scheme + 3) + rest + tail, removed), 1000);
}

std::vector<ShownKey> show_config(const LoadedConfig &loaded, bool effective)
{
    std::vector<ShownKey> rows;
    for (const ConfigKey &key : config_keys()) {
        const std::string name(key.name), origin = origin_text(loaded, name);
        const bool is_default = origin == "default";
        if (is_default && !effective)
            continue;
        const std::string value = is_default ? default_text(key) : value_text(key, loaded.config);
        rows.push_back({name, printable(value, 4000), origin});
    }
    for (const output::SinkSettings &sink : loaded.config.sinks)
        show_sink(loaded, sink, rows);
    return rows;
}

std::string to_json(const ShownKey &row)
{
    return Json{{"key", row.key}, {"value", row.value}, {"origin", row.origin}}.dump(
        -1, ' ', false, Json::error_handler_t::replace);
}

// ---- the schema ------------------------------------------------------------------------------

namespace {

Json texts_schema(const Json &item)
{
    return {{"oneOf", Json::array({item, {{"type", "array"}, {"items", item}}})}};
}

struct SchemaOf {
    Json operator()(const ConfigKey::Text & /*text*/) const
    {
        return {{"type", Json::array({"string", "number"})}};
    }
    Json operator()(const ConfigKey::Texts & /*texts*/) const
    {
        return texts_schema({{"type", "string"}});
    }
    Json operator()(const ConfigKey::Units & /*units*/) const
    {
        return texts_schema({{"type", "string"}, {"pattern", "^[^/*]+\\.service$"}});
    }
    Json operator()(const ConfigKey::Truth & /*truth*/) const { return {{"type", "boolean"}}; }
    Json operator()(const ConfigKey::Number &number) const
    {
        return {{"type", "integer"}, {"minimum", number.least}, {"maximum", number.most}};
    }
    Json operator()(const ConfigKey::Duration & /*duration*/) const
    {
        return {{"type", "string"}, {"pattern", "^[0-9]+(s|m|h|d|w)$"}};
    }
};

Json schema_of(const ConfigKey &key)
{
    Json schema = std::visit(SchemaOf{}, key.value);
    std::string says(key.says);
    says += " Default: " + default_text(key) + ".";
    schema["description"] = says;
    return schema;
}

void add_sink_keys(std::span<const output::SinkKey> keys, Json &schema)
{
    for (const output::SinkKey &key : keys) {
        schema["properties"][std::string(key.name)] = {
            {"type", Json::array({"string", "number", "boolean", "array"})},
            {"description", key.says}};
        if (key.is_needed)
            schema["required"].push_back(key.name);
    }
}

// A file of conf.d may name single keys of a sink; then neither the type nor what it needs is
// there.
Json sink_schema(const output::SinkType &type)
{
    Json schema{{"description", type.says},
                {"properties", {{"type", {{"const", type.name}}}}},
                {"required", Json::array({"type"})},
                {"additionalProperties", false}};
    add_sink_keys(type.keys, schema);
    if (type.is_notification)
        add_sink_keys(output::notice_keys(), schema);
    return schema;
}

Json object_schema()
{
    return {{"type", Json::array({"object", "null"})},
            {"properties", Json::object()},
            {"additionalProperties", false}};
}

} // namespace

std::string config_schema()
{
    Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                {"title", "sentra.yaml"}};
    schema.update(object_schema());
    for (const ConfigKey &key : config_keys()) {
        const std::string section(section_of(key)), name(name_in_section(key));
        Json &properties = schema["properties"];
        if (!section.empty() && !properties.contains(section))
            properties[section] = object_schema();
        (section.empty() ? properties : properties[section]["properties"])[name] = schema_of(key);
    }
    Json types = Json::array();
    for (const output::SinkType &type : output::sink_types())
        types.push_back(sink_schema(type));
    types.push_back({{"description", "single keys of a sink that another file names"},
                     {"not", {{"required", Json::array({"type"})}}}});
    schema["properties"]["sinks"] = {
        {"type", Json::array({"object", "null"})},
        {"propertyNames", {{"pattern", "^[a-z0-9-]{1,40}$"}}},
        {"additionalProperties", {{"type", "object"}, {"oneOf", std::move(types)}}}};
    return schema.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace sentra::pipeline
