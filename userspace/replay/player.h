// SPDX-License-Identifier: MIT
// Puts a recording back at the waist: the records as they were used, then the end. A recorder that
// was killed left no last tick behind; the player supplies it, so that every replay ends with one
// and the windows that wait may close. Reads no clock: time is what the records say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "event/recording.h"

namespace sentra::replay {

class Player {
public:
    [[nodiscard]] static Result<Player> open(const std::string &path);

    // nullopt at the end; the last record before it is a meta.tick with last set.
    [[nodiscard]] Result<std::optional<event::Record>> next();

    [[nodiscard]] std::uint64_t records() const { return records_; }        // read from the file
    [[nodiscard]] std::uint64_t offset() const { return reader_.offset(); } // in bytes
    [[nodiscard]] bool was_cut() const { return reader_.was_cut(); }

private:
    explicit Player(event::RecordingReader reader) : reader_(std::move(reader)) {}
    void note(const event::Record &record);
    event::RecordingReader reader_;
    std::uint64_t records_ = 0;
    std::uint64_t latest_ns_ = 0;     // of the records in order
    std::uint64_t meta_sequence_ = 0; // of the last meta record
    bool ended_ = false;              // a last tick has been handed on
};

} // namespace sentra::replay
