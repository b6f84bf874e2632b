// SPDX-License-Identifier: MIT
#include "report/weekly.h"

#include <algorithm>
#include <map>

#include "base/hash.h"
#include "base/text.h"
#include "output/redact.h"
#include "report/parts.h"
#include "report/words.h"

namespace sentra::report {

namespace {

constexpr std::size_t kNeedsMost = 3, kMomentsMost = 40, kShortHash = 12;

State state_of(const Picture &picture)
{
    State state = State::calm;
    for (const signal::Signal *signal : picture.seen)
        if (signal->state == "Low (Reviewed)")
            state = std::max(state, State::reviewed);
    return picture.open.empty() ? state : State::action;
}

std::string sentence_of(const Picture &picture, const Weekly &report)
{
    const std::string &host = picture.input.host;
    const std::string watched = report.watching.is_enough() ? "" : " in the hours that we watched";
    if (report.state == State::calm)
        return "We saw nothing on " + host + " " + picture.this_time() + " that needs you" +
               watched + ".";
    if (report.state == State::reviewed) {
        std::size_t reviewed = 0;
        for (const signal::Signal *signal : picture.seen)
            reviewed += signal->state == "Low (Reviewed)" ? 1U : 0U;
        return counted(reviewed, "signal was", "signals were") +
               " reviewed or covered by a decision. We saw nothing else on " + host + " " +
               picture.this_time() + " that needs you" + watched + ".";
    }
    std::string text = counted(report.open, "thing", "things") + " on " + host +
                       (report.open == 1 ? " needs" : " need") + " a person to look at " +
                       (report.open == 1 ? "it." : "them.");
    if (report.open_earlier > 0)
        text +=
            (report.open_earlier == report.open ? std::string(report.open == 1 ? " It" : " They")
                                                : " " + number(report.open_earlier) + " of them") +
            (report.open_earlier == 1 ? " has" : " have") + " been open since before " +
            (picture.this_time() == "this week" ? "this week." : "this period.");
    return text;
}

std::vector<std::pair<std::string, std::uint64_t>> intents_of(const Picture &picture)
{
    std::map<std::string, std::uint64_t> counts;
    for (const signal::Signal *signal : picture.seen)
        counts[signal->intent] += 1;
    std::vector<std::pair<std::string, std::uint64_t>> list(counts.begin(), counts.end());
    std::stable_sort(list.begin(), list.end(),
                     [](const auto &a, const auto &b) { return a.second > b.second; });
    return list;
}

Row row_of(const signal::Signal &signal, bool is_earlier)
{
    Row row;
    row.id = signal.id;
    row.uid = signal.uid;
    row.host = signal.host_name;
    row.what = signal.title;
    row.state = signal.state;
    row.decision = decision_in_words(signal);
    row.narrative = signal.narrative;
    row.action = signal.action_text;
    row.rule = signal.rule_id;
    row.intent = signal.intent;
    row.first_ns = signal.first_ns;
    row.last_ns = signal.last_ns;
    row.count = signal.count;
    row.score = signal.score;
    row.controls = controls_in_words(signal);
    row.is_open = signal.action_needed;
    row.is_earlier = is_earlier;
    return row;
}

bool sorts_before(const signal::Signal &a, const signal::Signal &b)
{
    return a.first_ns != b.first_ns ? a.first_ns < b.first_ns : a.uid < b.uid;
}

void take_ledger(Picture &picture)
{
    for (const store::Entry &entry : picture.input.ledger) {
        if (entry.kind == "override")
            if (auto standing = signal::override_from_json(entry.body))
                picture.decisions.take(std::move(*standing));
    }
}

} // namespace

std::string Picture::this_time() const
{
    const std::uint64_t long_ns = input.period.to_ns - input.period.from_ns;
    const bool is_week = long_ns >= 7 * kDayNs - kHourNs && long_ns <= 7 * kDayNs + kHourNs;
    return is_week ? "this week" : "in this period";
}

const signal::Signal *Picture::find(const std::string &uid) const
{
    const auto at = std::find_if(input.signals.begin(), input.signals.end(),
                                 [&](const signal::Signal &signal) { return signal.uid == uid; });
    return at == input.signals.end() ? nullptr : &*at;
}

Picture sorted_out(Input input)
{
    Picture picture;
    output::Removed removed;
    for (signal::Signal &signal : input.signals)
        signal = output::redact(std::move(signal), removed);
    std::sort(input.signals.begin(), input.signals.end(), sorts_before);
    picture.redacted = output::total(removed);
    input.host = printable(input.host, 100);
    input.tenant = printable(input.tenant, 100);
    picture.input = std::move(input);
    const Period &period = picture.input.period;
    picture.to_ns = std::max(period.from_ns, std::min(period.to_ns, picture.input.written_ns));
    for (const signal::Signal &signal : picture.input.signals) {
        if (picture.is_within(signal.last_ns))
            picture.seen.push_back(&signal);
        else if (signal.action_needed && signal.last_ns < period.from_ns)
            picture.earlier.push_back(&signal);
    }
    picture.open = picture.earlier;
    for (const signal::Signal *signal : picture.seen)
        if (signal->action_needed)
            picture.open.push_back(signal);
    std::stable_sort(picture.open.begin(), picture.open.end(),
                     [](const auto *a, const auto *b) { return a->score > b->score; });
    take_ledger(picture);
    return picture;
}

std::vector<Row> rows_of(const Picture &picture)
{
    std::vector<Row> rows;
    for (const signal::Signal *signal : picture.earlier)
        rows.push_back(row_of(*signal, true));
    for (const signal::Signal *signal : picture.seen)
        rows.push_back(row_of(*signal, false));
    return rows;
}

Weekly weekly(Input input)
{
    const Picture picture = sorted_out(std::move(input));
    Weekly report;
    report.tenant = picture.input.tenant;
    report.host = picture.input.host;
    report.host_id = printable(picture.input.host_id, 64);
    report.version = picture.input.version;
    report.period = picture.input.period;
    report.zone = picture.input.zone;
    report.written_ns = picture.input.written_ns;
    report.state = state_of(picture);
    report.open = picture.open.size();
    report.open_earlier = picture.earlier.size();
    report.verdict = verdict_in_words(report.state, report.open);
    report.watching = watching_of(picture);
    report.sentence = sentence_of(picture, report);
    report.needs = needs_of(picture, kNeedsMost);
    report.further_needs = report.open - report.needs.size();
    report.happened = happened_of(picture);
    report.noise = noise_of(picture);
    report.access = access_of(picture);
    report.decided = decided_of(picture);
    report.overrides = overrides_of(picture);
    report.trend = trend_of(picture);
    report.intents = intents_of(picture);
    report.timeline = timeline_of(picture);
    if (report.timeline.size() > kMomentsMost) {
        report.further_moments = report.timeline.size() - kMomentsMost;
        report.timeline.resize(kMomentsMost);
    }
    report.handover = handover_of(picture, report);
    report.playbooks = playbooks_of(picture);
    report.rows = rows_of(picture);
    report.redacted = picture.redacted;
    const auto &period = report.period;
    report.id =
        sha256_hex("weekly\x1f" + report.tenant + "\x1f" + report.host + "\x1f" + report.host_id +
                   "\x1f" + std::to_string(period.from_ns) + "\x1f" + std::to_string(period.to_ns))
            .substr(0, kShortHash);
    // Over what is said, without the hash itself.
    report.hash = sha256_hex(to_json(report)).substr(0, kShortHash);
    return report;
}

} // namespace sentra::report
