// SPDX-License-Identifier: MIT
#include <cmath>

#include "base/text.h"
#include "base/time.h"
#include "signal/signal.h"

namespace sentra::signal {

namespace {

constexpr std::size_t kTextWidth = 96;

// Breaks at blanks; a longer word keeps its line to itself.
std::string wrapped(std::string_view text, std::string_view indent)
{
    std::string out;
    std::size_t used = kTextWidth;
    while (!text.empty()) {
        const auto blank = text.find(' ');
        const std::string_view word = text.substr(0, blank);
        if (used + 1 + word.size() > kTextWidth) {
            out.append(out.empty() ? "" : "\n").append(indent);
            used = indent.size();
        } else {
            out += ' ';
            ++used;
        }
        out += word;
        used += word.size();
        text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
    }
    return out += '\n';
}

std::string padded(std::string text, std::size_t width)
{
    if (text.size() < width)
        text.append(width - text.size(), ' ');
    return text;
}

std::string decimal(long long hundredths)
{
    const long long digits = hundredths < 0 ? -hundredths : hundredths;
    const std::string cents = std::to_string(digits % 100);
    return std::to_string(digits / 100) + (cents.size() < 2 ? ".0" : ".") + cents;
}

std::string signed_decimal(long long hundredths)
{
    return (hundredths < 0 ? "-" : "+") + decimal(hundredths);
}

std::string arithmetic(const Signal &signal)
{
    long long sum = 0;
    std::size_t widest = 4;
    for (const engine::RiskTerm &term : signal.terms)
        widest = std::max(widest, term.name.size());
    std::string out = "Risk\n";
    for (const engine::RiskTerm &term : signal.terms) {
        const long long value = std::llround(term.value * 100);
        sum += value;
        out += "  " + signed_decimal(value) + "  " + padded(term.name, widest) + "  " + term.why +
               "\n";
    }
    const long long score = std::llround(signal.score * 100);
    out += "  =" + decimal(score) + "  score";
    if (sum != score)
        out += " (the terms add up to " + std::string(sum < 0 ? "-" : "") + decimal(sum) +
               "; a score stays between 0.00 and 1.00)";
    return out += "\n";
}

std::string standing(const Signal &signal)
{
    std::string out = "State       " + signal.state;
    if (signal.state == "Action Recommended")
        out += ": not reviewed, and its score is 0.50 or more";
    else if (signal.state == "Low")
        out += ": its score is below 0.50";
    out += "\nIntent      " + signal.intent + "\nConfidence  " + signal.confidence + "\n";
    out += "Seen        " + std::to_string(signal.count) +
           (signal.count == 1 ? " time, " : " times, ");
    if (signal.first_ns == signal.last_ns)
        return out + "at " + format_rfc3339(signal.first_ns) + "\n";
    return out + "from " + format_rfc3339(signal.first_ns) + " to " +
           format_rfc3339(signal.last_ns) + "\n";
}

std::string chapters(const Signal &signal)
{
    std::string out = signal.story.empty() ? "" : "Story\n";
    for (const Chapter &chapter : signal.story)
        out += "  " + format_rfc3339(chapter.first_ns) + "  " +
               decimal(std::llround(chapter.score * 100)) + "  " + chapter.title + "  (" +
               chapter.rule_id + ", " + chapter.intent + ")\n";
    return out.empty() ? out : out + "\n";
}

std::string proof(const Signal &signal)
{
    std::string out = "Evidence\n";
    std::size_t widest = 0;
    for (const Evidence &item : signal.evidence)
        widest = std::max(widest, item.event.size());
    for (const Evidence &item : signal.evidence)
        out += "  " + format_rfc3339(item.time_ns) + "  " + padded(item.event, widest) + "  " +
               item.text + (item.ref.empty() ? "" : "  [" + item.ref + "]") + "\n";
    if (signal.evidence_left_out > 0)
        out += "  " + std::to_string(signal.evidence_left_out) +
               " more between them are not listed; the first and the last are.\n";
    for (const Tag &tag : signal.tags)
        out += "  Also matched " + std::to_string(tag.count) +
               (tag.count == 1 ? " time" : " times") + ": " + tag.title + " (Sigma, " + tag.level +
               ", " + tag.rule_id + ")\n";
    if (!signal.coverage_complete)
        out += "  Coverage was not complete at that time (" + std::to_string(signal.coverage_lost) +
               " events lost).\n";
    return out;
}

std::string origin(const Signal &signal)
{
    std::string out =
        "Rule        " + signal.rule_id + " version " + std::to_string(signal.rule_version);
    if (!signal.rule_pack.empty())
        out += ", pack " + signal.rule_pack;
    if (!signal.rule_bundle.empty())
        out += ", bundle " + signal.rule_bundle.substr(0, 12);
    out += "\n";
    for (const Technique &technique : signal.techniques) {
        out += "ATT&CK      " + technique.id + (technique.name.empty() ? "" : " " + technique.name);
        for (std::size_t i = 0; i < technique.tactics.size(); ++i)
            out += (i == 0 ? ", " : " ") + technique.tactics[i];
        out += "\n";
    }
    return out + "Signal      " + signal.uid + "\n";
}

std::string steps_of(const engine::Playbook &playbook)
{
    std::string out = printable(playbook.title, 300) + ", step by step (" + playbook.id + ")\n";
    for (std::size_t i = 0; i < playbook.steps.size(); ++i) {
        const std::string number = "  " + std::to_string(i + 1) + ". ";
        std::string step =
            wrapped(printable(playbook.steps[i], 500), std::string(number.size(), ' '));
        out += step.replace(0, number.size(), number);
    }
    return out + "\n";
}

} // namespace

std::string explain(const Signal &signal, const engine::Playbook *playbook)
{
    std::string out = signal.title + "  (" + signal.id + ")\n\n";
    out += wrapped(signal.narrative, "  ") + "\n" + wrapped(signal.action_text, "  ") + "\n";
    if (playbook != nullptr)
        out += steps_of(*playbook);
    out += standing(signal) + "\n" + arithmetic(signal) + "\n" + chapters(signal);
    return out + proof(signal) + "\n" + origin(signal);
}

} // namespace sentra::signal
