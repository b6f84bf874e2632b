// SPDX-License-Identifier: MIT
#include "pipeline/desk.h"

#include <limits>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/time.h"
#include "signal/json_parts.h"

namespace sentra::pipeline {

namespace {

using Json = nlohmann::ordered_json;
using signal::text_of;

constexpr std::size_t kNoteBytes = 1000;

std::string line_of(const Json &json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Json> body_of(const Request &request)
{
    Json json = Json::parse(request.body.empty() ? "{}" : request.body, nullptr, false);
    if (json.is_discarded() || !json.is_object())
        return failure("\"body\" is one JSON object");
    return json;
}

std::string verdicts()
{
    std::string text;
    for (const signal::Verdict &verdict : signal::kVerdicts)
        text += (text.empty() ? "" : ", ") + std::string(verdict.name);
    return text;
}

std::set<std::string> behaviours_of(const signal::Signal &signal)
{
    std::set<std::string> uids;
    for (const signal::Chapter &chapter : signal.story)
        uids.insert(chapter.uid);
    // One behaviour may be the first of a story later; it has the story's uid.
    uids.insert(signal.uid);
    return uids;
}

bool is_in_force(const signal::Override &standing, std::uint64_t now_ns)
{
    return now_ns >= standing.starts_ns && now_ns < standing.expires_ns && standing.ended_ns == 0;
}

} // namespace

Result<Desk> Desk::open(store::Store &store)
{
    auto ledger = store.ledger();
    if (!ledger)
        return tl::unexpected(std::move(ledger.error()));
    Desk desk(store);
    desk.wrong_ = store::verify(*ledger);
    for (const store::Entry &entry : *ledger)
        if (auto done = desk.take(entry); !done && desk.wrong_.empty())
            desk.wrong_ = done.error().text;
    if (desk.decisions_.overrides().empty())
        return desk;
    auto lines = store.signals({.most = std::numeric_limits<std::int32_t>::max()});
    if (!lines)
        return tl::unexpected(std::move(lines.error()));
    for (const std::string &line : *lines)
        if (const auto stored = signal::from_json(line))
            desk.decisions_.count(*stored);
    return desk;
}

Result<void> Desk::take(const store::Entry &entry)
{
    if (entry.kind == "rules")
        bundle_ = entry.subject;
    if (entry.kind == "review") {
        auto review = signal::review_from_json(entry.body);
        if (!review)
            return tl::unexpected(std::move(review.error()));
        decisions_.take(std::move(*review));
    }
    if (entry.kind == "override") {
        auto standing = signal::override_from_json(entry.body);
        if (!standing)
            return tl::unexpected(std::move(standing.error()));
        decisions_.take(std::move(*standing));
    }
    return {};
}

Result<void> Desk::write(store::Entry entry, std::vector<signal::Signal> decided,
                         std::vector<signal::Signal> &told)
{
    store::Batch batch;
    batch.now_ns = entry.time_ns;
    batch.entries.push_back(std::move(entry));
    batch.decided = std::move(decided);
    auto news = store_->commit(batch);
    if (!news)
        return tl::unexpected(std::move(news.error()));
    told.insert(told.end(), std::make_move_iterator(news->begin()),
                std::make_move_iterator(news->end()));
    return take(batch.entries.front());
}

Result<signal::Signal> Desk::find(const std::string &id) const
{
    auto lines = store_->signals({.id_prefix = id, .most = 2});
    if (!lines)
        return tl::unexpected(std::move(lines.error()));
    if (lines->empty())
        return failure("there is no signal whose id begins with " + printable(id, 64));
    if (lines->size() > 1)
        return failure("more than one signal's id begins with " + printable(id, 64) +
                       "; give more of it");
    return signal::from_json(lines->front());
}

Desk::Lines Desk::review(const Request &request, std::uint64_t now_ns,
                         std::vector<signal::Signal> &told)
{
    const auto body = body_of(request);
    if (!body)
        return tl::unexpected(body.error());
    auto found = find(request.query.id_prefix);
    if (!found)
        return tl::unexpected(std::move(found.error()));
    signal::Review review;
    review.uid = found->uid;
    review.verdict = text_of(*body, "verdict");
    review.status = text_of(*body, "status").empty() ? "REVIEWED" : text_of(*body, "status");
    review.note = printable(text_of(*body, "note"), kNoteBytes);
    review.author = request.author;
    review.time_ns = now_ns;
    review.chapters = behaviours_of(*found);
    if (!review.verdict.empty() && signal::find_verdict(review.verdict) == nullptr)
        return failure("\"" + printable(review.verdict, 60) + "\" is no verdict; there are " +
                       verdicts());
    if (review.status != "REVIEWED" && review.status != "RESOLVED")
        return failure("a status is REVIEWED or RESOLVED");
    if (review.note.empty())
        return failure("a review needs a note: why it is so, for whoever reads it later");
    store::Entry entry{.time_ns = now_ns,
                       .author = review.author,
                       .kind = "review",
                       .subject = review.uid,
                       .body = signal::to_json(review)};
    signal::Decisions this_one; // a review comes before every override
    this_one.take(review);
    this_one.apply(*found);
    if (auto done = write(std::move(entry), {*found}, told); !done)
        return tl::unexpected(std::move(done.error()));
    return std::vector<std::string>{signal::to_json(*found)};
}

Desk::Lines Desk::add_override(const Request &request, std::uint64_t now_ns)
{
    auto standing = signal::override_from_json(request.body);
    if (!standing)
        return tl::unexpected(std::move(standing.error()));
    standing->id = "ov-" + std::to_string(decisions_.overrides().size() + 1);
    standing->author = request.author;
    standing->created_ns = now_ns;
    standing->ended_ns = 0;
    standing->starts_ns = std::max(standing->starts_ns, now_ns);
    standing->reason = printable(standing->reason, kNoteBytes);
    standing->ticket = printable(standing->ticket, kNoteBytes);
    if (auto fit = signal::check(*standing); !fit)
        return tl::unexpected(std::move(fit.error()));
    return keep(*standing, request.author, now_ns);
}

Desk::Lines Desk::keep(const signal::Override &standing, const std::string &author,
                       std::uint64_t now_ns)
{
    const std::string body = signal::to_json(standing);
    std::vector<signal::Signal> none;
    if (auto done = write({.time_ns = now_ns,
                           .author = author,
                           .kind = "override",
                           .subject = standing.id,
                           .body = body},
                          {}, none);
        !done)
        return tl::unexpected(std::move(done.error()));
    return std::vector<std::string>{body};
}

Desk::Lines Desk::end_override(const Request &request, std::uint64_t now_ns)
{
    const auto body = body_of(request);
    if (!body)
        return tl::unexpected(body.error());
    const std::string id = text_of(*body, "override");
    const auto at = decisions_.overrides().find(id);
    if (at == decisions_.overrides().end())
        return failure("there is no override " + printable(id, 60) + "; sentra override list");
    signal::Override standing = at->second;
    if (!is_in_force(standing, now_ns) && now_ns >= standing.starts_ns)
        return failure("the override " + id + " is over already");
    standing.ended_ns = now_ns;
    return keep(standing, request.author, now_ns);
}

Desk::Lines Desk::list_overrides(std::uint64_t now_ns) const
{
    std::vector<std::string> lines;
    for (const auto &[id, standing] : decisions_.overrides()) {
        Json json = Json::parse(signal::to_json(standing));
        json["in_force"] = is_in_force(standing, now_ns);
        json["hits"] = decisions_.hits(id);
        lines.push_back(line_of(json));
    }
    return lines;
}

Desk::Lines Desk::check_overrides(const Request &request) const
{
    const auto found = find(request.query.id_prefix);
    if (!found)
        return tl::unexpected(found.error());
    std::vector<std::string> lines;
    for (const auto &[id, standing] : decisions_.overrides()) {
        const std::string why = signal::Decisions::why_not(standing, *found);
        Json json{{"override", id}, {"covers", why.empty()}};
        if (!why.empty())
            json["why_not"] = why;
        lines.push_back(line_of(json));
    }
    return lines;
}

// In the form that can be imported: one object, by id.
Desk::Lines Desk::reviews() const
{
    Json json = Json::object();
    for (const auto &[uid, review] : decisions_.reviews())
        json[uid] = {{"status", review.status}, {"note", review.note}};
    return std::vector<std::string>{line_of(json)};
}

Desk::Lines Desk::ledger() const
{
    auto entries = store_->ledger();
    if (!entries)
        return tl::unexpected(std::move(entries.error()));
    std::vector<std::string> lines;
    for (const store::Entry &entry : *entries)
        lines.push_back(line_of(Json{{"entry", entry.json}, {"hash", entry.hash}}));
    return lines;
}

Desk::Lines Desk::answer(const Request &request, std::uint64_t now_ns,
                         std::vector<signal::Signal> &told)
{
    switch (request.verb) {
    case Request::Verb::review:
        return review(request, now_ns, told);
    case Request::Verb::override_add:
        return add_override(request, now_ns);
    case Request::Verb::override_end:
        return end_override(request, now_ns);
    case Request::Verb::override_list:
        return list_overrides(now_ns);
    case Request::Verb::override_check:
        return check_overrides(request);
    case Request::Verb::reviews:
        return reviews();
    case Request::Verb::ledger:
        return ledger();
    default:
        return failure("this is nothing to decide");
    }
}

Result<void> Desk::note_rules(const std::string &bundle, std::size_t rules, std::uint64_t now_ns)
{
    if (bundle == bundle_)
        return {};
    std::vector<signal::Signal> none;
    return write({.time_ns = now_ns,
                  .author = "sentrad",
                  .kind = "rules",
                  .subject = bundle,
                  .body = line_of(Json{{"rules", rules}})},
                 {}, none);
}

} // namespace sentra::pipeline
