// SPDX-License-Identifier: MIT
#include "signal/join.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "engine/intent.h"
#include "engine/rule.h"
#include "signal/decision.h"
#include "signal/identity.h"
#include "signal/proof.h"
#include "signal/words.h"

namespace sentra::signal {

namespace {

using session::ActorKind;

constexpr std::size_t kStoriesMax = 1024; // open at once
constexpr std::size_t kPartsMax = 64;     // of one story; later behaviours begin the next
constexpr std::size_t kListedMost = 8;    // chapters that the sentence names
constexpr std::string_view kTerm = "story";
constexpr std::string_view kUpkeep = "Routine maintenance";
// The rule whose chapter says that a session went on by SSH, and how long a sign-in may take then.
constexpr std::string_view kOnward = "onward-by-ssh";
constexpr std::uint64_t kSignInNs = kMinuteNs;

// How long an actor may pause within one story.
std::uint64_t gap_of(ActorKind kind)
{
    switch (kind) {
    case ActorKind::session:
        return kDayNs;
    case ActorKind::unit:
    case ActorKind::job:
    case ActorKind::container:
        return 6 * kHourNs;
    case ActorKind::process: // all that one forgotten shell ever starts
        return 30 * kMinuteNs;
    case ActorKind::unknown:
    case ActorKind::kernel:
        break;
    }
    return 0;
}

bool is_of_an_actor(const engine::Match &match)
{
    const std::vector<std::string> &by = match.rule->merge.by;
    const bool of_the_host = by.empty() || (by.size() == 1 && by.front() == "host");
    return !of_the_host && gap_of(match.actor->kind) != 0;
}

bool is_upkeep(const Signal &behaviour)
{
    return behaviour.intent == kUpkeep && !behaviour.action_needed;
}

std::string day_of(std::uint64_t time_ns)
{
    return "upkeep " + std::to_string(time_ns / kDayNs);
}

// Of the whole day, by the chapter it began with: that one may turn out to be more than upkeep.
std::string upkeep_uid(const std::string &first)
{
    return sha256_hex("upkeep:" + first);
}

long long hundredths(double value)
{
    return std::llround(value * 100);
}

const char *what_did(ActorKind kind)
{
    switch (kind) {
    case ActorKind::session:
        return "this session";
    case ActorKind::unit:
        return "this service";
    case ActorKind::job:
        return "this job";
    case ActorKind::container:
        return "this container";
    default:
        return "this process";
    }
}

// "07:09", with its day where the story has several.
std::string clock_of(std::uint64_t time_ns, bool dated)
{
    const std::string whole = format_rfc3339(time_ns);
    const std::string clock = whole.substr(11, 5);
    return dated ? whole.substr(0, 10) + " " + clock : clock;
}

std::string in_order(const std::vector<Chapter> &story, const std::string &what)
{
    const bool dated = story.front().first_ns / kDayNs != story.back().first_ns / kDayNs;
    std::string text = " It is one of " + std::to_string(story.size()) + " " + what + ": ";
    const std::size_t half = kListedMost / 2;
    for (std::size_t i = 0; i < story.size(); ++i) {
        if (story.size() > kListedMost && i == half)
            text += std::to_string(story.size() - kListedMost) + " more; ";
        if (story.size() > kListedMost && i >= half && i < story.size() - half)
            continue;
        text += clock_of(story[i].first_ns, dated) + " " + story[i].title +
                (i + 1 < story.size() ? "; " : " (UTC).");
    }
    return text;
}

template <typename Row, typename Same>
void unite(std::vector<Row> &rows, const std::vector<Row> &more, const Same &same)
{
    for (const Row &row : more)
        if (std::none_of(rows.begin(), rows.end(),
                         [&](const Row &known) { return same(known, row); }))
            rows.push_back(row);
}

void unite_sorted(std::vector<std::string> &names, const std::vector<std::string> &more)
{
    std::set<std::string> all(names.begin(), names.end());
    all.insert(more.begin(), more.end());
    names.assign(all.begin(), all.end());
    names.resize(std::min(names.size(), kEntitiesMost));
}

void unite_proof(Signal &whole, const Signal &form)
{
    unite_sorted(whole.files, form.files);
    unite_sorted(whole.ips, form.ips);
    unite_sorted(whole.users, form.users);
    unite(whole.tags, form.tags,
          [](const Tag &one, const Tag &other) { return one.rule_id == other.rule_id; });
    unite(whole.evidence, form.evidence, [](const Evidence &one, const Evidence &other) {
        return !one.ref.empty() && one.ref == other.ref;
    });
    whole.evidence_left_out += form.evidence_left_out;
}

void unite_facts(Signal &whole, const Signal &form)
{
    whole.first_ns = std::min(whole.first_ns, form.first_ns);
    whole.last_ns = std::max(whole.last_ns, form.last_ns);
    whole.count += form.count;
    unite(whole.techniques, form.techniques,
          [](const Technique &one, const Technique &other) { return one.id == other.id; });
    for (const auto &[framework, ids] : form.controls)
        unite_sorted(whole.controls[framework], ids);
    if (!whole.actor.audit_session)
        whole.actor.audit_session = form.actor.audit_session;
    if (whole.actor.tty.empty())
        whole.actor.tty = form.actor.tty;
    whole.coverage_complete = whole.coverage_complete && form.coverage_complete;
    whole.coverage_lost = std::max(whole.coverage_lost, form.coverage_lost);
    unite_proof(whole, form);
}

// The first and the last of what no reader goes through whole.
void keep_in_bounds(Signal &whole)
{
    std::stable_sort(
        whole.evidence.begin(), whole.evidence.end(),
        [](const Evidence &one, const Evidence &other) { return one.time_ns < other.time_ns; });
    if (whole.evidence.size() <= kStoryEvidenceMost)
        return;
    const auto half = static_cast<std::ptrdiff_t>(kStoryEvidenceMost / 2);
    whole.evidence_left_out += whole.evidence.size() - kStoryEvidenceMost;
    whole.evidence.erase(whole.evidence.begin() + half, whole.evidence.end() - half);
}

// It begins with the deed: what led there, a sign-in, may have led to others too.
Chapter chapter_of(const Signal &form)
{
    Chapter chapter{form.uid,       form.last_ns,      form.last_ns, form.rule_id,
                    form.rule_pack, form.rule_version, form.title,   form.narrative,
                    form.intent,    form.score,        {},           form.count};
    for (const Technique &technique : form.techniques)
        chapter.attack.push_back(technique.id);
    return chapter;
}

// What a chapter of a stored story was by itself, as far as it was kept: the form of the one that
// leads holds what all of them proved.
Signal alone(const Signal &told, const Chapter &chapter, bool leads)
{
    Signal form;
    if (leads) {
        form = told;
        const auto added =
            std::remove_if(form.terms.begin(), form.terms.end(),
                           [](const engine::RiskTerm &term) { return term.name == kTerm; });
        form.terms.erase(added, form.terms.end());
    } else {
        form.first_ns = chapter.first_ns;
        form.last_ns = chapter.last_ns;
    }
    form.uid = chapter.uid;
    form.rule_id = chapter.rule_id;
    form.rule_pack = chapter.rule_pack;
    form.rule_version = chapter.rule_version;
    form.title = chapter.title;
    form.narrative = chapter.text;
    form.intent = chapter.intent;
    form.score = chapter.score;
    form.count = chapter.count;
    return form;
}

// A chapter adds to a story that asks for action; calm ones never add up to one that does.
void add_risk(Signal &whole, const std::vector<Chapter> &story, const Chapter &lead)
{
    constexpr long long most = 30;
    long long added = 0;
    std::set<std::string> known{lead.rule_id};
    for (const Chapter &chapter : story) {
        if (!whole.action_needed || !known.insert(chapter.rule_id).second)
            continue;
        const long long own = hundredths(chapter.score);
        const long long more = std::min(most - added, own >= 50 ? 10LL : own >= 25 ? 5LL : 0LL);
        if (more == 0)
            continue;
        added += more;
        whole.terms.push_back(
            {std::string(kTerm), static_cast<double>(more) / 100,
             std::string(what_did(whole.actor.kind)) + " also did: " + chapter.title});
    }
    whole.score = static_cast<double>(std::min(100LL, hundredths(whole.score) + added)) / 100;
}

} // namespace

Signal Stories::told(const Story &story)
{
    if (story.parts.size() == 1 && !story.upkeep)
        return story.parts.front().form;
    const Part *lead = &story.parts.front();
    for (const Part &part : story.parts) {
        const auto score = hundredths(part.chapter.score), best = hundredths(lead->chapter.score);
        if (score > best || (score == best && engine::precedence_of(part.chapter.intent) <
                                                  engine::precedence_of(lead->chapter.intent)))
            lead = &part;
    }
    Signal whole = lead->form;
    whole.uid = story.uid;
    whole.id = story.uid.substr(0, kIdDigits);
    for (const Part &part : story.parts) {
        whole.story.push_back(part.chapter);
        if (&part != lead)
            unite_facts(whole, part.form);
        if (part.chapter.score >= kActionFrom &&
            engine::precedence_of(part.chapter.intent) < engine::precedence_of(whole.intent))
            whole.intent = part.chapter.intent;
    }
    keep_in_bounds(whole);
    if (story.upkeep)
        whole.actor = lead->form.actor;
    if (story.parts.size() == 1)
        return whole;
    if (story.upkeep) {
        whole.title = "Routine maintenance, of " + std::to_string(story.parts.size()) + " kinds";
        whole.narrative += in_order(whole.story, "things that kept this server going that day");
        return whole;
    }
    add_risk(whole, whole.story, lead->chapter);
    whole.title += ", with " + std::to_string(story.parts.size() - 1) +
                   (story.parts.size() == 2 ? " other step" : " other steps");
    whole.narrative +=
        in_order(whole.story, std::string("things ") + what_did(whole.actor.kind) + " did");
    return whole;
}

Stories::At Stories::open_for(const std::string &key, std::uint64_t time_ns)
{
    const auto at = by_key_.find(key);
    if (at == by_key_.end())
        return stories_.end();
    const Story &story = *at->second;
    const bool is_over = time_ns > story.last_ns + story.gap_ns;
    return is_over || story.parts.size() >= kPartsMax ? stories_.end() : at->second;
}

Stories::At Stories::begin(Story story)
{
    if (stories_.size() >= kStoriesMax)
        drop(stories_.begin());
    stories_.push_back(std::move(story));
    const auto begun = std::prev(stories_.end());
    by_key_.insert_or_assign(begun->key, begun);
    return begun;
}

// The story whose session signed in here by SSH from this host itself; the end where there is none.
// Only a process of this host comes from a loopback address.
Stories::At Stories::came_from(const session::Actor &actor)
{
    if (actor.kind != ActorKind::session || !actor.login || !actor.login->source ||
        !actor.login->source->is_loopback())
        return stories_.end();
    const std::string source = actor.login->source->text();
    const std::uint64_t until_ns = actor.login->time_ns;
    const auto found = std::find_if(stories_.rbegin(), stories_.rend(), [&](const Story &story) {
        if (story.parts.size() >= kPartsMax)
            return false;
        return std::any_of(story.parts.begin(), story.parts.end(), [&](const Part &part) {
            const std::vector<std::string> &to = part.form.ips;
            return part.chapter.rule_id == kOnward &&
                   story.other_keys.size() < part.chapter.count && part.form.first_ns <= until_ns &&
                   part.chapter.last_ns + kSignInNs >= until_ns &&
                   std::find(to.begin(), to.end(), source) != to.end();
        });
    });
    return found == stories_.rend() ? stories_.end() : std::prev(found.base());
}

Stories::At Stories::story_of(const session::Actor &actor, const Signal &first)
{
    // A story of an earlier run is known by what its actor is called for good.
    for (const std::string &key : {actor.key, actor.canonical})
        if (const auto open = open_for(key, first.first_ns); open != stories_.end())
            return open;
    if (const auto from = came_from(actor); from != stories_.end()) {
        by_key_.insert_or_assign(actor.key, from);
        from->other_keys.push_back(actor.key);
        return from;
    }
    return begin({first.uid, actor.key, first.last_ns, gap_of(actor.kind)});
}

Stories::At Stories::upkeep_of(const Signal &first)
{
    const std::string key = day_of(first.first_ns);
    if (const auto open = open_for(key, first.first_ns); open != stories_.end())
        return open;
    Story story{upkeep_uid(first.uid), key, first.last_ns, kDayNs};
    story.upkeep = true;
    return begin(std::move(story));
}

// It has become more than upkeep, and belongs to whoever did it.
void Stories::leave(Story &story, const std::string &uid)
{
    by_uid_.erase(uid);
    story.parts.erase(std::remove_if(story.parts.begin(), story.parts.end(),
                                     [&](const Part &part) { return part.chapter.uid == uid; }),
                      story.parts.end());
}

void Stories::add(At at, Part part)
{
    Story &story = *at;
    story.last_ns = std::max(story.last_ns, part.chapter.last_ns);
    const auto same = std::find_if(story.parts.begin(), story.parts.end(), [&](const Part &known) {
        return known.chapter.uid == part.chapter.uid;
    });
    if (same != story.parts.end()) {
        // Its proof is in the new form too; what the actor did besides may have moved on.
        for (Evidence &item : same->form.evidence)
            if (item.besides)
                add_besides(part.form, std::move(item));
        part.chapter.first_ns = same->chapter.first_ns;
        *same = std::move(part);
        return;
    }
    by_uid_.insert_or_assign(part.chapter.uid, at);
    const auto later = std::find_if(story.parts.begin(), story.parts.end(), [&](const Part &known) {
        return known.chapter.first_ns > part.chapter.first_ns;
    });
    story.parts.insert(later, std::move(part));
    stories_.splice(stories_.end(), stories_, at);
}

std::optional<Signal> Stories::take(const engine::Match &match, Signal behaviour)
{
    const session::Actor &actor = *match.actor;
    const auto known = by_uid_.find(behaviour.uid);
    auto story = known == by_uid_.end() ? stories_.end() : known->second;
    const bool upkeep = is_upkeep(behaviour);
    if (story != stories_.end() && story->upkeep && !upkeep) {
        leave(*story, behaviour.uid);
        story = stories_.end();
    }
    if (story != stories_.end()) {
        for (const Part &part : story->parts)
            if (part.chapter.uid == behaviour.uid && behaviour.count <= part.chapter.count &&
                hundredths(behaviour.score) <= hundredths(part.chapter.score))
                return std::nullopt;
    } else {
        if (!upkeep && !is_of_an_actor(match))
            return behaviour;
        forget(behaviour.last_ns);
        story = upkeep ? upkeep_of(behaviour) : story_of(actor, behaviour);
    }
    Chapter chapter = chapter_of(behaviour);
    add(story, {std::move(chapter), std::move(behaviour)});
    return told(*story);
}

void Stories::remember(Signal told)
{
    take_back(told);
    const session::Actor &actor = told.actor;
    const bool for_good = actor.kind == ActorKind::session || actor.kind == ActorKind::unit ||
                          actor.kind == ActorKind::container;
    const bool upkeep =
        std::any_of(told.story.begin(), told.story.end(),
                    [&](const Chapter &chapter) { return upkeep_uid(chapter.uid) == told.uid; });
    if (!upkeep && (!for_good || actor.canonical.empty()))
        return;
    const auto story = begin({told.uid, upkeep ? day_of(told.first_ns) : actor.canonical,
                              told.last_ns, upkeep ? kDayNs : gap_of(actor.kind)});
    story->upkeep = upkeep;
    for (Evidence &item : told.evidence)
        item.besides = true; // not known any more whose proof it is
    std::vector<Chapter> chapters = std::move(told.story);
    told.story.clear();
    if (chapters.empty())
        chapters.push_back(chapter_of(told));
    const Chapter *lead = &chapters.front();
    for (const Chapter &chapter : chapters)
        if (chapter.rule_id == told.rule_id && told.title.rfind(chapter.title, 0) == 0)
            lead = &chapter;
    for (const Chapter &chapter : chapters)
        add(story, {chapter, alone(told, chapter, &chapter == lead)});
}

void Stories::forget(std::uint64_t now_ns)
{
    // A window of a day may tell until a day after its last event.
    while (!stories_.empty() && stories_.front().last_ns + 2 * kDayNs < now_ns)
        drop(stories_.begin());
}

void Stories::drop(At story)
{
    for (const Part &part : story->parts)
        by_uid_.erase(part.chapter.uid);
    story->other_keys.push_back(story->key);
    for (const std::string &key : story->other_keys)
        if (const auto at = by_key_.find(key); at != by_key_.end() && at->second == story)
            by_key_.erase(at);
    stories_.erase(story);
}

} // namespace sentra::signal
