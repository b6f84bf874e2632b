// SPDX-License-Identifier: MIT
// Takes a line apart from the left. Also the two pieces that nearly every line has: a peer and a
// name between fixed words.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include "base/ip.h"
#include "base/text.h"

namespace sentra::journal {

class Scan {
public:
    explicit Scan(std::string_view text) : rest_(text) {}

    // The text goes on with `literal`: steps over it.
    bool take(std::string_view literal)
    {
        if (!rest_.starts_with(literal))
            return false;
        rest_.remove_prefix(literal.size());
        return true;
    }
    // What stands before the next `end`; steps over both. Nothing is taken if there is no `end`.
    std::optional<std::string_view> until(std::string_view end)
    {
        const auto at = rest_.find(end);
        if (at == std::string_view::npos)
            return std::nullopt;
        const std::string_view found = rest_.substr(0, at);
        rest_.remove_prefix(at + end.size());
        return found;
    }
    template <typename Number> std::optional<Number> number()
    {
        std::size_t digits = 0;
        while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9')
            ++digits;
        const auto value = parse_number<Number>(rest_.substr(0, digits));
        if (value)
            rest_.remove_prefix(digits);
        return value;
    }
    // Up to the next blank, colon excluded at the end ("1.2.3.4:"); empty at a blank or the end.
    std::string_view word()
    {
        const auto end = rest_.find(' ');
        const std::string_view found = rest_.substr(0, end);
        rest_.remove_prefix(found.size());
        return found;
    }
    [[nodiscard]] std::string_view rest() const { return rest_; }
    [[nodiscard]] bool done() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

// Who is at the other end: an address or, where the daemon looked it up, a name; port 0: not said.
struct Peer {
    std::string_view host;
    std::uint16_t port = 0;

    [[nodiscard]] std::optional<Ip> ip() const;
};

// "H port N" or "H" at the left. The host is one word.
[[nodiscard]] std::optional<Peer> take_peer(Scan &scan);
// "... H port N" at the right end: what stands before it is left in `before`.
[[nodiscard]] std::optional<Peer> peer_at_end(std::string_view text, std::string_view &before);
// "[1.2.3.4]:22", "1.2.3.4:22", "1.2.3.4" or "[::1]:22".
[[nodiscard]] std::optional<Peer> parse_endpoint(std::string_view text);

// The text between `first` and `last`, which must be its beginning and its end.
[[nodiscard]] std::optional<std::string_view> between(std::string_view text, std::string_view first,
                                                      std::string_view last);

} // namespace sentra::journal
