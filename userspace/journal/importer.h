// SPDX-License-Identifier: MIT
// What the three formats share: entries go in, records come out in order, bad lines are noted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "journal/entry.h"
#include "journal/import.h"
#include "journal/input.h"
#include "journal/translate.h"

namespace sentra::journal {

class Importer {
public:
    Importer(const ImportOptions &options, sentra_source source, event::Sink &sink,
             event::Losses &losses)
        : options_(options), source_(source), sink_(sink), translator_(losses)
    {}
    // false: the sink wants no more.
    [[nodiscard]] bool put(Entry entry);
    void bad(std::uint64_t line, std::string what);
    [[nodiscard]] const ImportOptions &options() const { return options_; }
    [[nodiscard]] ImportReport &report() { return report_; }
    // After the last entry.
    void finish();

private:
    [[nodiscard]] bool put_records(std::vector<event::Record> &records);
    void put_host(const Entry &entry, std::vector<event::Record> &records);

    const ImportOptions &options_;
    sentra_source source_;
    event::Sink &sink_;
    Translator translator_;
    ImportReport report_;
    std::uint64_t watermark_ns_ = 0;
    bool host_said_ = false;
};

// Each reads to the end of the input or until the sink wants no more.
void import_json(Input &input, Importer &importer);
void import_export(Input &input, Importer &importer);
void import_text(Input &input, Importer &importer);

// One line of `journalctl -o json`. What is wrong with it, or nothing.
[[nodiscard]] std::optional<std::string> read_json_entry(std::string_view line, Entry &entry);

// The head of a line of text and what is behind it.
struct TextLine {
    std::uint64_t time_ns = 0;
    std::string_view host, tag, message;
    std::uint32_t pid = 0;
};
// Reads the time of text lines one after the other: where stamps have no year, each depends on the
// line before it.
class TextClock {
public:
    explicit TextClock(int year) : year_(year == 0 ? kReferenceYear : year) {}
    // Takes the stamp from the left; nothing: there is none.
    [[nodiscard]] std::optional<std::uint64_t> take(std::string_view &text);
    [[nodiscard]] bool chose_year() const { return chose_year_; }

private:
    [[nodiscard]] std::optional<std::uint64_t> take_bsd(std::string_view &text);
    int year_;
    unsigned month_ = 0; // of the line before; 0: there was none
    unsigned day_ = 0;
    bool chose_year_ = false;
};
[[nodiscard]] std::optional<TextLine> read_text_line(std::string_view line, TextClock &clock);

} // namespace sentra::journal
