// SPDX-License-Identifier: MIT
#include "store/ledger.h"

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/time.h"
#include "signal/json_parts.h"

namespace sentra::store {

namespace {

using Json = nlohmann::ordered_json;
using signal::text_of;

// Before the first entry.
const std::string kNoHash(64, '0');

std::string line_of(const Entry &entry, const std::string &before)
{
    Json json;
    json["number"] = entry.number;
    json["time"] = format_rfc3339(entry.time_ns);
    json["author"] = entry.author;
    json["kind"] = entry.kind;
    json["subject"] = entry.subject;
    const Json body = Json::parse(entry.body, nullptr, false);
    json["body"] = body.is_discarded() ? Json(entry.body) : body;
    json["before"] = before;
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

struct Last {
    std::uint64_t number = 0;
    std::string hash = kNoHash;
};

Result<Last> last_of(const Database &database)
{
    auto row = database.prepare("SELECT number, hash FROM ledger ORDER BY number DESC LIMIT 1");
    if (!row)
        return tl::unexpected(std::move(row.error()));
    const auto found = row->next();
    if (!found)
        return tl::unexpected(found.error());
    return *found ? Last{row->number(0), row->text(1)} : Last{};
}

} // namespace

Result<void> write_entries(const Database &database, const std::vector<Entry> &entries)
{
    if (entries.empty())
        return {};
    auto last = last_of(database);
    if (!last)
        return tl::unexpected(std::move(last.error()));
    auto add = database.prepare("INSERT INTO ledger (number, json, hash) VALUES (?1, ?2, ?3)");
    if (!add)
        return tl::unexpected(std::move(add.error()));
    for (Entry entry : entries) {
        entry.number = ++last->number;
        const std::string json = line_of(entry, last->hash);
        last->hash = sha256_hex(json);
        if (auto done = add->bind(entry.number, json, last->hash).run(); !done)
            return done;
    }
    return {};
}

Result<std::vector<Entry>> read_ledger(const Database &database)
{
    return all<Entry>(database, "SELECT number, json, hash FROM ledger ORDER BY number",
                      [](const Statement &row) {
                          Entry entry = entry_from(row.text(1), row.text(2));
                          entry.number = row.number(0);
                          return entry;
                      });
}

// What cannot be read stays empty; verify() says so.
Entry entry_from(std::string text, std::string hash)
{
    Entry entry;
    const Json json = Json::parse(text, nullptr, false);
    entry.json = std::move(text);
    entry.hash = std::move(hash);
    if (!json.is_object())
        return entry;
    if (const auto at = json.find("number"); at != json.end() && at->is_number_unsigned())
        entry.number = at->get<std::uint64_t>();
    entry.time_ns = parse_rfc3339(text_of(json, "time")).value_or(0);
    entry.author = text_of(json, "author");
    entry.kind = text_of(json, "kind");
    entry.subject = text_of(json, "subject");
    if (json.contains("body"))
        entry.body = json["body"].dump(-1, ' ', false, Json::error_handler_t::replace);
    return entry;
}

std::string verify(const std::vector<Entry> &ledger)
{
    std::string before = kNoHash;
    std::uint64_t number = 0;
    for (const Entry &entry : ledger) {
        const std::string which = "entry " + std::to_string(entry.number);
        if (entry.number != ++number)
            return which + " stands where entry " + std::to_string(number) +
                   " should: at least one was taken out";
        const Json json = Json::parse(entry.json, nullptr, false);
        if (!json.is_object() || !json.contains("before") || json["before"] != before)
            return which + " does not follow from the one before it";
        if (sha256_hex(entry.json) != entry.hash)
            return which + " was changed after it was written";
        before = entry.hash;
    }
    return {};
}

} // namespace sentra::store
