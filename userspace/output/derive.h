// SPDX-License-Identifier: MIT
// What several formats derive from a signal, each from one place: severity, who, from where, what
// ran, the arithmetic in words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "signal/json_parts.h"
#include "signal/signal.h"

namespace sentra::output {

using Json = nlohmann::ordered_json;

using signal::put;
// One line; bytes that are not UTF-8 are replaced.
[[nodiscard]] std::string line_of(const Json &document);

// How much a signal matters, by its score alone, in the numbers of everyone who receives it.
struct Severity {
    unsigned below;        // in hundredths of the score; the last row has no upper end
    std::string_view word; // "informational", "low", "medium", "high", "critical"
    // 21, 47, 73, 99: what elastic/detection-rules maps to low, medium, high and critical
    // (rules/promotions/external_alerts.toml).
    int ecs;
    int ocsf;
    std::string_view ocsf_caption;
    int ocsf_risk_level;
    std::string_view ocsf_risk_caption;
    int cef;    // 0-3 low, 4-6 medium, 7-8 high, 9-10 very high
    int syslog; // RFC 5424, 6.2.1
};
[[nodiscard]] const Severity &severity_of(double score);
// 0 to 100.
[[nodiscard]] int percent(double score);

// Milliseconds since 1970.
[[nodiscard]] std::uint64_t milliseconds(std::uint64_t time_ns);
// SHA-256 of the signal's own line: tells one form of a growing signal from the next.
[[nodiscard]] std::string revision(const signal::Signal &signal);
// At most that many bytes, cut at a character with an ellipsis.
[[nodiscard]] std::string clipped(const std::string &text, std::size_t most_bytes);
// "0.45 a login key was added + 0.25 203.0.113.7 was not seen in 30 days = 0.70"
[[nodiscard]] std::string arithmetic(const signal::Signal &signal);
// "0.70"
[[nodiscard]] std::string decimal(double value);
// Arguments with blanks between them; empty where they are not known.
[[nodiscard]] std::string command_line(const signal::Signal &signal);
// The story, in the format's own words for its times and its text.
struct ChapterKeys {
    const char *first, *last, *text;
};
[[nodiscard]] Json chapters(const signal::Signal &signal, const ChapterKeys &keys,
                            Json (*time)(std::uint64_t));
// Names a process for good: of its host's boot, its id and its start.
[[nodiscard]] std::string process_key(const signal::Signal &signal);
// "soc2:CC6.1", in the order of the signal.
[[nodiscard]] std::vector<std::string> control_labels(const signal::Signal &signal);

// Who acted: who signed in, else as whom the process ran.
[[nodiscard]] const session::Person &user_of(const signal::Signal &signal);
// As whom, where that is known and is somebody else.
[[nodiscard]] const session::Person *effective_of(const signal::Signal &signal);

// The address the actor came from, or the one that every sign-in of the evidence came from.
[[nodiscard]] std::optional<std::string> source_of(const signal::Signal &signal);
// The one address that was reached out to.
[[nodiscard]] std::optional<std::string> destination_of(const signal::Signal &signal);
// Every address, user name: entities and actor, sorted, each once.
[[nodiscard]] std::vector<std::string> all_ips(const signal::Signal &signal);
[[nodiscard]] std::vector<std::string> all_users(const signal::Signal &signal);

// What an event is called elsewhere; the row of its type, else of its family ("file").
struct EventWords {
    std::string_view event;
    std::string_view ecs_category;
    int ocsf_type; // type_uid
    std::string_view ocsf_name;
};
[[nodiscard]] const EventWords *words_of(std::string_view event);

} // namespace sentra::output
