// SPDX-License-Identifier: MIT
#include "pipeline/deliveries.h"

#include <chrono>
#include <map>

#include <unistd.h>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "base/hash.h"
#include "base/text.h"
#include "pipeline/facts.h"
#include "pipeline/housekeeping.h"
#include "pipeline/sink_desk.h"
#include "signal/json_parts.h"

namespace sentra::pipeline {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kBetweenTidiesNs = 10 * kMinuteNs;

std::string host_name()
{
    char name[256] = {};
    return ::gethostname(name, sizeof name - 1) == 0 ? printable(name, 255) : std::string();
}

// Complete enough for every format; the transport marks it as a test.
signal::Signal test_signal(const Config &config, const std::string &sink, std::uint64_t now_ns)
{
    signal::Signal signal;
    signal.host_name = host_name();
    signal.uid = sha256_hex("sentra sink test\n" + config.tenant + "\n" + signal.host_name + "\n" +
                            sink + "\n" + std::to_string(now_ns));
    signal.id = signal.uid.substr(0, 12);
    signal.tenant = config.tenant;
    signal.first_ns = signal.last_ns = now_ns;
    signal.rule_id = "sink-test";
    signal.rule_pack = "sentra";
    signal.rule_version = 1;
    signal.intent = "Routine maintenance";
    signal.title = "Sentra reaches this sink";
    signal.narrative = "Somebody asked sentrad on " + signal.host_name +
                       " to show that its signals reach the sink " + sink + ".";
    signal.action_text = "No action is needed.";
    signal.state = "Low";
    signal.confidence = "high";
    signal.count = 1;
    signal.evidence = {{now_ns, "meta.test", "sentra sink test " + sink, "rec:meta:1"}};
    return signal;
}

bool are_in_use(const std::vector<store::SinkAccount> &accounts,
                const std::vector<store::Sink> &sinks)
{
    std::map<std::string, std::string> before, now;
    for (const store::SinkAccount &account : accounts)
        if (account.is_in_use)
            before.emplace(account.sink.name, account.sink.type);
    for (const store::Sink &sink : sinks)
        now.emplace(sink.name, sink.type);
    return before == now;
}

const char *name_of(output::Fate fate)
{
    switch (fate) {
    case output::Fate::delivered:
        return "delivered";
    case output::Fate::rejected:
        return "rejected";
    case output::Fate::too_big:
        return "too big";
    case output::Fate::retry:
        break;
    }
    return "failed";
}

} // namespace

Result<std::unique_ptr<Deliveries>> Deliveries::make(const Config &config, store::Store &store)
{
    std::unique_ptr<Deliveries> deliveries(new Deliveries(config, store));
    std::vector<store::Sink> sinks;
    for (const output::SinkSettings &settings : config.sinks) {
        sinks.push_back({settings.name, settings.type});
        output::prepare_sink(settings);
        deliveries->couriers_.push_back(
            std::make_unique<Courier>(settings, store_path(config.state_dir)));
    }
    const auto accounts = store.outbox().accounts();
    if (!accounts)
        return tl::unexpected(accounts.error());
    // Written only where it changed, and no reason to stay down: a full disk must not blind the
    // host.
    if (!are_in_use(*accounts, sinks))
        if (auto done = store.outbox().use(sinks); !done)
            spdlog::error("{}; the sinks that were configured before are told, no others",
                          done.error().text);
    return deliveries;
}

void Deliveries::start()
{
    for (const auto &courier : couriers_)
        courier->start();
}

void Deliveries::collect(store::Batch &batch)
{
    const auto posted = static_cast<std::ptrdiff_t>(batch.posted.size());
    const std::size_t pauses = batch.pauses.size();
    for (const auto &courier : couriers_)
        courier->collect(batch);
    collected_.insert(collected_.end(), batch.posted.begin() + posted, batch.posted.end());
    for (std::size_t at = pauses; at < batch.pauses.size(); ++at)
        if (const store::Pause &pause = batch.pauses[at]; !pause.why.empty())
            note(SENTRA_TROUBLE_SINK_REFUSES, pause.sink, pause.why, pause.time_ns);
    for (auto at = batch.posted.begin() + posted; at != batch.posted.end(); ++at)
        if (at->state == store::Posted::State::dead)
            note(SENTRA_TROUBLE_SINK_REJECTED, at->sink, at->why, at->time_ns);
}

