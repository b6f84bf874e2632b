// SPDX-License-Identifier: MIT
// The reader's end of a BPF ring buffer. libbpf's own reader drains until it has caught up, which
// under a steady load is never; this one stops after a batch, and says whether it was held up by a
// record that a program is still writing: both decide what the watermark may claim.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "base/result.h"

namespace sentra::sensor {

// A mapping with one owner.
class Mapping {
public:
    Mapping() = default;
    [[nodiscard]] static Result<Mapping> map(int fd, std::size_t bytes, int protection,
                                             std::size_t offset);
    Mapping(Mapping &&other) noexcept;
    Mapping &operator=(Mapping &&other) noexcept;
    Mapping(const Mapping &) = delete;
    Mapping &operator=(const Mapping &) = delete;
    ~Mapping();
    [[nodiscard]] std::byte *at(std::size_t offset) const { return first_ + offset; }

private:
    std::byte *first_ = nullptr;
    std::size_t bytes_ = 0;
};

class Ring {
public:
    enum class End { caught_up, batch_full, under_way, stopped };

    [[nodiscard]] static Result<Ring> open(int map_fd, std::size_t bytes);

    // Hands up to `batch` records over, oldest first; taking(bytes) returns false to stop.
    template <typename Taking> End drain(std::size_t batch, Taking &&taking)
    {
        std::uint64_t at = consumed();
        End end = End::batch_full;
        for (std::size_t taken = 0; taken < batch;) {
            if (at >= produced()) {
                end = End::caught_up;
                break;
            }
            const Slot slot = slot_at(at);
            if (slot.under_way) {
                end = End::under_way;
                break;
            }
            at += slot.stride;
            if (slot.discarded)
                continue;
            ++taken;
            const bool more = taking(slot.bytes);
            if (!more) {
                end = End::stopped;
                break;
            }
            // Room is given back in steps: each write pulls a cache line from the producers.
            if (taken % 32 == 0)
                release(at);
        }
        release(at);
        return end;
    }

private:
    struct Slot {
        std::span<const std::byte> bytes;
        std::uint64_t stride = 0;
        bool under_way = false, discarded = false;
    };
    [[nodiscard]] std::uint64_t consumed() const;
    [[nodiscard]] std::uint64_t produced() const;
    [[nodiscard]] Slot slot_at(std::uint64_t position) const;
    void release(std::uint64_t position);

    Mapping consumer_, producer_;
    std::size_t mask_ = 0, page_ = 0;
};

} // namespace sentra::sensor
