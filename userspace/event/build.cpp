// SPDX-License-Identifier: MIT
#include "event/build.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include <sys/socket.h>

namespace sentra::event {

Record lay_out(std::span<const std::byte> body,
               std::span<const std::pair<std::size_t, std::string>> texts)
{
    std::vector<std::byte> bytes(body.begin(), body.end());
    sentra_head head{};
    std::memcpy(&head, bytes.data(), sizeof head);
    head.body = static_cast<std::uint32_t>(body.size());
    for (const auto &[at, text] : texts) {
        // Arguments may be longer than any message; what fits in a record is kept.
        const std::size_t room = SENTRA_RECORD_MAX - bytes.size();
        const std::size_t length = std::min({text.size(), std::size_t{SENTRA_ARGS_MAX}, room});
        if (length < text.size())
            head.flags |= SENTRA_RECORD_TRUNCATED;
        const sentra_text slice{static_cast<std::uint32_t>(bytes.size()),
                                static_cast<std::uint32_t>(length)};
        std::memcpy(bytes.data() + at, &slice, sizeof slice);
        const auto *first = reinterpret_cast<const std::byte *>(text.data());
        bytes.insert(bytes.end(), first, first + length);
    }
    // Records lie one after the other in a recording; a multiple of 8 keeps their heads aligned.
    bytes.resize((bytes.size() + 7) / 8 * 8);
    head.size = static_cast<std::uint32_t>(bytes.size());
    std::memcpy(bytes.data(), &head, sizeof head);
    auto record = Record::copy(bytes);
    assert(record); // the head was written two lines above
    return std::move(*record);
}

sentra_address to_address(const Ip &ip, std::uint16_t port)
{
    sentra_address address{};
    std::memcpy(address.ip, ip.bytes.data(), ip.bytes.size());
    address.port = port;
    address.family = ip.is_v4() ? AF_INET : AF_INET6;
    return address;
}

} // namespace sentra::event
