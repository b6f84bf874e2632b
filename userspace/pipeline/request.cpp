// SPDX-License-Identifier: MIT
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "pipeline/control.h"

namespace sentra::pipeline {

namespace {

using Json = nlohmann::ordered_json;

struct VerbName {
    Request::Verb verb;
    std::string_view name;
};
constexpr VerbName kVerbs[] = {
    {Request::Verb::status, "status"},
    {Request::Verb::signals, "signals"},
    {Request::Verb::show, "show"},
    {Request::Verb::sessions, "sessions"},
    {Request::Verb::reload, "reload"},
    {Request::Verb::review, "review"},
    {Request::Verb::reviews, "reviews"},
    {Request::Verb::override_add, "override-add"},
    {Request::Verb::override_list, "override-list"},
    {Request::Verb::override_check, "override-check"},
    {Request::Verb::override_end, "override-end"},
    {Request::Verb::ledger, "ledger"},
    {Request::Verb::sink_list, "sink-list"},
    {Request::Verb::sink_test, "sink-test"},
    {Request::Verb::sink_pause, "sink-pause"},
    {Request::Verb::sink_resume, "sink-resume"},
    {Request::Verb::sink_requeue, "sink-requeue"},
    {Request::Verb::sink_dead, "sink-dead"},
};
constexpr std::size_t kSignalsMost = 10'000;

std::string known_verbs()
{
    std::string text;
    for (const VerbName &known : kVerbs)
        text.append(text.empty() ? "" : ", ").append(known.name);
    return text;
}

bool is_hex(std::string_view text)
{
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<void> take_number(const Json &value, const std::string &name, std::uint64_t &into)
{
    if (!value.is_number_unsigned())
        return failure("\"" + name + "\" is a number that is not negative");
    into = value.get<std::uint64_t>();
    return {};
}

Result<void> take_member(const std::string &name, const Json &value, Request &request,
                         std::string &verb)
{
    if (name == "verb" || name == "id") {
        if (!value.is_string())
            return failure("\"" + name + "\" is a text");
        (name == "verb" ? verb : request.query.id_prefix) = value.get<std::string>();
        return {};
    }
    if (name == "body") {
        if (!value.is_object())
            return failure("\"body\" is an object");
        request.body = value.dump();
        return {};
    }
    if (name == "since_ns")
        return take_number(value, name, request.query.since_ns);
    if (name == "until_ns")
        return take_number(value, name, request.query.until_ns);
    if (name == "most") {
        std::uint64_t most = 0;
        auto taken = take_number(value, name, most);
        request.query.most = static_cast<std::size_t>(std::min<std::uint64_t>(most, kSignalsMost));
        return taken;
    }
    return failure("unknown member \"" + printable(name, 60) + "\"");
}

} // namespace

Result<Request> parse_request(std::string_view line)
{
    if (line.size() > kRequestBytesMost)
        return failure("a request has at most " + std::to_string(kRequestBytesMost) + " bytes");
    // Without a depth limit of its own, but the line's length bounds the depth.
    const Json json = Json::parse(line, nullptr, false);
    if (json.is_discarded() || !json.is_object())
        return failure("a request is one JSON object");
    Request request;
    std::string verb;
    for (const auto &[name, value] : json.items())
        if (auto taken = take_member(name, value, request, verb); !taken)
            return tl::unexpected(std::move(taken.error()));
    for (const VerbName &known : kVerbs)
        if (known.name == verb) {
            request.verb = known.verb;
            const std::string &id = request.query.id_prefix;
            if (!is_hex(id) || id.size() > 64)
                return failure("an id is up to 64 hex digits");
            const bool is_of_one = request.verb == Request::Verb::show ||
                                   request.verb == Request::Verb::review ||
                                   request.verb == Request::Verb::override_check;
            if (is_of_one && id.empty())
                return failure(verb + " needs an \"id\"");
            return request;
        }
    return failure("unknown verb \"" + printable(verb, 60) + "\"; there are " + known_verbs());
}

std::string to_line(const Request &request)
{
    Json json;
    for (const VerbName &known : kVerbs)
        if (known.verb == request.verb)
            json["verb"] = known.name;
    if (request.verb != Request::Verb::status && request.verb != Request::Verb::reload) {
        json["since_ns"] = request.query.since_ns;
        json["until_ns"] = request.query.until_ns;
        json["most"] = request.query.most;
        if (!request.query.id_prefix.empty())
            json["id"] = request.query.id_prefix;
    }
    if (!request.body.empty())
        json["body"] = Json::parse(request.body, nullptr, false);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace sentra::pipeline
