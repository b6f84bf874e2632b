// SPDX-License-Identifier: MIT
// The tee at the waist: copies every record of a run, in the order of its use, into a recording.
// In: records after the merge. Out: a file as event/FORMAT.md says. What has been flushed survives
// a kill: ticks come every quarter of a second, and each brings the file up to date.
#pragma once

#include <cstdint>
#include <string>

#include "event/recording.h"

namespace sentra::replay {

class Recorder {
public:
    // Refuses to overwrite a file.
    [[nodiscard]] static Result<Recorder> create(const std::string &path);

    [[nodiscard]] Result<void> take(const event::Record &record);
    [[nodiscard]] Result<void> finish(); // to the disk
    [[nodiscard]] std::uint64_t records() const { return records_; }

private:
    explicit Recorder(event::RecordingWriter writer) : writer_(std::move(writer)) {}
    event::RecordingWriter writer_;
    std::uint64_t records_ = 0;
};

} // namespace sentra::replay
