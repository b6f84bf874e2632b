// SPDX-License-Identifier: MIT
// What people decided, what stands, and what whoever comes next should know.
#include <algorithm>

#include "base/text.h"
#include "output/redact.h"
#include "report/parts.h"
#include "report/words.h"
#include "signal/words.h"

namespace sentra::report {

namespace {

constexpr std::uint64_t kSoonNs = 14 * kDayNs;
constexpr std::size_t kLinesMost = 8;

std::string kind_in_words(std::string_view kind)
{
    if (kind == "maintenance-window")
        return "maintenance window";
    return kind == "accepted-risk" ? "accepted risk" : "expected change";
}

Decided review_of(const Picture &picture, const store::Entry &entry, const signal::Review &review)
{
    const signal::Signal *signal = picture.find(review.uid);
    const signal::Verdict *verdict = signal::find_verdict(review.verdict);
    Decided decided{entry.time_ns, entry.author, "", review.note, review.uid.substr(0, 12)};
    decided.what = (signal == nullptr ? "A signal that is not kept any more" : signal->title) +
                   ": " + std::string(verdict == nullptr ? review.verdict : verdict->words) +
                   (review.status == "RESOLVED" ? ", and what had to be done is done" : "");
    return decided;
}

Decided override_of(const store::Entry &entry, const signal::Override &standing, const Zone &zone)
{
    const bool is_end = standing.ended_ns != 0;
    Decided decided{entry.time_ns, entry.author, "", standing.reason, ""};
    decided.what = as_sentence(kind_in_words(standing.kind)) + " " + standing.id +
                   (is_end ? " was ended" : " was set, until " + moment(standing.expires_ns, zone));
    return decided;
}

template <typename Each> void each_decision(const Picture &picture, Each each)
{
    for (const store::Entry &entry : picture.input.ledger) {
        if (!picture.is_within(entry.time_ns))
            continue;
        if (entry.kind == "review")
            if (const auto review = signal::review_from_json(entry.body))
                each(review_of(picture, entry, *review));
        if (entry.kind == "override")
            if (const auto standing = signal::override_from_json(entry.body))
                each(override_of(entry, *standing, picture.input.zone));
    }
}

// The first entry says with which rules all began; only later ones are changes.
std::vector<const store::Entry *> rule_changes(const Picture &picture)
{
    std::vector<const store::Entry *> changes;
    bool is_first = true;
    for (const store::Entry &entry : picture.input.ledger) {
        if (entry.kind != "rules")
            continue;
        if (!is_first && picture.is_within(entry.time_ns))
            changes.push_back(&entry);
        is_first = false;
    }
    return changes;
}

} // namespace

std::vector<Decided> decided_of(const Picture &picture)
{
    std::vector<Decided> list;
    output::Removed removed;
    each_decision(picture, [&](Decided decided) {
        decided.why = output::redact(printable(decided.why, 400), removed);
        decided.who = printable(decided.who, 100);
        decided.what = output::redact(decided.what, removed);
        list.push_back(std::move(decided));
    });
    return list;
}

std::vector<Standing> overrides_of(const Picture &picture)
{
    std::vector<Standing> list;
    output::Removed removed;
    for (const auto &[id, override] : picture.decisions.overrides()) {
        const std::uint64_t ends = override.ended_ns != 0 ? override.ended_ns : override.expires_ns;
        if (override.created_ns >= picture.to_ns || ends < picture.input.period.from_ns)
            continue;
        Standing standing{printable(id, 40),
                          kind_in_words(override.kind),
                          output::redact(printable(override.reason, 400), removed),
                          printable(override.author, 100),
                          ends,
                          0,
                          ends <= picture.to_ns,
                          false};
        for (const signal::Signal *signal : picture.seen)
            standing.used += signal->decision && signal->decision->standing == id ? 1U : 0U;
        standing.expires_soon = !standing.is_over && ends <= picture.to_ns + kSoonNs;
        list.push_back(std::move(standing));
    }
    return list;
}

std::vector<Moment> timeline_of(const Picture &picture)
{
    std::vector<Moment> moments;
    for (const signal::Signal *signal : picture.seen)
        if (!is_noise(signal->rule_id))
            moments.push_back({std::max(signal->first_ns, picture.input.period.from_ns),
                               signal->title, signal->id});
    for (const Decided &decided : decided_of(picture))
        moments.push_back(
            {decided.time_ns, decided.who + " decided. " + decided.what + ".", decided.id});
    for (const store::Entry *entry : rule_changes(picture))
        moments.push_back({entry->time_ns, "Other rules were in force from here on.", ""});
    for (const Unwatched &gap : watching_of(picture).gaps)
        if (gap.to_ns - gap.from_ns >= kMinuteNs)
            moments.push_back({gap.from_ns,
                               "We could not see " + gap.what + " for " +
                                   lasting(gap.to_ns - gap.from_ns) + ": " + gap.reason + ".",
                               ""});
    std::stable_sort(moments.begin(), moments.end(),
                     [](const Moment &a, const Moment &b) { return a.time_ns < b.time_ns; });
    return moments;
}

std::vector<std::string> handover_of(const Picture &picture, const Weekly &report)
{
    std::vector<std::string> lines;
    const Zone &zone = picture.input.zone;
    for (const signal::Signal *signal : picture.open)
        if (lines.size() < kLinesMost)
            lines.push_back("Open since " + moment(signal->first_ns, zone) + ": " + signal->title +
                            " (" + signal->id + "). Nobody has decided on it.");
    if (picture.open.size() > kLinesMost)
        lines.push_back("Open besides: " + number(picture.open.size() - kLinesMost) + " more.");
    for (const Standing &standing : report.overrides)
        if (standing.expires_soon)
            lines.push_back("The " + standing.kind + " " + standing.id + " of " + standing.author +
                            " ends on " + moment(standing.expires_ns, zone) +
                            ". Renew it or let it end.");
    for (const store::Entry *entry : rule_changes(picture))
        lines.push_back("The rules changed on " + moment(entry->time_ns, zone) + ", to bundle " +
                        printable(entry->subject, 12) + ".");
    std::size_t open_sessions = 0;
    for (const signal::SessionSummary &session : picture.input.sessions)
        open_sessions += picture.is_within(session.last_ns) && session.ended_ns == 0 ? 1U : 0U;
    if (open_sessions > 0)
        lines.push_back(counted(open_sessions, "login session was", "login sessions were") +
                        " not seen to end.");
    for (const Unwatched &gap : report.watching.gaps)
        if (gap.reason.find("without warning") != std::string::npos)
            lines.push_back("Sentra ended without warning and was away for " +
                            lasting(gap.to_ns - gap.from_ns) + " from " +
                            moment(gap.from_ns, zone) + ". Why it ended is not known.");
    return lines;
}

} // namespace sentra::report
