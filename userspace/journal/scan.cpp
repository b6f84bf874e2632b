// SPDX-License-Identifier: MIT
#include "journal/scan.h"

namespace sentra::journal {

std::optional<Ip> Peer::ip() const
{
    // "fe80::1%eth0": the interface is not part of the address.
    return Ip::parse(host.substr(0, host.find('%')));
}

std::optional<Peer> take_peer(Scan &scan)
{
    Peer peer{scan.word()};
    if (peer.host.empty())
        return std::nullopt;
    Scan ahead = scan;
    if (ahead.take(" port ")) {
        const auto port = ahead.number<std::uint16_t>();
        if (port) {
            peer.port = *port;
            scan = ahead;
        }
    }
    return peer;
}

std::optional<Peer> peer_at_end(std::string_view text, std::string_view &before)
{
    Peer peer;
    const auto port_at = text.rfind(" port ");
    if (port_at != std::string_view::npos) {
        if (const auto port = parse_number<std::uint16_t>(text.substr(port_at + 6))) {
            peer.port = *port;
            text = text.substr(0, port_at);
        }
    }
    const auto blank = text.rfind(' ');
    peer.host = blank == std::string_view::npos ? text : text.substr(blank + 1);
    before = text.substr(0, text.size() - peer.host.size());
    if (peer.host.empty())
        return std::nullopt;
    return peer;
}

std::optional<Peer> parse_endpoint(std::string_view text)
{
    Peer peer{text};
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos)
            return std::nullopt;
        peer.host = text.substr(1, end - 1);
        text.remove_prefix(end + 1);
        if (text.starts_with(':'))
            peer.port = parse_number<std::uint16_t>(text.substr(1)).value_or(0);
    } else if (text.find(':') != std::string_view::npos && text.find(':') == text.rfind(':')) {
        peer.host = text.substr(0, text.find(':'));
        peer.port = parse_number<std::uint16_t>(text.substr(text.find(':') + 1)).value_or(0);
    }
    if (!peer.ip())
        return std::nullopt;
    return peer;
}

std::optional<std::string_view> between(std::string_view text, std::string_view first,
                                        std::string_view last)
{
    if (text.size() < first.size() + last.size() || !text.starts_with(first) ||
        !text.ends_with(last))
        return std::nullopt;
    return text.substr(first.size(), text.size() - first.size() - last.size());
}

} // namespace sentra::journal
