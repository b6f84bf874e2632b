// SPDX-License-Identifier: MIT
#include "event/recording.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace sentra::event {

namespace {

// FORMAT.md: 16 bytes. The version is raised when a record of an earlier one can no longer be read.
constexpr std::string_view kMagic("SENTRAREC\0\0\0\2\0\0\0", 16);
constexpr std::size_t kBufferBytes = 256 * 1024;

} // namespace

Result<RecordingWriter> RecordingWriter::create(const std::string &path)
{
    Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd.is_open())
        return system_failure("create recording " + path, errno);
    RecordingWriter writer(std::move(fd), path);
    writer.buffer_ = kMagic;
    return writer;
}

Result<void> RecordingWriter::write(const Record &record)
{
    const auto bytes = record.bytes();
    buffer_.append(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    return buffer_.size() < kBufferBytes ? Result<void>{} : flush();
}

Result<void> RecordingWriter::flush()
{
    auto written = write_all(fd_, buffer_);
    buffer_.clear();
    if (!written)
        return tl::unexpected(std::move(written.error()).within("recording " + path_));
    return {};
}

Result<void> RecordingWriter::finish()
{
    if (auto flushed = flush(); !flushed)
        return flushed;
    if (::fsync(fd_.get()) != 0)
        return system_failure("recording " + path_, errno);
    return {};
}

Result<RecordingReader> RecordingReader::open(const std::string &path)
{
    Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.is_open())
        return system_failure("open recording " + path, errno);
    RecordingReader reader(std::move(fd), path);
    auto whole = reader.fill(kMagic.size());
    if (!whole)
        return tl::unexpected(std::move(whole.error()));
    if (!*whole || std::memcmp(reader.buffer_.data(), kMagic.data(), kMagic.size()) != 0)
        return failure("open recording " + path +
                       ": it does not begin as a Sentra recording of version 2 does");
    reader.taken_ = kMagic.size();
    reader.offset_ = kMagic.size();
    return reader;
}

Result<bool> RecordingReader::fill(std::size_t wanted)
{
    if (buffer_.size() - taken_ >= wanted)
        return true;
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
    while (buffer_.size() < wanted) {
        const std::size_t had = buffer_.size();
        buffer_.resize(had + kBufferBytes);
        const ssize_t got = ::read(fd_.get(), buffer_.data() + had, kBufferBytes);
        buffer_.resize(had + static_cast<std::size_t>(got > 0 ? got : 0));
        if (got < 0 && errno != EINTR)
            return system_failure("read recording " + path_, errno);
        if (got == 0)
            return false;
    }
    return true;
}

Result<std::optional<Record>> RecordingReader::next()
{
    auto whole = fill(sizeof(sentra_head));
    if (!whole)
        return tl::unexpected(std::move(whole.error()));
    if (!*whole) {
        was_cut_ = buffer_.size() != taken_;
        return std::nullopt;
    }
    sentra_head head{};
    std::memcpy(&head, buffer_.data() + taken_, sizeof head);
    if (head.size < sizeof head || head.size > SENTRA_RECORD_MAX || head.size % 8 != 0)
        return failure("recording " + path_ + ": byte " + std::to_string(offset_) +
                       ": a record of " + std::to_string(head.size) + " bytes cannot be");
    whole = fill(head.size);
    if (!whole)
        return tl::unexpected(std::move(whole.error()));
    if (!*whole) {
        was_cut_ = true;
        return std::nullopt;
    }
    auto record = Record::copy({buffer_.data() + taken_, head.size});
    if (!record)
        return tl::unexpected(std::move(record.error()).within("recording " + path_));
    taken_ += head.size;
    offset_ += head.size;
    return std::optional<Record>(std::move(*record));
}

Result<bool> is_recording(const std::string &path)
{
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.is_open())
        return system_failure("open " + path, errno);
    std::array<char, kMagic.size()> start{};
    const ssize_t got = ::read(fd.get(), start.data(), start.size());
    return got == static_cast<ssize_t>(start.size()) &&
           std::memcmp(start.data(), kMagic.data(), kMagic.size()) == 0;
}

} // namespace sentra::event
