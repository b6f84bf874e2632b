// SPDX-License-Identifier: MIT
// Ring bytes made by hand: what the receiver makes of them.
#include <cstring>

#include <gtest/gtest.h>

#include "event/event.h"
#include "sensor/received.h"

namespace sentra::sensor {
namespace {

using std::string_literals::operator""s;

std::string turned(std::string path)
{
    std::vector<char> scratch;
    turn_path(path, scratch);
    return path;
}

TEST(TurnPath, TurnsLeafFirstRound)
{
    EXPECT_EQ(turned("passwd\0etc\0"s), "/etc/passwd");
    EXPECT_EQ(turned("leaf\0"s), "/leaf");
    EXPECT_EQ(turned("\0"s), "/");
    EXPECT_EQ(turned(""), "");
}

TEST(TurnPath, LeavesACutPathRelative)
{
    EXPECT_EQ(turned("leaf\0parent"s), "parent/leaf");
    EXPECT_EQ(turned("leaf"), "leaf");
}

TEST(TurnPath, SurvivesBytesThatAreNoPath)
{
    EXPECT_EQ(turned("\0\0\0"s), "///");
    EXPECT_EQ(turned("a\0\0b\0"s), "/b//a");
    EXPECT_EQ(turned("\xff\n\0"s), "/\xff\n");
}

TEST(JoinGiven, StartsFromTheKernelsDirectory)
{
    EXPECT_EQ(join_given("/home/alice", "notes"), "/home/alice/notes");
    EXPECT_EQ(join_given("/home/alice", "../bob/./x"), "/home/bob/x");
    EXPECT_EQ(join_given("/", "/etc/passwd"), "/etc/passwd");
    EXPECT_EQ(join_given("/home", ""), "/home");
}

TEST(JoinGiven, KeepsAnAbsolutePathBelowTheCallersRoot)
{
    EXPECT_EQ(join_given("/srv/jail", "/etc/passwd"), "/srv/jail/etc/passwd");
    EXPECT_EQ(join_given("/srv/jail", "/../../etc/passwd"), "/srv/jail/etc/passwd");
}

TEST(JoinGiven, DoesNotMakeACutDirectoryAbsolute)
{
    EXPECT_EQ(join_given("deep/down", "x"), "deep/down/x");
    EXPECT_EQ(join_given("", "x"), "x");
    EXPECT_EQ(join_given("", "/x"), "/x");
}

TEST(DeviceName, IsTheOneInDev)
{
    EXPECT_EQ(device_name("pts3"), "pts/3");
    EXPECT_EQ(device_name("pts/3"), "pts/3");
    EXPECT_EQ(device_name("tty1"), "tty1");
    EXPECT_EQ(device_name("pts"), "pts");
}

// A record as the kernel half leaves it in the ring: garbage behind the texts, the class larger
// than the record.
template <typename Struct> class RingRecord {
public:
    explicit RingRecord(sentra_type type)
    {
        body_.head.type = static_cast<std::uint16_t>(type);
        body_.head.time_ns = 1000;
        body_.head.body = sizeof(Struct);
    }
    Struct *operator->() { return &body_; }
    RingRecord &text(sentra_text Struct::*member, const std::string &bytes)
    {
        (body_.*member) = {static_cast<std::uint32_t>(sizeof(Struct) + tail_.size()),
                           static_cast<std::uint32_t>(bytes.size())};
        tail_ += bytes;
        return *this;
    }
    [[nodiscard]] std::vector<std::byte> bytes(std::size_t class_bytes = 2048)
    {
        body_.head.size = static_cast<std::uint32_t>((sizeof(Struct) + tail_.size() + 7) / 8 * 8);
        std::vector<std::byte> all(class_bytes, std::byte{0xaa});
        std::memcpy(all.data(), &body_, sizeof body_);
        std::memcpy(all.data() + sizeof body_, tail_.data(), tail_.size());
        return all;
    }

private:
    Struct body_{};
    std::string tail_;
};

std::string text_of(const event::Record &record, std::string_view name)
{
    const auto event = event::Event::decode(record);
    EXPECT_TRUE(event.has_value());
    return event ? event::to_text(event->get(name)) : std::string();
}

TEST(Receiver, GivesTimeSequenceAndSource)
{
    RingRecord<sentra_fork> ring(SENTRA_PROCESS_FORK);
    Receiver receiver;
    const auto record = receiver.receive(ring.bytes(), 7, 5'000'000);
    ASSERT_TRUE(record.has_value());
    EXPECT_EQ(record->head().time_ns, 5'001'000U);
    EXPECT_EQ(record->head().sequence, 7U);
    EXPECT_EQ(record->head().source, SENTRA_SOURCE_KERNEL);
    EXPECT_EQ(record->size(), sizeof(sentra_fork));
}

TEST(Receiver, TrimsAndBlanksWhatTheRingHeldBefore)
{
    RingRecord<sentra_file> ring(SENTRA_FILE_WRITE);
    ring.text(&sentra_file::path, "f\0tmp\0"s);
    Receiver receiver;
    const auto record = receiver.receive(ring.bytes(), 1, 0);
    ASSERT_TRUE(record.has_value());
    EXPECT_EQ(text_of(*record, "file.path"), "/tmp/f");
    ASSERT_EQ(record->size(), sizeof(sentra_file) + 8);
    EXPECT_EQ(record->bytes()[sizeof(sentra_file) + 6], std::byte{0});
    EXPECT_EQ(record->bytes()[sizeof(sentra_file) + 7], std::byte{0});
}

TEST(Receiver, JoinsGivenPathsAndForgetsTheDirectories)
{
    RingRecord<sentra_file> ring(SENTRA_FILE_RENAME);
    ring->flags = SENTRA_FILE_PATH_GIVEN;
    ring.text(&sentra_file::path, "new").text(&sentra_file::origin, "/old");
    ring.text(&sentra_file::directory, "alice\0home\0"s)
        .text(&sentra_file::origin_directory, "\0"s);
    Receiver receiver;
    const auto record = receiver.receive(ring.bytes(), 1, 0);
    ASSERT_TRUE(record.has_value());
    EXPECT_EQ(text_of(*record, "file.path"), "/home/alice/new");
    EXPECT_EQ(text_of(*record, "file.origin.path"), "/old");
    const auto event = event::Event::decode(*record);
    EXPECT_EQ(event->as<sentra_file>().directory.len, 0U);
    EXPECT_EQ(event->as<sentra_file>().origin_directory.len, 0U);
}

TEST(Receiver, KeepsWhatASymbolicLinkPointsTo)
{
    RingRecord<sentra_file> ring(SENTRA_FILE_LINK);
    ring->flags = SENTRA_FILE_PATH_GIVEN | SENTRA_FILE_SYMBOLIC;
    ring.text(&sentra_file::path, "l").text(&sentra_file::origin, "../../etc/shadow");
    ring.text(&sentra_file::directory, "tmp\0"s);
    Receiver receiver;
    const auto record = receiver.receive(ring.bytes(), 1, 0);
    ASSERT_TRUE(record.has_value());
    EXPECT_EQ(text_of(*record, "file.path"), "/tmp/l");
    EXPECT_EQ(text_of(*record, "file.origin.path"), "../../etc/shadow");
}

TEST(Receiver, NamesTheTerminal)
{
    RingRecord<sentra_exec> ring(SENTRA_PROCESS_EXEC);
    ring.text(&sentra_exec::executable, "bash\0usr\0"s).text(&sentra_exec::tty, "pts11");
    ring.text(&sentra_exec::args, "bash\0-l\0"s);
    Receiver receiver;
    const auto record = receiver.receive(ring.bytes(), 1, 0);
    ASSERT_TRUE(record.has_value());
    EXPECT_EQ(text_of(*record, "process.tty"), "pts/11");
    EXPECT_EQ(text_of(*record, "process.executable"), "/usr/bash");
    EXPECT_EQ(text_of(*record, "process.args"), "bash -l");
}

TEST(Receiver, AddsTheArgumentsOfTheSnapshot)
{
    RingRecord<sentra_exec> ring(SENTRA_PROCESS_SNAPSHOT);
    ring.text(&sentra_exec::tty, "pts1");
    Receiver receiver;
    const auto record = receiver.receive_snapshot(ring.bytes(), "sleep\0001000\0"s, 1, 0);
    ASSERT_TRUE(record.has_value());
    EXPECT_EQ(text_of(*record, "process.args"), "sleep 1000");
    EXPECT_EQ(text_of(*record, "process.args_count"), "2");
    EXPECT_EQ(text_of(*record, "process.tty"), "pts/1");

    const std::string huge(SENTRA_ARGS_MAX + 1, 'x');
    const auto cut = receiver.receive_snapshot(ring.bytes(), huge, 1, 0);
    ASSERT_TRUE(cut.has_value());
    EXPECT_EQ(text_of(*cut, "process.args_truncated"), "true");
    EXPECT_EQ(text_of(*cut, "process.args").size(), static_cast<std::size_t>(SENTRA_ARGS_MAX));
}

TEST(Receiver, RefusesBytesThatContradictThemselves)
{
    Receiver receiver;
    const auto loss = [&receiver](std::vector<std::byte> bytes) {
        const auto record = receiver.receive(bytes, 1, 0);
        return record ? SENTRA_LOSS_COUNT : record.error();
    };
    EXPECT_EQ(loss(std::vector<std::byte>(8)), SENTRA_LOSS_SHORT_RECORD);
    RingRecord<sentra_fork> unknown(static_cast<sentra_type>(0x0fff));
    EXPECT_EQ(loss(unknown.bytes()), SENTRA_LOSS_UNKNOWN_TYPE);
    RingRecord<sentra_fork> no_exec(SENTRA_PROCESS_EXEC);
    EXPECT_EQ(loss(no_exec.bytes()), SENTRA_LOSS_SHORT_RECORD);
    RingRecord<sentra_file> larger(SENTRA_FILE_WRITE);
    EXPECT_EQ(loss(larger.bytes(sizeof(sentra_file) - 8 + 8)), SENTRA_LOSS_COUNT);
    auto beyond = larger.bytes(sizeof(sentra_file));
    reinterpret_cast<sentra_head *>(beyond.data())->size += 8;
    EXPECT_EQ(loss(beyond), SENTRA_LOSS_BAD_RECORD);
    RingRecord<sentra_file> outside(SENTRA_FILE_WRITE);
    outside->path = {0xfffffff0U, 64};
    EXPECT_EQ(loss(outside.bytes()), SENTRA_LOSS_BAD_RECORD);
}

} // namespace
} // namespace sentra::sensor
