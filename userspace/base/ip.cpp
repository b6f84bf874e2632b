// SPDX-License-Identifier: MIT
#include "base/ip.h"

#include <algorithm>

#include <arpa/inet.h>

#include "base/text.h"

namespace sentra {

namespace {

constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool in_any(const Ip &ip, std::initializer_list<std::string_view> networks)
{
    return std::any_of(networks.begin(), networks.end(), [&ip](std::string_view text) {
        const auto network = Network::parse(text);
        return network && network->contains(ip);
    });
}

} // namespace

std::optional<Ip> Ip::parse(std::string_view text)
{
    if (text.empty() || text.size() > 45)
        return std::nullopt;
    const std::string terminated(text);
    Ip ip;
    if (inet_pton(AF_INET6, terminated.c_str(), ip.bytes.data()) == 1)
        return ip;
    std::copy(kMapped.begin(), kMapped.end(), ip.bytes.begin());
    if (inet_pton(AF_INET, terminated.c_str(), ip.bytes.data() + kMapped.size()) == 1)
        return ip;
    return std::nullopt;
}

bool Ip::is_v4() const
{
    return std::equal(kMapped.begin(), kMapped.end(), bytes.begin());
}

std::string Ip::text() const
{
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    if (is_v4())
        inet_ntop(AF_INET, bytes.data() + kMapped.size(), buffer.data(), buffer.size());
    else
        inet_ntop(AF_INET6, bytes.data(), buffer.data(), buffer.size());
    return buffer.data();
}

bool Ip::is_loopback() const
{
    return in_any(*this, {"127.0.0.0/8", "::1"});
}

bool Ip::is_public() const
{
    return !in_any(*this,
                   {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
                    "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4",
                    "240.0.0.0/4", "::", "::1", "fc00::/7", "fe80::/10", "ff00::/8"});
}

std::optional<Network> Network::parse(std::string_view text)
{
    const auto slash = text.find('/');
    const auto base = Ip::parse(text.substr(0, slash));
    if (!base)
        return std::nullopt;
    Network network{*base, 128};
    if (slash != std::string_view::npos) {
        const auto bits = parse_number<unsigned>(text.substr(slash + 1));
        const unsigned most = base->is_v4() ? 32 : 128;
        if (!bits || *bits > most)
            return std::nullopt;
        network.prefix_bits = *bits + (128 - most);
    }
    return network;
}

bool Network::contains(const Ip &ip) const
{
    const std::size_t whole = prefix_bits / 8;
    if (!std::equal(base.bytes.begin(), base.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                    ip.bytes.begin()))
        return false;
    const unsigned rest = prefix_bits % 8;
    if (rest == 0)
        return true;
    const auto difference = static_cast<unsigned>(base.bytes[whole] ^ ip.bytes[whole]);
    return (difference >> (8 - rest)) == 0;
}

std::string Network::text() const
{
    Ip first = base;
    for (unsigned bit = prefix_bits; bit < 128; ++bit)
        first.bytes[bit / 8] =
            static_cast<std::uint8_t>(first.bytes[bit / 8] & ~(0x80U >> (bit % 8)));
    const unsigned shown = first.is_v4() ? prefix_bits - 96 : prefix_bits;
    return first.text() + "/" + std::to_string(shown);
}

Network neighbourhood(const Ip &ip)
{
    return {ip, ip.is_v4() ? 120U : 64U};
}

} // namespace sentra
