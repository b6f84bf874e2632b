// SPDX-License-Identifier: MIT
#include <iostream>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/fetch.h"
#include "cli/verbs/verbs.h"

namespace sentra::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kGapsShown = 5;

std::string text_at(const Json &json, const char *key)
{
    return json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : "";
}

std::uint64_t number_at(const Json &json, const char *key)
{
    return json.contains(key) && json[key].is_number_unsigned() ? json[key].get<std::uint64_t>()
                                                                : 0;
}

void print_gaps(const Json &status)
{
    const Json gaps = status.value("gaps", Json::array());
    if (gaps.empty())
        return;
    std::cout << "\nNot watched\n";
    const std::size_t first = gaps.size() > kGapsShown ? gaps.size() - kGapsShown : 0;
    if (first > 0)
        std::cout << fmt::format("  ({} earlier ones)\n", first);
    for (std::size_t at = first; at < gaps.size(); ++at) {
        const std::string to = text_at(gaps[at], "to");
        std::cout << fmt::format("  {:<8} {} to {}: {}\n", text_at(gaps[at], "source"),
                                 text_at(gaps[at], "from"), to.empty() ? "now" : to,
                                 text_at(gaps[at], "reason"));
    }
}

// The same blindness of many events is said once.
void print_blind(const Json &events)
{
    std::map<std::string, std::string> by_words;
    for (const Json &row : events) {
        std::string words;
        for (const Json &word : row.value("blind", Json::array()))
            words +=
                (words.empty() ? "" : ", ") + (word.is_string() ? word.get<std::string>() : "");
        if (!words.empty())
            by_words[words] += (by_words[words].empty() ? "" : ", ") + text_at(row, "event");
    }
    if (by_words.empty())
        return;
    std::cout << "\nNot seen on this kernel (sentra doctor says what would help)\n";
    for (const auto &[words, names] : by_words)
        std::cout << fmt::format("  {}\n      {}\n", names, words);
}

void print_sensor(const Json &sensor)
{
    const std::string why = text_at(sensor, "why");
    std::cout << "\nKernel: " << text_at(sensor, "state") << (why.empty() ? "" : ", " + why)
              << "\n";
    const Json events = sensor.value("events", Json::array());
    if (events.empty())
        return;
    constexpr const char *layout = "  {:<17} {:<20} {:>11} {:>11} {:>11} {:>11} {:>7}\n";
    std::cout << fmt::format(layout, "event", "watched by", "seen", "handed on", "repeats",
                             "left out", "lost");
    for (const Json &row : events) {
        const std::uint64_t repeated = number_at(row, "repeated");
        std::cout << fmt::format(layout, text_at(row, "event"), text_at(row, "rung"),
                                 number_at(row, "seen"), number_at(row, "handed"), repeated,
                                 number_at(row, "filtered") - repeated, number_at(row, "lost"));
    }
    print_blind(events);
}

void print_journal(const Json &journal)
{
    const std::string why = text_at(journal, "why");
    std::cout << "\nJournal: " << text_at(journal, "state") << (why.empty() ? "" : ", " + why)
              << fmt::format(", {} ms behind; {} lines of unknown wording, {} forged\n",
                             number_at(journal, "behind_ms"), number_at(journal, "unknown"),
                             number_at(journal, "forged"));
}

void print_engine(const Json &status)
{
    const Json engine = status.value("engine", Json::object());
    const Json store = status.value("store", Json::object());
    std::cout << fmt::format("Engine:  {} rules, bundle {:.12}, {} records, {} processes and {} "
                             "sessions known\n",
                             number_at(engine, "rules"), text_at(engine, "bundle"),
                             number_at(engine, "records"), number_at(engine, "processes"),
                             number_at(engine, "sessions"));
    std::cout << fmt::format("Store:   {}, new signals this run: {}\n", text_at(store, "path"),
                             number_at(store, "signals_this_run"));
}

void print_sinks(const Json &sinks)
{
    for (const Json &sink : sinks)
        std::cout << fmt::format("Sink:    {} ({}), {}, {} delivered, {} waiting, {} dead\n",
                                 text_at(sink, "name"), text_at(sink, "type"),
                                 text_at(sink, "state"), number_at(sink, "delivered"),
                                 number_at(sink, "waiting"), number_at(sink, "dead"));
}

void print_page(const Json &status)
{
    const bool running = status.value("running", false);
    std::cout << (running ? text_at(status, "health") + ": " : "") << text_at(status, "line")
              << "\n";
    for (const Json &trouble : status.value("troubles", Json::array()))
        if (trouble.is_string())
            std::cout << "  " << trouble.get<std::string>() << "\n";
    if (running) {
        std::cout << fmt::format("sentrad {}, pid {}, up {} s{}\n", text_at(status, "version"),
                                 number_at(status, "pid"), number_at(status, "uptime_s"),
                                 status.value("ready", false) ? "" : ", still starting");
        print_sensor(status.value("sensor", Json::object()));
        print_journal(status.value("journal", Json::object()));
        print_engine(status);
        print_sinks(status.value("sinks", Json::array()));
        const Json losses = status.value("losses", Json::object());
        for (const auto &[name, total] : losses.items())
            if (total.is_number_unsigned())
                std::cout << fmt::format("  {:<16} {}\n", name, total.get<std::uint64_t>());
    }
    print_gaps(status);
}

} // namespace

int verb_status(const Arguments &arguments)
{
    const auto fetched = fetch(arguments, {.verb = pipeline::Request::Verb::status});
    if (!fetched)
        return complain(fetched.error().status, fetched.error().text);
    const std::string line = fetched->lines.empty() ? "" : fetched->lines.front();
    const Json status = Json::parse(line, nullptr, false);
    if (!status.is_object())
        return complain(kFinding, "the daemon's answer cannot be read");
    if (arguments.has("--json"))
        std::cout << line << "\n";
    else
        print_page(status);
    if (!fetched->from_daemon)
        return kUnreachable;
    return text_at(status, "health") == "healthy" ? kOk : kFinding;
}

} // namespace sentra::cli
