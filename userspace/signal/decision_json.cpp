// SPDX-License-Identifier: MIT
// Decisions as the ledger keeps them.
#include <nlohmann/json.hpp>

#include "base/time.h"
#include "signal/decision.h"

namespace sentra::signal {

namespace {

using Json = nlohmann::ordered_json;

std::string line_of(const Json &json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json put_texts(std::initializer_list<std::pair<const char *, const std::string *>> texts)
{
    Json json = Json::object();
    for (const auto &[key, text] : texts)
        if (!text->empty())
            json[key] = *text;
    return json;
}

// Keeps the first complaint.
struct Taker {
    const Json &json;
    std::string complaint;

    const Json *find(const char *key) const
    {
        const auto at = json.find(key);
        return at == json.end() ? nullptr : &*at;
    }
    void text(const char *key, std::string &into, bool must = false)
    {
        const Json *found = find(key);
        if (found == nullptr ? must : !found->is_string())
            complain(key);
        else if (found != nullptr)
            into = found->get<std::string>();
    }
    void time(const char *key, std::uint64_t &into, bool must = false)
    {
        std::string written;
        text(key, written, must);
        const auto parsed = parse_rfc3339(written);
        if (parsed)
            into = *parsed;
        else if (!written.empty())
            complain(key);
    }
    void complain(const char *key)
    {
        if (complaint.empty())
            complaint = std::string("\"") + key + "\" is missing or has the wrong type";
    }
};

Result<Json> parsed(std::string_view text, const char *what)
{
    Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded() || !json.is_object())
        return failure(std::string("read ") + what + ": not one JSON object");
    return json;
}

} // namespace

std::string to_json(const Review &review)
{
    Json json = put_texts({{"uid", &review.uid},
                           {"status", &review.status},
                           {"verdict", &review.verdict},
                           {"note", &review.note},
                           {"author", &review.author}});
    json["time"] = format_rfc3339(review.time_ns);
    json["chapters"] = review.chapters;
    return line_of(json);
}

Result<Review> review_from_json(std::string_view text)
{
    const auto json = parsed(text, "review");
    if (!json)
        return tl::unexpected(json.error());
    Review review;
    Taker take{*json, {}};
    take.text("uid", review.uid, true);
    take.text("status", review.status, true);
    take.text("verdict", review.verdict, true);
    take.text("note", review.note);
    take.text("author", review.author, true);
    take.time("time", review.time_ns, true);
    const Json *chapters = take.find("chapters");
    if (chapters == nullptr || !chapters->is_array())
        take.complain("chapters");
    else
        for (const Json &uid : *chapters)
            if (uid.is_string())
                review.chapters.insert(uid.get<std::string>());
    if (!take.complaint.empty())
        return failure("read review: " + take.complaint);
    return review;
}

std::string to_json(const Override &standing)
{
    const std::string source = standing.source ? standing.source->text() : "";
    Json json = put_texts({{"id", &standing.id},
                           {"kind", &standing.kind},
                           {"rule", &standing.rule},
                           {"user", &standing.user},
                           {"executable", &standing.executable},
                           {"unit", &standing.unit},
                           {"source", &source},
                           {"reason", &standing.reason},
                           {"ticket", &standing.ticket},
                           {"author", &standing.author}});
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
    const auto json = parsed(text, "override");
    if (!json)
        return tl::unexpected(json.error());
    Override standing;
    Taker take{*json, {}};
    std::string source;
    take.text("id", standing.id);
    take.text("kind", standing.kind, true);
    take.text("rule", standing.rule);
    take.text("user", standing.user);
    take.text("executable", standing.executable);
    take.text("unit", standing.unit);
    take.text("source", source);
    take.text("reason", standing.reason, true);
    take.text("ticket", standing.ticket);
    take.text("author", standing.author);
    take.time("created", standing.created_ns);
    take.time("starts", standing.starts_ns);
    take.time("expires", standing.expires_ns, true);
    take.time("ended", standing.ended_ns);
    if (const Json *most = take.find("max_hits"); most != nullptr) {
        if (most->is_number_unsigned())
            standing.max_hits = most->get<std::uint64_t>();
        else
            take.complain("max_hits");
    }
    standing.source = Network::parse(source);
    if (!source.empty() && !standing.source)
        return failure("\"" + source +
                       "\" is no address and no network; write 203.0.113.7 or "
                       "10.0.0.0/8");
    if (!take.complaint.empty())
        return failure("read override: " + take.complaint);
    return standing;
}

} // namespace sentra::signal
