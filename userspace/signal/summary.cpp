// SPDX-License-Identifier: MIT
#include "signal/summary.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "signal/words.h"

namespace sentra::signal {

namespace {

constexpr std::size_t kRowsMax = 4096;
constexpr std::size_t kRanMax = 32, kSignalsMax = 64, kBecameMax = 16;
constexpr std::uint64_t kPauseNs = 10 * kSecondNs;
// The kernel gives a login its audit id within moments; a plain log never does.
constexpr std::uint64_t kIdComesNs = 15 * kSecondNs;

bool is_login(const session::Actor &actor)
{
    return actor.kind == session::ActorKind::session;
}

bool add_once(std::vector<std::string> &list, std::string text, std::size_t most)
{
    if (text.empty() || std::find(list.begin(), list.end(), text) != list.end())
        return true;
    if (list.size() >= most)
        return false;
    list.push_back(std::move(text));
    return true;
}

void take_login(SessionSummary &summary, const session::Actor &actor)
{
    session::Actor &known = summary.actor;
    if (!known.login && actor.login) {
        known.login = actor.login;
        for (std::string *text :
             {&known.login->user.name, &known.login->source_name, &known.login->method,
              &known.login->fingerprint, &known.login->service})
            *text = printable(*text, kArgumentBytes);
        if (actor.login->time_ns != 0)
            summary.first_ns = std::min(summary.first_ns, actor.login->time_ns);
    }
    if (in_words(known.user).empty())
        known.user = {printable(actor.user.name, kArgumentBytes), actor.user.id};
    if (known.tty.empty())
        known.tty = printable(actor.tty, kArgumentBytes);
    if (!known.audit_session)
        known.audit_session = actor.audit_session;
}

void take_identity(SessionSummary &summary, const session::Actor &actor)
{
    const std::string who = in_words(actor.effective);
    if (who.empty() || who == in_words(actor.user) || actor.broker.empty())
        return;
    add_once(summary.became, who + " with " + broker_in_words(actor.broker), kBecameMax);
}

void count(SessionSummary &summary, const event::Event &event, const session::Actor &actor)
{
    switch (event.type().id) {
    case SENTRA_PROCESS_EXEC:
        // Brokers change their own user on the way (sudo reads its rules as daemon): as whom a
        // program is run is what counts.
        take_identity(summary, actor);
        summary.programs += 1;
        if (!add_once(summary.ran,
                      printable(event.text(event.as<sentra_exec>().executable), kPathBytes),
                      kRanMax))
            summary.ran_more = true;
        break;
    case SENTRA_AUTH_ELEVATION:
        if (event.as<sentra_elevation>().outcome == SENTRA_OUTCOME_FAILURE)
            summary.refused += 1;
        break;
    case SENTRA_IAM_USER:
    case SENTRA_IAM_GROUP:
        summary.accounts += 1;
        break;
    default:
        break;
    }
}

} // namespace

Summaries::Row &Summaries::row_of(const session::Actor &actor)
{
    auto at = by_key_.find(actor.key);
    if (at == by_key_.end() && actor.canonical != actor.key) {
        // What an earlier run knew is filed under what the session is called for good.
        if (const auto earlier = by_key_.find(actor.canonical); earlier != by_key_.end()) {
            const At row = earlier->second;
            by_key_.erase(earlier);
            row->key = actor.key;
            at = by_key_.emplace(actor.key, row).first;
        }
    }
    if (at == by_key_.end()) {
        if (rows_.size() >= kRowsMax) {
            by_key_.erase(rows_.front().key);
            rows_.pop_front();
        }
        rows_.push_back({actor.key, {}});
        at = by_key_.emplace(actor.key, std::prev(rows_.end())).first;
        at->second->summary.actor.kind = session::ActorKind::session;
        at->second->summary.first_ns = ~std::uint64_t{0};
    }
    rows_.splice(rows_.end(), rows_, at->second);
    return *at->second;
}

// A login that is read again is met by its line; that an earlier run knew it is seen only when its
// audit id is.
void Summaries::go_on_with_earlier(Row &row)
{
    const auto at = by_key_.find(row.summary.id);
    if (at == by_key_.end() || &*at->second == &row)
        return;
    const At earlier = at->second;
    by_key_.erase(at);
    std::swap(row.summary, earlier->summary);
    const SessionSummary &read_again = earlier->summary;
    row.summary.last_ns = std::max(row.summary.last_ns, read_again.last_ns);
    row.summary.ended_ns = std::max(row.summary.ended_ns, read_again.ended_ns);
    row.summary.former = read_again.former;
    row.counted_until_ns = earlier->counted_until_ns;
    row.handed_on_ns = std::max(row.handed_on_ns, earlier->handed_on_ns);
    rows_.erase(earlier);
}

void Summaries::note(const event::Event &event, const session::Context &context)
{
    if (!is_login(*context.actor) || context.vetoed)
        return;
    if (context.actor != last_actor_) {
        Row &row = row_of(*context.actor);
        last_actor_ = context.actor;
        last_row_ = &row;
        SessionSummary &summary = row.summary;
        summary.first_ns = std::min(summary.first_ns, event.time_ns());
        if (summary.id != context.actor->canonical) {
            if (row.handed_on_ns != 0)
                summary.former = summary.id;
            summary.id = context.actor->canonical;
            go_on_with_earlier(row);
        }
        take_login(summary, *context.actor);
    }
    SessionSummary &summary = last_row_->summary;
    summary.last_ns = std::max(summary.last_ns, event.time_ns());
    if (event.time_ns() > last_row_->counted_until_ns)
        count(summary, event, *context.actor);
    if (session::ends_login(event, *context.actor))
        summary.ended_ns = std::max(summary.ended_ns, event.time_ns());
    last_row_->changed = true;
}

void Summaries::note(const Signal &told)
{
    auto at = by_key_.find(told.actor.key);
    if (at == by_key_.end())
        at = by_key_.find(told.actor.canonical);
    if (!is_login(told.actor) || at == by_key_.end())
        return;
    add_once(at->second->summary.signals, told.id, kSignalsMax);
    at->second->summary.action_needed |= told.action_needed;
    at->second->changed = true;
}

std::vector<SessionSummary> Summaries::take_changed(std::uint64_t now_ns, bool all,
                                                    const session::Host &host)
{
    std::vector<SessionSummary> changed;
    for (Row &row : rows_) {
        SessionSummary &summary = row.summary;
        const bool is_named = summary.actor.audit_session || summary.ended_ns != 0 ||
                              now_ns > summary.first_ns + kIdComesNs;
        const bool is_time =
            row.handed_on_ns == 0 || summary.ended_ns != 0 || now_ns >= row.handed_on_ns + kPauseNs;
        if (!row.changed || !(all || (is_named && is_time)))
            continue;
        summary.tenant = host.tenant;
        summary.host_name = host.name;
        summary.host_id = host.id;
        changed.push_back(summary);
        row.changed = false;
        row.handed_on_ns = std::max<std::uint64_t>(now_ns, 1);
        summary.former.clear();
    }
    return changed;
}

void Summaries::remember(SessionSummary summary)
{
    session::Actor actor = summary.actor;
    actor.key = actor.canonical = summary.id;
    Row &row = row_of(actor);
    row.summary = std::move(summary);
    row.counted_until_ns = row.summary.last_ns;
    row.handed_on_ns = 1;
}

std::string sentence(const SessionSummary &summary)
{
    const std::string name = in_words(summary.actor.user);
    std::string text = name.empty() ? "a user whose name is not known" : name;
    if (summary.actor.login) {
        text += " signed in";
        for (const std::string &part : {origin_in_words(*summary.actor.login, summary.actor.tty),
                                        method_in_words(summary.actor.login->method)})
            if (!part.empty())
                text += " " + part;
        text += " on " + format_for_reading(summary.first_ns);
    } else {
        text += " had a session whose sign-in was not seen, first noticed on " +
                format_for_reading(summary.first_ns);
    }
    for (const std::string &who : summary.became)
        text += ", became " + who;
    if (summary.programs > 0)
        text += ", ran " + std::to_string(summary.programs) +
                (summary.programs == 1 ? " program" : " programs");
    text += summary.ended_ns != 0
                ? " and left " + later_in_words(summary.first_ns, summary.ended_ns) + "."
                : "; the session was not seen to end.";
    if (!summary.signals.empty())
        text += " " + std::to_string(summary.signals.size()) +
                (summary.signals.size() == 1 ? " signal speaks of it" : " signals speak of it") +
                (summary.action_needed ? ", with an action to take." : ".");
    return text;
}

} // namespace sentra::signal
