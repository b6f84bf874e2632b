// SPDX-License-Identifier: MIT
#include "signal/template.h"

#include "base/text.h"
#include "engine/template.h"
#include "signal/words.h"

namespace sentra::signal {

namespace {

bool ends_with(std::string_view text, std::string_view end)
{
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::size_t most_bytes(std::string_view name)
{
    if (name == "story")
        return 2048; // a whole clause, each of its values already cut
    for (const std::string_view path : {"path", "executable", "directory"})
        if (ends_with(name, path))
            return kPathBytes;
    return kArgumentBytes;
}

// The template is a folded YAML text: its line ends mean blanks.
std::string one_line(std::string_view text)
{
    std::string out;
    for (const char c : trim(text)) {
        const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
        if (!blank)
            out += c;
        else if (out.back() != ' ')
            out += ' ';
    }
    return out;
}

std::string fill(const engine::Piece &hole, const Lookup &value)
{
    const std::string whole = value(hole.text);
    const std::string_view part = hole.base_name ? base_name(whole) : std::string_view(whole);
    return part.empty() ? hole.otherwise : printable(part, most_bytes(hole.text));
}

} // namespace

std::string render(std::string_view text, const Lookup &value)
{
    const std::string line = one_line(text);
    const auto parsed = engine::Template::parse(line);
    if (!parsed)
        return printable(line);
    std::string out;
    for (const engine::Piece &piece : parsed->pieces)
        out += piece.is_hole ? fill(piece, value) : piece.text;
    return out;
}

} // namespace sentra::signal
