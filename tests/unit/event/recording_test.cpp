// SPDX-License-Identifier: MIT
#include "event/recording.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <sentra/event/meta.h>

#include "event/build.h"

namespace sentra::event {
namespace {

class Recording : public ::testing::Test {
protected:
    void SetUp() override
    {
        std::string name = (std::filesystem::temp_directory_path() / "recording-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
        path_ = name + "/a.rec";
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    void write(std::uint64_t count) const
    {
        auto writer = RecordingWriter::create(path_);
        ASSERT_TRUE(writer) << writer.error().text;
        for (std::uint64_t i = 1; i <= count; ++i) {
            Build<sentra_cgroup> build(SENTRA_META_CGROUP, SENTRA_SOURCE_META, i, i);
            build.text(build->path, std::string(i % 700, 'x'));
            ASSERT_TRUE(writer->write(build.finish()));
        }
        ASSERT_TRUE(writer->finish());
    }
    std::filesystem::path folder_;
    std::string path_;
};

TEST_F(Recording, GivesBackWhatItWasGiven)
{
    write(2000);
    auto reader = RecordingReader::open(path_);
    ASSERT_TRUE(reader);
    for (std::uint64_t i = 1; i <= 2000; ++i) {
        const auto record = reader->next();
        ASSERT_TRUE(record && *record) << i;
        EXPECT_EQ((*record)->head().sequence, i);
    }
    const auto end = reader->next();
    ASSERT_TRUE(end);
    EXPECT_FALSE(*end);
    EXPECT_FALSE(reader->was_cut());
    struct stat about {};
    ASSERT_EQ(::stat(path_.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777U, 0600U);
}

TEST_F(Recording, EndsQuietlyWhereItsWriterWasKilled)
{
    write(3);
    const auto whole = std::filesystem::file_size(path_);
    std::filesystem::resize_file(path_, whole - 5);
    auto reader = RecordingReader::open(path_);
    ASSERT_TRUE(reader);
    int records = 0;
    while (true) {
        const auto record = reader->next();
        ASSERT_TRUE(record);
        if (!*record)
            break;
        ++records;
    }
    EXPECT_EQ(records, 2);
    EXPECT_TRUE(reader->was_cut());
}

TEST_F(Recording, SaysWhereItStopsMakingSense)
{
    write(1);
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(16 + offsetof(sentra_head, size));
    const std::uint32_t wild = 12;
    file.write(reinterpret_cast<const char *>(&wild), sizeof wild);
    file.close();
    auto reader = RecordingReader::open(path_);
    ASSERT_TRUE(reader);
    const auto record = reader->next();
    ASSERT_FALSE(record);
    EXPECT_NE(record.error().text.find("byte 16: a record of 12 bytes cannot be"),
              std::string::npos);
}

TEST_F(Recording, NeverOverwritesAndNeverMistakes)
{
    write(1);
    EXPECT_FALSE(RecordingWriter::create(path_));
    EXPECT_TRUE(*is_recording(path_));
    const std::string other = (folder_ / "auth.log").string();
    std::ofstream(other) << "Dec 10 06:55:46 LabSZ sshd[24200]: Invalid user\n";
    EXPECT_FALSE(*is_recording(other));
    EXPECT_FALSE(RecordingReader::open(other));
    EXPECT_FALSE(is_recording((folder_ / "none").string()));
}

} // namespace
} // namespace sentra::event
