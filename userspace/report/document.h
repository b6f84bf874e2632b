// SPDX-License-Identifier: MIT
// A page as a tree of plain things, before it is HTML or Markdown: what a report says is decided
// above, how a format says it below, and every text is escaped in one place, by the renderer. All
// strings are plain text; nothing here holds markup.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace sentra::report {

// A run of words.
struct Span {
    enum class Kind { plain, strong, code, id } kind = Kind::plain;
    std::string text; // of an id: hex digits, a link to the row that has it where there is one
};

class Text {
public:
    Text() = default;
    Text(std::string plain) { this->plain(std::move(plain)); } // NOLINT: a text is a string
    Text(const char *plain) : Text(std::string(plain)) {}      // NOLINT
    Text &plain(std::string text) { return add(Span::Kind::plain, std::move(text)); }
    Text &strong(std::string text) { return add(Span::Kind::strong, std::move(text)); }
    Text &code(std::string text) { return add(Span::Kind::code, std::move(text)); }
    Text &id(std::string text) { return add(Span::Kind::id, std::move(text)); }
    [[nodiscard]] const std::vector<Span> &spans() const { return spans_; }
    [[nodiscard]] bool empty() const { return spans_.empty(); }

private:
    Text &add(Span::Kind kind, std::string text)
    {
        if (!text.empty())
            spans_.push_back({kind, std::move(text)});
        return *this;
    }
    std::vector<Span> spans_;
};

// What a host or a fleet comes down to. In order of weight: the larger one wins.
enum class State : std::uint8_t { calm, reviewed, action };

struct Heading {
    int level = 2;
    std::string text;
    std::string anchor; // of our own making
    bool new_page = false;
};
struct Paragraph {
    Text text;
    bool quiet = false; // an aside
};
// Something that must be read before what follows.
struct Notice {
    std::string label;
    Text text;
};
struct Verdict {
    State state = State::calm;
    std::string words; // "No action needed"
    Text sentence;
};
struct Items {
    std::vector<Text> items;
    bool numbered = false;
};
// Names and what belongs to them.
struct Pairs {
    std::vector<std::pair<std::string, Text>> pairs;
};
// One thing to do: a heading of its own, then names and what belongs to them.
struct Card {
    std::string title;
    Pairs pairs;
};
struct Table {
    std::string caption;
    std::vector<std::string> head;
    struct Row {
        std::string id;          // rows that ids lead to; hex digits
        std::vector<Text> cells; // the first one names the row
        bool marked = false;
    };
    std::vector<Row> rows;
};
// Bars from left to right, one a week. A missing value is drawn as a gap and said to be none.
struct Columns {
    std::string id, title, says;
    struct Bar {
        std::string label, value_text;
        std::optional<double> value;
    };
    std::vector<Bar> bars;
    double most = 0; // the top of the scale, which begins at 0
};
// Several small charts beside each other, with the one table that holds their numbers.
struct Charts {
    std::vector<Columns> charts;
    Table numbers;
};
// Bars from top to bottom; its table is the chart.
struct Bars {
    std::string id, title, says, name_head, value_head;
    std::vector<std::pair<std::string, std::uint64_t>> bars;
};
// Cells in rows: how much of each hour of a day, or of each day of a host, was watched.
struct Strip {
    std::string id, title, says;
    struct Day {
        std::string label, value_text;
        std::vector<unsigned> percent;
    };
    std::vector<Day> days;
    std::string name_head = "Day", value_head; // of the table below it
    bool by_hour = true;
};

using Block = std::variant<Heading, Paragraph, Notice, Verdict, Items, Pairs, Card, Table, Charts,
                           Bars, Strip>;

struct Document {
    std::string title;
    std::vector<Block> blocks;
};

// One file that needs nothing else: no script, no address, its style within.
[[nodiscard]] std::string to_html(const Document &document);
[[nodiscard]] std::string to_markdown(const Document &document);

} // namespace sentra::report
