// SPDX-License-Identifier: MIT
// A webhook as Standard Webhooks has it: an id that stays the same when it is sent again, the time
// of this attempt, and an HMAC over both and the very bytes of the body. While keys are changed,
// the file holds both, and each signs.
#include <algorithm>
#include <array>

#include "base/encode.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "output/derive.h"
#include "output/http.h"

namespace sentra::output {

namespace {

Result<std::vector<std::string>> keys_of(const SinkSettings &settings,
                                         std::vector<std::string> &secrets)
{
    const auto text = credential_of(settings, "key_file");
    if (!text)
        return tl::unexpected(text.error());
    std::vector<std::string> keys;
    for (std::string_view line : split(*text, '\n')) {
        line = trim(line);
        constexpr std::string_view kPrefix = "whsec_";
        if (line.empty())
            continue;
        const bool is_marked = line.substr(0, kPrefix.size()) == kPrefix;
        const auto key = from_base64(is_marked ? line.substr(kPrefix.size()) : "");
        if (!is_marked || !key || key->size() < 16)
            return failure("key_file: one key a line, as whsec_<base64 of 24 to 64 bytes>");
        secrets.emplace_back(line.substr(kPrefix.size()));
        keys.push_back(*key);
    }
    return keys;
}

class Webhook final : public Transport {
public:
    Webhook(SinkSettings settings, Connection connection, std::vector<std::string> keys)
        : settings_(std::move(settings)), connection_(std::move(connection)), keys_(std::move(keys))
    {}

    Handover send(std::span<const Parcel> parcels) override
    {
        Handover result;
        for (const Parcel &parcel : parcels) {
            const std::string body = body_of(parcel);
            const Answer answer = connection_.peer->post(request(parcel, body));
            Handover one =
                judge(answer, connection_.peer->excerpt(answer.body), 1, now_ns_of(settings_));
            result.outcomes.push_back(one.outcomes.front());
            result.pause = one.pause;
            result.code = one.code;
            result.wait_ns = one.wait_ns;
            if (one.outcomes.front().fate == Fate::retry)
                break;
        }
        result.outcomes.resize(parcels.size(),
                               result.outcomes.empty() ? Outcome{} : result.outcomes.back());
        return result;
    }

private:
    [[nodiscard]] static const char *type_of(const Parcel &parcel)
    {
        if (parcel.is_test)
            return "sentra.signal.test";
        if (parcel.signal.decision && parcel.signal.decision->status == "RESOLVED")
            return "sentra.signal.closed";
        return parcel.delivery.is_update ? "sentra.signal.updated" : "sentra.signal.created";
    }

    [[nodiscard]] std::string body_of(const Parcel &parcel) const
    {
        const std::string document = document_of(parcel, *connection_.format);
        const Json head = {{"type", type_of(parcel)},
                           {"timestamp", format_rfc3339(parcel.signal.last_ns)}};
        std::string body = line_of(head);
        body.back() = ',';
        return body.append("\"data\":")
            .append(connection_.format->media_type == "application/json" ? document
                                                                         : line_of(Json(document)))
            .append("}");
    }

    [[nodiscard]] Request request(const Parcel &parcel, std::string_view body) const
    {
        const std::string id = key_of(parcel);
        const std::string timestamp = std::to_string(now_ns_of(settings_) / kSecondNs);
        const std::string signed_text =
            std::string(id).append(".").append(timestamp).append(".").append(body);
        std::string signatures;
        for (const std::string &key : keys_)
            signatures.append(signatures.empty() ? "" : " ")
                .append("v1,")
                .append(to_base64(hmac_sha256(key, signed_text)));
        Request request;
        request.headers = {"Content-Type: application/json", "webhook-id: " + id,
                           "webhook-timestamp: " + timestamp};
        if (!signatures.empty())
            request.headers.push_back("webhook-signature: " + signatures);
        if (!connection_.authorization.empty())
            request.headers.push_back(connection_.authorization);
        request.body = body;
        return request;
    }

    SinkSettings settings_;
    Connection connection_;
    std::vector<std::string> keys_;
};

} // namespace

Result<std::unique_ptr<Transport>> open_webhook(const SinkSettings &settings)
{
    std::vector<std::string> secrets;
    auto keys = keys_of(settings, secrets);
    if (!keys)
        return tl::unexpected(std::move(keys.error()));
    auto connection = connection_of(settings, "token_file", "Bearer", false, std::move(secrets));
    if (!connection)
        return tl::unexpected(std::move(connection.error()));
    return std::make_unique<Webhook>(settings, std::move(*connection), std::move(*keys));
}

} // namespace sentra::output
