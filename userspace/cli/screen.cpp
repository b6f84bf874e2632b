// SPDX-License-Identifier: MIT
#include "cli/screen.h"

#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <cwchar>

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"

namespace sentra::cli {

namespace {

constexpr std::size_t kFewest = 20; // nothing can be read in less
constexpr const char *kEllipsis = "\u2026";

// The C library knows the width of a character, in a locale of UTF-8. This is the only use of one,
// and it is not set for anybody else.
class Widths {
public:
    Widths() : utf8_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {}
    [[nodiscard]] std::size_t of(char32_t point) const
    {
        if (point < 0x80 || utf8_ == nullptr)
            return 1;
        const locale_t before = ::uselocale(utf8_);
        const int width = ::wcwidth(static_cast<wchar_t>(point));
        ::uselocale(before);
        return width < 0 ? 1 : static_cast<std::size_t>(width);
    }

private:
    locale_t utf8_; // for the whole run
};

struct Character {
    std::size_t bytes = 1, columns = 1;
};

// The character at the beginning. The text is valid UTF-8 (printable() makes it so); of what is
// not, a byte is a character.
Character first_of(std::string_view text)
{
    static const Widths kWidths;
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (bytes == 1 || bytes > text.size())
        return {};
    char32_t point = lead & (0xffU >> (bytes + 1));
    for (std::size_t at = 1; at < bytes; ++at)
        point = point << 6U | (static_cast<unsigned char>(text[at]) & 0x3fU);
    return {bytes, kWidths.of(point)};
}

// How many bytes from the beginning fit, with what combines with the last of them.
std::size_t fitting(std::string_view text, std::size_t columns)
{
    std::size_t bytes = 0, used = 0;
    while (bytes < text.size()) {
        const Character next = first_of(text.substr(bytes));
        if (used + next.columns > columns)
            break;
        bytes += next.bytes;
        used += next.columns;
    }
    return bytes;
}

bool is_set(const char *variable)
{
    const char *value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

} // namespace

Screen screen_of(const Arguments &arguments)
{
    Screen screen;
    screen.is_terminal = ::isatty(STDOUT_FILENO) == 1;
    const char *terminal = std::getenv("TERM");
    const bool is_dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
    screen.has_colour =
        screen.is_terminal && !is_dumb && !is_set("NO_COLOR") && !arguments.has("--no-color");
    screen.columns = columns_of_terminal(STDOUT_FILENO);
    return screen;
}

std::size_t columns_of_terminal(int fd)
{
    std::size_t columns = 80;
    winsize size{};
    if (::isatty(fd) == 1 && ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        columns = size.ws_col;
    else if (const char *said = std::getenv("COLUMNS"))
        columns = parse_number<std::size_t>(said).value_or(columns);
    return std::clamp<std::size_t>(columns, kFewest, 1000);
}

std::string toned(const Screen &screen, Tone tone, std::string_view text)
{
    constexpr const char *kBegin[] = {"", "\x1b[2m", "\x1b[32m", "\x1b[1;33m", "\x1b[1m"};
    if (!screen.has_colour || tone == Tone::plain || text.empty())
        return std::string(text);
    return kBegin[static_cast<int>(tone)] + std::string(text) + "\x1b[0m";
}

Tone tone_of_state(std::string_view state)
{
    if (state == "Action Recommended")
        return Tone::attention;
    return state == "Low (Reviewed)" ? Tone::good : Tone::plain;
}

std::size_t columns_of(std::string_view text)
{
    std::size_t columns = 0;
    while (!text.empty()) {
        const Character next = first_of(text);
        columns += next.columns;
        text.remove_prefix(next.bytes);
    }
    return columns;
}

std::string clipped(std::string_view text, std::size_t columns)
{
    if (columns_of(text) <= columns)
        return std::string(text);
    if (columns == 0)
        return "";
    return std::string(text.substr(0, fitting(text, columns - 1))) + kEllipsis;
}

std::string padded(std::string_view text, std::size_t columns)
{
    std::string line = clipped(text, columns);
    line.append(columns - columns_of(line), ' ');
    return line;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns, std::size_t indent)
{
    std::vector<std::string> lines;
    columns = std::max(columns, indent + 2); // a wide character fits
    std::string line;
    std::size_t used = 0;
    const auto end_line = [&] {
        lines.push_back(std::move(line));
        line.assign(indent, ' ');
        used = indent;
    };
    for (std::string_view word : split(text, ' ')) {
        if (word.empty())
            continue;
        const bool is_first = used == (lines.empty() ? 0 : indent);
        if (!is_first && used + 1 + columns_of(word) > columns)
            end_line();
        else if (!is_first)
            line += ' ', used += 1;
        while (used + columns_of(word) > columns) { // a word longer than a line
            const std::size_t bytes = fitting(word, columns - used);
            line += word.substr(0, bytes);
            word.remove_prefix(bytes);
            end_line();
        }
        line += word;
        used += columns_of(word);
    }
    lines.push_back(std::move(line));
    return lines;
}

} // namespace sentra::cli
