// SPDX-License-Identifier: MIT
// Sigma's words in ours, as rows: which of our events a log source is, which field a field is, and
// for what cannot be had, why not. Events and fields are lists parted by blanks; a family is
// written "file.*", every event that carries a line of a log "lines".
#pragma once

#include <span>
#include <string_view>

namespace sentra::engine {

// One of the alternatives that make a log source: events, and a condition on them where need be.
struct SigmaSource {
    std::string_view source; // category, else service; "" where a rule names neither
    std::string_view events;
    std::string_view field, value; // as in a condition; empty: none
};

enum class SigmaField : unsigned char {
    plain,  // compared as it is, with the first field that has it
    always, // is always this value: what other sensors tell apart and ours do not
    item,   // "a1": the argument of that number
    record, // of auditd: what kind of record, or system call; see SigmaRecord
    path,   // of auditd: any path that a record names
    unit,   // a unit's name without ".service"
    none,   // cannot be had; see why
};

struct SigmaMapping {
    std::string_view source; // category or service; "*" all that begin with a process
    std::string_view name;
    SigmaField how;
    std::string_view fields; // ours; several: any of them. For always: the value
    std::string_view why;    // for none
};

// auditd: what "type", "SYSCALL" and "nametype" mean by their value.
struct SigmaRecord {
    std::string_view field, value;
    std::string_view events;
    std::string_view test, wanted; // a condition on them; empty: none
    std::string_view why;          // where there are no events
};

// Where a word without a field is looked for.
struct SigmaKeyword {
    std::string_view source;
    std::string_view events, field;
};

struct SigmaTactic {
    std::string_view tag, id, intent;
};

[[nodiscard]] std::span<const SigmaSource> sigma_sources();
[[nodiscard]] std::span<const SigmaMapping> sigma_mappings();
[[nodiscard]] std::span<const SigmaRecord> sigma_records();
[[nodiscard]] std::span<const SigmaKeyword> sigma_keywords();
[[nodiscard]] std::span<const SigmaTactic> sigma_tactics(); // the most serious first

} // namespace sentra::engine
