// SPDX-License-Identifier: MIT
// A file descriptor with one owner. No implicit conversion: get() where a system call wants it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace sentra {

class Fd {
public:
    Fd() = default;
    explicit Fd(int number) : number_(number) {}
    Fd(Fd &&other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Fd &operator=(Fd &&other) noexcept
    {
        std::swap(number_, other.number_);
        return *this;
    }
    Fd(const Fd &) = delete;
    Fd &operator=(const Fd &) = delete;
    ~Fd() { reset(); }

    [[nodiscard]] int get() const { return number_; }
    [[nodiscard]] bool is_open() const { return number_ >= 0; }
    void reset();

private:
    int number_ = -1;
};

// The whole of a (small) file; for /proc too, where the size is not known beforehand.
[[nodiscard]] Result<std::string> read_file(const std::string &path);

// Whole or not at all: what stands at `path` is replaced once all of it has been written beside it,
// under a name that nobody can foresee. mode: as asked, whatever the umask.
enum class Keep : std::uint8_t {
    safely, // it survives a power loss; waits for the disk
    soon,   // for what is written again in a minute
};
[[nodiscard]] Result<void> replace_file(const std::string &path, std::string_view bytes,
                                        unsigned mode, Keep keep);

// Writes all of it, through short writes and EINTR.
[[nodiscard]] Result<void> write_all(const Fd &fd, std::string_view bytes);
// As above, to a descriptor that somebody else owns (stdout).
[[nodiscard]] Result<void> write_all(int descriptor, std::string_view bytes);

} // namespace sentra
