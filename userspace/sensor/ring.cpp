// SPDX-License-Identifier: MIT
#include "sensor/ring.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

namespace sentra::sensor {

Result<Mapping> Mapping::map(int fd, std::size_t bytes, int protection, std::size_t offset)
{
    void *first = mmap(nullptr, bytes, protection, MAP_SHARED, fd, static_cast<off_t>(offset));
    if (first == MAP_FAILED)
        return system_failure("map the kernel ring", errno);
    Mapping mapping;
    mapping.first_ = static_cast<std::byte *>(first);
    mapping.bytes_ = bytes;
    return mapping;
}

Mapping::Mapping(Mapping &&other) noexcept
    : first_(std::exchange(other.first_, nullptr)), bytes_(std::exchange(other.bytes_, 0))
{}

Mapping &Mapping::operator=(Mapping &&other) noexcept
{
    std::swap(first_, other.first_);
    std::swap(bytes_, other.bytes_);
    return *this;
}

Mapping::~Mapping()
{
    if (first_ != nullptr)
        munmap(first_, bytes_);
}

Result<Ring> Ring::open(int map_fd, std::size_t bytes)
{
    // As the kernel lays it out: the consumer's page, the producer's page, the data. Mapped a
    // second time behind itself, a record that wraps round would be contiguous, and every page of
    // it would count as this process's memory twice; it is put together instead.
    Ring ring;
    ring.page_ = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    ring.mask_ = bytes - 1;
    auto consumer = Mapping::map(map_fd, ring.page_, PROT_READ | PROT_WRITE, 0);
    if (!consumer)
        return tl::unexpected(consumer.error());
    auto producer = Mapping::map(map_fd, ring.page_ + bytes, PROT_READ, ring.page_);
    if (!producer)
        return tl::unexpected(producer.error());
    ring.consumer_ = std::move(*consumer);
    ring.producer_ = std::move(*producer);
    ring.read_ = ring.released();
    return ring;
}

std::uint64_t Ring::released() const
{
    return __atomic_load_n(reinterpret_cast<const std::uint64_t *>(consumer_.at(0)),
                           __ATOMIC_RELAXED);
}

std::uint64_t Ring::produced() const
{
    return __atomic_load_n(reinterpret_cast<const std::uint64_t *>(producer_.at(0)),
                           __ATOMIC_ACQUIRE);
}

void Ring::release(std::uint64_t position)
{
    __atomic_store_n(reinterpret_cast<std::uint64_t *>(consumer_.at(0)), position,
                     __ATOMIC_RELEASE);
}

std::span<const std::byte> Ring::next() const
{
    for (std::uint64_t at = read_; at < produced();) {
        const Slot slot = slot_at(at);
        if (slot.under_way)
            return {};
        if (!slot.discarded)
            return slot.bytes;
        at += slot.stride;
    }
    return {};
}

// Headers never wrap: records begin at multiples of eight.
std::span<const std::byte> Ring::contiguous(std::uint64_t position, std::size_t bytes) const
{
    const std::size_t from = position & mask_;
    const std::size_t in_front = std::min(bytes, size_bytes() - from);
    if (in_front == bytes)
        return {producer_.at(page_ + from), bytes};
    wrapped_.resize(bytes);
    std::memcpy(wrapped_.data(), producer_.at(page_ + from), in_front);
    std::memcpy(wrapped_.data() + in_front, producer_.at(page_), bytes - in_front);
    return wrapped_;
}

Ring::Slot Ring::slot_at(std::uint64_t position) const
{
    const std::byte *header = producer_.at(page_ + (position & mask_));
    const std::uint32_t word =
        __atomic_load_n(reinterpret_cast<const std::uint32_t *>(header), __ATOMIC_ACQUIRE);
    const std::uint32_t bytes = word & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
    Slot slot;
    slot.under_way = (word & BPF_RINGBUF_BUSY_BIT) != 0;
    slot.discarded = (word & BPF_RINGBUF_DISCARD_BIT) != 0;
    if (!slot.under_way && !slot.discarded)
        slot.bytes = contiguous(position + BPF_RINGBUF_HDR_SZ, bytes);
    slot.stride = (bytes + BPF_RINGBUF_HDR_SZ + 7U) & ~std::uint64_t{7};
    return slot;
}

} // namespace sentra::sensor
