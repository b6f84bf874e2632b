// SPDX-License-Identifier: MIT
// The way out of the host: one peer, named by a URL, over HTTP or a bare stream. Always true: the
// peer's certificate and name are verified, TLS is 1.2 or later, nothing unencrypted is sent over
// HTTP but to this host itself, no redirect is followed, no proxy is taken from the environment,
// and no address is connected to that a name of somebody else's could be pointed at to reach what
// only this host may ask (link-local, metadata services). What is said about a failure has no
// secret in it. Peers are owned by one thread each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"
#include "base/result.h"
#include "output/transport.h"

namespace sentra::output {

struct Url {
    std::string text; // as it was given
    std::string scheme, host, port;
    std::string shown; // "https://host:port": without what may be secret
};
// Refused: user names and passwords in it, schemes that are not of `schemes` ("https http").
[[nodiscard]] Result<Url> parse_url(const std::string &text, std::string_view schemes);
// "localhost", an address of 127.0.0.0/8, ::1: the text itself says that it is this host.
[[nodiscard]] bool is_loopback_host(std::string_view host);
// Why the address is never connected to; nothing: it may be.
[[nodiscard]] std::optional<std::string> forbidden(const Ip &address, bool allow_loopback,
                                                   bool only_loopback);
// An HTTP date in Unix seconds.
[[nodiscard]] std::optional<std::uint64_t> parse_http_date(const std::string &text);

struct PeerSettings {
    Url url;
    std::string ca_file, cert_file, key_file;
    std::string pin; // base64 of the SHA-256 of the public key the peer must have
    bool allow_loopback = false;
    std::uint64_t timeout_ns = 0;
    std::vector<std::string> secrets; // never shown, also where the peer says them back
    std::string unix_path;            // a bare stream to a socket of this host instead
};

enum class Trouble {
    none,
    timeout,
    refused,
    unresolved,
    untrusted, // its certificate, its name, its key
    forbidden, // by the guard
    reset,     // also mid-answer
    too_long,
    other,
};

struct Answer {
    long status = 0;
    std::string body, retry_after, date;
    Trouble trouble = Trouble::none;
    std::string why; // of the trouble
};

struct Request {
    std::string path;                 // after the URL's own
    std::vector<std::string> headers; // "Name: value"
    std::string_view body;
    std::size_t answer_most = 65536; // bytes; more is trouble
};

class Peer {
public:
    [[nodiscard]] static Result<std::unique_ptr<Peer>> make(PeerSettings settings);
    Peer(const Peer &) = delete;
    Peer &operator=(const Peer &) = delete;
    ~Peer();

    [[nodiscard]] Answer post(const Request &request);
    // A connection without HTTP on it; made where there is none, or where the peer has closed it.
    // Nothing tells whether the peer has read what was written.
    [[nodiscard]] Answer write(std::string_view bytes);
    // The next post or write makes a new connection.
    void disconnect();

    [[nodiscard]] const PeerSettings &settings() const { return settings_; }
    // Printable, at most 300 bytes, without the secrets.
    [[nodiscard]] std::string excerpt(std::string_view text) const;

private:
    struct Handle;
    explicit Peer(PeerSettings settings);
    [[nodiscard]] bool is_connected();
    [[nodiscard]] Answer trouble_of(int code);

    PeerSettings settings_;
    std::unique_ptr<Handle> handle_;
};

} // namespace sentra::output
