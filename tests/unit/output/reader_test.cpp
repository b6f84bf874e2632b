// SPDX-License-Identifier: MIT
// What the made signals say, hostile ones among them, is read back by readers that are not the
// writer: our own for CEF and syslog, and those that lie beside the tree for ECS and OCSF.
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "output/format.h"
#include "unit/output/told.h"

namespace sentra::output {
namespace {

namespace fs = std::filesystem;

class Reader : public ::testing::Test {
protected:
    void SetUp() override
    {
        folder_ = fs::temp_directory_path() / ("formats-" + std::to_string(::getpid()));
        fs::create_directories(folder_);
        for (const Format &format : formats()) {
            std::ofstream file(path(format.name), std::ios::binary);
            std::uint64_t sequence = 0;
            for (const signal::Signal &signal : told::many())
                file << format.write(signal, {++sequence, sequence % 2 == 0}) << "\n";
        }
    }
    void TearDown() override { fs::remove_all(folder_); }

    [[nodiscard]] std::string path(std::string_view format) const
    {
        // The validators know lines from one document by the name.
        return (folder_ / (std::string(format) + ".ndjson")).string();
    }
    // The exit status; what was printed, unless it is praise.
    static int run(const std::string &command, std::string &said)
    {
        std::FILE *pipe = ::popen(("exec python3 " + command + " 2>&1").c_str(), "r");
        if (pipe == nullptr)
            return -1;
        std::array<char, 4096> line{};
        while (std::fgets(line.data(), line.size(), pipe) != nullptr)
            if (std::string_view(line.data()).substr(0, 3) != "ok ")
                said += line.data();
        const int status = ::pclose(pipe);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

    const std::string tests_ = SENTRA_TESTS_DIR;

private:
    fs::path folder_;
};

TEST_F(Reader, CefAndSyslogComeBack)
{
    for (const char *format : {"cef", "syslog", "syslog-ndjson"}) {
        std::string said;
        EXPECT_EQ(run(tests_ + "/replay/read_formats.py " + format + " " + path(format) + " " +
                          path("ndjson"),
                      said),
                  0)
            << said;
    }
}

TEST_F(Reader, RefusesWhatIsNotTheSignal)
{
    for (const char *format : {"cef", "syslog", "syslog-ndjson"}) {
        std::ofstream file(path(format), std::ios::binary);
        for (const signal::Signal &signal : told::many()) {
            signal::Signal other = signal;
            other.score = 0.33;
            file << find_format(format)->write(other, {}) << "\n";
        }
        file.close();
        std::string said;
        EXPECT_EQ(run(tests_ + "/replay/read_formats.py " + format + " " + path(format) + " " +
                          path("ndjson"),
                      said),
                  1)
            << said;
    }
}

TEST_F(Reader, EcsAndOcsfAreValid)
{
    const std::string shared = tests_ + "/../../shared";
    if (!fs::exists(shared + "/tools/ecs_validate.py"))
        GTEST_SKIP() << "no validators in " << shared;
    if (std::string said; run("-c 'import yaml, jsonschema'", said) != 0)
        GTEST_SKIP() << "python3-yaml and python3-jsonschema are not installed";
    const std::string finding = " " + shared + "/schemas/ocsf-detection_finding-";
    for (const std::string &command : {
             "ecs_validate.py " + shared + "/schemas/ecs-flat-8.17.0.yml --custom sentra " +
                 path("ecs"),
             "ocsf_validate.py" + finding + "1.8.0.schema.json " + path("ocsf"),
             "ocsf_validate.py" + finding + "1.8.0.schema.json " + path("ocsf-1.4"),
             "ocsf_validate.py" + finding + "1.4.0.schema.json " + path("ocsf-1.4"),
         }) {
        std::string said;
        EXPECT_EQ(run(shared + "/tools/" + command, said), 0) << said;
    }
}

} // namespace
} // namespace sentra::output
