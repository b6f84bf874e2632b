// SPDX-License-Identifier: MIT
#include "pipeline/sink_desk.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/time.h"
#include "pipeline/courier.h"
#include "signal/json_parts.h"

namespace sentra::pipeline {

namespace {

using Json = nlohmann::ordered_json;
using Lines = Result<std::vector<std::string>>;
using signal::text_of;

constexpr std::size_t kReasonBytes = 300;
constexpr std::size_t kDeadLettersShown = 1000;
// A sink that only now begins to fail is not yet in trouble.
constexpr std::uint64_t kLateNs = 5 * kMinuteNs;

std::string line_of(const Json &json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string time_text(std::uint64_t time_ns)
{
    return time_ns == 0 ? std::string() : format_rfc3339(time_ns);
}

std::uint64_t waited_ns(const store::SinkAccount &account, std::uint64_t now_ns)
{
    return account.waiting == 0 ? 0 : now_ns - std::min(now_ns, account.oldest_ns);
}

std::string state_of(const store::SinkAccount &account)
{
    if (!account.is_in_use)
        return "not configured";
    if (!account.pause.by.empty())
        return "paused";
    return account.waiting > 0 && account.attempts > 0 ? "retrying" : "delivering";
}

Result<store::SinkAccount> find(store::Store &store, const std::string &name)
{
    auto accounts = store.outbox().accounts();
    if (!accounts)
        return tl::unexpected(std::move(accounts.error()));
    std::vector<std::string_view> names;
    for (store::SinkAccount &account : *accounts) {
        if (account.sink.name == name)
            return std::move(account);
        names.push_back(account.sink.name);
    }
    const auto meant = nearest(name, names);
    return failure("there is no sink \"" + printable(name, 60) + "\"" +
                   (meant ? "; did you mean \"" + std::string(*meant) + "\"?"
                          : "; sentra sink list names those that there are"));
}

struct Asked {
    store::SinkAccount account;
    Json body;
};

Result<Asked> asked_of(store::Store &store, const Request &request)
{
    Asked asked{{}, Json::parse(request.body.empty() ? "{}" : request.body, nullptr, false)};
    if (!asked.body.is_object())
        return failure("\"body\" is one JSON object");
    auto account = find(store, text_of(asked.body, "sink"));
    if (!account)
        return tl::unexpected(std::move(account.error()));
    asked.account = std::move(*account);
    return asked;
}

// The decision and its entry in the ledger are one batch.
Lines decide(store::Store &store, store::Batch batch, const Request &request, const Asked &asked,
             const Json &did)
{
    batch.entries.push_back({.time_ns = batch.now_ns,
                             .author = request.author,
                             .kind = "sink",
                             .subject = asked.account.sink.name,
                             .body = line_of(did)});
    if (auto done = store.commit(batch); !done)
        return tl::unexpected(std::move(done.error()));
    const auto after = find(store, asked.account.sink.name);
    if (!after)
        return std::vector<std::string>{}; // not configured, and nothing is left of it
    return std::vector<std::string>{to_json(*after, batch.now_ns)};
}

Lines pause(store::Store &store, const Request &request, std::uint64_t now_ns)
{
    const auto asked = asked_of(store, request);
    if (!asked)
        return tl::unexpected(asked.error());
    std::string why = printable(text_of(asked->body, "reason"), kReasonBytes);
    if (why.empty())
        return failure("a pause needs a reason, for whoever finds it later");
    store::Batch batch;
    batch.now_ns = now_ns;
    const std::string by =
        request.author == kOwnName ? request.author + " (a person)" : request.author;
    batch.pauses = {{asked->account.sink.name, by, why, now_ns}};
    return decide(store, std::move(batch), request, *asked, {{"did", "pause"}, {"reason", why}});
}

Lines resume(store::Store &store, const Request &request, std::uint64_t now_ns)
{
    const auto asked = asked_of(store, request);
    if (!asked)
        return tl::unexpected(asked.error());
    if (asked->account.pause.by.empty())
        return failure("the sink " + asked->account.sink.name + " is not paused");
    store::Batch batch;
    batch.now_ns = now_ns;
    batch.pauses = {{.sink = asked->account.sink.name}};
    return decide(store, std::move(batch), request, *asked, {{"did", "resume"}});
}

Lines requeue(store::Store &store, const Request &request, std::uint64_t now_ns)
{
    const auto asked = asked_of(store, request);
    if (!asked)
        return tl::unexpected(asked.error());
    const auto given = asked->body.find("sequence");
    if (given != asked->body.end() && !given->is_number_unsigned())
        return failure("\"sequence\" is a number that is not negative");
    const std::uint64_t sequence = given == asked->body.end() ? 0 : given->get<std::uint64_t>();
    if (asked->account.dead == 0)
        return failure("the sink " + asked->account.sink.name + " has no dead letters");
    store::Batch batch;
    batch.now_ns = now_ns;
    batch.requeued = {{asked->account.sink.name, sequence, now_ns}};
    return decide(store, std::move(batch), request, *asked,
                  {{"did", "requeue"}, {"sequence", sequence}});
}

Lines dead_letters(store::Store &store, const Request &request)
{
    const auto asked = asked_of(store, request);
    if (!asked)
        return tl::unexpected(asked.error());
    const auto letters = store.outbox().dead_letters(asked->account.sink.name, kDeadLettersShown);
    if (!letters)
        return tl::unexpected(letters.error());
    std::vector<std::string> lines;
    for (const store::DeadLetter &letter : *letters) {
        const Json signal = Json::parse(letter.json, nullptr, false);
        lines.push_back(line_of({{"sink", asked->account.sink.name},
                                 {"sequence", letter.sequence},
                                 {"time", time_text(letter.time_ns)},
                                 {"attempts", letter.attempts},
                                 {"why", letter.why},
                                 {"id", text_of(signal, "id")},
                                 {"title", text_of(signal, "title")}}));
    }
    return lines;
}

Lines list(store::Store &store, std::uint64_t now_ns)
{
    const auto accounts = store.outbox().accounts();
    if (!accounts)
        return tl::unexpected(accounts.error());
    std::vector<std::string> lines;
    for (const store::SinkAccount &account : *accounts)
        lines.push_back(to_json(account, now_ns));
    return lines;
}

} // namespace

Lines answer_about_sinks(store::Store &store, const Request &request, std::uint64_t now_ns)
{
    switch (request.verb) {
    case Request::Verb::sink_list:
        return list(store, now_ns);
    case Request::Verb::sink_pause:
        return pause(store, request, now_ns);
    case Request::Verb::sink_resume:
        return resume(store, request, now_ns);
    case Request::Verb::sink_requeue:
        return requeue(store, request, now_ns);
    case Request::Verb::sink_dead:
        return dead_letters(store, request);
    default:
        return failure("this is nothing to ask about sinks");
    }
}

std::string to_json(const store::SinkAccount &account, std::uint64_t now_ns)
{
    Json json{{"name", account.sink.name},
              {"type", account.sink.type},
              {"state", state_of(account)},
              {"waiting", account.waiting},
              {"oldest_s", waited_ns(account, now_ns) / kSecondNs},
              {"delivered", account.delivered},
              {"dead", account.dead}};
    if (account.delivered_ns != 0)
        json["last_delivered"] = time_text(account.delivered_ns);
    if (account.waiting > 0 && !account.why.empty()) {
        json["why"] = account.why;
        json["attempts"] = account.attempts;
        json["next"] = time_text(account.next_ns);
    }
    if (!account.pause.by.empty())
        json["paused"] = {{"by", account.pause.by},
                          {"why", account.pause.why},
                          {"since", time_text(account.pause.time_ns)}};
    const std::string trouble = trouble_of(account, now_ns);
    if (!trouble.empty())
        json["trouble"] = trouble;
    return line_of(json);
}

std::string trouble_of(const store::SinkAccount &account, std::uint64_t now_ns)
{
    const std::string name = "the sink " + account.sink.name;
    const std::string waiting = std::to_string(account.waiting) + " documents wait for it";
    if (account.pause.by == kOwnName)
        return name + " does not work: " + account.pause.why + "; " + waiting;
    if (!account.pause.by.empty())
        return name + " was paused by " + account.pause.by + ": " + account.pause.why + "; " +
               waiting;
    if (!account.is_in_use && account.waiting > 0)
        return name + " is not configured any more; " + waiting;
    if (waited_ns(account, now_ns) > kLateNs)
        return name + " has taken nothing for " + format_duration(waited_ns(account, now_ns)) +
               (account.why.empty() ? "" : ": " + account.why) + "; " + waiting;
    if (account.dead > 0)
        return name + " has " + std::to_string(account.dead) +
               " dead letters; sentra sink dead-letter " + account.sink.name + " says why";
    return {};
}

} // namespace sentra::pipeline
