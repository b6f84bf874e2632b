// SPDX-License-Identifier: MIT
// Decisions as the ledger keeps them.
#include "base/time.h"
#include "signal/decision.h"
#include "signal/json_parts.h"

namespace sentra::signal {

namespace {

using Json = nlohmann::ordered_json;

std::string line_of(const Json &json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace

std::string to_json(const Review &review)
{
    Json json = Json::object();
    put(json, "uid", review.uid);
    put(json, "status", review.status);
    put(json, "verdict", review.verdict);
    put(json, "note", review.note);
    put(json, "author", review.author);
    json["time"] = format_rfc3339(review.time_ns);
    json["chapters"] = review.chapters;
    return line_of(json);
}

Result<Review> review_from_json(std::string_view text)
{
    const auto json = Reader::Json::parse(text, nullptr, false);
    Review review;
    std::vector<std::string> chapters;
    std::string complaint;
    Reader in(json, "", complaint);
    in.must("uid", review.uid);
    in.must("status", review.status);
    in.take("verdict", review.verdict);
    in.take("note", review.note);
    in.must("author", review.author);
    in.must_time("time", review.time_ns);
    in.must("chapters", chapters);
    review.chapters = {chapters.begin(), chapters.end()};
    if (!complaint.empty())
        return failure("read review: " + complaint);
    return review;
}

std::string to_json(const Override &standing)
{
    Json json = Json::object();
    put(json, "id", standing.id);
    put(json, "kind", standing.kind);
    put(json, "rule", standing.rule);
    put(json, "user", standing.user);
    put(json, "executable", standing.executable);
    put(json, "unit", standing.unit);
    put(json, "source", standing.source ? standing.source->text() : "");
    put(json, "reason", standing.reason);
    put(json, "ticket", standing.ticket);
    put(json, "author", standing.author);
    json["created"] = format_rfc3339(standing.created_ns);
    json["starts"] = format_rfc3339(standing.starts_ns);
    json["expires"] = format_rfc3339(standing.expires_ns);
    if (standing.ended_ns != 0)
        json["ended"] = format_rfc3339(standing.ended_ns);
    if (standing.max_hits != 0)
        json["max_hits"] = standing.max_hits;
    return line_of(json);
}

Result<Override> override_from_json(std::string_view text)
{
    const auto json = Reader::Json::parse(text, nullptr, false);
    Override standing;
    std::string complaint, source;
    Reader in(json, "", complaint);
    in.take("id", standing.id);
    in.must("kind", standing.kind);
    in.take("rule", standing.rule);
    in.take("user", standing.user);
    in.take("executable", standing.executable);
    in.take("unit", standing.unit);
    in.take("source", source);
    in.must("reason", standing.reason);
    in.take("ticket", standing.ticket);
    in.take("author", standing.author);
    in.take_time("created", standing.created_ns);
    in.take_time("starts", standing.starts_ns);
    in.must_time("expires", standing.expires_ns);
    in.take_time("ended", standing.ended_ns);
    in.take("max_hits", standing.max_hits);
    standing.source = Network::parse(source);
    if (!source.empty() && !standing.source)
        return failure("\"" + source +
                       "\" is no address and no network; write 203.0.113.7 or 10.0.0.0/8");
    if (!complaint.empty())
        return failure("read override: " + complaint);
    return standing;
}

} // namespace sentra::signal
