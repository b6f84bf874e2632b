// SPDX-License-Identifier: MIT
// Parcels and settings for the tests of transports, and a folder that goes when the test does.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "output/transport.h"
#include "unit/output/told.h"

namespace sentra::output::sinks {

inline Parcel parcel(std::uint64_t sequence, std::uint64_t revision = 1)
{
    Parcel parcel;
    parcel.signal = told::key();
    std::string number = std::to_string(sequence);
    parcel.signal.uid = std::string(64 - number.size(), '0') + number;
    parcel.delivery = {sequence, revision > 1};
    parcel.revision = revision;
    return parcel;
}

inline std::vector<Parcel> parcels(std::size_t count)
{
    std::vector<Parcel> list;
    for (std::size_t number = 1; number <= count; ++number)
        list.push_back(parcel(number));
    return list;
}

inline SinkSettings settings(std::string type, std::map<std::string, std::string> values = {})
{
    return {"x", std::move(type), std::move(values), [] { return 1772446542000000000U; }};
}

inline std::string fates(const Handover &handover)
{
    constexpr char kLetters[] = {'d', 'r', 'x', 'b'}; // delivered, retry, rejected, too big
    std::string letters;
    for (const Outcome &outcome : handover.outcomes)
        letters += kLetters[static_cast<std::size_t>(outcome.fate)];
    return letters;
}

class Folder {
public:
    Folder()
    {
        char name[] = "/tmp/sentra_sinks_XXXXXX";
        path_ = ::mkdtemp(name) == nullptr ? "" : name;
    }
    Folder(const Folder &) = delete;
    Folder &operator=(const Folder &) = delete;
    ~Folder() { std::filesystem::remove_all(path_); }
    [[nodiscard]] std::string operator/(const std::string &name) const
    {
        return path_ + "/" + name;
    }

private:
    std::string path_;
};

inline std::string slurp(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

inline std::string write_secret(const std::string &path, const std::string &text,
                                mode_t mode = 0600)
{
    std::ofstream(path, std::ios::binary) << text;
    ::chmod(path.c_str(), mode);
    return path;
}

inline std::unique_ptr<Transport> opened(const SinkSettings &settings)
{
    auto transport = open_sink(settings);
    EXPECT_TRUE(transport) << (transport ? "" : transport.error().text);
    return transport ? std::move(*transport) : nullptr;
}

inline std::string error_of(const SinkSettings &settings)
{
    auto transport = open_sink(settings);
    return transport ? "" : transport.error().text;
}

} // namespace sentra::output::sinks
