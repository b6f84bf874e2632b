// SPDX-License-Identifier: MIT
// What the sinks over HTTP share: their settings, what an answer means for the documents that were
// sent, and how many go into one request. Pure but for the peer.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "output/peer.h"
#include "output/sink.h"

namespace sentra::output {

// Bytes of one request: what Splunk, Elasticsearch's proxies and PagerDuty take by default.
inline constexpr std::size_t kRequestMost = 1'000'000;

// url or url_file, ca_file, client_cert_file, client_key_file, pin, allow_loopback, timeout.
// `otherwise`: the URL where none is set.
[[nodiscard]] Result<PeerSettings> peer_settings_of(const SinkSettings &settings,
                                                    std::string_view otherwise = {});
// "Authorization: ..." from token_file ("<scheme> <token>") or user and password_file; empty where
// neither is set. What is secret in it is added to the peer's secrets.
[[nodiscard]] Result<std::string> authorization_of(const SinkSettings &settings,
                                                   std::string_view token_key,
                                                   std::string_view scheme, PeerSettings &peer);

// What a sink that posts documents in one format is made of.
struct Connection {
    std::unique_ptr<Peer> peer;
    std::string authorization;
    const Format *format;
};
// As the settings say. `secrets`: what else must never be shown.
[[nodiscard]] Result<Connection> connection_of(const SinkSettings &settings,
                                               std::string_view token_key, std::string_view scheme,
                                               bool is_json_only = false,
                                               std::vector<std::string> secrets = {});

// Seconds, or an HTTP date against the peer's own Date, else against now. At most a day: a peer
// must not silence this host for good.
[[nodiscard]] std::optional<std::uint64_t>
retry_after_ns(const std::string &value, const std::string &date, std::uint64_t now_ns);

// "200", "timeout", "refused", ...
[[nodiscard]] std::string code_of(const Answer &answer);
// What became of `count` documents that were sent together and share one answer. `said`: the
// answer's text, fit to be shown. Where several were refused together, none of them is: fewer at
// once will show which.
[[nodiscard]] Handover judge(const Answer &answer, std::string_view said, std::size_t count,
                             std::uint64_t now_ns);
// Of one document among several, by its own status.
[[nodiscard]] Outcome judge_item(long status, std::string why);
// Several were refused together: too_big, so that fewer are sent; a single one: rejected.
[[nodiscard]] Handover refused(std::size_t count, const std::string &why, std::string code);

// Parcels with their pieces of a request's body, in requests of at most kRequestMost bytes (a piece
// that is larger goes alone). Stops at the first request after which it is no use to go on.
using SendPart = std::function<Handover(std::size_t count, const std::string &body)>;
[[nodiscard]] Handover in_requests(const std::vector<std::string> &pieces, const SendPart &send);

// The text as JSON, or nothing; never throws.
[[nodiscard]] std::optional<nlohmann::json> parse_answer(std::string_view text);
// A member that may be missing or of another type.
[[nodiscard]] std::optional<std::int64_t> number_in(const nlohmann::json &object, const char *key);
[[nodiscard]] std::string text_in(const nlohmann::json &object, const char *key);

// What the answers of each peer mean, by its own page; `said` as above.
[[nodiscard]] Handover judge_elastic(const Answer &answer, std::string_view said, std::size_t count,
                                     std::uint64_t now_ns);
[[nodiscard]] Handover judge_splunk(const Answer &answer, std::string_view said, std::size_t count,
                                    std::uint64_t now_ns);
[[nodiscard]] Handover judge_clickhouse(const Answer &answer, std::string_view said,
                                        std::size_t count, std::uint64_t now_ns);
[[nodiscard]] Handover judge_slack(const Answer &answer, std::string_view said,
                                   std::uint64_t now_ns);

// What every sink over HTTP may be told, besides its own.
inline constexpr std::array kHttpKeys = {
    SinkKey{"url_file", "a file of 0600 with the URL, where the URL itself is a secret"},
    SinkKey{"ca_file", "who may vouch for the peer, instead of those the system trusts"},
    SinkKey{"client_cert_file", "who we are, where the peer asks for a certificate"},
    SinkKey{"client_key_file", "its key, a file of 0600"},
    SinkKey{"pin", "base64 of the SHA-256 of the public key the peer must have"},
    SinkKey{"allow_loopback", "true: a name that resolves to this host itself is meant so"},
    SinkKey{"timeout", "how long one request may take; 10s"},
};
template <std::size_t count> constexpr auto with_http(const std::array<SinkKey, count> &own)
{
    std::array<SinkKey, count + kHttpKeys.size()> keys{};
    std::copy(own.begin(), own.end(), keys.begin());
    std::copy(kHttpKeys.begin(), kHttpKeys.end(), keys.begin() + count);
    return keys;
}

// The system's time of day, or the settings' own.
[[nodiscard]] std::uint64_t now_ns_of(const SinkSettings &settings);

} // namespace sentra::output
