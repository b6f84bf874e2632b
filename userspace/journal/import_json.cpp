// SPDX-License-Identifier: MIT
// `journalctl -o json`: one object a line. A field is a text; an array of numbers where its bytes
// are no text; an array of such where the entry has the field more than once; null where it was
// too large for journalctl (it leaves out what is longer than 4096 bytes unless --all is given).
#include "journal/importer.h"

#include "base/text.h"

#include <nlohmann/json.hpp>

namespace sentra::journal {

namespace {

bool is_bytes(const nlohmann::json &value)
{
    return value.is_array() && !value.empty() && value.front().is_number_integer();
}

std::optional<std::string> to_text(const nlohmann::json &value)
{
    if (value.is_string())
        return value.get<std::string>();
    if (value.is_number_integer())
        return value.dump();
    if (!is_bytes(value))
        return std::nullopt;
    std::string bytes;
    for (const nlohmann::json &number : value) {
        if (!number.is_number_integer() || number.get<std::int64_t>() < -128 ||
            number.get<std::int64_t>() > 255)
            return std::nullopt;
        bytes.push_back(static_cast<char>(number.get<std::int64_t>()));
    }
    return bytes;
}

} // namespace

std::optional<std::string> read_json_entry(std::string_view line, Entry &entry)
{
    const auto object = nlohmann::json::parse(line, nullptr, false);
    if (object.is_discarded())
        return "is not JSON";
    if (!object.is_object())
        return "is JSON but not an object";
    for (const auto &[name, value] : object.items()) {
        if (value.is_null()) {
            entry.cut = true;
            continue;
        }
        const bool is_repeated = value.is_array() && !value.empty() && !is_bytes(value);
        if (const auto text = to_text(is_repeated ? value.front() : value))
            entry.set(name, *text);
    }
    if (entry.realtime_ns == 0)
        return "has no __REALTIME_TIMESTAMP";
    return std::nullopt;
}

void import_json(Input &input, Importer &importer)
{
    std::string line;
    for (auto got = input.next(line); got != Input::Line::end; got = input.next(line)) {
        if (got == Input::Line::too_long) {
            importer.bad(input.line_number(), "is longer than 4 MiB");
            continue;
        }
        if (trim(line).empty())
            continue;
        Entry entry;
        if (auto wrong = read_json_entry(line, entry)) {
            importer.bad(input.line_number(), std::move(*wrong));
            continue;
        }
        if (!importer.put(std::move(entry)))
            return;
    }
}

} // namespace sentra::journal
