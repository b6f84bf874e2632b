// SPDX-License-Identifier: MIT
// What else of a host decides what the sensor sees and tells: journald's limits, the rights of
// services, and where signals go.
#include <algorithm>
#include <array>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "base/fd.h"
#include "base/join.h"
#include "base/text.h"
#include "base/time.h"
#include "pipeline/checkup.h"

namespace sentra::pipeline {

namespace {

namespace fs = std::filesystem;
using Level = Finding::Level;

// What journald does where nothing is written: 10,000 lines of one service in 30 seconds.
constexpr std::uint64_t kUsualBurst = 10'000;
// A password guesser writes some hundred lines in half a minute; below, they hide each other.
constexpr std::uint64_t kFewLines = 2'000;

// Bits of linux/capability.h. A header of before 5.8 has not the last two.
struct Right {
    unsigned bit;
    const char *name, *lost;
};
constexpr std::array kRights = {
    Right{39, "CAP_BPF", "no program can be loaded into the kernel"},
    Right{38, "CAP_PERFMON", "no hook in the kernel can be used"},
    Right{19, "CAP_SYS_PTRACE", "programs of other users cannot be looked at"},
    Right{2, "CAP_DAC_READ_SEARCH", "files of other users cannot be looked at"},
};

Finding finding_of_sink(const nlohmann::json &sink)
{
    const auto text = [&](const char *key) {
        return sink.contains(key) && sink[key].is_string()
                   ? printable(sink[key].get<std::string>(), 600)
                   : std::string();
    };
    const auto number = [&](const char *key) {
        return sink.contains(key) && sink[key].is_number_unsigned() ? sink[key].get<std::uint64_t>()
                                                                    : std::uint64_t{0};
    };
    const std::string name = text("name");
    if (const std::string trouble = text("trouble"); !trouble.empty())
        return {Level::trouble, trouble, "signals are kept and wait; nobody is told by this way",
                "mend what it says, then sentra sink test " + name};
    if (number("delivered") == 0)
        return {Level::note, "the sink " + name + " was not sent anything yet",
                "whether it can be reached is not known", "sentra sink test " + name};
    return {Level::good,
            "the sink " + name + " was reached, " + std::to_string(number("delivered")) +
                " delivered",
            "", ""};
}

} // namespace

std::vector<Finding> check_rate_limit(const std::vector<std::string> &settings)
{
    std::uint64_t burst = kUsualBurst;
    bool is_limited = true;
    for (const std::string &text : settings)
        for (const std::string_view line : split(text, '\n')) {
            const auto equals = line.find('=');
            if (equals == std::string_view::npos)
                continue;
            const std::string_view key = trim(line.substr(0, equals));
            const std::string_view value = trim(line.substr(equals + 1));
            if (key == "RateLimitBurst")
                burst = parse_number<std::uint64_t>(value).value_or(burst);
            else if (key == "RateLimitIntervalSec" || key == "RateLimitInterval")
                is_limited = !(value == "0" || value == "0s");
        }
    if (!is_limited || burst == 0)
        return {{Level::good, "journald drops no lines for being many", "", ""}};
    const std::string says =
        "journald keeps at most " + std::to_string(burst) + " lines of a service at a time";
    if (burst < kFewLines)
        return {{Level::note, says,
                 "sign-ins in between many failed ones are dropped before anybody can read them",
                 "RateLimitBurst=10000 in a file of /etc/systemd/journald.conf.d, then systemctl "
                 "restart systemd-journald"}};
    return {{Level::good, says, "", ""}};
}

std::vector<std::string> journald_settings()
{
    std::vector<std::string> texts;
    const auto add = [&](const std::string &path) {
        if (auto text = read_file(path))
            texts.push_back(std::move(*text));
    };
    add("/etc/systemd/journald.conf");
    for (const char *folder : {"/usr/lib/systemd/journald.conf.d", "/run/systemd/journald.conf.d",
                               "/etc/systemd/journald.conf.d"}) {
        std::vector<std::string> files;
        std::error_code error;
        for (fs::directory_iterator at(folder, error), end; !error && at != end;
             at.increment(error))
            files.push_back(at->path().string());
        std::sort(files.begin(), files.end());
        for (const std::string &file : files)
            add(file);
    }
    return texts;
}

std::vector<Finding> check_rights(const std::string &process_status)
{
    constexpr std::string_view kBounding = "CapBnd:";
    const auto at = process_status.find(kBounding);
    if (at == std::string::npos)
        return {};
    const std::string_view rest = std::string_view(process_status).substr(at + kBounding.size());
    const auto rights = parse_number<std::uint64_t>(trim(rest.substr(0, rest.find('\n'))), 16);
    if (!rights)
        return {};
    std::vector<std::string> missing, lost;
    for (const Right &right : kRights)
        if ((*rights >> right.bit & 1U) == 0) {
            missing.emplace_back(right.name);
            lost.emplace_back(right.lost);
        }
    if (missing.empty())
        return {{Level::good, "root has the rights that the sensor needs", "", ""}};
    return {{Level::trouble, "root has not all rights here: " + join(missing), join(lost),
             "run sentrad on the host itself, or give the container these rights"}};
}

std::vector<Finding> check_reach(const std::string &status)
{
    const auto json = nlohmann::json::parse(status, nullptr, false);
    std::vector<Finding> found;
    if (!json.is_object() || !json.contains("sinks") || !json["sinks"].is_array())
        return found;
    for (const auto &sink : json["sinks"])
        found.push_back(finding_of_sink(sink));
    if (found.empty())
        found.push_back({Level::note, "no sink is configured: signals stay on this host",
                         "nobody is told who does not look",
                         "name one below sinks in "
                         "/etc/sentra/sentra.yaml"});
    return found;
}

} // namespace sentra::pipeline
