// SPDX-License-Identifier: MIT
#include <atomic>
#include <filesystem>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/hash.h"
#include "base/ip.h"
#include "base/queue.h"

namespace sentra {
namespace {

TEST(ReplaceFile, WritesAllOrNothingWithTheModeThatWasAsked)
{
    std::string folder = (std::filesystem::temp_directory_path() / "base-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    const std::string path = folder + "/page";
    const ::mode_t before = ::umask(0077);
    ASSERT_TRUE(replace_file(path, "one", 0640, Keep::safely));
    ASSERT_TRUE(replace_file(path, "two", 0640, Keep::soon));
    ::umask(before);
    struct stat state {};
    ASSERT_EQ(::stat(path.c_str(), &state), 0);
    EXPECT_EQ(state.st_mode & 07777U, 0640U);
    EXPECT_EQ(read_file(path).value(), "two");
    EXPECT_FALSE(replace_file(folder + "/none/x", "y", 0640, Keep::safely));
    std::filesystem::create_directory(folder + "/folder");
    EXPECT_FALSE(replace_file(folder + "/folder", "y", 0640, Keep::safely))
        << "nothing is left behind either:";
    std::size_t files = 0;
    for (const auto &entry : std::filesystem::directory_iterator(folder))
        files += entry.is_regular_file() ? 1U : 0U;
    EXPECT_EQ(files, 1U);
    std::filesystem::remove_all(folder);
}

TEST(Ip, OneFormForBothFamilies)
{
    const auto v4 = Ip::parse("203.0.113.7");
    ASSERT_TRUE(v4);
    EXPECT_TRUE(v4->is_v4());
    EXPECT_EQ(v4->text(), "203.0.113.7");
    EXPECT_EQ(Ip::parse("::ffff:203.0.113.7"), v4);
    EXPECT_EQ(Ip::parse("2001:db8::1")->text(), "2001:db8::1");
    for (const char *text : {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "host", "::g", "1.2.3.4 "})
        EXPECT_FALSE(Ip::parse(text)) << text;
}

TEST(Ip, KnowsWhatIsPublic)
{
    EXPECT_TRUE(Ip::parse("203.0.113.7")->is_public());
    EXPECT_TRUE(Ip::parse("2600::1")->is_public());
    for (const char *text : {"127.0.0.1", "10.1.2.3", "192.168.0.1", "172.31.0.1",
                             "169.254.169.254", "::1", "fe80::1", "fd00::1", "100.64.0.1"})
        EXPECT_FALSE(Ip::parse(text)->is_public()) << text;
    EXPECT_TRUE(Ip::parse("::1")->is_loopback());
    EXPECT_FALSE(Ip::parse("128.0.0.1")->is_loopback());
}

TEST(Network, ContainsByPrefix)
{
    const auto network = Network::parse("10.20.0.0/15");
    ASSERT_TRUE(network);
    EXPECT_TRUE(network->contains(*Ip::parse("10.21.255.255")));
    EXPECT_FALSE(network->contains(*Ip::parse("10.22.0.0")));
    EXPECT_FALSE(network->contains(*Ip::parse("2001:db8::1")));
    EXPECT_TRUE(Network::parse("2001:db8::/32")->contains(*Ip::parse("2001:db8:1::1")));
    EXPECT_FALSE(Network::parse("10.0.0.0/33"));
    EXPECT_EQ(neighbourhood(*Ip::parse("203.0.113.7")).text(), "203.0.113.0/24");
    EXPECT_EQ(neighbourhood(*Ip::parse("2001:db8:1:2:3::4")).text(), "2001:db8:1:2::/64");
}

TEST(Hash, IsSha256)
{
    EXPECT_EQ(sha256_hex("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Fd, ClosesOnceAndMoves)
{
    Fd first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    ASSERT_TRUE(first.is_open());
    const int number = first.get();
    {
        const Fd second(std::move(first));
        EXPECT_EQ(second.get(), number);
        EXPECT_NE(::fcntl(number, F_GETFD), -1);
    }
    EXPECT_EQ(::fcntl(number, F_GETFD), -1);
}

TEST(ReadFile, SaysWhichFileAndWhy)
{
    EXPECT_FALSE(read_file("/proc/self/stat")->empty());
    const auto missing = read_file("/nonexistent/x");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().text, "open /nonexistent/x: No such file or directory");
}

TEST(Queue, BoundsByBytesAndWakesBothSides)
{
    Queue<int> queue(100);
    std::atomic<int> pushed = 0;
    std::thread producer([&] {
        for (int i = 0; i < 50; ++i) {
            ASSERT_TRUE(queue.push(i, 10));
            ++pushed;
        }
        queue.close();
    });
    std::vector<int> taken;
    while (taken.size() < 50) {
        for (const int item : queue.take_all(std::chrono::milliseconds(100)))
            taken.push_back(item);
        EXPECT_LE(pushed, static_cast<int>(taken.size()) + 11); // ten fit, one may be in the hand
    }
    producer.join();
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(taken[static_cast<std::size_t>(i)], i);
    EXPECT_FALSE(queue.push(1, 1));
}

TEST(Queue, TakesAnItemLargerThanItsBound)
{
    Queue<int> queue(10);
    EXPECT_TRUE(queue.push(1, 1000)); // an empty queue takes anything, else it would wait for ever
    EXPECT_EQ(queue.take_all(std::chrono::milliseconds(0)).size(), 1U);
}

} // namespace
} // namespace sentra
