// SPDX-License-Identifier: MIT
// Operations that pass the system calls by: opens are told whole, the others as what they are.
#include <algorithm>
#include <atomic>
#include <cstring>

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "live.h"

namespace sentra::live {
namespace {

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

io_uring_sqe on_path(unsigned char operation, const char *path)
{
    io_uring_sqe entry{};
    entry.opcode = operation;
    entry.fd = AT_FDCWD;
    entry.addr = reinterpret_cast<std::uint64_t>(path);
    return entry;
}

io_uring_sqe open_of(const char *path, int flags)
{
    io_uring_sqe entry = on_path(IORING_OP_OPENAT, path);
    entry.len = 0640;
    entry.open_flags = static_cast<unsigned>(flags | O_CLOEXEC);
    return entry;
}

// 5.10's io_uring does not say which operation has been completed, so its opens are only announced.
bool completions_name_their_request()
{
    utsname system{};
    uname(&system);
    int major = 0, minor = 0;
    std::sscanf(system.release, "%d.%d", &major, &minor);
    return major > 5 || (major == 5 && minor >= 19);
}

std::vector<unsigned> operations(const std::vector<event::Owned> &events)
{
    std::vector<unsigned> told;
    for (const auto &event : events)
        told.push_back(event->as<sentra_io_uring>().operation);
    return told;
}

TEST_F(Live, TellsOpensThroughARingAsWhatTheyAre)
{
    if (!completions_name_their_request())
        GTEST_SKIP() << "this kernel does not say which operation was completed";
    start();
    const pid_t pid = child([&] {
        OperationRing ring;
        const int fd = ring.run(open_of("new", O_WRONLY | O_CREAT));
        must(fd >= 0, "IORING_OP_OPENAT");
        must(write(fd, "x", 1) == 1, "write");

        open_how how{};
        how.flags = O_RDWR | O_TRUNC | O_CLOEXEC;
        io_uring_sqe second = on_path(IORING_OP_OPENAT2, "new");
        second.len = sizeof how;
        second.off = reinterpret_cast<std::uint64_t>(&how);
        must(ring.run(second) >= 0, "IORING_OP_OPENAT2");

        must(ring.run(open_of("new", O_RDONLY)) >= 0, "read-only IORING_OP_OPENAT");
        must(ring.run(open_of("absent", O_WRONLY)) == -ENOENT, "IORING_OP_OPENAT of nothing");
        return 0;
    });
    const auto writes = of(pid, SENTRA_FILE_WRITE);
    ASSERT_EQ(writes.size(), 2U);
    struct stat facts {};
    ASSERT_EQ(stat(path("new").c_str(), &facts), 0);
    for (const auto &write : writes) {
        EXPECT_EQ(field(*write, "file.path"), path("new"));
        EXPECT_EQ(field(*write, "file.path_given"), "false");
        EXPECT_EQ(write->as<sentra_file>().inode, facts.st_ino);
    }
    EXPECT_EQ(field(*writes[0], "file.created"), "true");
    EXPECT_EQ(field(*writes[0], "file.truncated"), "false");
    EXPECT_EQ(field(*writes[1], "file.truncated"), "true");
    expect_balance();
}

// Carried out by a worker of the kernel's, which is a thread of the process.
TEST_F(Live, TellsOpensThatARingsWorkerMade)
{
    if (!completions_name_their_request())
        GTEST_SKIP() << "this kernel does not say which operation was completed";
    start();
    const pid_t pid = child([&] {
        OperationRing ring;
        io_uring_sqe later = open_of("new", O_WRONLY | O_CREAT);
        later.flags = IOSQE_ASYNC;
        must(ring.run(later) >= 0, "IORING_OP_OPENAT");
        return 0;
    });
    const auto write = one(pid, SENTRA_FILE_WRITE);
    EXPECT_EQ(field(*write, "file.path"), path("new"));
    EXPECT_EQ(field(*write, "file.created"), "true");
}

TEST_F(Live, AnnouncesEachOperationOncePerProgram)
{
    start();
    const auto act = [&] {
        OperationRing ring;
        for (int i = 0; i < 3; ++i) {
            const int fd = ring.run(open_of("old", O_WRONLY | O_CREAT));
            must(fd >= 0, "IORING_OP_OPENAT");
            close(fd);
            io_uring_sqe renamed = on_path(IORING_OP_RENAMEAT, "old");
            renamed.len = static_cast<unsigned>(AT_FDCWD);
            renamed.off = reinterpret_cast<std::uint64_t>("new");
            must(ring.run(renamed) == 0, "IORING_OP_RENAMEAT");
            must(ring.run(on_path(IORING_OP_UNLINKAT, "new")) == 0, "IORING_OP_UNLINKAT");
        }
        return 0;
    };
    const std::vector<unsigned> each{IORING_OP_OPENAT, IORING_OP_RENAMEAT, IORING_OP_UNLINKAT};
    const auto repeated_before = row("process.io_uring").repeated;
    const pid_t first = child(act), second = child(act);
    EXPECT_EQ(operations(of(first, SENTRA_PROCESS_IO_URING)), each);
    EXPECT_EQ(operations(of(second, SENTRA_PROCESS_IO_URING)), each);
    EXPECT_GE(row("process.io_uring").repeated, repeated_before + 12);
    EXPECT_EQ(field(*of(first, SENTRA_PROCESS_IO_URING)[1], "io_uring.operation"), "35");
    expect_balance();
}

TEST_F(Live, DoesNotAnnounceReadingAndWriting)
{
    start();
    const pid_t pid = child([&] {
        OperationRing ring;
        const int fd = open("f", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        io_uring_sqe entry = on_path(IORING_OP_WRITE, "text");
        entry.fd = fd;
        entry.len = 4;
        must(ring.run(entry) == 4, "IORING_OP_WRITE");
        return 0;
    });
    EXPECT_TRUE(of(pid, SENTRA_PROCESS_IO_URING).empty());
}

// A place in the ring's own table is no descriptor: the number 0 must not be taken for one.
TEST_F(Live, DoesNotTakeAPlaceInTheRingForADescriptor)
{
    start();
    const pid_t pid = child([&] {
        const int other = open("other", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        must(dup2(other, 0) == 0, "dup2");
        OperationRing ring;
        ring.make_places(2);
        io_uring_sqe entry = open_of("hidden", O_WRONLY | O_CREAT);
        entry.open_flags &= ~static_cast<unsigned>(O_CLOEXEC); // means nothing there: refused
        entry.file_index = 1;
        must(ring.run(entry) == 0, "IORING_OP_OPENAT into a place");
        return 0;
    });
    EXPECT_EQ(field(*one(pid, SENTRA_FILE_WRITE), "file.path"), path("other"));
    EXPECT_EQ(operations(of(pid, SENTRA_PROCESS_IO_URING)),
              std::vector<unsigned>{IORING_OP_OPENAT});
}

TEST_F(Live, TellsConnectionsThroughARing)
{
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t bytes = sizeof address;
    ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr *>(&address), bytes), 0);
    ASSERT_EQ(listen(listener, 4), 0);
    ASSERT_EQ(getsockname(listener, reinterpret_cast<sockaddr *>(&address), &bytes), 0);
    start();
    const pid_t pid = child([&] {
        OperationRing ring;
        io_uring_sqe entry{};
        entry.opcode = IORING_OP_CONNECT;
        entry.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        entry.addr = reinterpret_cast<std::uint64_t>(&address);
        entry.off = sizeof address;
        must(ring.run(entry) == 0, "IORING_OP_CONNECT");
        entry.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        must(ring.run(entry) == 0, "IORING_OP_CONNECT of a datagram socket");
        io_uring_sqe taken{};
        taken.opcode = IORING_OP_ACCEPT;
        taken.fd = listener;
        must(ring.run(taken) >= 0, "IORING_OP_ACCEPT");
        return 0;
    });
    const std::string port = std::to_string(ntohs(address.sin_port));
    const auto connects = of(pid, SENTRA_NET_CONNECT);
    ASSERT_EQ(connects.size(), completions_name_their_request() ? 2U : 1U);
    EXPECT_EQ(field(*connects[0], "network.transport"), "tcp");
    for (const auto &connect : connects) {
        EXPECT_EQ(field(*connect, "destination.ip"), "127.0.0.1");
        EXPECT_EQ(field(*connect, "destination.port"), port);
    }
    if (completions_name_their_request()) {
        EXPECT_EQ(field(*connects[1], "network.transport"), "udp");
        EXPECT_EQ(field(*one(pid, SENTRA_NET_ACCEPT), "destination.port"), port);
    }
    EXPECT_EQ(operations(of(pid, SENTRA_PROCESS_IO_URING)),
              (std::vector<unsigned>{IORING_OP_CONNECT, IORING_OP_ACCEPT}));
    close(listener);
}

} // namespace
} // namespace sentra::live
