// SPDX-License-Identifier: MIT
// A recording: the records of a run, as they passed the waist, in a file (FORMAT.md is the
// contract). Written in order, read in order. A cut last record (a killed recorder) ends the
// recording; a damaged one is an error that names the place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "event/record.h"

namespace sentra::event {

class RecordingWriter {
public:
    // Creates the file (0600); an existing one is refused, never overwritten.
    [[nodiscard]] static Result<RecordingWriter> create(const std::string &path);
    [[nodiscard]] Result<void> write(const Record &record);
    [[nodiscard]] Result<void> flush(); // to the kernel; finish() also to the disk
    [[nodiscard]] Result<void> finish();

private:
    RecordingWriter(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
    Fd fd_;
    std::string path_;
    std::string buffer_;
};

class RecordingReader {
public:
    [[nodiscard]] static Result<RecordingReader> open(const std::string &path);
    // nullopt at the end. An error names the byte at which the file stops making sense.
    [[nodiscard]] Result<std::optional<Record>> next();
    // After the end: whether the last record was not whole.
    [[nodiscard]] bool was_cut() const { return was_cut_; }
    [[nodiscard]] std::uint64_t offset() const { return offset_; } // bytes read so far

private:
    RecordingReader(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
    [[nodiscard]] Result<bool> fill(std::size_t wanted); // false: the file ends before that
    Fd fd_;
    std::string path_;
    std::vector<std::byte> buffer_;
    std::size_t taken_ = 0;
    std::uint64_t offset_ = 0; // of buffer_[taken_] in the file
    bool was_cut_ = false;
};

// Whether the file begins as a recording does.
[[nodiscard]] Result<bool> is_recording(const std::string &path);

} // namespace sentra::event
