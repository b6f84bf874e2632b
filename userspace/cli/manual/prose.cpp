// SPDX-License-Identifier: MIT
#include "cli/manual/prose.h"

#include "base/text.h"

namespace sentra::cli {

namespace {

constexpr std::string_view kFill = "<!-- fill: ";
constexpr std::string_view kFence = "```";
constexpr std::string_view kIndent = "    ";

bool begins(std::string_view text, std::string_view with)
{
    return text.substr(0, with.size()) == with;
}

// "| a | b |": its cells.
std::vector<std::string> cells_of(std::string_view row)
{
    std::vector<std::string> cells;
    std::string cell;
    row = trim(row);
    row.remove_prefix(1);
    for (std::size_t at = 0; at < row.size(); ++at) {
        if (row[at] == '\\' && at + 1 < row.size() && row[at + 1] == '|') {
            cell += row[++at];
        } else if (row[at] == '|') {
            cells.emplace_back(trim(cell));
            cell.clear();
        } else {
            cell += row[at];
        }
    }
    return cells;
}

class Reader {
public:
    Reader(Roff &page, std::string_view markdown, const Fill &fill)
        : page_(page), lines_(split(markdown, '\n')), fill_(fill)
    {}

    void read()
    {
        while (at_ < lines_.size()) {
            const std::string_view line = lines_[at_];
            if (trim(line).empty())
                ++at_;
            else if (begins(line, kFill))
                fill();
            else if (begins(line, kFence))
                fenced();
            else if (begins(line, kIndent))
                indented();
            else if (line.front() == '#')
                heading();
            else if (line.front() == '|')
                table();
            else
                text();
        }
    }

private:
    void fill()
    {
        const auto name = lines_[at_++].substr(kFill.size());
        fill_(page_, trim(name.substr(0, name.find("-->"))));
    }
    void fenced()
    {
        std::string code;
        for (++at_; at_ < lines_.size() && !begins(lines_[at_], kFence); ++at_)
            code.append(lines_[at_]).append("\n");
        ++at_;
        page_.code(code);
    }
    void indented()
    {
        std::string code;
        for (; at_ < lines_.size() && begins(lines_[at_], kIndent); ++at_)
            code.append(lines_[at_].substr(kIndent.size())).append("\n");
        page_.code(code);
    }
    void heading()
    {
        const std::string_view line = lines_[at_++];
        if (begins(line, "### "))
            page_.subheading(marked_up(line.substr(4)));
        else
            page_.heading(trim(line.substr(line.find_first_not_of('#'))));
    }
    void table()
    {
        at_ += 2;
        for (; at_ < lines_.size() && begins(lines_[at_], "|"); ++at_) {
            const auto cells = cells_of(lines_[at_]);
            std::string rest;
            for (std::size_t cell = 1; cell < cells.size(); ++cell)
                if (!cells[cell].empty())
                    rest.append(rest.empty() ? "" : "; ").append(cells[cell]);
            page_.item(marked_up(cells.empty() ? "" : cells[0]), marked_up(rest));
        }
    }
    // A paragraph or an item of a list: up to an empty line, the next item, or something else.
    void text()
    {
        std::string_view first = lines_[at_];
        const bool is_item = begins(first, "* ");
        const bool is_step = first.find(". ") != std::string_view::npos && first.front() >= '0' &&
                             first.front() <= '9';
        std::string words(is_item ? first.substr(2) : first);
        for (++at_; at_ < lines_.size() && !ends(lines_[at_]); ++at_)
            words.append(" ").append(trim(lines_[at_]));
        if (is_item)
            page_.bullet(marked_up(words));
        else if (is_step)
            page_.item(marked_up(words.substr(0, words.find(' '))),
                       marked_up(words.substr(words.find(' ') + 1)));
        else
            page_.paragraph(marked_up(words));
    }
    static bool ends(std::string_view line)
    {
        return trim(line).empty() || begins(line, "* ") || begins(line, kFence) ||
               begins(line, kFill) || line.front() == '#' || line.front() == '|' ||
               (line.front() >= '0' && line.front() <= '9' && line.find(". ") == 1);
    }

    Roff &page_;
    std::vector<std::string_view> lines_;
    const Fill &fill_;
    std::size_t at_ = 0;
};

} // namespace

void add_prose(Roff &page, std::string_view markdown, const Fill &fill)
{
    Reader(page, markdown, fill).read();
}

} // namespace sentra::cli