void Deliveries::note(sentra_trouble_kind kind, const std::string &sink, const std::string &detail,
                      std::uint64_t now_ns)
{
    std::uint64_t &last_ns = troubled_ns_[{kind, sink}];
    if (last_ns != 0 && now_ns - std::min(now_ns, last_ns) < kDayNs)
        return;
    last_ns = now_ns;
    troubles_.push_back(trouble_fact(kind, sink, printable(detail, 300)));
}

std::vector<event::Record> Deliveries::new_troubles()
{
    return std::exchange(troubles_, {});
}

void Deliveries::committed()
{
    for (const auto &courier : couriers_)
        courier->committed(collected_);
    collected_.clear();
}

void Deliveries::tell_news()
{
    for (const auto &courier : couriers_)
        courier->tell_news();
}

void Deliveries::reopen()
{
    for (const auto &courier : couriers_)
        courier->reopen();
}

void Deliveries::tidy(std::uint64_t now_ns)
{
    if (now_ns - std::min(now_ns, tidied_ns_) < kBetweenTidiesNs)
        return;
    tidied_ns_ = now_ns;
    const auto tidied = store_.outbox().tidy(now_ns);
    if (!tidied)
        spdlog::warn("what was delivered long ago could not be removed: {}", tidied.error().text);
    else if (tidied->expired > 0)
        spdlog::error("{} documents waited {} for their sinks and are dead letters now; sentra "
                      "sink list says of which",
                      tidied->expired, format_duration(store::kWaitingMostNs));
}

Result<std::vector<std::string>> Deliveries::answer(const Request &request, std::uint64_t now_ns)
{
    auto lines = answer_about_sinks(store_, request, now_ns);
    if (lines && request.verb != Request::Verb::sink_list &&
        request.verb != Request::Verb::sink_dead)
        for (const auto &courier : couriers_)
            courier->tell_act();
    return lines;
}

Result<std::vector<std::string>> Deliveries::test(const Request &request) const
{
    const Json body = Json::parse(request.body.empty() ? "{}" : request.body, nullptr, false);
    return test_sink(config_, signal::text_of(body, "sink"));
}

void Deliveries::stop()
{
    for (const auto &courier : couriers_)
        courier->ask_to_stop();
    for (const auto &courier : couriers_)
        courier->join();
    store::Batch batch;
    batch.now_ns = unix_now_ns();
    collect(batch);
    if (batch.posted.empty() && batch.pauses.empty())
        return;
    // What is not known to be delivered is brought again: twice rather than never.
    if (auto done = store_.commit(batch); !done)
        spdlog::warn("{}; what the sinks took last will be brought again", done.error().text);
}

Result<std::vector<std::string>> test_sink(const Config &config, const std::string &name)
{
    std::vector<std::string_view> names;
    for (const output::SinkSettings &settings : config.sinks) {
        names.push_back(settings.name);
        if (settings.name != name)
            continue;
        const auto begun = std::chrono::steady_clock::now();
        auto transport = output::open_sink(settings);
        if (!transport)
            return tl::unexpected(std::move(transport.error()));
        output::Parcel parcel;
        parcel.signal = test_signal(config, name, unix_now_ns());
        parcel.is_test = true;
        const output::Handover handover = (*transport)->send({&parcel, 1});
        const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now() - begun);
        const output::Outcome outcome =
            handover.outcomes.empty() ? output::Outcome{} : handover.outcomes.front();
        const Json json{{"sink", name},           {"type", settings.type},
                        {"id", parcel.signal.id}, {"result", name_of(outcome.fate)},
                        {"code", handover.code},  {"why", printable(outcome.why, 300)},
                        {"took_ms", took.count()}};
        return std::vector<std::string>{json.dump(-1, ' ', false, Json::error_handler_t::replace)};
    }
    const auto meant = nearest(name, names);
    return failure("no sink \"" + printable(name, 60) + "\" is configured" +
                   (meant ? "; did you mean \"" + std::string(*meant) + "\"?" : ""));
}

} // namespace sentra::pipeline
