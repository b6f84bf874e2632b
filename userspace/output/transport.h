// SPDX-License-Identifier: MIT
// How documents reach those who want them: one row per type of sink, each a way to hand over a few
// documents and to say what became of each. In: parcels in the order of their sequence, their
// secrets removed. Out: one fate per parcel. A transport keeps nothing between two calls but its
// connection; waiting, order, pausing and what is tried again belong to the courier (pipeline).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "output/format.h"
#include "signal/signal.h"

namespace sentra::output {

// One form of one signal on its way to one sink.
struct Parcel {
    signal::Signal signal;      // redacted
    Delivery delivery;          // its sequence, and whether the signal was told before
    std::uint64_t revision = 1; // of the signal: 1, 2, ... (uid, revision) names a form for ever
    // 1, 2, ...: not the signal but that piece of its evidence, as an event of its own.
    std::size_t evidence = 0;
    bool is_test = false; // asked for by `sentra sink test`; must be marked as one
};

enum class Fate {
    delivered, // the sink has it, or had it already
    retry,     // nobody has it; the same may work later
    rejected,  // this document will never be taken: it goes to the dead letters
    too_big,   // alone or together: fewer at once may work
};

struct Outcome {
    Fate fate = Fate::retry;
    std::string why; // "HTTP 400: failed to parse field [x]"; empty when delivered
};

struct Handover {
    std::vector<Outcome> outcomes;        // one per parcel, in their order
    std::optional<std::uint64_t> wait_ns; // what the sink asked for (Retry-After)
    std::string pause; // not empty: nothing will work until a person acts, and why
    std::string code;  // "200", "timeout", "refused": a class for counting
};

class Transport {
public:
    virtual ~Transport() = default;
    // Takes at most as long as its type's timeout. Never throws, never logs.
    [[nodiscard]] virtual Handover send(std::span<const Parcel> parcels) = 0;
    // Something outside has changed (SIGHUP, log rotation, a secret): all is opened again, and
    // files of secrets are read again, before the next document.
    virtual void reopen() {}
};

// One sink as the configuration gives it: what stands below its name, by key, and where.
struct SinkSettings {
    std::string name; // [a-z0-9-]+, at most 40
    std::string type; // a row's name
    std::map<std::string, std::string> values;
    // The time of day in Unix nanoseconds, for what a protocol wants dated; empty: the system's.
    std::function<std::uint64_t()> now_ns;
};

struct SinkKey {
    std::string_view name;
    std::string_view says;
    bool is_needed = false;
};

struct SinkType {
    std::string_view name; // "elastic"
    std::string_view says;
    std::string_view format;        // where the settings name none
    std::span<const SinkKey> keys;  // what it takes besides type
    bool is_acknowledged = true;    // false: "delivered" means handed to the network, no more
    bool is_notification = false;   // told to people: what is stale is noise
    std::size_t most_at_once = 500; // documents
    bool needs_rights = false;      // prepare_sink has something to do
    // Checks everything that can be known without the network; reads credential files.
    Result<std::unique_ptr<Transport>> (*open)(const SinkSettings &settings);
};

[[nodiscard]] std::span<const SinkType> sink_types();
// nullptr: there is none of that name.
[[nodiscard]] const SinkType *find_sink_type(std::string_view name);
// Unknown and missing keys, unknown types, with the nearest word; nothing is opened.
[[nodiscard]] Result<void> check_sink(const SinkSettings &settings);
[[nodiscard]] Result<std::unique_ptr<Transport>> open_sink(const SinkSettings &settings);
// Whether the sink also gets each piece of a signal's evidence (evidence: true).
[[nodiscard]] bool wants_evidence(const SinkSettings &settings);
// To be called before this process gives its privileges up: what a sink can only do with them (mail
// begins the process that hands it to the MTA). What is wrong is told when the sink is opened.
void prepare_sink(const SinkSettings &settings);

} // namespace sentra::output
