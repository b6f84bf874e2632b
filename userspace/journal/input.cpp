// SPDX-License-Identifier: MIT
#include "journal/input.h"

#include <algorithm>
#include <cerrno>

namespace sentra::journal {

Result<Input> Input::open(const std::string &path)
{
    std::FILE *file = std::fopen(path.c_str(), "rbe");
    if (file == nullptr)
        return system_failure("open " + path, errno);
    return Input(file);
}

Result<Input> Input::over(std::string_view bytes)
{
    // fmemopen takes its buffer as writable; in mode "r" it never writes.
    std::FILE *file = bytes.empty()
                          ? std::fopen("/dev/null", "rbe")
                          : fmemopen(const_cast<char *>(bytes.data()), bytes.size(), "rb");
    if (file == nullptr)
        return system_failure("read bytes", errno);
    return Input(file);
}

Input::Line Input::next(std::string &line)
{
    line.clear();
    bool is_long = false, any = false;
    for (int c = std::getc(file_.get()); c != EOF; c = std::getc(file_.get())) {
        any = true;
        if (c == '\n')
            break;
        if (line.size() < kLongestLine)
            line.push_back(static_cast<char>(c));
        else
            is_long = true;
    }
    if (!any)
        return Line::end;
    count_line();
    return is_long ? Line::too_long : Line::whole;
}

void Input::count_line()
{
    constexpr std::uint64_t kLinesBetween = 1024;
    ++line_number_;
    if (reached_ && line_number_ % kLinesBetween == 0)
        if (const off_t at = ::ftello(file_.get()); at > 0)
            reached_(static_cast<std::uint64_t>(at));
}

bool Input::take(std::uint64_t bytes, std::string &into, bool &cut)
{
    into.clear();
    char chunk[4096];
    while (bytes > 0) {
        const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, sizeof chunk));
        const std::size_t got = std::fread(chunk, 1, want, file_.get());
        if (got == 0)
            return false;
        const std::size_t room = kLongestLine - std::min(kLongestLine, into.size());
        into.append(chunk, std::min(room, got));
        cut = cut || got > room;
        line_number_ += static_cast<std::uint64_t>(std::count(chunk, chunk + got, '\n'));
        bytes -= got;
    }
    return true;
}

Result<std::string> Input::peek()
{
    char first[512];
    const std::size_t got = std::fread(first, 1, sizeof first, file_.get());
    if (std::ferror(file_.get()) != 0)
        return system_failure("read", errno);
    if (std::fseek(file_.get(), 0, SEEK_SET) != 0)
        return failure("not a file that can be read twice; save it to a file first");
    return std::string(first, got);
}

} // namespace sentra::journal
