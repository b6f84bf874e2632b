// SPDX-License-Identifier: MIT
// Any bytes as a name on a page, in each format, and as a host's export that the fleet's report is
// made of: nothing of them is more than text.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "report/escape.h"
#include "report/fleet.h"

namespace {

namespace report = sentra::report;

void must(bool holds)
{
    if (!holds)
        std::abort();
}

bool is_control(char c)
{
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

void check_html(std::string_view text)
{
    const std::string out = report::html(text);
    for (std::size_t at = 0; at < out.size(); ++at) {
        must(!is_control(out[at]) && std::string_view("<>\"'").find(out[at]) == std::string::npos);
        if (out[at] != '&')
            continue;
        bool is_entity = false;
        for (const std::string_view entity : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"})
            is_entity = is_entity || std::string_view(out).substr(at, entity.size()) == entity;
        must(is_entity);
    }
}

void check_markdown(std::string_view text)
{
    const std::string out = report::markdown(text);
    bool is_escaped = false;
    for (std::size_t at = 0; at < out.size(); ++at) {
        const char c = out[at];
        must(!is_control(c) && c != '<' && c != '>' && c != '@');
        const bool is_special = std::string_view("`*_[]|~$").find(c) != std::string::npos ||
                                std::string_view(out).substr(at, 3) == "://";
        must(is_escaped || !is_special);
        is_escaped = c == '\\' && !is_escaped;
    }
    must(!is_escaped); // nor does it take the meaning of what follows
    const std::string code = report::markdown_code(text, true);
    for (std::size_t at = 1; at + 1 < code.size(); ++at)
        must(code[at] != '`' && (code[at] != '|' || code[at - 1] == '\\'));
}

void check_csv(std::string_view text)
{
    const std::string out = report::csv(text);
    must(out.size() >= 2 && out.front() == '"' && out.back() == '"');
    must(std::string_view("=+-@").find(out[1]) == std::string::npos);
    std::size_t quotes = 0;
    for (const char c : out) {
        must(!is_control(c));
        quotes += c == '"' ? 1U : 0U;
    }
    must(quotes % 2 == 0);
}

// The page has the elements that its own code writes, and no other.
void check_elements(const std::string &page)
{
    static const std::set<std::string, std::less<>> kOurs = {
        "html", "head", "meta",   "title",      "style",  "body",    "main",  "h1",    "h2",
        "h3",   "p",    "div",    "span",       "strong", "code",    "a",     "ul",    "ol",
        "li",   "dl",   "dt",     "dd",         "table",  "caption", "thead", "tbody", "tr",
        "th",   "td",   "figure", "figcaption", "svg",    "desc",    "rect",  "text",  "line"};
    for (auto at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1)) {
        const auto from = page[at + 1] == '/' ? at + 2 : at + 1;
        const std::string name = page.substr(from, page.find_first_of(" >/\n", from) - from);
        must(kOurs.contains(name) || name == "!DOCTYPE");
    }
}

void check_export(std::string_view text)
{
    report::FleetInput input;
    input.files = {{std::string(text.substr(0, 64)), std::string(text)}};
    input.period = {1, ~std::uint64_t{0} / 2};
    const auto made = report::fleet(input);
    must(made.has_value());
    must(made->unread_count + made->tenants.size() <= 1);
    check_elements(report::to_html(report::page(*made)));
    (void)report::to_markdown(report::page(*made));
    (void)report::to_json(*made);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(bytes), size);
    check_html(text);
    check_markdown(text);
    check_csv(text);
    check_export(text);
    return 0;
}
