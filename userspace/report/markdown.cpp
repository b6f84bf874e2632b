// SPDX-License-Identifier: MIT
#include "report/document.h"

#include "base/text.h"
#include "report/escape.h"
#include "report/svg.h"

namespace sentra::report {

namespace {

class Markdown {
public:
    [[nodiscard]] std::string take() && { return std::move(out_); }

    void operator()(const Heading &heading)
    {
        out_ += std::string(static_cast<std::size_t>(heading.level), '#') + " " +
                markdown(heading.text) + "\n\n";
    }
    void operator()(const Paragraph &paragraph) { out_ += words(paragraph.text) + "\n\n"; }
    void operator()(const Notice &notice)
    {
        out_ += "> **" + markdown(notice.label) + "** " + words(notice.text) + "\n\n";
    }
    void operator()(const Verdict &verdict)
    {
        out_ += "**" + markdown(verdict.words) + "**\n\n" + words(verdict.sentence) + "\n\n";
    }
    void operator()(const Items &items)
    {
        std::size_t count = 0;
        for (const Text &item : items.items)
            out_ += (items.numbered ? std::to_string(++count) + ". " : "- ") + words(item) + "\n";
        out_ += "\n";
    }
    void operator()(const Pairs &pairs)
    {
        for (const auto &[name, text] : pairs.pairs)
            out_ += "- **" + markdown(name) + ":** " + words(text) + "\n";
        out_ += "\n";
    }
    void operator()(const Card &card)
    {
        out_ += "### " + markdown(card.title) + "\n\n";
        (*this)(card.pairs);
    }
    void operator()(const Table &table)
    {
        out_ += markdown(table.caption) + "\n\n|";
        std::string rule = "|";
        for (const std::string &name : table.head) {
            out_ += " " + markdown(name) + " |";
            rule += " --- |";
        }
        out_ += "\n" + rule + "\n";
        for (const Table::Row &row : table.rows) {
            out_ += "|";
            for (const Text &cell : row.cells)
                out_ += " " + words(cell, true) + " |";
            out_ += "\n";
        }
        out_ += "\n";
    }
    void operator()(const Charts &charts) { (*this)(charts.numbers); }
    void operator()(const Bars &bars) { (*this)(numbers_of(bars)); }
    void operator()(const Strip &strip) { (*this)(numbers_of(strip)); }

private:
    static std::string words(const Text &text, bool in_table = false)
    {
        std::string out;
        for (const Span &span : text.spans()) {
            switch (span.kind) {
            case Span::Kind::plain:
                out += markdown(span.text);
                break;
            case Span::Kind::strong:
                out += "**" + markdown(trim(span.text)) + "**";
                break;
            case Span::Kind::code:
            case Span::Kind::id:
                out += markdown_code(span.text, in_table);
                break;
            }
        }
        return out;
    }

    std::string out_;
};

} // namespace

std::string to_markdown(const Document &document)
{
    Markdown page;
    for (const Block &block : document.blocks)
        std::visit(page, block);
    std::string text = std::move(page).take();
    while (text.size() > 1 && text[text.size() - 2] == '\n')
        text.pop_back();
    return text;
}

} // namespace sentra::report
