// SPDX-License-Identifier: MIT
// Reads a file by lines and by byte counts, with a limit on what one line may take of the memory.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sentra::journal {

class Input {
public:
    [[nodiscard]] static Result<Input> open(const std::string &path);
    // Over bytes in memory, which must outlive the Input.
    [[nodiscard]] static Result<Input> over(std::string_view bytes);
    // Is told now and then how many bytes were read.
    void tell(std::function<void(std::uint64_t)> reached) { reached_ = std::move(reached); }

    enum class Line : std::uint8_t { whole, too_long, end };
    // The next line without its end. too_long: it was skipped, `line` holds its beginning.
    Line next(std::string &line);
    // Exactly that many bytes; false: the file ends before. A run longer than the limit is skipped
    // but for its beginning, and `cut` is set.
    bool take(std::uint64_t bytes, std::string &into, bool &cut);

    [[nodiscard]] std::uint64_t line_number() const { return line_number_; }
    // Whether reading stopped for another reason than the end of the file.
    [[nodiscard]] bool has_failed() const { return std::ferror(file_.get()) != 0; }
    // The first bytes, which will be read again.
    [[nodiscard]] Result<std::string> peek();

    // journalctl writes a 48 KiB message as an array of numbers in five times that.
    static constexpr std::size_t kLongestLine = std::size_t{4} << 20U;

private:
    struct Close {
        void operator()(std::FILE *file) const { std::fclose(file); }
    };
    explicit Input(std::FILE *file) : file_(file) {}
    std::unique_ptr<std::FILE, Close> file_;
    void count_line();
    std::uint64_t line_number_ = 0;
    std::function<void(std::uint64_t)> reached_;
};

} // namespace sentra::journal
