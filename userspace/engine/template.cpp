// SPDX-License-Identifier: MIT
#include "engine/template.h"

#include "base/text.h"

namespace sentra::engine {

namespace {

Result<Piece> parse_hole(std::string_view hole)
{
    Piece piece;
    piece.is_hole = true;
    piece.otherwise = "unknown";
    const auto question = hole.find('?');
    if (question != std::string_view::npos)
        piece.otherwise = hole.substr(question + 1);
    std::string_view name = hole.substr(0, question);
    const auto bar = name.find('|');
    if (bar != std::string_view::npos) {
        if (trim(name.substr(bar + 1)) != "name")
            return failure("\"{" + std::string(hole) + "}\": after \"|\" only \"name\" is known");
        piece.base_name = true;
        name = name.substr(0, bar);
    }
    piece.text = trim(name);
    if (piece.text.empty())
        return failure("a hole \"{}\" names nothing; write \"{{\" for a brace");
    return piece;
}

} // namespace

Result<Template> Template::parse(std::string_view text)
{
    Template made;
    std::string literal;
    const auto flush = [&] {
        if (!literal.empty())
            made.pieces.push_back({std::exchange(literal, {}), false, false, {}});
    };
    while (!text.empty()) {
        const auto brace = text.find('{');
        literal += text.substr(0, brace);
        if (brace == std::string_view::npos)
            break;
        text.remove_prefix(brace + 1);
        if (!text.empty() && text.front() == '{') {
            literal += '{';
            text.remove_prefix(1);
            continue;
        }
        const auto end = text.find('}');
        if (end == std::string_view::npos)
            return failure("a hole \"{\" is not closed; write \"{{\" for a brace");
        auto piece = parse_hole(text.substr(0, end));
        if (!piece)
            return tl::unexpected(std::move(piece.error()));
        flush();
        made.pieces.push_back(std::move(*piece));
        text.remove_prefix(end + 1);
    }
    flush();
    return made;
}

std::string Template::render(const std::function<std::string(std::string_view)> &value) const
{
    constexpr std::size_t kValueBytesMax = 256; // a reason is a sentence
    std::string out;
    for (const Piece &piece : pieces) {
        if (!piece.is_hole) {
            out += piece.text;
            continue;
        }
        const std::string whole = value(piece.text);
        const std::string_view part = piece.base_name ? base_name(whole) : std::string_view(whole);
        out += part.empty() ? piece.otherwise : printable(part, kValueBytesMax);
    }
    return out;
}

} // namespace sentra::engine
