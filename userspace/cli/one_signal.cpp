// SPDX-License-Identifier: MIT
#include "cli/one_signal.h"

#include "base/text.h"

namespace sentra::cli {

namespace {

constexpr std::size_t kListed = 10;

} // namespace

tl::expected<std::string, NotFetched> one_signal(const Arguments &arguments)
{
    const std::string id = lower_ascii(arguments.text("id"));
    if (id.empty() || id.size() > 64 ||
        id.find_first_not_of("0123456789abcdef") != std::string::npos)
        return tl::unexpected(NotFetched{
            kUsage, "\"" + printable(id, 80) +
                        "\" is no id; an id is hex digits, `sentra signals` shows them"});
    auto fetched = fetch(arguments, {.verb = pipeline::Request::Verb::show,
                                     .query = {.id_prefix = id, .most = kListed}});
    if (!fetched)
        return tl::unexpected(std::move(fetched.error()));
    if (fetched->lines.empty())
        return tl::unexpected(NotFetched{kFinding, "no signal has an id that begins with " + id});
    if (fetched->lines.size() == 1)
        return std::move(fetched->lines.front());
    std::string text = "several signals have an id that begins with " + id + ":";
    for (const std::string &line : fetched->lines)
        if (const auto signal = signal::from_json(line))
            text += "\n  " + signal->id + "  " + signal->title;
    return tl::unexpected(NotFetched{kUsage, text});
}

} // namespace sentra::cli
