// SPDX-License-Identifier: MIT
// Documents as lines at the end of a file, and on standard output. A line is told as delivered once
// it is on the disk; one that could not be written whole is taken back, and one that a killed
// process left is ended, so that a reader never meets two documents in one line.
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "output/sink.h"

namespace sentra::output {

namespace {

std::string lines_of(std::span<const Parcel> parcels, const Format &format)
{
    std::string lines;
    for (const Parcel &parcel : parcels)
        lines.append(document_of(parcel, format)).append("\n");
    return lines;
}

// 0, or the errno that ended it.
int write_whole(int descriptor, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written > 0)
            bytes.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            return errno;
    }
    return 0;
}

const char *code_of(int error_number)
{
    switch (error_number) {
    case ENOSPC:
    case EDQUOT:
        return "full";
    case EROFS:
        return "read-only";
    case EPIPE:
        return "closed";
    default:
        return "failed";
    }
}

// Nothing but a person's hand changes these.
bool is_lasting(int error_number)
{
    constexpr std::array kLasting = {EACCES, EPERM, ELOOP, EISDIR, ENOTDIR, ENXIO, ENAMETOOLONG};
    for (const int lasting : kLasting)
        if (error_number == lasting)
            return true;
    return false;
}

class File final : public Transport {
public:
    File(std::string path, mode_t mode, const Format &format)
        : path_(std::move(path)), mode_(mode), format_(format)
    {}
    Handover send(std::span<const Parcel> parcels) override;

private:
    [[nodiscard]] bool is_in_place() const;
    // 0, or an errno.
    int open();
    int end_line();
    int append(std::string_view lines);

    std::string path_;
    mode_t mode_;
    const Format &format_;
    Fd fd_;
};

// The path still leads to what is open: a rotated file is another inode, a removed one is gone.
bool File::is_in_place() const
{
    struct stat there = {}, here = {};
    return fd_.is_open() && ::lstat(path_.c_str(), &there) == 0 && ::fstat(fd_.get(), &here) == 0 &&
           there.st_ino == here.st_ino && there.st_dev == here.st_dev;
}

int File::open()
{
    // Without O_NONBLOCK, a FIFO of that name would hold us until somebody reads it.
    constexpr int kFlags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    fd_ = Fd(::open(path_.c_str(), kFlags | O_CREAT | O_EXCL, mode_));
    if (fd_.is_open()) {
        // The daemon's umask is narrower than what a log shipper's group may have been given.
        if (::fchmod(fd_.get(), mode_) != 0)
            return errno;
        const Fd folder(
            ::open(std::string(directory_name(path_)).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        return folder.is_open() && ::fsync(folder.get()) == 0 ? 0 : errno;
    }
    if (errno == EEXIST)
        fd_ = Fd(::open(path_.c_str(), kFlags));
    if (!fd_.is_open())
        return errno;
    struct stat found = {};
    if (::fstat(fd_.get(), &found) != 0 || !S_ISREG(found.st_mode)) {
        fd_.reset();
        return ENXIO;
    }
    return end_line();
}

int File::end_line()
{
    char last = '\n';
    const off_t size = ::lseek(fd_.get(), 0, SEEK_END);
    if (size > 0 && ::pread(fd_.get(), &last, 1, size - 1) != 1)
        return errno;
    return last == '\n' ? 0 : append("\n");
}

int File::append(std::string_view lines)
{
    const off_t before = ::lseek(fd_.get(), 0, SEEK_END);
    int error_number = write_whole(fd_.get(), lines);
    if (error_number == 0 && ::fdatasync(fd_.get()) != 0)
        error_number = errno;
    if (error_number == 0)
        return 0;
    // If not even that works, the next open ends the line.
    if (before >= 0 && ::ftruncate(fd_.get(), before) != 0)
        error_number = error_number == 0 ? errno : error_number;
    fd_.reset();
    return error_number;
}

Handover File::send(std::span<const Parcel> parcels)
{
    int error_number = is_in_place() ? 0 : open();
    const char *doing = "open ";
    if (error_number == 0) {
        doing = "write ";
        error_number = append(lines_of(parcels, format_));
    }
    if (error_number == 0)
        return all_alike(parcels.size(), Fate::delivered, "", "ok");
    fd_.reset();
    const std::string why = system_failure(doing + path_, error_number).value().text;
    return is_lasting(error_number)
               ? paused(parcels.size(), why, code_of(error_number))
               : all_alike(parcels.size(), Fate::retry, why, code_of(error_number));
}

class Stdout final : public Transport {
public:
    explicit Stdout(const Format &format) : format_(format) {}
    Handover send(std::span<const Parcel> parcels) override
    {
        constexpr int kPatienceMs = 10000;
        pollfd out = {STDOUT_FILENO, POLLOUT, 0};
        if (::poll(&out, 1, kPatienceMs) == 0)
            return all_alike(parcels.size(), Fate::retry, "nobody reads standard output",
                             "timeout");
        if (const int wrong = write_whole(STDOUT_FILENO, lines_of(parcels, format_)); wrong != 0)
            return all_alike(parcels.size(), Fate::retry,
                             system_failure("write standard output", wrong).value().text,
                             code_of(wrong));
        return all_alike(parcels.size(), Fate::delivered, "", "ok");
    }

private:
    const Format &format_;
};

} // namespace

Result<std::unique_ptr<Transport>> open_file(const SinkSettings &settings)
{
    const auto format = format_of(settings);
    if (!format)
        return tl::unexpected(format.error());
    const std::string path = text_of(settings, "path");
    if (path.empty() || path.front() != '/' || path.back() == '/')
        return failure("path: write the whole path of a file");
    const auto mode = parse_number<mode_t>(text_of(settings, "mode", "0640"), 8);
    if (!mode || (*mode & ~mode_t{0664}) != 0 || (*mode & 0600) != 0600)
        return failure("mode: write it as 0600, 0640 or 0644");
    struct stat folder = {};
    if (::stat(std::string(directory_name(path)).c_str(), &folder) != 0)
        return system_failure("path: " + std::string(directory_name(path)), errno);
    return std::make_unique<File>(path, *mode, **format);
}

Result<std::unique_ptr<Transport>> open_stdout(const SinkSettings &settings)
{
    const auto format = format_of(settings);
    if (!format)
        return tl::unexpected(format.error());
    return std::make_unique<Stdout>(**format);
}

} // namespace sentra::output
