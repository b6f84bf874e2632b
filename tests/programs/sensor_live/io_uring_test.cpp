// SPDX-License-Identifier: MIT
// Operations that pass the system calls by: opens are told whole, the others as what they are.

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "live.h"
#include "operation_ring.h"

namespace sentra::live {
namespace {

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
    // Deeper rungs see an open whatever becomes of it.
    const auto writes = of(pid, SENTRA_FILE_WRITE);
    ASSERT_EQ(writes.size(), by_tracepoint("file.write") ? 1U : 2U);
    EXPECT_EQ(field(*writes[0], "file.path"), path("other"));
    if (!by_tracepoint("file.write")) {
        EXPECT_EQ(field(*writes[1], "file.path") + field(*writes[1], "file.io_uring"),
                  path("hidden") + "true");
    }
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
