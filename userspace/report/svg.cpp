// SPDX-License-Identifier: MIT
#include "report/svg.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/escape.h"
#include "report/words.h"

namespace sentra::report {

namespace {

std::string begin(const std::string &id, int width, int height, const std::string &title,
                  const std::string &says)
{
    const std::string name = html(id);
    return fmt::format("<svg role=\"img\" viewBox=\"0 0 {} {}\" aria-labelledby=\"{}-t {}-d\">"
                       "<title id=\"{}-t\">{}</title><desc id=\"{}-d\">{}</desc>",
                       width, height, name, name, name, html(title), name, html(says));
}

std::string rect(double x, double y, double width, double height, const char *look)
{
    return fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" class=\"{}\"/>", x, y,
        width, height, look);
}

std::string words(double x, double y, const char *where, const std::string &text)
{
    return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>", x, y, where,
                       html(text, 60));
}

} // namespace

std::string svg(const Columns &chart)
{
    constexpr int width = 240, height = 84, top = 14, foot = 70;
    std::string out = begin(chart.id, width, height, chart.title, chart.says);
    const double step = double(width) / double(std::max<std::size_t>(chart.bars.size(), 1));
    for (std::size_t at = 0; at < chart.bars.size(); ++at) {
        const Columns::Bar &bar = chart.bars[at];
        const double x = step * double(at);
        if (!bar.value) {
            out += words(x + step / 2, foot - 3, "middle", "\u2013");
            continue;
        }
        // Whatever is more than nothing is seen.
        const double part = chart.most > 0 ? std::min(1.0, *bar.value / chart.most) : 0;
        const double tall = *bar.value > 0 ? std::max(1.5, part * (foot - top)) : 0;
        out += rect(x + 3, foot - tall, step - 6, tall, "fill");
        if (at == 0 || at + 1 == chart.bars.size() || *bar.value == chart.most)
            out += words(x + step / 2, foot - tall - 3, "middle", bar.value_text);
    }
    out += fmt::format("<line x1=\"0\" y1=\"{}\" x2=\"{}\" y2=\"{}\" class=\"axis\"/>", foot, width,
                       foot);
    if (!chart.bars.empty()) {
        out += words(0, height - 2, "start", chart.bars.front().label);
        out += words(width, height - 2, "end", chart.bars.back().label);
    }
    return out + "</svg>";
}

std::string svg(const Bars &chart)
{
    constexpr int width = 520, row = 18, names = 190;
    std::uint64_t most = 1;
    for (const auto &[name, value] : chart.bars)
        most = std::max(most, value);
    std::string out =
        begin(chart.id, width, row * static_cast<int>(chart.bars.size()), chart.title, chart.says);
    double y = 0;
    for (const auto &[name, value] : chart.bars) {
        const double wide = double(width - names - 50) * double(value) / double(most);
        out += words(names - 6, y + 12, "end", name);
        out += rect(names, y + 3, value > 0 ? std::max(1.5, wide) : 0, row - 6, "fill");
        out += words(names + wide + 5, y + 12, "start", number(value));
        y += row;
    }
    return out + "</svg>";
}

std::string svg(const Strip &chart)
{
    constexpr int row = 14, cell = 18;
    const int names = chart.by_hour ? 76 : 170;
    std::size_t cells = 24;
    for (const Strip::Day &day : chart.days)
        cells = std::max(cells, day.percent.size());
    std::string out =
        begin(chart.id, names + static_cast<int>(cells) * cell + 8,
              row * static_cast<int>(chart.days.size()) + 12, chart.title, chart.says);
    double y = 0;
    for (const Strip::Day &day : chart.days) {
        out += words(names - 6, y + 10, "end", day.label);
        for (std::size_t hour = 0; hour < day.percent.size(); ++hour) {
            const unsigned percent = day.percent[hour];
            const double x = names + double(hour) * cell;
            out += rect(x + .5, y + .5, cell - 2, row - 3, "empty");
            const double wide = (cell - 2) * double(std::min(percent, 100U)) / 100;
            if (percent > 0)
                out += rect(x + .5, y + .5, wide, row - 3, percent >= 100 ? "fill" : "part");
        }
        y += row;
    }
    for (const int hour : {0, 6, 12, 18, 24})
        if (chart.by_hour)
            out += words(names + hour * cell, y + 9, "middle", fmt::format("{:02}", hour));
    return out + "</svg>";
}

Table numbers_of(const Bars &chart)
{
    Table table{chart.title, {chart.name_head, chart.value_head}, {}};
    for (const auto &[name, value] : chart.bars)
        table.rows.push_back({"", {name, number(value)}, false});
    return table;
}

Table numbers_of(const Strip &chart)
{
    Table table{chart.title, {chart.name_head, chart.value_head}, {}};
    for (const Strip::Day &day : chart.days)
        table.rows.push_back({"", {day.label, day.value_text}, false});
    return table;
}

} // namespace sentra::report
