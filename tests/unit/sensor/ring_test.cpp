// SPDX-License-Identifier: MIT
// The ring's reader over a file, and what is given back of its room.
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"
#include "sensor/ring.h"
#include "sensor/trail.h"

namespace sentra::sensor {
namespace {

using Texts = std::vector<std::string>;

// A ring buffer laid out in a file as the kernel lays out its own.
class FakeRing : public testing::Test {
protected:
    static constexpr std::size_t kBytes = 4096;
    void SetUp() override
    {
        page_ = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
        fd_ = Fd(memfd_create("ring", MFD_CLOEXEC));
        ASSERT_EQ(ftruncate(fd_.get(), static_cast<off_t>(2 * page_ + 2 * kBytes)), 0);
        reopen();
    }
    void reopen()
    {
        auto ring = Ring::open(fd_.get(), kBytes);
        ASSERT_TRUE(ring.has_value()) << ring.error().text;
        ring_ = std::make_unique<Ring>(std::move(*ring));
        trail_ = std::make_unique<Trail>(*ring_, true);
    }
    // What a reader that comes after this one finds.
    Texts next_reader()
    {
        ring_.reset();
        reopen();
        return drain(1000, Ring::End::caught_up);
    }
    void write(std::uint32_t flags, std::string text)
    {
        text.resize((text.size() + 7) / 8 * 8);
        const std::uint32_t word = static_cast<std::uint32_t>(text.size()) | flags;
        put(2 * page_ + at_, &word, sizeof word);
        put(2 * page_ + at_ + BPF_RINGBUF_HDR_SZ, text.data(), text.size());
        at_ += BPF_RINGBUF_HDR_SZ + text.size();
        put(page_, &at_, sizeof at_);
    }
    Texts drain(std::size_t batch, Ring::End expected)
    {
        Texts texts;
        const Ring::End end =
            ring_->drain(batch, [&](std::span<const std::byte> bytes, std::uint64_t behind) {
                texts.emplace_back(reinterpret_cast<const char *>(bytes.data()));
                trail_->took(++sequence_, behind);
                return texts.back() != "stop";
            });
        EXPECT_EQ(end, expected);
        return texts;
    }
    void put(std::size_t offset, const void *bytes, std::size_t count)
    {
        ASSERT_EQ(pwrite(fd_.get(), bytes, count, static_cast<off_t>(offset)),
                  static_cast<ssize_t>(count));
    }
    std::size_t page_ = 0;
    std::uint64_t at_ = 0;
    Fd fd_;
    std::unique_ptr<Ring> ring_;
    std::unique_ptr<Trail> trail_;
    std::uint64_t sequence_ = 0;
};

TEST_F(FakeRing, HandsOverInOrderAndSkipsDiscarded)
{
    EXPECT_EQ(drain(10, Ring::End::caught_up), Texts());
    write(0, "one");
    write(BPF_RINGBUF_DISCARD_BIT, "dropped");
    write(0, "two");
    EXPECT_EQ(drain(10, Ring::End::caught_up), (Texts{"one", "two"}));
    EXPECT_EQ(drain(10, Ring::End::caught_up), Texts());
}

TEST_F(FakeRing, StopsAtTheBatchAndGoesOn)
{
    for (const char *text : {"a", "b", "c"})
        write(0, text);
    EXPECT_EQ(drain(2, Ring::End::batch_full), (Texts{"a", "b"}));
    EXPECT_EQ(drain(2, Ring::End::caught_up), (Texts{"c"}));
}

TEST_F(FakeRing, WaitsForARecordThatIsStillWritten)
{
    write(0, "done");
    write(BPF_RINGBUF_BUSY_BIT, "half");
    write(0, "behind");
    EXPECT_EQ(drain(10, Ring::End::under_way), (Texts{"done"}));
    EXPECT_EQ(drain(10, Ring::End::under_way), Texts());
}

TEST_F(FakeRing, StopsWhenTheTakerDoes)
{
    write(0, "stop");
    write(0, "later");
    EXPECT_EQ(drain(10, Ring::End::stopped), (Texts{"stop"}));
    EXPECT_EQ(drain(10, Ring::End::caught_up), (Texts{"later"}));
}

TEST_F(FakeRing, KeepsWhatNobodyReleased)
{
    for (const char *text : {"a", "b", "c"})
        write(0, text);
    EXPECT_EQ(drain(10, Ring::End::caught_up), (Texts{"a", "b", "c"}));
    trail_->rest();
    EXPECT_EQ(ring_->held_bytes(), 3U * 16U);
    EXPECT_EQ(next_reader(), (Texts{"a", "b", "c"})) << "read, but kept by nobody";
}

TEST_F(FakeRing, GivesBackWhatIsKept)
{
    for (const char *text : {"a", "b"})
        write(0, text);
    EXPECT_EQ(drain(10, Ring::End::caught_up), (Texts{"a", "b"}));
    trail_->rest();
    write(0, "c");
    EXPECT_EQ(drain(10, Ring::End::caught_up), (Texts{"c"}));
    trail_->rest();
    trail_->release(1); // half of a mark: nothing goes
    EXPECT_EQ(ring_->held_bytes(), 3U * 16U);
    trail_->release(2);
    EXPECT_EQ(ring_->held_bytes(), 16U);
    EXPECT_EQ(next_reader(), (Texts{"c"}));
}

TEST_F(FakeRing, NeverKeepsMoreThanHalfOfTheRing)
{
    for (int round = 0; round < 40; ++round) {
        for (int i = 0; i < 10; ++i)
            write(0, "text");
        EXPECT_EQ(drain(100, Ring::End::caught_up).size(), 10U);
        trail_->rest();
        EXPECT_LE(ring_->held_bytes(), kBytes / 2);
    }
    EXPECT_GT(ring_->held_bytes(), kBytes / 2 - 10 * 16U);
}

TEST_F(FakeRing, KeepsNothingWhenNothingOutlivesTheReader)
{
    trail_ = std::make_unique<Trail>(*ring_, false);
    write(0, "a");
    EXPECT_EQ(drain(10, Ring::End::caught_up), (Texts{"a"}));
    trail_->rest();
    EXPECT_EQ(ring_->held_bytes(), 0U);
}

TEST_F(FakeRing, ShowsTheOldestRecord)
{
    EXPECT_TRUE(ring_->next().empty());
    write(BPF_RINGBUF_DISCARD_BIT, "dropped");
    write(0, "first");
    EXPECT_STREQ(reinterpret_cast<const char *>(ring_->next().data()), "first");
    EXPECT_EQ(drain(10, Ring::End::caught_up), (Texts{"first"}));
    EXPECT_TRUE(ring_->next().empty());
}

} // namespace
} // namespace sentra::sensor
