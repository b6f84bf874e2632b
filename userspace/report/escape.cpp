// SPDX-License-Identifier: MIT
#include "report/escape.h"

#include <algorithm>
#include <array>

#include "base/encode.h"
#include "base/text.h"

namespace sentra::report {

namespace {

// At the beginning of a line these make a heading, a list, a quote, a rule or a fence.
bool begins_a_block(char c)
{
    return std::string_view("#+-=~>").find(c) != std::string_view::npos;
}

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

std::size_t length_of_number(std::string_view text)
{
    const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
    return static_cast<std::size_t>(end - text.begin());
}

bool begins(std::string_view text, std::size_t at, std::string_view with)
{
    return equals_ignoring_case(text.substr(at, with.size()), with);
}

void append_markdown(std::string &out, std::string_view text, std::size_t at)
{
    const char c = text[at];
    if (c == '&')
        out += "&amp;";
    else if (c == '<')
        out += "&lt;";
    else if (c == '>')
        out += "&gt;";
    else if (c == '@')
        out += "&#64;";
    else if (std::string_view("\\`*_[]|~$").find(c) != std::string_view::npos)
        (out += '\\') += c;
    else if (c == ':' && begins(text, at, "://"))
        out += "\\:"; // a bare address would become a link
    else if (c == '.' && at >= 3 && begins(text, at - 3, "www"))
        out += "\\.";
    else
        out += c;
}

} // namespace

std::string html(std::string_view text, std::size_t most_bytes)
{
    return escape_html(printable(text, most_bytes));
}

std::string markdown(std::string_view text, std::size_t most_bytes)
{
    const std::string safe = printable(text, most_bytes);
    const std::size_t digits = length_of_number(safe);
    // "12. " and "12) " begin a numbered list; "198.51" does not.
    const bool is_numbered = digits > 0 && digits < safe.size() &&
                             (safe[digits] == '.' || safe[digits] == ')') &&
                             (digits + 1 == safe.size() || safe[digits + 1] == ' ');
    std::string out;
    for (std::size_t at = 0; at < safe.size(); ++at) {
        // '>' and '~' are escaped wherever they stand.
        if ((at == 0 && begins_a_block(safe[at]) && safe[at] != '>' && safe[at] != '~') ||
            (is_numbered && at == digits))
            out += '\\';
        append_markdown(out, safe, at);
    }
    return out;
}

std::string markdown_code(std::string_view text, bool in_table, std::size_t most_bytes)
{
    std::string out;
    for (const char c : printable(text, most_bytes)) {
        if (c == '|' && in_table)
            out += "\\|"; // cells are cut before spans are read, and only there this is undone
        else
            out += c == '`' ? '\'' : c; // nothing inside a span can be escaped
    }
    return out.empty() ? out : "`" + out + "`";
}

std::string csv(std::string_view text, std::size_t most_bytes)
{
    // The full-width forms count as well: some spreadsheets normalise before they look.
    constexpr std::array<std::string_view, 8> formulas = {
        "=", "+", "-", "@", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0"};
    const std::string safe = printable(text, most_bytes);
    const std::string_view seen = trim(safe);
    const bool is_formula =
        std::any_of(formulas.begin(), formulas.end(),
                    [&](std::string_view begin) { return seen.substr(0, begin.size()) == begin; });
    std::string out = is_formula ? "\"'" : "\"";
    for (const char c : safe)
        (c == '"') ? out += "\"\"" : out += c;
    return out + "\"";
}

std::string anchor(std::string_view id)
{
    const bool is_hex = !id.empty() && id.size() <= 64 &&
                        id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    return is_hex ? std::string(id) : std::string();
}

} // namespace sentra::report
