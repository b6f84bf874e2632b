// SPDX-License-Identifier: MIT
#include "output/peer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <curl/curl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/text.h"
#include "base/time.h"

namespace sentra::output {

namespace {

struct CloseUrl {
    void operator()(CURLU *url) const { curl_url_cleanup(url); }
};
struct CloseList {
    void operator()(curl_slist *list) const { curl_slist_free_all(list); }
};

// Never reached by way of a name or an answer. The services among them hand out this host's own
// credentials to whoever asks from it.
struct Forbidden {
    const char *network, *what;
};
constexpr std::array<Forbidden, 14> kForbidden = {{
    {"0.0.0.0/8", "unspecified"},
    {"169.254.0.0/16", "link-local"},
    {"224.0.0.0/4", "multicast"},
    {"240.0.0.0/4", "reserved"},
    {"100.100.100.200", "a metadata service"}, // Alibaba Cloud
    {"168.63.129.16", "a metadata service"},   // Azure
    {"192.0.0.192", "a metadata service"},     // Oracle Cloud
    {"::", "unspecified"},
    {"fe80::/10", "link-local"},
    {"ff00::/8", "multicast"},
    {"fd00:ec2::/64", "a metadata service"},        // Amazon EC2
    {"64:ff9b::a9fe:0/112", "link-local in NAT64"}, // 169.254.0.0/16
    {"2002:a9fe::/32", "link-local in 6to4"},
    {"::a9fe:0/112", "link-local"},
}};

std::string part_of(CURLU *url, CURLUPart part, unsigned flags = 0)
{
    char *text = nullptr;
    if (curl_url_get(url, part, &text, flags) != CURLUE_OK)
        return {};
    std::string copy(text);
    curl_free(text);
    return copy;
}

struct Guard {
    bool allow_loopback = false, only_loopback = false;
    std::string refused; // why the last address was
};

// Called with every address a name was resolved to, before it is connected to.
curl_socket_t open_socket(void *of, curlsocktype, curl_sockaddr *address)
{
    auto *guard = static_cast<Guard *>(of);
    if (address->family == AF_INET || address->family == AF_INET6) {
        Ip ip;
        if (address->family == AF_INET6) {
            sockaddr_in6 v6 = {};
            std::memcpy(&v6, &address->addr, sizeof v6);
            std::memcpy(ip.bytes.data(), &v6.sin6_addr, ip.bytes.size());
        } else {
            sockaddr_in v4 = {};
            std::memcpy(&v4, &address->addr, sizeof v4);
            ip.bytes[10] = ip.bytes[11] = 0xff;
            std::memcpy(ip.bytes.data() + 12, &v4.sin_addr, 4);
        }
        if (auto why = forbidden(ip, guard->allow_loopback, guard->only_loopback); why) {
            guard->refused = *why;
            return CURL_SOCKET_BAD;
        }
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

struct Reading {
    Answer *answer;
    std::size_t most;
};

std::size_t on_body(char *bytes, std::size_t, std::size_t count, void *of)
{
    auto *reading = static_cast<Reading *>(of);
    const std::size_t room = reading->most - std::min(reading->most, reading->answer->body.size());
    reading->answer->body.append(bytes, std::min(count, room));
    return count <= room ? count : 0; // 0 ends the transfer
}

std::size_t on_header(char *bytes, std::size_t, std::size_t count, void *of)
{
    auto *reading = static_cast<Reading *>(of);
    const std::string_view line(bytes, count);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos)
        return count;
    const std::string value(trim(line.substr(colon + 1)).substr(0, 100));
    if (equals_ignoring_case(line.substr(0, colon), "retry-after"))
        reading->answer->retry_after = value;
    else if (equals_ignoring_case(line.substr(0, colon), "date"))
        reading->answer->date = value;
    return count;
}

Trouble class_of(CURLcode code, bool was_guarded)
{
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return Trouble::timeout;
    case CURLE_COULDNT_RESOLVE_HOST:
        return Trouble::unresolved;
    case CURLE_COULDNT_CONNECT:
        return was_guarded ? Trouble::forbidden : Trouble::refused;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
        return Trouble::untrusted;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
        return Trouble::reset;
    case CURLE_WRITE_ERROR:
        return Trouble::too_long;
    default:
        return Trouble::other;
    }
}

} // namespace

struct Peer::Handle {
    CURL *curl = nullptr;
    std::array<char, CURL_ERROR_SIZE> error{};
    Guard guard;
    bool is_connected = false; // as a bare stream
    Handle() : curl(curl_easy_init()) {}
    Handle(const Handle &) = delete;
    Handle &operator=(const Handle &) = delete;
    ~Handle()
    {
        if (is_connected)
            finish();
        curl_easy_cleanup(curl);
    }

