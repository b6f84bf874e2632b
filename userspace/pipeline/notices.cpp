// SPDX-License-Identifier: MIT
#include "pipeline/notices.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/hash.h"

namespace sentra::pipeline {

namespace {

// A story that goes on is told again when what it asks for changed, and no more than once an hour
// when only its risk did.
constexpr std::uint64_t kBetweenUpdatesNs = kHourNs;
constexpr std::size_t kNamedMost = 10; // signals, in a digest

unsigned minute_of_day(const Zone &zone, std::uint64_t time_ns)
{
    const Civil local = zone.civil(time_ns);
    return local.hour * 60 + local.minute;
}

bool is_quiet(const output::NoticePolicy &policy, std::uint64_t now_ns)
{
    if (!policy.quiet)
        return false;
    const unsigned minute = minute_of_day(policy.quiet->zone, now_ns);
    const unsigned from = policy.quiet->from_min, to = policy.quiet->to_min;
    return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

std::uint64_t quiet_until_ns(const output::NoticePolicy &policy, std::uint64_t now_ns)
{
    // By the clock on the wall; where that is set meanwhile, whoever looks then sees that it is
    // quiet still, or an hour later than it might be.
    constexpr unsigned kDayMinutes = 24 * 60;
    const unsigned minute = minute_of_day(policy.quiet->zone, now_ns);
    const unsigned left = (policy.quiet->to_min + kDayMinutes - minute) % kDayMinutes;
    return now_ns - now_ns % kMinuteNs + (left == 0 ? kDayMinutes : left) * kMinuteNs;
}

bool is_settled(const signal::Signal &signal)
{
    return signal.decision.has_value() && !signal.action_needed;
}

// Why people are not told of this form; empty: they are, now or later.
std::string why_not(const output::NoticePolicy &policy, const Waiting &waiting,
                    std::uint64_t now_ns)
{
    const signal::Signal &signal = waiting.letter->signal;
    const bool is_known = waiting.before.has_value();
    if (now_ns > waiting.letter->row.queued_ns && now_ns - waiting.letter->row.queued_ns > kStaleNs)
        return "it could not be told within a day";
    if (is_settled(signal)) {
        if (!is_known)
            return "it was decided before anybody was told";
        return is_settled(waiting.before->signal) ? "its decision has been told" : "";
    }
    if (is_known && waiting.before->signal.state == signal.state &&
        waiting.before->signal.score == signal.score)
        return "nothing that was told before has changed";
    if (policy.asks_only && !signal.action_needed)
        return "it does not ask for action";
    if (!policy.intents.empty() && std::find(policy.intents.begin(), policy.intents.end(),
                                             signal.intent) == policy.intents.end())
        return "its intent is none of those that this sink is told";
    if (signal.score < policy.least)
        return "its score is below what this sink is told";
    return "";
}

// 0: now.
std::uint64_t due_ns(const output::NoticePolicy &policy, const Waiting &waiting,
                     std::uint64_t now_ns)
{
    const signal::Signal &signal = waiting.letter->signal;
    if (is_settled(signal))
        return 0;
    std::uint64_t due = 0;
    if (waiting.before && waiting.before->signal.state == signal.state)
        due = waiting.before->time_ns + kBetweenUpdatesNs;
    if (!signal.action_needed) {
        due = std::max(
            due, policy.digest_ns == 0 ? 0 : waiting.letter->row.queued_ns + policy.digest_ns);
        if (is_quiet(policy, now_ns))
            due = std::max(due, quiet_until_ns(policy, now_ns));
    }
    return due <= now_ns ? 0 : due;
}

bool asks(const Waiting &waiting)
{
    return waiting.letter->signal.action_needed;
}

} // namespace

Notices choose(const output::NoticePolicy &policy, std::span<const Waiting> waiting,
               std::uint64_t lately, std::uint64_t now_ns)
{
    Notices notices;
    std::map<std::string, std::uint64_t> last; // revision that waits, by uid
    for (const Waiting &one : waiting) {
        std::uint64_t &revision = last[one.letter->signal.uid];
        revision = std::max(revision, one.letter->row.revision);
    }
    const auto later = [&notices](std::uint64_t due) {
        notices.next_ns = notices.next_ns == 0 ? due : std::min(notices.next_ns, due);
    };
    std::vector<std::size_t> calm; // what does not ask for action, and is due
    for (std::size_t at = 0; at < waiting.size(); ++at) {
        const Letter &letter = *waiting[at].letter;
        std::string why = letter.row.revision < last[letter.signal.uid]
                              ? "a later form of the signal is told"
                              : why_not(policy, waiting[at], now_ns);
        if (!why.empty())
            notices.withheld.push_back({at, std::move(why)});
        else if (const std::uint64_t due = due_ns(policy, waiting[at], now_ns); due != 0)
            later(due);
        else if (asks(waiting[at]) || policy.digest_ns == 0 || is_settled(letter.signal))
            notices.now.push_back(at);
        else
            calm.push_back(at);
    }
    if (notices.now.empty() && !calm.empty()) { // one digest, beside what is told at once
        // Whatever else waits for the digest comes with it: the next one is a whole time away.
        for (std::size_t at = 0; at < waiting.size(); ++at)
            if (!asks(waiting[at]) &&
                std::none_of(notices.withheld.begin(), notices.withheld.end(),
                             [at](const Notices::Withheld &one) { return one.at == at; }))
                notices.now.push_back(at);
        notices.as_one = notices.now.size() > 1;
    } else if (lately + notices.now.size() > policy.most) {
        notices.as_one = notices.now.size() > 1;
        if (lately >= policy.most) { // and the one message waits until there is room for it
            later(now_ns + kMinuteNs);
            notices.now.clear();
            notices.as_one = false;
        }
    }
    return notices;
}

signal::Signal digest_of(std::span<const signal::Signal> signals)
{
    std::vector<const signal::Signal *> order;
    std::string uids;
    for (const signal::Signal &signal : signals) {
        order.push_back(&signal);
        uids += signal.uid + "\n";
    }
    std::stable_sort(order.begin(), order.end(), [](const auto *a, const auto *b) {
        return std::tuple(a->action_needed, a->score) > std::tuple(b->action_needed, b->score);
    });
    signal::Signal digest = *order.front();
    digest.uid = sha256_hex("sentra digest\n" + uids);
    digest.id = digest.uid.substr(0, 12);
    digest.story.clear();
    digest.evidence.clear();
    digest.decision.reset();
    digest.count = signals.size();
    std::size_t asking = 0;
    std::string list;
    for (std::size_t i = 0; i < order.size(); ++i) {
        digest.first_ns = std::min(digest.first_ns, order[i]->first_ns);
        digest.last_ns = std::max(digest.last_ns, order[i]->last_ns);
        asking += order[i]->action_needed ? 1U : 0U;
        if (i < kNamedMost)
            list += " " + order[i]->title + " (" + order[i]->id + ").";
    }
    const std::string who = asking == 0 ? "none" : std::to_string(asking);
    digest.title = std::to_string(signals.size()) + " signals, " + who + " of which " +
                   (asking > 1 ? "ask" : "asks") + " for action";
    digest.narrative = "Between " + format_for_reading(digest.first_ns) + " and " +
                       format_for_reading(digest.last_ns) + " there were " +
                       std::to_string(signals.size()) + " signals." + list;
    if (order.size() > kNamedMost)
        digest.narrative += " And " + std::to_string(order.size() - kNamedMost) + " more.";
    digest.action_text =
        "Read them on the host with: sentra signals --since " + format_rfc3339(digest.first_ns);
    return digest;
}

} // namespace sentra::pipeline
