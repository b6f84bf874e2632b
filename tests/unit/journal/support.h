// SPDX-License-Identifier: MIT
// Lines for the journal's tests: an entry as the real program would have left it, what became of
// it, and the fields a rule would see.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "event/event.h"
#include "journal/translate.h"
#include "journal/trust.h"

namespace sentra::journal::test {

inline constexpr std::uint64_t kNow = 1'773'000'000'000'000'000;

// What journald writes of the true program.
inline Entry entry_of(std::string_view identifier, std::string_view message)
{
    Entry entry;
    entry.set("SYSLOG_IDENTIFIER", identifier);
    entry.set("MESSAGE", message);
    entry.set("_TRANSPORT", "syslog");
    entry.set("_PID", identifier == "systemd" ? "1" : "4711");
    entry.realtime_ns = kNow;
    entry.hostname = "web-01";
    const Program *program = find_program(identifier);
    if (program == nullptr)
        return entry;
    entry.uid = program->root_only ? 0 : 1000;
    if (!program->paths.empty())
        entry.exe = program->paths.front();
    entry.comm = program->names.front();
    return entry;
}

inline Entry plain_line(std::string_view tag, std::string_view message)
{
    Entry entry;
    entry.plain_log = true;
    entry.identifier = tag;
    entry.set("MESSAGE", message);
    entry.pid = 4711;
    entry.realtime_ns = kNow;
    return entry;
}

struct Read {
    Verdict verdict;
    std::vector<event::Record> records;

    [[nodiscard]] std::string type(std::size_t at = 0) const
    {
        if (at >= records.size())
            return "";
        const auto event = event::Event::decode(records[at]);
        return event ? std::string(event->type().name) : "bad record";
    }
    [[nodiscard]] std::string get(std::string_view field, std::size_t at = 0) const
    {
        if (at >= records.size())
            return "";
        const auto event = event::Event::decode(records[at]);
        return event ? event::to_text(event->get(field)) : "bad record";
    }
};

inline Read read(const Entry &entry)
{
    event::Losses losses;
    Translator translator(losses);
    Read read;
    read.verdict = translator.translate(
        entry, entry.plain_log ? SENTRA_SOURCE_LOG : SENTRA_SOURCE_JOURNAL, read.records);
    return read;
}

inline Read read(std::string_view identifier, std::string_view message)
{
    return read(entry_of(identifier, message));
}

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

// One row of a table: a line, the record it becomes (empty: none) and its fields.
struct Row {
    std::string_view identifier, message, type;
    Fields fields;
};

inline void expect_row(const Row &row)
{
    SCOPED_TRACE(std::string(row.identifier) + ": " + std::string(row.message));
    const Read got = read(row.identifier, row.message);
    EXPECT_EQ(got.type(), row.type);
    EXPECT_EQ(got.verdict.kind, row.type.empty() ? Kind::known : Kind::emitted);
    EXPECT_STRNE(got.verdict.wording, "");
    for (const auto &[name, value] : row.fields)
        EXPECT_EQ(got.get(name), value) << name;
    // The same line in a plain log is the same event, vouched for by nothing.
    const Read plain = read(plain_line(row.identifier, row.message));
    if (got.verdict.kind == Kind::emitted && plain.verdict.kind == Kind::emitted) {
        EXPECT_EQ(got.get("event.trust"), "journal");
        EXPECT_EQ(plain.get("event.trust"), "text");
        EXPECT_EQ(plain.type(), row.type);
    }
}

// The folder of corpora that lies beside a checkout on the machines that have one.
inline std::filesystem::path corpus(std::string_view name)
{
    const char *given = std::getenv("SENTRA_SHARED");
    const std::filesystem::path shared =
        given != nullptr ? std::filesystem::path(given)
                         : std::filesystem::path(SENTRA_TESTS_DIR) / "../../shared";
    return shared / "corpora/auth" / name;
}

} // namespace sentra::journal::test
