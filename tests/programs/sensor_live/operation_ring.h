// SPDX-License-Identifier: MIT
// io_uring without its library: what a program does that wants to pass the system calls by.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <fcntl.h>
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "live.h"

namespace sentra::live {

// A ring of the kernel's ABI, one operation at a time. Only for children: it ends them when a call
// fails.
class OperationRing {
public:
    explicit OperationRing(unsigned flags = 0)
    {
        io_uring_params parameters{};
        parameters.flags = flags;
        fd_ = static_cast<int>(syscall(SYS_io_uring_setup, 4, &parameters));
        must(fd_ >= 0, "io_uring_setup");
        must((parameters.features & IORING_FEAT_SINGLE_MMAP) != 0, "IORING_FEAT_SINGLE_MMAP");
        const std::size_t bytes =
            std::max(parameters.sq_off.array + parameters.sq_entries * sizeof(unsigned),
                     parameters.cq_off.cqes + parameters.cq_entries * sizeof(io_uring_cqe));
        auto *ring = static_cast<std::byte *>(map(bytes, IORING_OFF_SQ_RING));
        entries_ = static_cast<io_uring_sqe *>(
            map(parameters.sq_entries * sizeof(io_uring_sqe), IORING_OFF_SQES));
        submitted_ = reinterpret_cast<unsigned *>(ring + parameters.sq_off.tail);
        order_ = reinterpret_cast<unsigned *>(ring + parameters.sq_off.array);
        mask_ = *reinterpret_cast<unsigned *>(ring + parameters.sq_off.ring_mask);
        taken_ = reinterpret_cast<unsigned *>(ring + parameters.cq_off.head);
        results_ = reinterpret_cast<io_uring_cqe *>(ring + parameters.cq_off.cqes);
        results_mask_ = *reinterpret_cast<unsigned *>(ring + parameters.cq_off.ring_mask);
    }

    // What the operation came to.
    int run(const io_uring_sqe &operation)
    {
        const unsigned at = *submitted_ & mask_;
        entries_[at] = operation;
        order_[at] = at;
        __atomic_store_n(submitted_, *submitted_ + 1, __ATOMIC_RELEASE);
        must(syscall(SYS_io_uring_enter, fd_, 1, 1, IORING_ENTER_GETEVENTS, nullptr, 0) == 1,
             "io_uring_enter");
        const int result = results_[*taken_ & results_mask_].res;
        __atomic_store_n(taken_, *taken_ + 1, __ATOMIC_RELEASE);
        return result;
    }

    void make_places(unsigned count)
    {
        const std::vector<int> none(count, -1);
        must(syscall(SYS_io_uring_register, fd_, IORING_REGISTER_FILES, none.data(), count) == 0,
             "IORING_REGISTER_FILES");
    }

private:
    [[nodiscard]] void *map(std::size_t bytes, std::uint64_t what) const
    {
        void *at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd_,
                        static_cast<off_t>(what));
        must(at != MAP_FAILED, "mmap");
        return at;
    }

    int fd_ = -1;
    io_uring_sqe *entries_ = nullptr;
    io_uring_cqe *results_ = nullptr;
    unsigned *submitted_ = nullptr, *order_ = nullptr, *taken_ = nullptr;
    unsigned mask_ = 0, results_mask_ = 0;
};

inline io_uring_sqe on_path(unsigned char operation, const char *path)
{
    io_uring_sqe entry{};
    entry.opcode = operation;
    entry.fd = AT_FDCWD;
    entry.addr = reinterpret_cast<std::uint64_t>(path);
    return entry;
}

inline io_uring_sqe open_of(const char *path, int flags)
{
    io_uring_sqe entry = on_path(IORING_OP_OPENAT, path);
    entry.len = 0640;
    entry.open_flags = static_cast<unsigned>(flags | O_CLOEXEC);
    return entry;
}

} // namespace sentra::live
