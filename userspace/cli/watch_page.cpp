// SPDX-License-Identifier: MIT
#include "cli/watch_page.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/time.h"

namespace sentra::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kNarrow = 60; // below, a signal's first line is two
constexpr std::size_t kIndent = 2;
constexpr std::size_t kTextMost = 8000; // bytes of a sentence

std::string clock_of(std::uint64_t time_ns)
{
    return format_rfc3339(time_ns).substr(11, 8);
}

std::string text_at(const Json &json, const char *key)
{
    return json.contains(key) && json[key].is_string() ? printable(json[key].get<std::string>())
                                                       : "";
}

std::uint64_t number_at(const Json &json, const char *key)
{
    return json.contains(key) && json[key].is_number_unsigned() ? json[key].get<std::uint64_t>()
                                                                : 0;
}

void add_wrapped(std::vector<std::string> &lines, const std::string &text, const Screen &screen,
                 Tone tone)
{
    if (text.empty())
        return;
    const std::string blanks(kIndent, ' ');
    for (const std::string &line : wrapped(printable(text, kTextMost), screen.columns - kIndent))
        lines.push_back(blanks + toned(screen, tone, line));
}

} // namespace

Result<std::vector<Seen::News>> Seen::take(const std::vector<std::string> &lines)
{
    std::vector<News> news;
    for (auto &[uid, known] : known_)
        known.is_current = false;
    for (const std::string &line : lines) {
        auto signal = signal::from_json(line);
        if (!signal)
            return tl::unexpected(std::move(signal.error()).within("the daemon's answer"));
        Known &known = known_[signal->uid];
        known.is_current = true;
        if (known.line == line)
            continue;
        const bool is_update = !known.line.empty();
        known = {line, signal->last_ns, true};
        news.push_back({line, std::move(*signal), is_update});
    }
    return news;
}

void Seen::forget_before(std::uint64_t time_ns)
{
    std::erase_if(known_, [&](const auto &pair) {
        return !pair.second.is_current && pair.second.last_ns < time_ns;
    });
}

std::vector<std::string> signal_lines(const Seen::News &news, const Screen &screen)
{
    const signal::Signal &signal = news.signal;
    const Tone tone = tone_of_state(signal.state);
    const std::string state = printable(signal.state), id = printable(signal.id, 64);
    const std::string times = signal.count > 1 ? fmt::format(" ({} times)", signal.count) : "";
    const std::string title = printable(signal.title, kTextMost) + times;
    const std::string time = clock_of(signal.last_ns);
    const std::string word = news.is_update ? "update" : "";
    std::vector<std::string> lines;
    if (screen.columns < kNarrow) {
        const std::string first = fmt::format("{} {} {:.2f}", time, state, signal.score);
        lines.push_back(toned(screen, tone, clipped(first, screen.columns)));
        add_wrapped(lines, title, screen, Tone::strong);
    } else {
        const std::string head = fmt::format("{}  {:<18} {:.2f}  ", time, state, signal.score);
        const auto rest = wrapped(title, screen.columns - columns_of(head));
        lines.push_back(toned(screen, tone, head) + toned(screen, Tone::strong, rest.front()));
        for (std::size_t at = 1; at < rest.size(); ++at)
            lines.push_back(std::string(columns_of(head), ' ') +
                            toned(screen, Tone::strong, rest[at]));
    }
    add_wrapped(lines, signal.narrative, screen, Tone::plain);
    if (signal.action_needed)
        add_wrapped(lines, signal.action_text, screen, tone);
    add_wrapped(lines, id + (word.empty() ? "" : ", " + word), screen, Tone::faint);
    return lines;
}

State state_in(std::string_view status)
{
    State state;
    const Json json = Json::parse(status, nullptr, false);
    if (!json.is_object())
        return state;
    state.is_there = json.value("running", false);
    state.health = text_at(json, "health");
    const Json sensor = json.value("sensor", Json::object());
    const Json journal = json.value("journal", Json::object());
    const Json engine = json.value("engine", Json::object());
    state.line = fmt::format("{}, kernel {}, journal {}, {} rules", text_at(json, "line"),
                             text_at(sensor, "state"), text_at(journal, "state"),
                             number_at(engine, "rules"));
    for (const Json &trouble : json.value("troubles", Json::array()))
        if (trouble.is_string())
            state.troubles.push_back(printable(trouble.get<std::string>()));
    return state;
}

std::string state_line(const State &state, const Screen &screen)
{
    if (!state.is_there)
        return toned(screen, Tone::attention,
                     clipped("sentrad does not answer; waiting for it", screen.columns - 1));
    const std::string troubles =
        state.troubles.empty()
            ? ""
            : ": " + state.troubles.front() +
                  (state.troubles.size() > 1 ? fmt::format(" ({} more)", state.troubles.size() - 1)
                                             : "");
    // One column is left free: a terminal wraps after the last one.
    const std::string line =
        clipped(state.health + troubles + "; " + state.line, screen.columns - 1);
    return toned(screen, state.health == "healthy" ? Tone::good : Tone::attention, line);
}

} // namespace sentra::cli
