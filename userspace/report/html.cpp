// SPDX-License-Identifier: MIT
#include "report/document.h"

#include <set>

#include "report/escape.h"
#include "report/style.h"
#include "report/svg.h"

namespace sentra::report {

namespace {

struct Look {
    const char *name, *shape;
};

// Said by word, by shape and by colour: any one of them is enough.
Look look_of(State state)
{
    switch (state) {
    case State::action:
        return {"action", "\u25b2"};
    case State::reviewed:
        return {"reviewed", "\u25c6"};
    case State::calm:
        break;
    }
    return {"calm", "\u25cf"};
}

class Html {
public:
    explicit Html(const Document &document)
    {
        for (const Block &block : document.blocks)
            if (const auto *table = std::get_if<Table>(&block))
                for (const Table::Row &row : table->rows)
                    rows_.insert(row.id);
    }

    [[nodiscard]] std::string take() && { return std::move(out_); }
    void raw(const std::string &markup) { out_ += markup; }

    void operator()(const Heading &heading)
    {
        const std::string tag = "h" + std::to_string(heading.level);
        out_ += "<" + tag + (heading.new_page ? " class=\"new-page\"" : "") +
                (heading.anchor.empty() ? "" : " id=\"" + html(heading.anchor) + "\"") + ">" +
                html(heading.text) + "</" + tag + ">\n";
    }
    void operator()(const Paragraph &paragraph)
    {
        out_ += paragraph.quiet ? "<p class=\"quiet\">" : "<p>";
        put(paragraph.text);
        out_ += "</p>\n";
    }
    void operator()(const Notice &notice)
    {
        out_ += "<div class=\"notice\"><p><strong>" + html(notice.label) + "</strong> ";
        put(notice.text);
        out_ += "</p></div>\n";
    }
    void operator()(const Verdict &verdict)
    {
        const Look look = look_of(verdict.state);
        out_ += std::string("<div class=\"verdict ") + look.name +
                "\"><p class=\"words\"><span aria-hidden=\"true\">" + look.shape + "</span> " +
                html(verdict.words) + "</p><p>";
        put(verdict.sentence);
        out_ += "</p></div>\n";
    }
    void operator()(const Items &items)
    {
        const std::string tag = items.numbered ? "ol" : "ul";
        out_ += "<" + tag + ">\n";
        for (const Text &item : items.items) {
            out_ += "<li>";
            put(item);
            out_ += "</li>\n";
        }
        out_ += "</" + tag + ">\n";
    }
    void operator()(const Pairs &pairs)
    {
        out_ += "<dl>\n";
        for (const auto &[name, text] : pairs.pairs) {
            out_ += "<dt>" + html(name) + "</dt><dd>";
            put(text);
            out_ += "</dd>\n";
        }
        out_ += "</dl>\n";
    }
    void operator()(const Card &card)
    {
        out_ += "<div class=\"card\">\n<h3>" + html(card.title) + "</h3>\n";
        (*this)(card.pairs);
        out_ += "</div>\n";
    }
    void operator()(const Table &table)
    {
        out_ += "<table>\n<caption>" + html(table.caption) + "</caption>\n<thead><tr>";
        for (const std::string &name : table.head)
            out_ += "<th scope=\"col\">" + html(name) + "</th>";
        out_ += "</tr></thead>\n<tbody>\n";
        for (const Table::Row &row : table.rows) {
            const std::string id = anchor(row.id);
            out_ += std::string("<tr") + (row.marked ? " class=\"marked\"" : "") +
                    (id.empty() ? "" : " id=\"s-" + id + "\"") + ">";
            for (std::size_t at = 0; at < row.cells.size(); ++at) {
                out_ += at == 0 ? "<th scope=\"row\">" : "<td>";
                put(row.cells[at], false);
                out_ += at == 0 ? "</th>" : "</td>";
            }
            out_ += "</tr>\n";
        }
        out_ += "</tbody>\n</table>\n";
    }
    void operator()(const Charts &charts)
    {
        out_ += "<div class=\"charts\">\n";
        for (const Columns &chart : charts.charts)
            out_ += "<figure>" + svg(chart) + "<figcaption>" + html(chart.title) +
                    "</figcaption></figure>\n";
        out_ += "</div>\n";
        (*this)(charts.numbers);
    }
    void operator()(const Bars &bars)
    {
        out_ += "<figure>" + svg(bars) + "</figure>\n";
        (*this)(numbers_of(bars));
    }
    void operator()(const Strip &strip)
    {
        out_ += "<figure>" + svg(strip) + "</figure>\n";
        (*this)(numbers_of(strip));
    }

private:
    void put(const Text &text, bool is_link = true)
    {
        for (const Span &span : text.spans()) {
            switch (span.kind) {
            case Span::Kind::plain:
                out_ += html(span.text);
                break;
            case Span::Kind::strong:
                out_ += "<strong>" + html(span.text) + "</strong>";
                break;
            case Span::Kind::code:
                out_ += "<code>" + html(span.text) + "</code>";
                break;
            case Span::Kind::id:
                if (is_link && !anchor(span.text).empty() && rows_.contains(span.text))
                    out_ += "<a href=\"#s-" + span.text + "\">" + span.text + "</a>";
                else
                    out_ += "<code>" + html(span.text) + "</code>";
                break;
            }
        }
    }

    std::set<std::string, std::less<>> rows_;
    std::string out_;
};

} // namespace

std::string to_html(const Document &document)
{
    Html page(document);
    page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<meta name=\"referrer\" content=\"no-referrer\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
             "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n<title>" +
             html(document.title) + "</title>\n<style>" + kStyle +
             "</style>\n</head>\n<body>\n<main>\n");
    for (const Block &block : document.blocks)
        std::visit(page, block);
    page.raw("</main>\n</body>\n</html>\n");
    return std::move(page).take();
}

} // namespace sentra::report
