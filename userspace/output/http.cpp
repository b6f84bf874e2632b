// SPDX-License-Identifier: MIT
#include "output/http.h"

#include <algorithm>
#include <chrono>

#include "base/encode.h"
#include "base/text.h"
#include "base/time.h"

namespace sentra::output {

namespace {

constexpr std::uint64_t kPatienceNs = 10 * kSecondNs;

// A line feed in a header would begin another one.
bool fits_a_header(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c != '\x7f'; });
}

Result<Url> url_of(const SinkSettings &settings, std::string_view otherwise, bool &is_secret)
{
    std::string text = text_of(settings, "url", otherwise);
    is_secret = has(settings, "url_file");
    if (is_secret) {
        auto read = credential_of(settings, "url_file");
        if (!read)
            return tl::unexpected(std::move(read.error()));
        text = std::move(*read);
    }
    if (text.empty())
        return failure("url is missing: where the peer is");
    auto url = parse_url(text, "https http");
    if (!url)
        return failure((is_secret ? "url_file: " : "url: ") + url.error().text);
    if (url->scheme == "http" && !is_loopback_host(url->host))
        return failure("url: http is for this host alone (127.0.0.1, [::1], localhost); use https");
    return url;
}

// A base64 SHA-256, as "openssl dgst -sha256 -binary | base64" prints it.
bool is_pin(std::string_view pin)
{
    return pin.size() == 44 && pin.back() == '=' &&
           pin.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                 "+/=") == std::string_view::npos;
}

const char *word_of(Trouble trouble)
{
    switch (trouble) {
    case Trouble::none:
        return "ok";
    case Trouble::timeout:
        return "timeout";
    case Trouble::refused:
        return "refused";
    case Trouble::unresolved:
        return "unresolved";
    case Trouble::untrusted:
        return "untrusted";
    case Trouble::forbidden:
        return "forbidden";
    case Trouble::reset:
        return "reset";
    case Trouble::too_long:
        return "too-long";
    case Trouble::other:
        break;
    }
    return "failed";
}

} // namespace

Result<PeerSettings> peer_settings_of(const SinkSettings &settings, std::string_view otherwise)
{
    bool is_secret = false;
    auto url = url_of(settings, otherwise, is_secret);
    const auto allow_loopback = switch_of(settings, "allow_loopback");
    const auto timeout_ns = duration_ns_of(settings, "timeout", kPatienceNs);
    const auto key_file = credential_path(settings, "client_key_file");
    if (!url)
        return tl::unexpected(std::move(url.error()));
    if (!allow_loopback)
        return tl::unexpected(allow_loopback.error());
    if (!timeout_ns)
        return tl::unexpected(timeout_ns.error());
    if (!key_file)
        return tl::unexpected(key_file.error());
    PeerSettings peer;
    peer.url = std::move(*url);
    peer.ca_file = text_of(settings, "ca_file");
    peer.cert_file = text_of(settings, "client_cert_file");
    peer.key_file = *key_file;
    peer.pin = text_of(settings, "pin");
    peer.allow_loopback = *allow_loopback;
    peer.timeout_ns = *timeout_ns;
    if (!peer.pin.empty() && !is_pin(peer.pin))
        return failure("pin: write the base64 of the SHA-256 of the peer's public key");
    if (peer.cert_file.empty() != peer.key_file.empty())
        return failure("client_cert_file and client_key_file belong together");
    if (is_secret)
        peer.secrets.push_back(peer.url.text);
    return peer;
}

Result<std::string> authorization_of(const SinkSettings &settings, std::string_view token_key,
                                     std::string_view scheme, PeerSettings &peer)
{
    auto token = credential_of(settings, token_key);
    auto password = credential_of(settings, "password_file");
    const std::string user = text_of(settings, "user");
    if (!token || !password)
        return tl::unexpected(!token ? token.error() : password.error());
    if (user.empty() != password->empty())
        return failure("user and password_file belong together");
    if (!user.empty() && !token->empty())
        return failure(std::string(token_key) + " and password_file: one of them is enough");
    if (!fits_a_header(*token))
        return failure(std::string(token_key) + ": it holds more than one line");
    if (!token->empty()) {
        peer.secrets.push_back(*token);
        return "Authorization: " + std::string(scheme) + " " + *token;
    }
    if (user.empty())
        return std::string();
    const std::string encoded = to_base64(user + ":" + *password);
    peer.secrets.push_back(*password);
    peer.secrets.push_back(encoded);
    return "Authorization: Basic " + encoded;
}

Result<Connection> connection_of(const SinkSettings &settings, std::string_view token_key,
                                 std::string_view scheme, bool is_json_only,
                                 std::vector<std::string> secrets)
{
    const auto format = format_of(settings, is_json_only);
    auto peer_settings = peer_settings_of(settings);
    if (!format || !peer_settings)
        return tl::unexpected(!format ? format.error() : peer_settings.error());
    auto authorization = authorization_of(settings, token_key, scheme, *peer_settings);
    if (!authorization)
        return tl::unexpected(std::move(authorization.error()));
    for (std::string &secret : secrets)
        peer_settings->secrets.push_back(std::move(secret));
    auto peer = Peer::make(std::move(*peer_settings));
    if (!peer)
        return tl::unexpected(std::move(peer.error()));
    return Connection{std::move(*peer), std::move(*authorization), *format};
}

