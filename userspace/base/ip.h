// SPDX-License-Identifier: MIT
// Addresses and networks. IPv4 is held as ::ffff:a.b.c.d, so that one form serves both.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sentra {

struct Ip {
    std::array<std::uint8_t, 16> bytes{};

    [[nodiscard]] static std::optional<Ip> parse(std::string_view text);
    [[nodiscard]] bool is_v4() const;       // also for v6 sockets with a mapped peer
    [[nodiscard]] std::string text() const; // "203.0.113.7", "2001:db8::1"
    [[nodiscard]] bool is_loopback() const;
    [[nodiscard]] bool
    is_public() const; // routable on the Internet, by the IANA special registries
    friend bool operator==(const Ip &, const Ip &) = default;
    friend auto operator<=>(const Ip &, const Ip &) = default;
};

struct Network {
    Ip base;
    unsigned prefix_bits = 128; // over all 128 bits: v4 /24 is 120

    [[nodiscard]] static std::optional<Network> parse(std::string_view text); // "10.0.0.0/8", "::1"
    [[nodiscard]] bool contains(const Ip &ip) const;
    [[nodiscard]] std::string text() const;
};

// The /24 (IPv4) or /64 (IPv6) around an address.
[[nodiscard]] Network neighbourhood(const Ip &ip);

} // namespace sentra
