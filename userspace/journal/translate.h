// SPDX-License-Identifier: MIT
// Journal entries and log lines in, records out: picks the parser by the identifier, asks whether
// the sender is entitled to speak so, numbers the records of each source from 1 without gaps.
// Text alone never makes an authentication event: a line of the journal whose trusted fields name
// another program makes no record and is counted as forged. One Translator per stream of lines.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "event/record.h"
#include "event/source.h"
#include "journal/entry.h"
#include "journal/recent.h"
#include "journal/verdict.h"

namespace sentra::journal {

class Translator {
public:
    explicit Translator(event::Losses &losses) : losses_(losses) {}

    // Appends what the entry says to `out`. The verdict is for tests and for the curious.
    Verdict translate(const Entry &entry, sentra_source source, std::vector<event::Record> &out);

    // sudo-rs splits long commands over several lines. A part whose end is still missing and that
    // is older than `before_ns` becomes a record as it is, flagged as cut. Call it before a
    // watermark.
    void flush(std::uint64_t before_ns, std::vector<event::Record> &out);

    // The next sequence number of a source, for records that are not made of lines (gaps, host).
    [[nodiscard]] std::uint64_t next_sequence(sentra_source source) { return ++sequences_[source]; }

private:
    struct Part {
        Entry entry;
        sentra_source source = SENTRA_SOURCE_JOURNAL;
    };
    Verdict read(const Entry &entry, sentra_source source, std::vector<event::Record> &out);
    Verdict keep(Verdict verdict, sentra_source source, std::vector<event::Record> &fresh,
                 std::vector<event::Record> &out);
    [[nodiscard]] std::optional<Entry> join(const Entry &entry, sentra_source source,
                                            std::vector<event::Record> &out);

    event::Losses &losses_;
    Recent recent_;
    std::vector<Part> parts_; // of sudo-rs, in order of arrival
    std::array<std::uint64_t, SENTRA_SOURCE_STREAM + 1> sequences_{};
};

} // namespace sentra::journal