    // A socket that is closed with something unread (TLS 1.3's tickets come when they like) resets
    // the connection, and the peer loses what it has not read yet. So we say that we are done, and
    // wait until it is.
    void finish() const
    {
        constexpr int kPatienceMs = 1000;
        curl_socket_t socket = CURL_SOCKET_BAD;
        curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &socket);
        std::array<char, 4096> unread{};
        pollfd ready = {socket, POLLIN, 0};
        if (socket == CURL_SOCKET_BAD || ::shutdown(socket, SHUT_WR) != 0)
            return;
        while (::poll(&ready, 1, kPatienceMs) == 1 &&
               ::recv(socket, unread.data(), unread.size(), MSG_DONTWAIT) > 0)
            continue;
    }

    void set(CURLoption option, const std::string &text) const
    {
        if (!text.empty())
            curl_easy_setopt(curl, option, text.c_str());
    }
    void set(CURLoption option, long number) const { curl_easy_setopt(curl, option, number); }
};

Result<Url> parse_url(const std::string &text, std::string_view schemes)
{
    const std::unique_ptr<CURLU, CloseUrl> parsed(curl_url());
    if (curl_url_set(parsed.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) !=
        CURLUE_OK)
        return failure("it is no URL");
    Url url{text, part_of(parsed.get(), CURLUPART_SCHEME), part_of(parsed.get(), CURLUPART_HOST),
            part_of(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT), ""};
    const auto allowed = split(schemes, ' ');
    if (std::find(allowed.begin(), allowed.end(), url.scheme) == allowed.end())
        return failure("its scheme is not one of: " + std::string(schemes));
    if (!part_of(parsed.get(), CURLUPART_USER).empty() ||
        !part_of(parsed.get(), CURLUPART_PASSWORD).empty())
        return failure("user names and passwords do not belong in it; use user and password_file");
    url.shown = url.scheme + "://" + printable(url.host, 255);
    if (!url.port.empty())
        url.shown += ":" + url.port;
    return url;
}

bool is_loopback_host(std::string_view host)
{
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    const auto ip = Ip::parse(host);
    return ip ? ip->is_loopback() : equals_ignoring_case(host, "localhost");
}

std::optional<std::string> forbidden(const Ip &address, bool allow_loopback, bool only_loopback)
{
    if (address.is_loopback())
        return allow_loopback ? std::nullopt
                              : std::optional(address.text() + " is this host itself, which the "
                                                               "URL does not say");
    if (only_loopback)
        return address.text() + " is not this host, and the connection is not encrypted";
    for (const Forbidden &row : kForbidden)
        if (const auto network = Network::parse(row.network); network->contains(address))
            return address.text() + " is " + row.what + ": nothing is delivered there";
    return std::nullopt;
}

std::optional<std::uint64_t> parse_http_date(const std::string &text)
{
    const time_t seconds = curl_getdate(text.c_str(), nullptr);
    return seconds < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(seconds));
}

Peer::Peer(PeerSettings settings) : settings_(std::move(settings)) {}
Peer::~Peer() = default;

Result<std::unique_ptr<Peer>> Peer::make(PeerSettings settings)
{
    static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
    std::unique_ptr<Peer> peer(new Peer(std::move(settings)));
    peer->disconnect();
    if (kReady != CURLE_OK || peer->handle_->curl == nullptr)
        return failure("libcurl does not start");
    return peer;
}

