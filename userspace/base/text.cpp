// SPDX-License-Identifier: MIT
#include "base/text.h"

#include <algorithm>
#include <cstdio>

namespace sentra {

namespace {

struct Character {
    char32_t point = 0;
    std::size_t bytes = 0; // 0: not UTF-8 here
};

// One UTF-8 character by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
Character decode_character(std::string_view text)
{
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = at(0);
    if (lead < 0x80)
        return {lead, 1};
    const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
    if (bytes == 0 || lead > 0xf4 || text.size() < bytes)
        return {};
    char32_t point = lead & (0x7fU >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((at(i) & 0xc0U) != 0x80U)
            return {};
        point = (point << 6U) | (at(i) & 0x3fU);
    }
    const bool overlong = (bytes == 3 && point < 0x800) || (bytes == 4 && point < 0x10000);
    if (overlong || (point >= 0xd800 && point <= 0xdfff) || point > 0x10ffff)
        return {};
    return {point, bytes};
}

// Bidi controls, zero-width and other format characters, line and paragraph separators, tags.
bool deceives(char32_t point)
{
    return point == 0xad || point == 0x61c || point == 0x180e ||
           (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2060 && point <= 0x206f) || point == 0xfeff ||
           (point >= 0xfff9 && point <= 0xfffb) || (point >= 0xe0000 && point <= 0xe007f);
}

void append_escaped(std::string &out, const char *format, unsigned value)
{
    char buffer[16];
    const int length = std::snprintf(buffer, sizeof buffer, format, value);
    out.append(buffer, static_cast<std::size_t>(length));
}

} // namespace

std::string printable(std::string_view text, std::size_t max_bytes)
{
    std::string out;
    out.reserve(std::min(text.size(), max_bytes));
    while (!text.empty()) {
        if (out.size() >= max_bytes)
            return out += "\u2026";
        const Character character = decode_character(text);
        if (character.bytes == 0) {
            append_escaped(out, "\\x%02x", static_cast<unsigned char>(text[0]));
            text.remove_prefix(1);
            continue;
        }
        if (character.point < 0x20 || (character.point >= 0x7f && character.point < 0xa0))
            append_escaped(out, "\\x%02x", static_cast<unsigned>(character.point));
        else if (deceives(character.point))
            append_escaped(out, "\\u{%04x}", static_cast<unsigned>(character.point));
        else
            out.append(text.substr(0, character.bytes));
        text.remove_prefix(character.bytes);
    }
    return out;
}

std::string_view trim(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r\n";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    for (;;) {
        const auto at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos)
            return parts;
        text.remove_prefix(at + 1);
    }
}

std::string lower_ascii(std::string_view text)
{
    std::string out(text);
    for (char &c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool equals_ignoring_case(std::string_view a, std::string_view b)
{
    const auto lowered = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    };
    const auto same = [&](char x, char y) { return x == y || lowered(x) == lowered(y); };
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), same);
}

std::string_view base_name(std::string_view path)
{
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view directory_name(std::string_view path)
{
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos)
        return {};
    return slash == 0 ? path.substr(0, 1) : path.substr(0, slash);
}

std::string join_path(std::string_view directory, std::string_view path)
{
    std::vector<std::string_view> kept;
    const auto take = [&kept](std::string_view whole) {
        for (const std::string_view part : split(whole, '/')) {
            if (part.empty() || part == ".")
                continue;
            if (part != "..")
                kept.push_back(part);
            else if (!kept.empty())
                kept.pop_back();
        }
    };
    if (path.empty() || path.front() != '/')
        take(directory);
    take(path);
    std::string out;
    for (const std::string_view part : kept)
        out.append("/").append(part);
    return out.empty() ? "/" : out;
}

std::optional<std::string_view> nearest(std::string_view word,
                                        const std::vector<std::string_view> &known)
{
    const auto distance = [word](std::string_view other) {
        std::vector<std::size_t> row(other.size() + 1);
        for (std::size_t j = 0; j < row.size(); ++j)
            row[j] = j;
        for (std::size_t i = 1; i <= word.size(); ++i) {
            std::size_t diagonal = row[0];
            row[0] = i;
            for (std::size_t j = 1; j <= other.size(); ++j) {
                const std::size_t swap = diagonal + (word[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = std::min({row[j] + 1, row[j - 1] + 1, swap});
            }
        }
        return row.back();
    };
    std::optional<std::string_view> best;
    std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const std::string_view candidate : known) {
        const std::size_t d = distance(candidate);
        if (d < best_distance) {
            best_distance = d;
            best = candidate;
        }
    }
    return best;
}

} // namespace sentra
