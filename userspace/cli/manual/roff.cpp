// SPDX-License-Identifier: MIT
#include "cli/manual/roff.h"

#include <cstdint>

#include <fmt/format.h>

#include "base/text.h"

namespace sentra::cli {

namespace {

// The day the manual was last gone through. The build's own day would make no two builds alike.
constexpr const char *kRevised = "2026-11-23";

// The code point that begins at `at`, and how many bytes it has. The texts are our own: UTF-8.
std::uint32_t code_point(std::string_view text, std::size_t at, std::size_t &size)
{
    const auto lead = static_cast<unsigned char>(text[at]);
    size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    std::uint32_t point = size == 1 ? lead : lead & (0xffU >> (size + 1));
    for (std::size_t next = 1; next < size && at + next < text.size(); ++next)
        point = point << 6U | (static_cast<unsigned char>(text[at + next]) & 0x3fU);
    return point;
}

std::string escaped(std::string_view text, bool is_code)
{
    std::string out;
    for (std::size_t at = 0, size = 1; at < text.size(); at += size) {
        const std::uint32_t point = code_point(text, at, size);
        const char c = text[at];
        if (size > 1)
            out += fmt::format("\\[u{:04X}]", point);
        else if (c == '\\')
            out += "\\e";
        else if (c == '"')
            out += "\\(dq";
        else if (c == '\'')
            out += "\\(aq";
        else if (c == '^')
            out += "\\(ha";
        else if (c == '~')
            out += "\\(ti";
        else if (c == '`')
            out += "\\(ga";
        else if (c == '-' && is_code)
            out += "\\-";
        else
            out += c;
    }
    return out;
}

// A line that begins so would be a request.
bool needs_guard(std::string_view line)
{
    return !line.empty() && (line.front() == '.' || line.front() == '\'');
}

} // namespace

std::string roff_text(std::string_view text)
{
    return escaped(text, false);
}

std::string roff_code(std::string_view text)
{
    return escaped(text, true);
}

std::string marked_up(std::string_view text)
{
    std::string out;
    std::size_t at = 0;
    // The text between two marks, and on behind the second one; without a second it is no mark.
    const auto between = [&](std::string_view mark, const char *font, bool is_code) {
        const auto end = text.find(mark, at + mark.size());
        if (text.substr(at, mark.size()) != mark || end == std::string_view::npos ||
            end == at + mark.size())
            return false;
        const auto inner = text.substr(at + mark.size(), end - at - mark.size());
        const bool is_both = !is_code && inner.size() > 2 && inner.front() == '`'; // **`any`**
        out += font +
               (is_code   ? roff_code(inner)
                : is_both ? roff_code(inner.substr(1, inner.size() - 2))
                          : roff_text(inner)) +
               "\\fR";
        at = end + mark.size();
        return true;
    };
    while (at < text.size()) {
        if (between("`", "\\fB", true) || between("**", "\\fB", false) ||
            between("*", "\\fI", false))
            continue;
        const auto next = text.find_first_of("`*", at + 1);
        out += roff_text(text.substr(at, next == std::string_view::npos ? next : next - at));
        at = next == std::string_view::npos ? text.size() : next;
    }
    return out;
}

Roff::Roff(std::string_view name, std::string_view section)
{
    std::string title(name);
    for (char &c : title)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    line(fmt::format(".TH \"{}\" \"{}\" \"{}\" \"Sentra {}\" \"Sentra\"", roff_code(title), section,
                     kRevised, SENTRA_VERSION));
    line(".nh"); // names of options and fields are not to be broken
    line(".ad l");
}

void Roff::line(std::string_view text)
{
    page_ += text;
    page_ += '\n';
    is_after_heading_ = text.substr(0, 3) == ".SH" || text.substr(0, 3) == ".SS";
}

void Roff::heading(std::string_view text)
{
    std::string title(roff_text(text));
    for (char &c : title)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    line(".SH \"" + title + "\"");
}

void Roff::subheading(std::string_view marked)
{
    line(".SS " + std::string(marked));
}

void Roff::paragraph(std::string_view marked)
{
    if (!is_after_heading_)
        line(".PP");
    line((needs_guard(marked) ? "\\&" : "") + std::string(marked));
}

void Roff::item(std::string_view tag_marked, std::string_view marked)
{
    line(".TP");
    line((needs_guard(tag_marked) ? "\\&" : "") + std::string(tag_marked));
    line((needs_guard(marked) ? "\\&" : "") + std::string(marked));
}

void Roff::bullet(std::string_view marked)
{
    line(".IP \\(bu 3");
    line((needs_guard(marked) ? "\\&" : "") + std::string(marked));
}

void Roff::code(std::string_view text)
{
    if (!is_after_heading_)
        line(".PP");
    line(".RS 4");
    line(".nf");
    while (!text.empty() && text.back() == '\n')
        text.remove_suffix(1);
    for (const std::string_view row : split(text, '\n'))
        line((needs_guard(row) ? "\\&" : "") + roff_code(row));
    line(".fi");
    line(".RE");
}

void Roff::tight()
{
    line(".PD 0");
}

void Roff::loose()
{
    line(".PD");
}

void Roff::indent()
{
    line(".RS");
}

void Roff::outdent()
{
    line(".RE");
}

} // namespace sentra::cli