std::optional<std::uint64_t> retry_after_ns(const std::string &value, const std::string &date,
                                            std::uint64_t now_ns)
{
    constexpr std::uint64_t kMostSeconds = kDayNs / kSecondNs;
    if (value.empty())
        return std::nullopt;
    if (const auto seconds = parse_number<std::uint64_t>(value); seconds)
        return std::min(*seconds, kMostSeconds) * kSecondNs;
    const auto until = parse_http_date(value);
    const auto now = parse_http_date(date).value_or(now_ns / kSecondNs);
    if (!until)
        return std::nullopt;
    return *until <= now ? 0 : std::min(*until - now, kMostSeconds) * kSecondNs;
}

std::string code_of(const Answer &answer)
{
    return answer.trouble == Trouble::none || answer.trouble == Trouble::too_long
               ? std::to_string(answer.status)
               : word_of(answer.trouble);
}

Handover refused(std::size_t count, const std::string &why, std::string code)
{
    return all_alike(count, count > 1 ? Fate::too_big : Fate::rejected, why, std::move(code));
}

Handover judge(const Answer &answer, std::string_view said, std::size_t count, std::uint64_t now_ns)
{
    const std::string code = code_of(answer);
    const long status = answer.status;
    if (answer.trouble == Trouble::untrusted || answer.trouble == Trouble::forbidden)
        return paused(count, answer.why, code);
    // What it said first is enough, however long it went on.
    const bool is_answered = answer.trouble == Trouble::too_long && status >= 200;
    if (answer.trouble != Trouble::none && !is_answered)
        return all_alike(count, Fate::retry, answer.why, code);
    if (status >= 200 && status < 300)
        return all_alike(count, Fate::delivered, "", code);
    std::string why = "HTTP " + code;
    if (!said.empty())
        why.append(": ").append(said);
    if (status == 413)
        return all_alike(count, Fate::too_big, why, code);
    if (status == 400 || status == 422)
        return refused(count, why, code);
    if (status == 408 || status == 425 || status == 429 || status >= 500 || status < 200) {
        Handover result = all_alike(count, Fate::retry, why, code);
        result.wait_ns = retry_after_ns(answer.retry_after, answer.date, now_ns);
        return result;
    }
    // 401, 403, 404, 410; redirects, which could lead anywhere; what says that this is another
    // kind of service.
    return paused(count, why, code);
}

Outcome judge_item(long status, std::string why)
{
    if ((status >= 200 && status < 300))
        return {Fate::delivered, ""};
    why.insert(0, "HTTP " + std::to_string(status) + (why.empty() ? "" : ": "));
    if (status == 413)
        return {Fate::too_big, std::move(why)};
    if (status == 408 || status == 425 || status == 429 || status >= 500 || status < 400)
        return {Fate::retry, std::move(why)};
    return {Fate::rejected, std::move(why)};
}

Handover in_requests(const std::vector<std::string> &pieces, const SendPart &send)
{
    Handover whole;
    std::size_t at = 0;
    while (at < pieces.size()) {
        std::string body = pieces[at];
        std::size_t end = at + 1;
        while (end < pieces.size() && body.size() + pieces[end].size() <= kRequestMost)
            body += pieces[end++];
        Handover part = send(end - at, body);
        at = end;
        const bool is_over =
            !part.pause.empty() || part.wait_ns ||
            std::all_of(part.outcomes.begin(), part.outcomes.end(),
                        [](const Outcome &one) { return one.fate == Fate::retry; });
        whole.outcomes.insert(whole.outcomes.end(), part.outcomes.begin(), part.outcomes.end());
        whole.pause = std::move(part.pause);
        whole.code = std::move(part.code);
        whole.wait_ns = part.wait_ns;
        if (is_over)
            break;
    }
    const std::string last = whole.outcomes.empty() ? "" : whole.outcomes.back().why;
    const std::string why = !whole.pause.empty() ? whole.pause : last.empty() ? "not sent" : last;
    whole.outcomes.resize(pieces.size(), {Fate::retry, why});
    return whole;
}

std::optional<nlohmann::json> parse_answer(std::string_view text)
{
    auto parsed = nlohmann::json::parse(text, nullptr, false);
    if (parsed.is_discarded() || !parsed.is_object())
        return std::nullopt;
    return parsed;
}

std::optional<std::int64_t> number_in(const nlohmann::json &object, const char *key)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (found == object.end() || !found->is_number_integer())
        return std::nullopt;
    return found->get<std::int64_t>();
}

std::string text_in(const nlohmann::json &object, const char *key)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    return found == object.end() || !found->is_string() ? std::string() : found->get<std::string>();
}

std::uint64_t now_ns_of(const SinkSettings &settings)
{
    if (settings.now_ns)
        return settings.now_ns();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                          std::chrono::system_clock::now().time_since_epoch())
                                          .count());
}

} // namespace sentra::output
