// SPDX-License-Identifier: MIT
#include "event/value.h"

#include <algorithm>

#include "base/text.h"

namespace sentra::event {

std::vector<std::string_view> List::items() const
{
    if (joined.empty())
        return {};
    std::string_view text = joined;
    if (text.back() == '\0')
        text.remove_suffix(1);
    return split(text, '\0');
}

std::string List::command_line() const
{
    std::string line;
    command_line(line);
    return line;
}

void List::command_line(std::string &into) const
{
    into = joined;
    if (!into.empty() && into.back() == '\0')
        into.pop_back();
    std::replace(into.begin(), into.end(), '\0', ' ');
}

std::string to_text(const Value &value)
{
    struct Writer {
        std::string operator()(std::monostate) const { return {}; }
        std::string operator()(bool flag) const { return flag ? "true" : "false"; }
        std::string operator()(std::uint64_t number) const { return std::to_string(number); }
        std::string operator()(std::int64_t number) const { return std::to_string(number); }
        std::string operator()(std::string_view text) const { return std::string(text); }
        std::string operator()(const List &list) const { return list.command_line(); }
        std::string operator()(const Ip &ip) const { return ip.text(); }
    };
    return std::visit(Writer{}, value);
}

} // namespace sentra::event
