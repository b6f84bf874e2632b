// SPDX-License-Identifier: MIT
#include "signal/decision.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"

namespace sentra::signal {

namespace {

constexpr std::string_view kSensorPack = "sensor";
constexpr std::string_view kReviewed = "Low (Reviewed)";

bool asks(double score)
{
    return score >= kActionFrom;
}

std::set<std::string> asking(const Signal &signal)
{
    std::set<std::string> uids;
    for (const Chapter &chapter : signal.story)
        if (asks(chapter.score))
            uids.insert(chapter.uid);
    if (signal.story.empty())
        uids.insert(signal.uid);
    return uids;
}

void remark(Signal &signal, Decision decision)
{
    decision.action = signal.action_text;
    signal.narrative += " " + decision.text;
    signal.decision = std::move(decision);
}

void settle(Signal &signal, Decision decision)
{
    remark(signal, std::move(decision));
    signal.action_needed = false;
    signal.action_text = "No action is needed.";
    signal.state = kReviewed;
}

Decision by_review(const Review &review, bool covers)
{
    const Verdict *verdict = find_verdict(review.verdict);
    Decision decision;
    decision.by = review.author;
    decision.time_ns = review.time_ns;
    decision.verdict = review.verdict;
    decision.status = review.status;
    decision.note = review.note;
    decision.text = std::string(covers ? "Reviewed" : "An earlier part of it was reviewed") +
                    " on " + format_for_reading(review.time_ns) + " by " + review.author + ": " +
                    std::string(verdict == nullptr ? review.verdict : verdict->words) +
                    (review.note.empty() ? "." : ", \"" + review.note + "\".");
    return decision;
}

std::string in_words(std::string_view kind)
{
    if (kind == "maintenance-window")
        return "the maintenance window";
    return kind == "accepted-risk" ? "the accepted risk" : "the expected change";
}

Decision by_override(const Override &standing)
{
    Decision decision;
    decision.by = standing.author;
    decision.time_ns = standing.created_ns;
    decision.standing = standing.id;
    decision.status = "REVIEWED";
    decision.note = standing.reason;
    decision.text = "Covered by " + in_words(standing.kind) + " " + standing.id + " of " +
                    standing.author + " until " + format_for_reading(standing.expires_ns) + ": \"" +
                    standing.reason + "\".";
    return decision;
}

} // namespace

const Verdict *find_verdict(std::string_view name)
{
    const auto *at = std::find_if(kVerdicts.begin(), kVerdicts.end(),
                                  [&](const Verdict &known) { return known.name == name; });
    return at == kVerdicts.end() ? nullptr : at;
}

void take_back(Signal &signal)
{
    if (!signal.decision)
        return;
    const std::string said = " " + signal.decision->text;
    if (signal.narrative.size() >= said.size() &&
        signal.narrative.compare(signal.narrative.size() - said.size(), said.size(), said) == 0)
        signal.narrative.resize(signal.narrative.size() - said.size());
    signal.action_text = signal.decision->action;
    signal.action_needed = asks(signal.score);
    signal.state = signal.action_needed ? "Action Recommended" : "Low";
    signal.decision.reset();
}

std::string Decisions::why_not(const Override &standing, const Signal &signal)
{
    if (signal.last_ns < standing.starts_ns)
        return "it begins later than the signal's last event";
    if (signal.last_ns >= standing.expires_ns ||
        (standing.ended_ns != 0 && signal.last_ns >= standing.ended_ns))
        return "it was over before the signal's last event";
    if (signal.rule_pack == kSensorPack)
        return "what the sensor says of itself is never covered";
    for (const Chapter &chapter : signal.story) {
        if (chapter.rule_pack == kSensorPack)
            return "what the sensor says of itself is never covered";
        if (!standing.rule.empty() && asks(chapter.score) && chapter.rule_id != standing.rule)
            return "it is about " + standing.rule + " and the signal also tells of " +
                   chapter.rule_id;
    }
    if (signal.story.empty() && !standing.rule.empty() && signal.rule_id != standing.rule)
        return "it is about " + standing.rule + " and the signal is of " + signal.rule_id;
    if (!standing.user.empty() && signal.actor.user.name != standing.user)
        return "the signal's user is not " + standing.user;
    if (!standing.executable.empty() && signal.process_executable != standing.executable)
        return "the signal's program is not " + standing.executable;
    if (!standing.unit.empty() && signal.actor.unit != standing.unit)
        return "the signal's unit is not " + standing.unit;
    if (standing.source && !(signal.actor.login && signal.actor.login->source &&
                             standing.source->contains(*signal.actor.login->source)))
        return "the signal's actor did not come from " + standing.source->text();
    return {};
}

void Decisions::apply(Signal &signal)
{
    take_back(signal);
    const auto reviewed = reviews_.find(signal.uid);
    if (reviewed != reviews_.end()) {
        const Review &review = reviewed->second;
        const std::set<std::string> open = asking(signal);
        const bool covers =
            std::includes(review.chapters.begin(), review.chapters.end(), open.begin(), open.end());
        const Verdict *verdict = find_verdict(review.verdict);
        if (covers && verdict != nullptr && verdict->settles)
            return settle(signal, by_review(review, true));
        return remark(signal, by_review(review, covers));
    }
    for (const auto &[id, standing] : overrides_) {
        std::set<std::string> &hits = hits_[id];
        const bool has_room =
            standing.max_hits == 0 || hits.size() < standing.max_hits || hits.count(signal.uid) > 0;
        if (!has_room || !why_not(standing, signal).empty())
            continue;
        hits.insert(signal.uid);
        return settle(signal, by_override(standing));
    }
}

void Decisions::take(Review review)
{
    std::string uid = review.uid;
    reviews_.insert_or_assign(std::move(uid), std::move(review));
}

void Decisions::take(Override standing)
{
    std::string id = standing.id;
    overrides_.insert_or_assign(std::move(id), std::move(standing));
}

std::size_t Decisions::hits(const std::string &override_id) const
{
    const auto at = hits_.find(override_id);
    return at == hits_.end() ? 0 : at->second.size();
}

void Decisions::count(const Signal &stored)
{
    if (stored.decision && !stored.decision->standing.empty())
        hits_[stored.decision->standing].insert(stored.uid);
}

Result<void> check(const Override &standing)
{
    if (std::find(kOverrideKinds.begin(), kOverrideKinds.end(), standing.kind) ==
        kOverrideKinds.end())
        return failure("\"" + printable(standing.kind, 60) +
                       "\" is no kind of override; there are maintenance-window, accepted-risk and "
                       "expected-change");
    if (standing.rule.empty() && standing.user.empty() && standing.executable.empty() &&
        standing.unit.empty() && !standing.source)
        return failure("an override that covers everything is refused; name a rule, a user, a "
                       "program, a unit or a source");
    if (standing.reason.empty())
        return failure("an override needs a reason: --reason TEXT");
    if (standing.expires_ns <= standing.starts_ns)
        return failure("an override ends after it begins; say for how long: --for 7d");
    if (standing.expires_ns - standing.starts_ns > kOverrideLongestNs)
        return failure("an override lasts at most 90 days; renew it when it is still needed");
    return {};
}

} // namespace sentra::signal
