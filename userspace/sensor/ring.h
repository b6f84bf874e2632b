// SPDX-License-Identifier: MIT
// The reader's end of a BPF ring buffer. libbpf's own reader drains until it has caught up, which
// under a steady load is never; this one stops after a batch, and says whether it was held up by a
// record that a program is still writing: both decide what the watermark may claim.
//
// Reading and giving room back are two things: what has been read stays in the ring until release()
// says that it is kept elsewhere. A ring that outlives its reader is then read again from there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

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

    // Hands up to `batch` records over, oldest first; taking(bytes, behind) returns false to stop.
    // behind: the position after the record, for release().
    template <typename Taking> End drain(std::size_t batch, Taking &&taking)
    {
        for (std::size_t taken = 0; taken < batch;) {
            if (read_ >= produced())
                return End::caught_up;
            const Slot slot = slot_at(read_);
            if (slot.under_way)
                return End::under_way;
            read_ += slot.stride;
            if (slot.discarded)
                continue;
            ++taken;
            if (!taking(slot.bytes, read_))
                return End::stopped;
        }
        return End::batch_full;
    }

    // The oldest record that is there to be read; empty: none. Valid until the next call of either.
    [[nodiscard]] std::span<const std::byte> next() const;
    [[nodiscard]] std::uint64_t position() const { return read_; }
    // How much of the ring has been read and not been released.
    [[nodiscard]] std::uint64_t held_bytes() const { return read_ - released(); }
    [[nodiscard]] std::uint64_t size_bytes() const { return mask_ + 1; }
    // Gives the room before that position back. Not from two threads at once.
    void release(std::uint64_t position);

private:
    struct Slot {
        std::span<const std::byte> bytes;
        std::uint64_t stride = 0;
        bool under_way = false, discarded = false;
    };
    [[nodiscard]] std::uint64_t released() const;
    [[nodiscard]] std::uint64_t produced() const;
    [[nodiscard]] Slot slot_at(std::uint64_t position) const;
    // Valid until the next call: a record that wraps round is put together in wrapped_.
    [[nodiscard]] std::span<const std::byte> contiguous(std::uint64_t position,
                                                        std::size_t bytes) const;

    Mapping consumer_, producer_;
    std::size_t mask_ = 0, page_ = 0;
    std::uint64_t read_ = 0;
    mutable std::vector<std::byte> wrapped_;
};

} // namespace sentra::sensor