void Peer::disconnect()
{
    handle_ = std::make_unique<Handle>();
    Handle &to = *handle_;
    if (to.curl == nullptr)
        return;
    const Url &url = settings_.url;
    const bool is_plain = url.scheme == "http";
    to.guard = {settings_.allow_loopback || is_loopback_host(url.host), is_plain, ""};
    curl_easy_setopt(to.curl, CURLOPT_PROTOCOLS_STR, "https,http");
    to.set(CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(to.curl, CURLOPT_PROXY, ""); // not the environment's
    to.set(CURLOPT_NOSIGNAL, 1L);
    to.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    to.set(CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.timeout_ns / 1'000'000));
    to.set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    to.set(CURLOPT_SSL_VERIFYPEER, 1L);
    to.set(CURLOPT_SSL_VERIFYHOST, 2L);
    to.set(CURLOPT_CAINFO, settings_.ca_file);
    to.set(CURLOPT_SSLCERT, settings_.cert_file);
    to.set(CURLOPT_SSLKEY, settings_.key_file);
    to.set(CURLOPT_PINNEDPUBLICKEY, settings_.pin.empty() ? "" : "sha256//" + settings_.pin);
    to.set(CURLOPT_UNIX_SOCKET_PATH, settings_.unix_path);
    curl_easy_setopt(to.curl, CURLOPT_USERAGENT, "sentrad/" SENTRA_VERSION);
    curl_easy_setopt(to.curl, CURLOPT_ERRORBUFFER, to.error.data());
    curl_easy_setopt(to.curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(to.curl, CURLOPT_OPENSOCKETDATA, &to.guard);
}

std::string Peer::excerpt(std::string_view text) const
{
    // A secret that the cut would halve is still whole here.
    std::string clean(text.substr(0, 4096));
    for (const std::string &secret : settings_.secrets)
        for (auto at = clean.find(secret); !secret.empty() && at != std::string::npos;
             at = clean.find(secret, at))
            clean.replace(at, secret.size(), "[redacted]");
    return printable(trim(clean), 300);
}

Answer Peer::trouble_of(int code)
{
    Answer answer;
    answer.trouble = class_of(static_cast<CURLcode>(code), !handle_->guard.refused.empty());
    const char *said = handle_->error[0] != '\0' ? handle_->error.data()
                                                 : curl_easy_strerror(static_cast<CURLcode>(code));
    answer.why = settings_.url.shown + ": " +
                 (answer.trouble == Trouble::forbidden ? handle_->guard.refused : excerpt(said));
    return answer;
}

Answer Peer::post(const Request &request)
{
    Handle &to = *handle_;
    Answer answer;
    Reading reading{&answer, request.answer_most};
    curl_slist *lines = nullptr;
    // Waiting for "100 Continue" costs a second with peers that never say it.
    lines = curl_slist_append(lines, "Expect:");
    for (const std::string &header : request.headers)
        lines = curl_slist_append(lines, header.c_str());
    const std::unique_ptr<curl_slist, CloseList> owned(lines);
    to.guard.refused.clear();
    to.error[0] = '\0';
    to.set(CURLOPT_URL, settings_.url.text + request.path);
    to.set(CURLOPT_POST, 1L);
    curl_easy_setopt(to.curl, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(to.curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(to.curl, CURLOPT_HTTPHEADER, lines);
    curl_easy_setopt(to.curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(to.curl, CURLOPT_WRITEDATA, &reading);
    curl_easy_setopt(to.curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(to.curl, CURLOPT_HEADERDATA, &reading);
    const CURLcode code = curl_easy_perform(to.curl);
    curl_easy_setopt(to.curl, CURLOPT_HTTPHEADER, nullptr);
    curl_easy_getinfo(to.curl, CURLINFO_RESPONSE_CODE, &answer.status);
    if (code == CURLE_OK)
        return answer;
    Answer trouble = trouble_of(code);
    trouble.status = answer.status;
    trouble.body = std::move(answer.body);
    return trouble;
}

bool Peer::is_connected()
{
    // A peer that has gone since says so at once; a write would still be taken by the kernel.
    char byte = 0;
    std::size_t got = 0;
    if (!handle_->is_connected)
        return false;
    const CURLcode code = curl_easy_recv(handle_->curl, &byte, 1, &got);
    return code == CURLE_AGAIN || (code == CURLE_OK && got > 0);
}

Answer Peer::write(std::string_view bytes)
{
    if (!is_connected()) {
        disconnect();
        Handle &to = *handle_;
        to.set(CURLOPT_URL, settings_.url.text);
        to.set(CURLOPT_CONNECT_ONLY, 1L);
        to.set(CURLOPT_SSL_ENABLE_ALPN, 0L); // it is not HTTP
        to.guard.only_loopback = false;      // syslog over TCP is what it is; see the sink
        if (const CURLcode code = curl_easy_perform(to.curl); code != CURLE_OK)
            return trouble_of(code);
        to.is_connected = true;
    }
    curl_socket_t socket = CURL_SOCKET_BAD;
    curl_easy_getinfo(handle_->curl, CURLINFO_ACTIVESOCKET, &socket);
    const auto until =
        std::chrono::steady_clock::now() + std::chrono::nanoseconds(settings_.timeout_ns);
    while (!bytes.empty()) {
        std::size_t sent = 0;
        CURLcode code = curl_easy_send(handle_->curl, bytes.data(), bytes.size(), &sent);
        bytes.remove_prefix(sent);
        if (code == CURLE_AGAIN) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                until - std::chrono::steady_clock::now());
            pollfd ready = {socket, POLLOUT, 0};
            if (left.count() > 0 && ::poll(&ready, 1, static_cast<int>(left.count())) > 0)
                continue;
            code = CURLE_OPERATION_TIMEDOUT;
        }
        if (code != CURLE_OK) {
            Answer trouble = trouble_of(code);
            disconnect();
            return trouble;
        }
    }
    if (is_connected())
        return {};
    Answer closed;
    closed.trouble = Trouble::reset;
    closed.why = settings_.url.shown + ": the peer closed the connection";
    return closed;
}

} // namespace sentra::output
