// SPDX-License-Identifier: MIT
#include "report/host_facts.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "base/fd.h"
#include "base/hash.h"
#include "base/text.h"

namespace sentra::report {

namespace {

constexpr std::size_t kFileMost = 4UL << 20U;
// Groups that the usual defaults give root's power, or that come down to it.
constexpr std::string_view kPowerfulGroups[] = {"sudo", "wheel", "admin", "docker", "lxd"};

class Admins {
public:
    void add(std::string_view name, const std::string &way)
    {
        std::vector<std::string> &ways = ways_[printable(name, 64)];
        if (std::find(ways.begin(), ways.end(), way) == ways.end())
            ways.push_back(way);
    }
    [[nodiscard]] std::vector<Admin> take()
    {
        std::vector<Admin> admins;
        if (const auto root = ways_.find("root"); root != ways_.end()) {
            admins.push_back({root->first, std::move(root->second)});
            ways_.erase(root);
        }
        for (auto &[name, ways] : ways_)
            admins.push_back({name, std::move(ways)});
        return admins;
    }

private:
    std::map<std::string, std::vector<std::string>> ways_;
};

struct Group {
    std::uint32_t id = 0;
    std::set<std::string, std::less<>> members;
};
using Groups = std::map<std::string, Group, std::less<>>;

Groups groups_of(const HostFiles &files)
{
    Groups groups;
    for (const std::string_view line : split(files.group, '\n')) {
        const auto fields = split(line, ':');
        if (fields.size() < 4)
            continue;
        Group &group = groups[std::string(fields[0])];
        group.id = parse_number<std::uint32_t>(fields[2]).value_or(0);
        for (const std::string_view member : split(fields[3], ','))
            if (!trim(member).empty())
                group.members.emplace(trim(member));
    }
    // Whose first group it is does not stand in the group's own line.
    for (const std::string_view line : split(files.passwd, '\n')) {
        const auto fields = split(line, ':');
        const auto id = fields.size() < 4 ? std::nullopt : parse_number<std::uint32_t>(fields[3]);
        if (!id)
            continue;
        for (auto &[name, group] : groups)
            if (group.id == *id)
                group.members.emplace(fields[0]);
    }
    return groups;
}

// A line of sudoers without what goes on behind a backslash and without comments.
std::vector<std::string> sudoers_lines(std::string_view text)
{
    std::vector<std::string> lines;
    std::string whole;
    for (std::string_view line : split(text, '\n')) {
        const bool goes_on = !line.empty() && line.back() == '\\';
        if (goes_on)
            line.remove_suffix(1);
        whole += line;
        if (goes_on)
            continue;
        lines.emplace_back(trim(whole));
        whole.clear();
    }
    return lines;
}

// Who a rule is about: its first word. Aliases and net groups are not followed, but said.
void take_rule(const std::string &line, const std::string &path, const Groups &groups,
               Admins &admins, std::vector<std::string> &unread)
{
    const std::string who = line.substr(0, line.find_first_of(" \t"));
    const std::string way = "named in " + printable(path, 200);
    if (who.front() == '%' && groups.contains(std::string_view(who).substr(1))) {
        const std::string name = who.substr(1);
        for (const std::string &member : groups.at(name).members)
            admins.add(member, "member of " + printable(name, 64));
        return;
    }
    const bool is_plain =
        who.find_first_of("%+,!:#") == std::string::npos && who != "ALL" &&
        std::any_of(who.begin(), who.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    if (who == "root")
        return; // by itself
    if (is_plain)
        return admins.add(who, way);
    if (who.front() == '%')
        return; // a group that has nobody in it here
    unread.push_back(printable(path, 200) + ": a rule for " + printable(who, 64) +
                     " was not followed");
}

void take_sudoers(const HostFiles &files, const Groups &groups, HostFacts &facts, Admins &admins)
{
    for (const auto &[path, text] : files.sudoers)
        for (const std::string &line : sudoers_lines(text)) {
            const std::string word = line.substr(0, line.find_first_of(" \t"));
            const bool is_directive = word.empty() || word.front() == '#' || word.front() == '@' ||
                                      word.rfind("Defaults", 0) == 0 ||
                                      (word.size() > 6 && word.find("_Alias") != std::string::npos);
            if (!is_directive && line.find('=') != std::string::npos)
                take_rule(line, path, groups, admins, facts.unread);
        }
}

std::optional<std::string> read_some(const std::string &root, const std::string &path,
                                     HostFiles &files)
{
    std::ifstream file(root + path, std::ios::binary);
    std::string text(kFileMost, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad() || (!file && !file.eof())) {
        files.unread.push_back(path + " could not be read");
        return std::nullopt;
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() == kFileMost)
        files.unread.push_back(path + " is too long and was read in part");
    return text;
}

} // namespace

HostFacts host_facts(const HostFiles &files, std::uint64_t read_ns)
{
    HostFacts facts{read_ns, {}, files.unread};
    Admins admins;
    const Groups groups = groups_of(files);
    for (const std::string_view line : split(files.passwd, '\n')) {
        const auto fields = split(line, ':');
        if (fields.size() >= 3 && fields[2] == "0")
            admins.add(fields[0], fields[0] == "root" ? "is root" : "has root's id");
    }
    for (const std::string_view name : kPowerfulGroups)
        if (const auto group = groups.find(name); group != groups.end())
            for (const std::string &member : group->second.members)
                if (member != "root")
                    admins.add(member, "member of " + std::string(name));
    take_sudoers(files, groups, facts, admins);
    facts.admins = admins.take();
    return facts;
}

HostFiles read_host_files(const std::string &root)
{
    HostFiles files;
    files.passwd = read_some(root, "/etc/passwd", files).value_or("");
    files.group = read_some(root, "/etc/group", files).value_or("");
    std::vector<std::string> paths;
    std::error_code error;
    if (std::filesystem::exists(root + "/etc/sudoers", error))
        paths.emplace_back(root + "/etc/sudoers");
    std::filesystem::directory_iterator folder(root + "/etc/sudoers.d", error);
    if (error && error != std::errc::no_such_file_or_directory)
        files.unread.emplace_back("/etc/sudoers.d could not be read");
    std::vector<std::string> within;
    for (; !error && folder != std::filesystem::directory_iterator(); folder.increment(error)) {
        // sudo itself leaves out names with a dot or a tilde at the end.
        const std::string name = folder->path().filename().string();
        if (name.find('.') == std::string::npos && name.back() != '~')
            within.push_back(folder->path().string());
    }
    std::sort(within.begin(), within.end());
    paths.insert(paths.end(), within.begin(), within.end());
    for (const std::string &path : paths)
        if (auto text = read_some(root, path.substr(root.size()), files))
            files.sudoers.emplace_back(path.substr(root.size()), std::move(*text));
    return files;
}

bool is_host(const std::string &root, const std::string &host_id)
{
    const auto id = sentra::read_file(root + "/etc/machine-id");
    return id && !trim(*id).empty() && sha256_hex(trim(*id)) == host_id;
}

} // namespace sentra::report
