// SPDX-License-Identifier: MIT
// Building records in user space: the journal's parsers, the pipeline's own facts, written streams.
// A Build<Struct> is the body with the texts beside it; finish() lays them out as the treaty says.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ip.h"
#include "event/record.h"

namespace sentra::event {

// Lays out body and texts. texts: offset of each sentra_text in the body, and its bytes. A text
// longer than SENTRA_ARGS_MAX or than the record has room for is cut and the record is flagged.
[[nodiscard]] Record lay_out(std::span<const std::byte> body,
                             std::span<const std::pair<std::size_t, std::string>> texts);

template <typename Struct> class Build {
public:
    Build(sentra_type type, sentra_source source, std::uint64_t time_ns, std::uint64_t sequence)
    {
        body_.head.time_ns = time_ns;
        body_.head.sequence = sequence;
        body_.head.type = static_cast<std::uint16_t>(type);
        body_.head.source = static_cast<std::uint8_t>(source);
    }
    Struct *operator->() { return &body_; }
    Struct &operator*() { return body_; }

    // slice is a sentra_text inside this body.
    Build &text(sentra_text &slice, std::string_view bytes)
    {
        const auto offset =
            reinterpret_cast<std::byte *>(&slice) - reinterpret_cast<std::byte *>(&body_);
        texts_.emplace_back(static_cast<std::size_t>(offset), bytes);
        return *this;
    }
    [[nodiscard]] Record finish() const
    {
        return lay_out(std::as_bytes(std::span(&body_, 1)), texts_);
    }

private:
    Struct body_{};
    std::vector<std::pair<std::size_t, std::string>> texts_;
};

[[nodiscard]] sentra_address to_address(const Ip &ip, std::uint16_t port);

} // namespace sentra::event
