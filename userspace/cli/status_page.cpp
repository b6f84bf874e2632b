// SPDX-License-Identifier: MIT
#include "cli/status_page.h"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/time.h"

namespace sentra::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kGapsShown = 3;
constexpr std::uint64_t kSoonNs = 5 * kMinuteNs; // a service begins that soon after the host

Json member(const Json &json, const char *key)
{
    return json.is_object() && json.contains(key) ? json[key] : Json();
}

std::string text_at(const Json &json, const char *key)
{
    const Json value = member(json, key);
    return value.is_string() ? printable(value.get<std::string>()) : "";
}

std::uint64_t number_at(const Json &json, const char *key)
{
    const Json value = member(json, key);
    return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

bool is_true(const Json &json, const char *key)
{
    const Json value = member(json, key);
    return value.is_boolean() && value.get<bool>();
}

// "2 d 4 h", "3 min", "8 s": the two largest units.
std::string span_text(std::uint64_t seconds)
{
    struct Unit {
        std::uint64_t seconds;
        const char *name;
    };
    constexpr Unit kUnits[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    std::string text;
    int told = 0;
    for (const Unit &unit : kUnits) {
        if (told == 2 || (seconds < unit.seconds && (told > 0 || unit.seconds > 1)))
            continue;
        text += fmt::format("{}{} {}", text.empty() ? "" : " ", seconds / unit.seconds, unit.name);
        seconds %= unit.seconds;
        ++told;
    }
    return text;
}

std::optional<std::pair<std::uint64_t, std::uint64_t>>
part_between(const Json &gap, std::uint64_t from_ns, std::uint64_t to_ns)
{
    const auto begin = parse_rfc3339(text_at(gap, "from"));
    const auto end = parse_rfc3339(text_at(gap, "to"));
    const std::uint64_t first = std::max(begin.value_or(from_ns), from_ns);
    const std::uint64_t last = std::min(end.value_or(to_ns), to_ns);
    if (first >= last)
        return std::nullopt;
    return std::pair{first, last};
}

class Page {
public:
    Page(const Json &status, const Screen &screen, bool all)
        : status_(status), screen_(screen), all_(all)
    {}
    std::vector<std::string> take()
    {
        add_health();
        if (is_true(status_, "running")) {
            add_sensor();
            add_engine();
        }
        add_signals();
        add_coverage();
        row("Clock", is_true(member(status_, "clock"), "synchronised")
                         ? "synchronised"
                         : "nothing keeps it right; sentra doctor says what would help");
        add_sinks();
        add_losses();
        if (all_)
            add_events();
        add_gaps();
        return std::move(lines_);
    }

private:
    void row(const std::string &name, const std::string &words, Tone tone = Tone::plain)
    {
        const std::string head = padded(name.empty() ? "" : name + ":", 11);
        // A pipe gets the line whole; a screen gets what fits, no word cut.
        if (!screen_.is_terminal) {
            lines_.push_back(head + words);
            return;
        }
        std::string before = head;
        for (const std::string &line : wrapped(words, screen_.columns - 11)) {
            lines_.push_back(before + toned(screen_, tone, line));
            before.assign(11, ' ');
        }
    }

    void add_health()
    {
        const bool is_running = is_true(status_, "running");
        const std::string health = text_at(status_, "health");
        const Tone tone = health == "healthy" ? Tone::good : Tone::attention;
        const std::string line = (is_running ? health + ": " : "") + text_at(status_, "line");
        for (const std::string &part : wrapped(line, width()))
            lines_.push_back(toned(screen_, tone, part));
        for (const Json &trouble : member(status_, "troubles"))
            if (trouble.is_string())
                for (const std::string &part :
                     wrapped(printable(trouble.get<std::string>()), width() - 2))
                    lines_.push_back("  " + part);
        if (!is_running)
            return;
        row("sentrad",
            fmt::format("{}, pid {}, up {} on {}{}", text_at(status_, "version"),
                        number_at(status_, "pid"), span_text(number_at(status_, "uptime_s")),
                        text_at(member(status_, "host"), "name"),
                        is_true(status_, "ready") ? "" : ", still starting"));
    }
    [[nodiscard]] std::size_t width() const { return screen_.is_terminal ? screen_.columns : 1000; }

    void add_sensor()
    {
        const Json sensor = member(status_, "sensor"), journal = member(status_, "journal");
        std::map<std::string, int> rungs;
        int blind = 0;
        for (const Json &event : member(sensor, "events")) {
            ++rungs[text_at(event, "rung")];
            blind += member(event, "blind").empty() ? 0 : 1;
        }
        std::string words = text_at(sensor, "state");
        if (const std::string why = text_at(sensor, "why"); !why.empty())
            words += ", " + why;
        for (const auto &[rung, many] : rungs)
            words += rung == "not watched"
                         ? fmt::format(", {} not watched", many)
                         : fmt::format(", {} {} by {}", many, many == 1 ? "event" : "events", rung);
        if (blind > 0)
            words += fmt::format("; {} not seen in full (sentra doctor says what of them)", blind);
        row("Kernel", words);
        const std::string why = text_at(journal, "why");
        row("Journal", fmt::format("{}{}, {} ms behind, {} lines of unknown wording, {} forged",
                                   text_at(journal, "state"), why.empty() ? "" : ", " + why,
                                   number_at(journal, "behind_ms"), number_at(journal, "unknown"),
                                   number_at(journal, "forged")));
    }
    void add_engine()
    {
        const Json engine = member(status_, "engine");
        row("Rules",
            fmt::format("{}, bundle {}", number_at(engine, "rules"), text_at(engine, "bundle")));
        row("Known",
            fmt::format("{} processes, {} sessions, {} half-seen behaviours, of {} records",
                        number_at(engine, "processes"), number_at(engine, "sessions"),
                        number_at(engine, "partial_matches"), number_at(engine, "records")));
    }
    void add_signals()
    {
        const Json last = member(status_, "last_signal"), overrides = member(status_, "overrides");
        if (last.is_object())
            row("Last",
                fmt::format("{} {} {} ({})", text_at(last, "time").substr(0, 19) + "Z",
                            text_at(last, "state"), text_at(last, "title"), text_at(last, "id")));
        else
            row("Last", "no signal yet");
        if (overrides.is_object()) {
            const std::string ends = text_at(overrides, "next_end");
            row("Overrides",
                fmt::format("{} in force{}", number_at(overrides, "in_force"),
                            ends.empty() ? "" : ", the next ends " + ends.substr(0, 16) + "Z"));
        }
        const Json store = member(status_, "store");
        if (store.is_object())
            row("Store", fmt::format("{}, {} new signals in this run", text_at(store, "path"),
                                     number_at(store, "signals_this_run")));
    }
    void add_coverage()
    {
        const Json coverage = member(status_, "coverage");
        if (!coverage.is_object())
            return;
        const std::string boot = text_at(coverage, "boot").substr(0, 19) + "Z";
        const std::uint64_t gaps = number_at(coverage, "gaps");
        if (gaps > 0)
            row("Coverage", fmt::format("since the host was started ({}) {} not watched, in {} {}",
                                        boot, span_text(number_at(coverage, "not_watched_s")), gaps,
                                        gaps == 1 ? "gap" : "gaps"));
        else if (const std::string since = text_at(coverage, "watched_since"); !since.empty())
            row("Coverage", fmt::format("watched since {} without a gap; the host was started {}",
                                        since.substr(0, 19) + "Z", boot));
        else
            row("Coverage", "no gap since the host was started (" + boot + ")");
    }
    void add_sinks()
    {
        for (const Json &sink : member(status_, "sinks")) {
            const std::uint64_t waiting = number_at(sink, "waiting");
            std::string words = fmt::format(
                "{} ({}), {}, {} delivered, {} waiting{}, {} dead", text_at(sink, "name"),
                text_at(sink, "type"), text_at(sink, "state"), number_at(sink, "delivered"),
                waiting,
                waiting == 0 ? "" : " (the oldest " + span_text(number_at(sink, "oldest_s")) + ")",
                number_at(sink, "dead"));
            row("Sink", words, text_at(sink, "trouble").empty() ? Tone::plain : Tone::attention);
        }
    }
    void add_losses()
    {
        std::string words;
        const Json losses = member(status_, "losses"); // items() does not keep it
        for (const auto &[name, total] : losses.items())
            if (total.is_number_unsigned())
                words += fmt::format("{}{} {}", words.empty() ? "" : ", ", name,
                                     total.get<std::uint64_t>());
        if (!words.empty())
            row("Counted", words);
    }
    void add_events()
    {
        constexpr const char *layout = "  {:<17} {:<20} {:>11} {:>11} {:>11} {:>11} {:>7}";
        lines_.emplace_back("");
        lines_.push_back(fmt::format(layout, "event", "watched by", "seen", "handed on", "repeats",
                                     "left out", "lost"));
        for (const Json &event : member(member(status_, "sensor"), "events")) {
            const std::uint64_t repeated = number_at(event, "repeated");
            const std::uint64_t filtered = number_at(event, "filtered");
            lines_.push_back(fmt::format(layout, text_at(event, "event"), text_at(event, "rung"),
                                         number_at(event, "seen"), number_at(event, "handed"),
                                         repeated, filtered - std::min(filtered, repeated),
                                         number_at(event, "lost")));
        }
    }
    void add_gaps()
    {
        const Json gaps = member(status_, "gaps");
        const std::size_t shown = all_ ? gaps.size() : std::min(gaps.size(), kGapsShown);
        for (std::size_t at = gaps.size() - shown; at < gaps.size(); ++at) {
            const std::string to = text_at(gaps[at], "to");
            row(at == gaps.size() - shown ? "Gaps" : "",
                fmt::format("{} {} to {}: {}", text_at(gaps[at], "source"),
                            text_at(gaps[at], "from"), to.empty() ? "now" : to,
                            text_at(gaps[at], "reason")));
        }
    }

    const Json &status_;
    const Screen &screen_;
    bool all_;
    std::vector<std::string> lines_;
};

Json overrides_in(const Besides &besides)
{
    Json overrides{{"in_force", 0}};
    std::string next;
    std::uint64_t many = 0;
    for (const std::string &line : besides.overrides) {
        const Json row = Json::parse(line, nullptr, false);
        if (!is_true(row, "in_force"))
            continue;
        ++many;
        const std::string ends = text_at(row, "expires");
        if (!ends.empty() && (next.empty() || ends < next))
            next = ends;
    }
    overrides["in_force"] = many;
    if (!next.empty())
        overrides["next_end"] = next;
    return overrides;
}

Json coverage_in(const std::string &line, const Json &status, const Besides &besides)
{
    // What was seen before an end that nobody has told of yet is not watched since.
    std::uint64_t until_ns = besides.now_ns;
    Unwatched unwatched = unwatched_between(line, besides.boot_ns, until_ns);
    if (const auto last = parse_rfc3339(text_at(status, "last_seen"));
        !is_true(status, "running") && last && *last < until_ns) {
        unwatched.gaps += 1;
        unwatched.seconds += (until_ns - std::max(*last, besides.boot_ns)) / kSecondNs;
    }
    Json coverage{{"boot", format_rfc3339(besides.boot_ns)},
                  {"gaps", unwatched.gaps},
                  {"not_watched_s", unwatched.seconds}};
    const auto started = parse_rfc3339(text_at(status, "started"));
    if (unwatched.gaps == 0 && started && *started > besides.boot_ns + kSoonNs)
        coverage["watched_since"] = text_at(status, "started");
    return coverage;
}

} // namespace

Unwatched unwatched_between(const std::string &status, std::uint64_t from_ns, std::uint64_t to_ns)
{
    const Json json = Json::parse(status, nullptr, false);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> parts;
    for (const Json &gap : member(json, "gaps"))
        if (const auto part = part_between(gap, from_ns, to_ns))
            parts.push_back(*part);
    std::sort(parts.begin(), parts.end());
    Unwatched sum{parts.size(), 0};
    std::uint64_t done_ns = from_ns, total_ns = 0;
    for (const auto &[first, last] : parts) {
        const std::uint64_t begin = std::max(first, done_ns);
        if (last > begin)
            total_ns += last - begin;
        done_ns = std::max(done_ns, last);
    }
    sum.seconds = total_ns / kSecondNs;
    return sum;
}

std::string completed(const std::string &status, const Besides &besides)
{
    Json json = Json::parse(status, nullptr, false);
    if (!json.is_object())
        return "";
    json["clock"] = {{"synchronised", besides.clock_is_right}};
    if (!besides.signals.empty()) {
        const Json last = Json::parse(besides.signals.back(), nullptr, false);
        json["last_signal"] = {{"id", text_at(last, "id")},
                               {"time", text_at(member(last, "time"), "last")},
                               {"state", text_at(last, "state")},
                               {"title", text_at(last, "title")}};
    }
    if (besides.has_overrides)
        json["overrides"] = overrides_in(besides);
    json["coverage"] = coverage_in(status, json, besides);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<std::string> status_page(const std::string &completed, const Screen &screen, bool all)
{
    const Json status = Json::parse(completed, nullptr, false);
    return Page(status, screen, all).take();
}

} // namespace sentra::cli
