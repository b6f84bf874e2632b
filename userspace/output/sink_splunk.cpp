// SPDX-License-Identifier: MIT
// Splunk's HTTP Event Collector. It has no id that it takes once: a document that is sent again is
// there twice, with the same signal_uid and revision. Where the token asks for it, a document is
// delivered only once an indexer says so.
#include <chrono>
#include <thread>

#include "base/hash.h"
#include "output/derive.h"
#include "output/http.h"

namespace sentra::output {

namespace {

// Stable for a host and a sink, as Splunk wants it: an identity that it keeps acknowledgements for.
std::string channel_of(const std::string &host, const std::string &sink)
{
    std::string hex = sha256_hex(host + "\n" + sink).substr(0, 32);
    hex[12] = '8'; // RFC 9562, 5.8: a version of our own making
    hex[16] = 'a';
    for (const std::size_t at : {20U, 16U, 12U, 8U})
        hex.insert(at, "-");
    return hex;
}

class Splunk final : public Transport {
public:
    Splunk(SinkSettings settings, Connection connection)
        : settings_(std::move(settings)), connection_(std::move(connection))
    {}

    Handover send(std::span<const Parcel> parcels) override
    {
        if (parcels.empty())
            return {};
        const std::string &host = parcels.front().signal.host_id;
        channel_ = channel_of(host, settings_.name);
        std::vector<std::string> pieces;
        for (const Parcel &parcel : parcels)
            pieces.push_back(piece(parcel));
        return in_requests(pieces, [this](std::size_t count, const std::string &body) {
            const Answer answer = post("/services/collector/event", body);
            Handover result = judge_splunk(answer, connection_.peer->excerpt(answer.body), count,
                                           now_ns_of(settings_));
            const auto parsed = parse_answer(answer.body);
            const auto ack = parsed ? number_in(*parsed, "ackId") : std::nullopt;
            if (ack && result.outcomes.front().fate == Fate::delivered && !is_indexed(*ack))
                return all_alike(count, Fate::retry, "no indexer has confirmed it", "no-ack");
            return result;
        });
    }

private:
    [[nodiscard]] Answer post(const char *path, std::string_view body)
    {
        Request request;
        request.path = path;
        request.headers = {"Content-Type: application/json", connection_.authorization,
                           "X-Splunk-Request-Channel: " + channel_};
        request.body = body;
        return connection_.peer->post(request);
    }

    [[nodiscard]] std::string piece(const Parcel &parcel) const
    {
        const signal::Signal &signal = parcel.signal;
        Json envelope = {{"time", static_cast<double>(milliseconds(signal.last_ns)) / 1000.0}};
        put(envelope, "host", signal.host_name);
        envelope["source"] = text_of(settings_, "source", "sentra");
        envelope["sourcetype"] = text_of(settings_, "sourcetype", "sentra:signal");
        put(envelope, "index", text_of(settings_, "index"));
        const std::string document = document_of(parcel, *connection_.format);
        envelope["event"] = connection_.format->media_type == "application/json"
                                ? Json::parse(document, nullptr, false)
                                : Json(document);
        Json fields = {{"signal_id", signal.id},
                       {"signal_uid", signal.uid},
                       {"revision", parcel.revision},
                       {"sequence", parcel.delivery.sequence},
                       {"severity", severity_of(signal.score).word},
                       {"risk", percent(signal.score)}};
        put(fields, "tenant", signal.tenant);
        envelope["fields"] = std::move(fields);
        return line_of(envelope) + "\n";
    }

    [[nodiscard]] bool is_indexed(std::int64_t ack)
    {
        const auto until = std::chrono::steady_clock::now() +
                           std::chrono::nanoseconds(connection_.peer->settings().timeout_ns);
        const std::string question = "{\"acks\":[" + std::to_string(ack) + "]}";
        for (;;) {
            const Answer answer = post("/services/collector/ack", question);
            const auto parsed = parse_answer(answer.body);
            if (answer.trouble != Trouble::none || answer.status != 200 || !parsed)
                return false;
            const auto acks = parsed->find("acks");
            if (acks != parsed->end() && acks->is_object()) {
                const auto found = acks->find(std::to_string(ack));
                if (found != acks->end() && found->is_boolean() && found->get<bool>())
                    return true;
            }
            if (std::chrono::steady_clock::now() > until)
                return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(500));
        }
    }

    SinkSettings settings_;
    Connection connection_;
    std::string channel_;
};

} // namespace

Result<std::unique_ptr<Transport>> open_splunk(const SinkSettings &settings)
{
    auto connection = connection_of(settings, "token_file", "Splunk");
    if (!connection)
        return tl::unexpected(std::move(connection.error()));
    return std::make_unique<Splunk>(settings, std::move(*connection));
}

} // namespace sentra::output
