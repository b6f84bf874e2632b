// SPDX-License-Identifier: MIT
#include "journal/keeper.h"

#include <algorithm>
#include <filesystem>

#include "base/fd.h"
#include "base/text.h"

namespace sentra::journal {

namespace {

namespace fs = std::filesystem;

// The kernel keeps 15 bytes of a name.
constexpr std::string_view kComm = "systemd-journal\n";
constexpr std::string_view kDeleted = " (deleted)"; // replaced by an upgrade, still at work

} // namespace

// nullopt: it is not journald, or not there any more.
std::optional<Keeper::Process> Keeper::process(const std::string &pid) const
{
    const std::string folder = options_.proc + '/' + pid;
    if (const auto comm = read_file(folder + "/comm"); !comm || *comm != kComm)
        return std::nullopt;
    std::error_code error;
    std::string program = fs::read_symlink(folder + "/exe", error);
    if (program.ends_with(kDeleted))
        program.resize(program.size() - kDeleted.size());
    const auto &known = options_.programs;
    if (std::find(known.begin(), known.end(), program) == known.end())
        return std::nullopt;
    const auto stat = read_file(folder + "/stat");
    if (!stat || stat->rfind(')') == std::string::npos)
        return std::nullopt;
    // Behind the name: field 3 is the state, field 22 the start.
    const auto fields = split(std::string_view(*stat).substr(stat->rfind(')') + 1), ' ');
    if (fields.size() < 21 || fields[1] == "Z" || fields[1] == "X")
        return std::nullopt;
    return Process{pid, std::string(fields[20]), fields[1] == "T" || fields[1] == "t"};
}

std::optional<Keeper::Process> Keeper::find() const
{
    if (!last_.pid.empty())
        if (auto same = process(last_.pid); same && same->start == last_.start)
            return same;
    std::error_code error;
    for (const fs::directory_entry &entry : fs::directory_iterator(options_.proc, error)) {
        const std::string pid = entry.path().filename();
        if (pid.find_first_not_of("0123456789") != std::string::npos)
            continue;
        if (auto found = process(pid))
            return found;
    }
    return std::nullopt;
}

std::optional<std::string> Keeper::look(std::uint64_t now_ns)
{
    const std::uint64_t pause_ns = last_.pid.empty() ? options_.search_every_ns : options_.every_ns;
    if (looked_ns_ != 0 && now_ns - looked_ns_ < pause_ns)
        return std::nullopt;
    looked_ns_ = now_ns;
    const auto found = find();
    if (found)
        last_ = *found;
    if (last_.pid.empty())
        return std::nullopt;
    if (found && !found->is_halted) {
        wrong_since_ns_ = 0;
        is_told_ = false;
        return std::nullopt;
    }
    if (wrong_since_ns_ == 0)
        wrong_since_ns_ = now_ns;
    if (is_told_ || now_ns - wrong_since_ns_ < options_.patience_ns)
        return std::nullopt;
    is_told_ = true;
    const std::string for_seconds =
        std::to_string((now_ns - wrong_since_ns_) / kSecondNs) + " seconds";
    if (found)
        return "systemd-journald (process " + last_.pid + ") has been halted for " + for_seconds;
    return "systemd-journald (process " + last_.pid + ") ended, and none has run for " +
           for_seconds;
}

} // namespace sentra::journal
