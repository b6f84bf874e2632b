// SPDX-License-Identifier: MIT
#include "sensor/trusted_units.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>

#include <sys/stat.h>
#include <unistd.h>

#include <sentra/sensor.h>

namespace sentra::sensor {

namespace {

namespace fs = std::filesystem;

constexpr int kDepthMax = 16;

struct Search {
    std::span<const std::string> units;
    std::vector<std::uint64_t> &found;
};

// A group's id is the number of its directory. nullopt: it is gone.
std::optional<std::uint64_t> group_id(const fs::path &directory)
{
    struct stat facts {};
    if (lstat(directory.c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode))
        return std::nullopt;
    return facts.st_ino;
}

bool is_slice(std::string_view name)
{
    return name.ends_with(".slice");
}

void add_all(const fs::path &directory, int depth, std::vector<std::uint64_t> &found)
{
    const auto id = group_id(directory);
    if (!id || depth > kDepthMax || found.size() >= SENTRA_TRUSTED_MAX)
        return;
    found.push_back(*id);
    std::error_code ignored;
    for (const auto &entry : fs::directory_iterator(directory, ignored))
        if (entry.is_directory(ignored) && !entry.is_symlink(ignored))
            add_all(entry.path(), depth + 1, found);
}

// Slices hold units and slices; whatever else there is belongs to who is inside.
void search(const fs::path &slice, int depth, const Search &wanted)
{
    std::error_code ignored;
    for (const auto &entry : fs::directory_iterator(slice, ignored)) {
        const std::string name = entry.path().filename();
        if (!entry.is_directory(ignored) || entry.is_symlink(ignored))
            continue;
        if (std::find(wanted.units.begin(), wanted.units.end(), name) != wanted.units.end())
            add_all(entry.path(), depth, wanted.found);
        else if (is_slice(name) && depth < kDepthMax)
            search(entry.path(), depth + 1, wanted);
    }
}

} // namespace

std::string group_root()
{
    for (const char *root : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"})
        if (access((std::string(root) + "/cgroup.controllers").c_str(), F_OK) == 0)
            return root;
    return {};
}

std::vector<std::uint64_t> groups_of(std::span<const std::string> units, const std::string &root)
{
    std::vector<std::uint64_t> found;
    if (!units.empty() && !root.empty())
        search(root, 0, {units, found});
    return found;
}

} // namespace sentra::sensor
