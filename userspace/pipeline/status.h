// SPDX-License-Identifier: MIT
// The one answer to "is it well?": what runs, what it has seen, what it lost, and since when nobody
// watched. One object of JSON for scripts; the command line makes a page of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "sensor/sensor.h"
#include "store/store.h"

namespace sentra::pipeline {

// One kernel event's row: how it is watched and the account of it.
struct WatchedEvent {
    sensor::Watch how;
    sensor::Row account;
};

struct Status {
    bool ready = false; // everything up to the start has been read, and the sources are live
    std::uint64_t started_ns = 0, now_ns = 0;
    std::string host_name, boot;
    std::string sensor_state; // "watching", "off", "unavailable"
    std::string sensor_why;   // of the latter two
    std::vector<WatchedEvent> events;
    sensor::FileWatches file_watches; // over protected files, beside the programs
    std::string journal_state;        // "reading", "waiting" (nothing is there yet), "off", "ended"
    std::string journal_why;
    std::uint64_t records = 0, watermark_ns = 0, stalls = 0;
    std::size_t rules = 0;
    std::string bundle;
    std::string rules_error; // why the rules could not be read again; those of before are in force
    std::size_t processes = 0, sessions = 0, partial_matches = 0, windows = 0, sightings = 0;
    std::uint64_t signals = 0; // that were news in this run
    std::string store_path, store_error;
    std::string store_set_aside; // where the damaged store is whose place this one took
    bool store_is_full = false;
    std::vector<store::SinkAccount> sinks;
    std::vector<std::pair<std::string, std::uint64_t>> losses; // by name, those that are not zero
    std::vector<store::Gap> gaps;
};

[[nodiscard]] std::string to_json(const Status &status);

// Events that are missing, of all that were seen: what decides about "degraded".
[[nodiscard]] std::uint64_t lost_events(const Status &status);

// What a store can tell while nobody runs: one line of JSON. Only reads.
[[nodiscard]] Result<std::vector<std::string>> status_without_daemon(store::Store &store);

} // namespace sentra::pipeline
