// SPDX-License-Identifier: MIT
// A webhook as Standard Webhooks has it: an id that stays the same when it is sent again, the time
// of this attempt, and an HMAC over both and the very bytes of the body. While keys are changed,
// the file holds both, and each signs.
#include <algorithm>
#include <array>

#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "engine/pattern.h"
#include "output/derive.h"
#include "output/http.h"

namespace sentra::output {

namespace {

// Nothing where the text is not base64 as it is written with padding.
std::optional<std::string> from_base64(std::string_view text)
{
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const char c : text.substr(0, text.find_last_not_of('=') + 1)) {
        const std::size_t digit = kDigits.find(c);
        if (digit == std::string_view::npos)
            return std::nullopt;
        held = held << 6U | static_cast<std::uint32_t>(digit);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes += static_cast<char>(held >> bits & 0xffU);
        }
    }
    // Two spellings of the same bytes would hide a key that lost its end.
    if (engine::base64_of(bytes) != text)
        return std::nullopt;
    return bytes;
}

Result<std::vector<std::string>> keys_of(const SinkSettings &settings, PeerSettings &peer)
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
        peer.secrets.emplace_back(line.substr(kPrefix.size()));
        keys.push_back(*key);
    }
    return keys;
}

class Webhook final : public Transport {
public:
    Webhook(SinkSettings settings, std::unique_ptr<Peer> peer, std::vector<std::string> keys,
            std::string authorization, const Format &format)
        : settings_(std::move(settings)),
          peer_(std::move(peer)),
          keys_(std::move(keys)),
          authorization_(std::move(authorization)),
          format_(format)
    {}

    Handover send(std::span<const Parcel> parcels) override
    {
        Handover result;
        for (const Parcel &parcel : parcels) {
            const std::string body = body_of(parcel);
            const Answer answer = peer_->post(request(parcel, body));
            Handover one = judge(answer, peer_->excerpt(answer.body), 1, now_ns_of(settings_));
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
        const std::string document = document_of(parcel, format_);
        const Json head = {{"type", type_of(parcel)},
                           {"timestamp", format_rfc3339(parcel.signal.last_ns)}};
        std::string body = line_of(head);
        body.back() = ',';
        return body.append("\"data\":")
            .append(format_.media_type == "application/json" ? document : line_of(Json(document)))
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
                .append(engine::base64_of(hmac_sha256(key, signed_text)));
        Request request;
        request.headers = {"Content-Type: application/json", "webhook-id: " + id,
                           "webhook-timestamp: " + timestamp};
        if (!signatures.empty())
            request.headers.push_back("webhook-signature: " + signatures);
        if (!authorization_.empty())
            request.headers.push_back(authorization_);
        request.body = body;
        return request;
    }

    SinkSettings settings_;
    std::unique_ptr<Peer> peer_;
    std::vector<std::string> keys_;
    std::string authorization_;
    const Format &format_;
};

} // namespace

Result<std::unique_ptr<Transport>> open_webhook(const SinkSettings &settings)
{
    const auto format = format_of(settings);
    auto peer_settings = peer_settings_of(settings);
    if (!format || !peer_settings)
        return tl::unexpected(!format ? format.error() : peer_settings.error());
    auto keys = keys_of(settings, *peer_settings);
    if (!keys)
        return tl::unexpected(std::move(keys.error()));
    auto authorization = authorization_of(settings, "token_file", "Bearer", *peer_settings);
    if (!authorization)
        return tl::unexpected(std::move(authorization.error()));
    auto peer = Peer::make(std::move(*peer_settings));
    if (!peer)
        return tl::unexpected(std::move(peer.error()));
    return std::make_unique<Webhook>(settings, std::move(*peer), std::move(*keys),
                                     std::move(*authorization), **format);
}

} // namespace sentra::output
