// SPDX-License-Identifier: MIT
#include "event/json.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/time.h"

namespace sentra::event {

namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Value &value)
{
    struct Writer {
        Json operator()(std::monostate) const { return nullptr; }
        Json operator()(bool flag) const { return flag; }
        Json operator()(std::uint64_t number) const { return number; }
        Json operator()(std::int64_t number) const { return number; }
        Json operator()(std::string_view text) const { return printable(text, SENTRA_MESSAGE_MAX); }
        Json operator()(const Ip &ip) const { return ip.text(); }
        Json operator()(const List &list) const
        {
            Json items = Json::array();
            for (const std::string_view item : list.items())
                items.push_back(printable(item, SENTRA_ARGS_MAX));
            return items;
        }
    };
    return std::visit(Writer{}, value);
}

} // namespace

std::string to_json_line(const Event &event)
{
    Json line;
    line["time"] = format_rfc3339(event.time_ns());
    line["event"] = event.type().name;
    const sentra_head &head = event.head();
    line["source"] =
        head.source < std::size(sentra_sources) ? sentra_sources[head.source] : "unknown";
    line["sequence"] = head.sequence;
    if ((head.flags & SENTRA_RECORD_TRUNCATED) != 0)
        line["truncated"] = true;
    if ((head.flags & SENTRA_RECORD_LATE) != 0)
        line["late"] = true;
    for (const Slot &slot : event.type().slots) {
        const Value value = slot.read(event.bytes().data());
        const bool *flag = std::get_if<bool>(&value);
        if (is_known(value) && (flag == nullptr || *flag))
            line[std::string(slot.name)] = to_json(value);
    }
    return line.dump();
}

} // namespace sentra::event
