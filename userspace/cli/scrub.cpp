// SPDX-License-Identifier: MIT
#include "cli/scrub.h"

#include <algorithm>

#include "base/ip.h"
#include "base/text.h"
#include "output/redact.h"

namespace sentra::cli {

namespace {

constexpr std::uint32_t kFirstPerson = 1000, kNobody = 65534;
constexpr std::size_t kIdDigits = 12;

bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

// What addresses and names are made of. An apostrophe, a quote, a slash and a blank end a run.
bool is_in_run(char c)
{
    return is_letter(c) || c == '.' || c == ':' || c == '@' || c == '-' || c == '+' || c == '%';
}

bool is_ip(std::string_view text)
{
    // "fe80::1%eth0": what is behind the sign names a card of this host.
    return Ip::parse(text.substr(0, text.find('%'))).has_value();
}

} // namespace

// One run, with what ends a sentence or names a port still at its end.
std::string Scrub::word(std::string_view run) const
{
    std::string tail;
    while (!run.empty() && std::string_view(".:-+%").find(run.back()) != std::string_view::npos &&
           !is_ip(run)) {
        tail.insert(tail.begin(), run.back());
        run.remove_suffix(1);
    }
    if (is_ip(run))
        return "[address]" + tail;
    // Behind a name that was taken out already: "@203.0.113.7".
    if (!run.empty() && std::string_view("@:.-+%").find(run.front()) != std::string_view::npos)
        return run.front() + word(run.substr(1)) + tail;
    if (const auto port = run.rfind(':');
        port != std::string_view::npos && is_ip(run.substr(0, port)))
        return "[address]" + std::string(run.substr(port)) + tail;
    if (const auto at = run.find('@');
        at != std::string_view::npos && at > 0 && at + 1 < run.size() && run.find(':') > at)
        return "[mail]" + tail;
    // A name may stand inside a run: "user:maria", "maria-laptop".
    std::string out;
    for (std::size_t begin = 0; begin < run.size();) {
        std::size_t end = begin;
        while (end < run.size() && is_letter(run[end]) == is_letter(run[begin]))
            ++end;
        const std::string_view part = run.substr(begin, end - begin);
        out += people_.contains(part) ? "[user]" : std::string(part);
        begin = end;
    }
    return (people_.contains(run) ? "[user]" : out) + tail;
}

std::string Scrub::operator()(std::string_view text) const
{
    output::Removed removed;
    const std::string clean = output::redact(text, removed);
    std::string out;
    for (std::size_t at = 0; at < clean.size();) {
        std::size_t end = at;
        while (end < clean.size() && is_in_run(clean[end]))
            ++end;
        if (end == at)
            out += clean[at++];
        else
            out += word(std::string_view(clean).substr(at, end - at));
        at = std::max(at, end);
    }
    return out;
}

std::set<std::string, std::less<>> people_in(std::string_view passwd)
{
    std::set<std::string, std::less<>> people;
    for (const std::string_view line : split(passwd, '\n')) {
        const auto fields = split(line, ':');
        if (fields.size() < 4)
            continue;
        const auto id = parse_number<std::uint32_t>(fields[2]);
        if (id && *id >= kFirstPerson && *id != kNobody)
            people.emplace(fields[0]);
    }
    return people;
}

bool is_about_a_signal(std::string_view log_line)
{
    for (const char *state : {" Low ", " Low (Reviewed) ", " Action Recommended "}) {
        const auto at = log_line.find(state);
        if (at == std::string_view::npos || at < kIdDigits)
            continue;
        const std::string_view id = log_line.substr(at - kIdDigits, kIdDigits);
        if (std::all_of(id.begin(), id.end(),
                        [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }))
            return true;
    }
    return false;
}

} // namespace sentra::cli
