// SPDX-License-Identifier: MIT
#include "report/bundle_tables.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/join.h"
#include "report/escape.h"

namespace sentra::report {

namespace {

// One file of RFC 4180: lines end in one LF, no field holds one.
class Csv {
public:
    explicit Csv(std::initializer_list<std::string_view> head) { row(head); }
    void row(std::initializer_list<std::string_view> fields)
    {
        bool is_first = true;
        for (const std::string_view field : fields) {
            if (!is_first)
                text_ += ',';
            is_first = false;
            text_ += csv(field);
        }
        text_ += '\n';
    }
    [[nodiscard]] Member as(std::string name) { return {std::move(name), std::move(text_)}; }

private:
    std::string text_;
};

std::string time_or_none(std::uint64_t time_ns)
{
    return time_ns == 0 ? "" : format_rfc3339(time_ns);
}

std::string source_of(const session::Actor &actor)
{
    if (!actor.login)
        return {};
    return actor.login->source ? actor.login->source->text() : actor.login->source_name;
}

Member signals_of(const Picture &picture)
{
    Csv csv({"id", "first", "last", "rule", "rule version", "rule bundle", "intent", "title",
             "state", "score", "confidence", "count", "who", "techniques", "decided by", "decision",
             "narrative"});
    for (const signal::Signal *signal : picture.seen) {
        std::vector<std::string> techniques;
        for (const signal::Technique &technique : signal->techniques)
            techniques.push_back(technique.id);
        const bool is_decided = signal->decision.has_value();
        csv.row({signal->uid, format_rfc3339(signal->first_ns), format_rfc3339(signal->last_ns),
                 signal->rule_id, std::to_string(signal->rule_version), signal->rule_bundle,
                 signal->intent, signal->title, signal->state, fmt::format("{:.2f}", signal->score),
                 signal->confidence, std::to_string(signal->count), signal->actor.user.name,
                 join(techniques, " "), is_decided ? signal->decision->by : "",
                 is_decided ? signal->decision->verdict : "", signal->narrative});
    }
    return csv.as("population/signals.csv");
}

// By entry, so that each row can be found in the ledger.
std::vector<Member> decisions_of(const Picture &picture)
{
    Csv reviews({"entry", "time", "by", "signal", "verdict", "status", "note"});
    Csv overrides({"entry", "time", "by", "override", "kind", "reason", "ticket", "starts",
                   "expires", "ended", "signals covered"});
    Csv changes({"entry", "time", "by", "kind", "subject", "body"});
    for (const store::Entry &entry : picture.input.ledger) {
        const std::string number = std::to_string(entry.number);
        const std::string time = format_rfc3339(entry.time_ns);
        if (!picture.is_within(entry.time_ns))
            continue;
        const auto review = signal::review_from_json(entry.body);
        const auto standing = signal::override_from_json(entry.body);
        if (entry.kind == "review" && review)
            reviews.row({number, time, entry.author, review->uid, review->verdict, review->status,
                         review->note});
        else if (entry.kind == "override" && standing)
            overrides.row({number, time, entry.author, standing->id, standing->kind,
                           standing->reason, standing->ticket, time_or_none(standing->starts_ns),
                           time_or_none(standing->expires_ns), time_or_none(standing->ended_ns),
                           std::to_string(picture.decisions.hits(standing->id))});
        else
            changes.row({number, time, entry.author, entry.kind, entry.subject, entry.body});
    }
    return {reviews.as("population/reviews.csv"), overrides.as("population/overrides.csv"),
            changes.as("population/changes.csv")};
}

Member sessions_of(const Picture &picture)
{
    Csv csv({"session", "first", "last", "ended", "user", "from", "became", "programs", "refused",
             "account changes", "signals"});
    for (const signal::SessionSummary &session : picture.input.sessions)
        if (session.first_ns < picture.to_ns && session.last_ns >= picture.input.period.from_ns)
            csv.row({session.id, format_rfc3339(session.first_ns), format_rfc3339(session.last_ns),
                     time_or_none(session.ended_ns), session.actor.user.name,
                     source_of(session.actor), join(session.became, " "),
                     std::to_string(session.programs), std::to_string(session.refused),
                     std::to_string(session.accounts), join(session.signals, " ")});
    return csv.as("population/sessions.csv");
}

std::vector<Member> coverage_of(const Picture &picture)
{
    const Watching watching = watching_of(picture);
    Csv uptime({"from", "to", "seconds", "seconds watched"});
    uptime.row({format_rfc3339(picture.input.period.from_ns), format_rfc3339(picture.to_ns),
                std::to_string(watching.period_ns / kSecondNs),
                std::to_string(watching.watched_ns / kSecondNs)});
    Csv gaps({"from", "to", "what", "reason"});
    for (const Unwatched &gap : watching.gaps)
        gaps.row({format_rfc3339(gap.from_ns), format_rfc3339(gap.to_ns), gap.what, gap.reason});
    // As the store has them: since it was made, all runs together.
    Csv losses({"what", "events lost since the store was made"});
    for (const auto &[name, total] : picture.input.losses)
        losses.row({name, std::to_string(total)});
    return {uptime.as("coverage/uptime.csv"), gaps.as("coverage/gaps.csv"),
            losses.as("coverage/losses.csv")};
}

Member deliveries_of(const BundleInput &input, const Picture &picture)
{
    Csv csv({"sequence", "signal", "revision", "sink", "state", "attempts", "queued", "delivered",
             "why not"});
    for (const Delivered &one : input.delivered)
        if (picture.is_within(one.queued_ns))
            csv.row({std::to_string(one.sequence), one.uid, std::to_string(one.revision), one.sink,
                     one.state, std::to_string(one.attempts), format_rfc3339(one.queued_ns),
                     time_or_none(one.delivered_ns), one.why});
    return csv.as("delivery/outbox.csv");
}

// Rows of zero too: that nothing of a kind was seen is what an auditor wants to read.
Member controls_of(const BundleInput &input, const Picture &picture)
{
    Csv csv({"framework", "edition", "control", "about", "relation", "signals", "asked for action",
             "reviewed"});
    for (const auto &[id, framework] : input.frameworks)
        for (const auto &[control, about] : framework.controls) {
            std::size_t signals = 0;
            std::size_t asked = 0;
            std::size_t reviewed = 0;
            for (const signal::Signal *signal : picture.seen) {
                const auto named = signal->controls.find(id);
                if (named == signal->controls.end() ||
                    std::find(named->second.begin(), named->second.end(), control) ==
                        named->second.end())
                    continue;
                signals += 1;
                asked += signal->score >= signal::kActionFrom ? 1U : 0U;
                reviewed += signal->decision ? 1U : 0U;
            }
            csv.row({framework.name, framework.edition, control, about, "supports evidence for",
                     std::to_string(signals), std::to_string(asked), std::to_string(reviewed)});
        }
    return csv.as("controls.csv");
}

} // namespace

std::vector<Member> tables_of(const BundleInput &input, const Picture &picture)
{
    std::vector<Member> tables{signals_of(picture), sessions_of(picture),
                               deliveries_of(input, picture), controls_of(input, picture)};
    for (auto &&some : {decisions_of(picture), coverage_of(picture)})
        tables.insert(tables.end(), some.begin(), some.end());
    return tables;
}

std::string says_of(std::string_view member)
{
    static constexpr std::pair<std::string_view, std::string_view> kSays[] = {
        {"population/signals.csv", "every signal of the period"},
        {"population/sessions.csv", "every login session of the period"},
        {"population/reviews.csv", "every review: who, when, what, why"},
        {"population/overrides.csv", "every standing decision that was made or ended"},
        {"population/changes.csv", "every other entry of the ledger: rules, sinks"},
        {"population/ledger.txt", "the ledger from its first entry: each line's SHA-256 and the "
                                  "line, which holds that of the line before it"},
        {"coverage/uptime.csv", "how long the host was watched"},
        {"coverage/gaps.csv", "when it was not, and why"},
        {"coverage/losses.csv", "events that were lost, by kind of loss"},
        {"delivery/outbox.csv", "which sink had which form of which signal, and when"},
        {"controls.csv", "for each control, how many signals support evidence for it"},
    };
    for (const auto &[name, says] : kSays)
        if (name == member)
            return std::string(says);
    if (member.starts_with("reports/") && member.ends_with(".html"))
        return "the report of a week";
    return {};
}

} // namespace sentra::report
