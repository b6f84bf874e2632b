// SPDX-License-Identifier: MIT
#include "engine/complain.h"

#include <algorithm>

#include "base/text.h"

namespace sentra::engine {

std::string_view Source::line(std::uint32_t number) const
{
    std::string_view rest = text;
    for (std::uint32_t i = 1; i < number; ++i) {
        const auto end = rest.find('\n');
        if (end == std::string_view::npos)
            return {};
        rest.remove_prefix(end + 1);
    }
    rest = rest.substr(0, rest.find('\n'));
    if (!rest.empty() && rest.back() == '\r')
        rest.remove_suffix(1);
    return rest;
}

std::string Mark::text() const
{
    if (source == nullptr)
        return "(no file)";
    return source->path + ":" + std::to_string(line) + ":" + std::to_string(column);
}

void Complaints::add(const Mark &mark, std::string_view what)
{
    // A file of nonsense has as many faults as lines; nobody reads more than these at once.
    constexpr std::size_t kMost = 200;
    if (texts_.size() == kMost)
        texts_.emplace_back("... and more; mend these first\n");
    if (texts_.size() > kMost)
        return;
    std::string text = mark.text();
    text.append(": ").append(what).append("\n");
    if (mark.source != nullptr) {
        constexpr std::size_t kWidest = 160;
        const std::string_view line = mark.source->line(mark.line);
        const std::string number = std::to_string(mark.line);
        const std::size_t before = std::min<std::size_t>(mark.column - 1, line.size());
        // A long line is shown from its beginning only as far as the place still fits.
        const std::size_t from = before > kWidest ? before - kWidest / 2 : 0;
        const std::string lead = printable(line.substr(from, before - from), kWidest * 4);
        const std::string rest = printable(line.substr(before), kWidest);
        const std::size_t width =
            std::clamp<std::size_t>(mark.width, 1, std::max<std::size_t>(rest.size(), 1));
        text.append("  ").append(number).append(" | ").append(lead).append(rest).append("\n  ");
        text.append(number.size(), ' ').append(" | ").append(lead.size(), ' ');
        text.append(width, '^').append("\n");
    }
    texts_.push_back(std::move(text));
}

void Complaints::add_unknown(const Mark &mark, std::string_view what, std::string_view word,
                             const std::vector<std::string_view> &known)
{
    std::string text = "unknown ";
    text.append(what).append(" \"").append(printable(word, 80)).append("\"");
    // The distance is quadratic in the word's length, and nobody slips over a hundred letters.
    if (const auto near = nearest(word.substr(0, 100), known))
        text.append("; did you mean \"").append(*near).append("\"?");
    add(mark, text);
}

Error Complaints::error() const
{
    std::string all;
    for (const std::string &text : texts_)
        all += text;
    if (!all.empty())
        all.pop_back(); // the last line's end
    return {std::move(all)};
}

} // namespace sentra::engine
