// SPDX-License-Identifier: MIT
// A signal in the words of those who receive it: one row per format, each a pure function from a
// signal to one document. What comes in has its secrets removed already (output/redact.h); what
// goes out is one line of valid UTF-8 without its newline, and depends on nothing but the signal's
// own line of JSON (signal::to_json) and its place in the delivery: a signal from the store gives
// the same bytes as the one that was just raised.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "signal/signal.h"

namespace sentra::output {

// What the delivery knows of a document and the signal does not.
struct Delivery {
    std::uint64_t sequence = 0; // on this host, never reused, a gap is a loss; 0: none was given
    bool is_update = false;     // the signal has been told before, in an earlier form
    // "<number>:<hash>" of the ledger's last entry when this was committed: whoever keeps documents
    // elsewhere can prove later that the host's ledger was not written anew since.
    std::string ledger_head;
};

struct Format {
    std::string_view name;       // "ocsf-1.4"
    std::string_view media_type; // of one document
    std::string_view says;
    std::string (*write)(const signal::Signal &signal, const Delivery &delivery);
    // One piece of the signal's evidence as an event of its own; nullptr: the format has none.
    std::string (*write_evidence)(const signal::Signal &signal, const signal::Evidence &piece);
};

[[nodiscard]] std::span<const Format> formats();
// nullptr: there is none of that name.
[[nodiscard]] const Format *find_format(std::string_view name);
// "ndjson, ecs, ocsf, ..."
[[nodiscard]] std::string format_names();

// The rows' functions, one file each.
[[nodiscard]] std::string to_ndjson(const signal::Signal &signal, const Delivery &delivery);
[[nodiscard]] std::string to_ecs(const signal::Signal &signal, const Delivery &delivery);
[[nodiscard]] std::string to_ocsf(const signal::Signal &signal, const Delivery &delivery);
[[nodiscard]] std::string to_ocsf_1_4(const signal::Signal &signal, const Delivery &delivery);
[[nodiscard]] std::string to_cef(const signal::Signal &signal, const Delivery &delivery);
[[nodiscard]] std::string evidence_to_ndjson(const signal::Signal &signal,
                                             const signal::Evidence &piece);
[[nodiscard]] std::string evidence_to_ecs(const signal::Signal &signal,
                                          const signal::Evidence &piece);
// Names a piece of evidence for ever, in every form of its signal.
[[nodiscard]] std::string evidence_id(const signal::Signal &signal, const signal::Evidence &piece);

} // namespace sentra::output
