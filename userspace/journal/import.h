// SPDX-License-Identifier: MIT
// Saved journals and plain logs, put back at the waist as if they were being read live:
// `journalctl -o json`, `journalctl -o export`, auth.log and syslog. Records come in the file's
// order. Nothing here reads a clock or a time zone: what a stamp lacks (the year, the zone) is
// chosen by a fixed rule and said in the report. A bad line is counted and named, never fatal.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "event/source.h"

namespace sentra::journal {

// Stamps like "Dec 10 06:55:46" have no year. Without an option the first line is taken to be of
// this year (a leap year, so that 29 February exists); the year goes up where December turns into
// January. It is fixed: the same file gives the same records for ever.
inline constexpr int kReferenceYear = 2024;

struct ImportOptions {
    int year = 0;                               // of the first line's stamp; 0: kReferenceYear
    bool host_record = true;                    // say by a meta.host which host the file is of
    std::uint32_t pid_namespace = 0;            // in which the file's pids count; 0 not known
    std::function<void(std::uint64_t)> reached; // is told now and then how many bytes were read
};

struct ImportReport {
    struct Bad {
        std::uint64_t line; // from 1
        std::string what;
    };
    std::string format;
    std::uint64_t lines = 0;
    std::uint64_t entries = 0; // understood as an entry, whatever it says
    std::uint64_t records = 0; // put into the sink
    std::uint64_t bad = 0;
    std::vector<Bad> first_bad; // at most five
    std::string year_note;      // not empty where a year or zone was chosen
    std::uint64_t first_ns = 0, last_ns = 0;
    bool stopped = false; // the sink wanted no more
};

// Fails only where the file cannot be read or is of no format known here.
[[nodiscard]] Result<ImportReport> import_file(const std::string &path,
                                               const ImportOptions &options, event::Sink &sink,
                                               event::Losses &losses);
// The same over bytes in memory.
[[nodiscard]] Result<ImportReport> import_bytes(std::string_view bytes,
                                                const ImportOptions &options, event::Sink &sink,
                                                event::Losses &losses);
// Whether a file that begins so is one of the formats above.
[[nodiscard]] bool is_importable(std::string_view first_bytes);

} // namespace sentra::journal
