// SPDX-License-Identifier: MIT
// Manual pages in roff, as man(7) has it. In: texts as people write them. Out: a page that groff
// and mandoc take without a complaint. Pure.
#pragma once

#include <string>
#include <string_view>

namespace sentra::cli {

// Text in which nothing is a request or an escape; what is not ASCII is spelled out. Of code, every
// hyphen is the one of the keyboard, so that it can be copied.
[[nodiscard]] std::string roff_text(std::string_view text);
[[nodiscard]] std::string roff_code(std::string_view text);

class Roff {
public:
    // ".TH": the page's name, section and what it belongs to.
    Roff(std::string_view name, std::string_view section);

    // Those that take `marked` expect text that roff_text(), roff_code() or marked_up() made.
    void heading(std::string_view text);
    void subheading(std::string_view marked);
    void paragraph(std::string_view marked);
    void item(std::string_view tag_marked, std::string_view marked); // a term and what it is
    void bullet(std::string_view marked);
    void code(std::string_view text); // lines as they are
    void tight();                     // no empty line between items, until loose()
    void loose();
    void indent();
    void outdent();

    [[nodiscard]] std::string page() && { return std::move(page_); }

private:
    void line(std::string_view text);
    std::string page_;
    bool is_after_heading_ = false; // where a paragraph begins by itself
};

// One paragraph of the Markdown that the pages are written in: `code`, **strong**, *stressed*.
[[nodiscard]] std::string marked_up(std::string_view text);

} // namespace sentra::cli
