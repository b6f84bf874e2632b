// SPDX-License-Identifier: MIT
// PagerDuty's Events API v2: an incident per signal, whose forms fall together under its uid, and
// which a decision about the signal resolves.
#include "base/text.h"
#include "base/time.h"
#include "output/derive.h"
#include "output/http.h"

namespace sentra::output {

namespace {

constexpr std::size_t kSummaryMost = 1024, kTextMost = 4096;

// critical, error, warning, info, by the same rows as everyone's severity.
const char *severity_word(double score)
{
    const int level = severity_of(score).syslog;
    return level <= 2 ? "critical" : level == 3 ? "error" : level <= 5 ? "warning" : "info";
}

class PagerDuty final : public Transport {
public:
    PagerDuty(SinkSettings settings, std::unique_ptr<Peer> peer, std::string routing_key)
        : settings_(std::move(settings)),
          peer_(std::move(peer)),
          routing_key_(std::move(routing_key))
    {}

    Handover send(std::span<const Parcel> parcels) override
    {
        if (parcels.empty())
            return {};
        const std::string body = pagerduty_event(parcels.front(), routing_key_);
        Request request;
        request.headers = {"Content-Type: application/json"};
        request.body = body;
        const Answer answer = peer_->post(request);
        Handover result = judge(answer, peer_->excerpt(answer.body), 1, now_ns_of(settings_));
        result.outcomes.resize(parcels.size(), {Fate::retry, "one event at a time"});
        return result;
    }

private:
    SinkSettings settings_;
    std::unique_ptr<Peer> peer_;
    std::string routing_key_;
};

} // namespace

std::string pagerduty_event(const Parcel &parcel, const std::string &routing_key)
{
    const signal::Signal signal = shown(parcel);
    const bool is_decided = signal.decision.has_value() && !signal.action_needed;
    Json event = {{"routing_key", routing_key},
                  {"event_action", is_decided ? "resolve" : "trigger"},
                  {"dedup_key", signal.uid}};
    if (!is_decided) {
        Json details = {{"state", signal.state},
                        {"risk", signal.score},
                        {"confidence", signal.confidence},
                        {"narrative", clipped(signal.narrative, kTextMost)},
                        {"signal", signal.id}};
        put(details, "action", clipped(signal.action_text, kTextMost));
        Json payload = {
            {"summary", clipped(signal.host_name + ": " + signal.title, kSummaryMost)},
            {"source", signal.host_name.empty() ? "unknown" : clipped(signal.host_name, 255)},
            {"severity", parcel.is_test ? "info" : severity_word(signal.score)},
            {"timestamp", format_rfc3339(signal.last_ns)}};
        put(payload, "component", signal.rule_id);
        put(payload, "group", signal.tenant);
        put(payload, "class", signal.intent);
        payload["custom_details"] = std::move(details);
        event["payload"] = std::move(payload);
        event["client"] = "Sentra";
    }
    return line_of(event);
}

Result<std::unique_ptr<Transport>> open_pagerduty(const SinkSettings &settings)
{
    auto peer_settings = peer_settings_of(settings, "https://events.pagerduty.com/v2/enqueue");
    if (!peer_settings)
        return tl::unexpected(std::move(peer_settings.error()));
    auto key = credential_of(settings, "routing_key_file");
    if (!key)
        return tl::unexpected(std::move(key.error()));
    peer_settings->secrets.push_back(*key);
    auto peer = Peer::make(std::move(*peer_settings));
    if (!peer)
        return tl::unexpected(std::move(peer.error()));
    return std::make_unique<PagerDuty>(settings, std::move(*peer), std::move(*key));
}

} // namespace sentra::output
