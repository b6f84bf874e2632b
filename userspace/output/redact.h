// SPDX-License-Identifier: MIT
// Secrets that people put into command lines and URLs do not leave the host: what the rules of
// redaction.def find becomes "[redacted]" before a signal is formatted for anybody but the local
// store. Redacting twice is redacting once; what is removed is counted by rule.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "signal/signal.h"

namespace sentra::output {

inline constexpr std::string_view kRedacted = "[redacted]";

// A row of redaction.def.
struct RedactionRule {
    const char *name;
    const char *programs; // only after one of these, as a regular expression; empty: anywhere
    const char *pattern;  // what its parentheses hold is removed
    // The rule's own proof: a command, the same as it leaves the host, and one that stays as it is.
    const char *before, *after, *stays;
};
[[nodiscard]] std::span<const RedactionRule> redaction_rules();

// How many secrets were removed, by rule.
using Removed = std::map<std::string_view, std::uint64_t>;
[[nodiscard]] std::uint64_t total(const Removed &removed);

// A command line, a sentence, a URL. Grows by the length of the mark per secret at most.
[[nodiscard]] std::string redact(std::string_view text, Removed &removed);
// Arguments one by one: where one begins and ends is known here. Secrets that went are added to
// `secrets`, as they were.
[[nodiscard]] std::vector<std::string> redact(std::vector<std::string> arguments, Removed &removed,
                                              std::vector<std::string> *secrets = nullptr);
// Every text of the signal that came from outside or quotes it. Ids stay as they are.
[[nodiscard]] signal::Signal redact(signal::Signal signal, Removed &removed);

} // namespace sentra::output
