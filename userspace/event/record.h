// SPDX-License-Identifier: MIT
// The narrow waist: one record, owned. Comes from a source (ring, journal, recording, stream) and
// goes to the merge, the recorder and decode(). Bytes are as in <sentra/wire.h>; a Record always
// holds at least a head whose size is the number of bytes.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>

#include <sentra/wire.h>

#include "base/result.h"

namespace sentra::event {

class Record {
public:
    // Refuses bytes without a whole head, or whose head tells another size.
    [[nodiscard]] static Result<Record> copy(std::span<const std::byte> bytes);

    [[nodiscard]] const sentra_head &head() const
    {
        // The buffer comes from operator new[], so it is aligned for any struct of the treaty.
        return *reinterpret_cast<const sentra_head *>(bytes_.get());
    }
    [[nodiscard]] sentra_head &head() { return *reinterpret_cast<sentra_head *>(bytes_.get()); }
    [[nodiscard]] std::span<const std::byte> bytes() const { return {bytes_.get(), size_}; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] Record clone() const;

private:
    Record(std::unique_ptr<std::byte[]> bytes, std::size_t size)
        : bytes_(std::move(bytes)), size_(size)
    {}
    std::unique_ptr<std::byte[]> bytes_;
    std::size_t size_;
};

// The order of everything: (time, source, sequence).
[[nodiscard]] bool earlier(const sentra_head &a, const sentra_head &b);

} // namespace sentra::event
