// SPDX-License-Identifier: MIT
#include "sensor/package_index.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>

#include <dirent.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"

namespace sentra::sensor {

namespace {

constexpr std::uint64_t kNumberMask = 0xffff;
constexpr std::size_t kAliasesMax = 64;
constexpr std::size_t kDiversionsMax = 65'536;

struct CloseFolder {
    void operator()(DIR *folder) const { closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

// SipHash-1-3 (Aumasson, Bernstein).
struct SipState {
    std::uint64_t a, b, c, d;
    void round()
    {
        a += b, c += d;
        b = std::rotl(b, 13) ^ a, d = std::rotl(d, 16) ^ c;
        a = std::rotl(a, 32);
        c += b, a += d;
        b = std::rotl(b, 17) ^ c, d = std::rotl(d, 21) ^ a;
        c = std::rotl(c, 32);
    }
    void take(std::uint64_t word)
    {
        d ^= word;
        round();
        a ^= word;
    }
};

// The next line without its end; what follows stays in `rest`.
std::string_view take_line(std::string_view &rest)
{
    const auto end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
}

// nullopt: not a plain file, larger than allowed, or not to be read. The buffer is used again.
std::optional<std::string_view> read_into(std::string &buffer, int folder, const char *name,
                                          std::size_t bytes_max)
{
    const Fd file(openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat facts {};
    if (!file.is_open() || fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode) ||
        static_cast<std::uint64_t>(facts.st_size) > bytes_max)
        return std::nullopt;
    const auto size = static_cast<std::size_t>(facts.st_size);
    if (buffer.size() < size)
        buffer.resize(size);
    std::size_t have = 0;
    while (have < size) {
        const ssize_t got = ::read(file.get(), buffer.data() + have, size - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break; // shorter by now: whoever asks looks at the database's stamps afterwards
        have += static_cast<std::size_t>(got);
    }
    return std::string_view(buffer).substr(0, have);
}

void find_aliases(PackageIndex &index, const std::string &root, const std::string &directory)
{
    const Folder folder(opendir((root + directory).c_str()));
    if (!folder)
        return;
    std::array<char, PATH_MAX> real{}, real_root{};
    std::string below(root.empty()                                          ? ""
                      : realpath(root.c_str(), real_root.data()) != nullptr ? real_root.data()
                                                                            : root);
    while (const dirent *entry = readdir(folder.get())) {
        const std::string path =
            directory + (directory.ends_with('/') ? "" : "/") + std::string(entry->d_name);
        struct stat facts {};
        const bool may_be_link = entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN;
        if (!may_be_link || lstat((root + path).c_str(), &facts) != 0 || !S_ISLNK(facts.st_mode) ||
            realpath((root + path).c_str(), real.data()) == nullptr ||
            stat(real.data(), &facts) != 0 || !S_ISDIR(facts.st_mode))
            continue;
        const std::string_view target(real.data());
        if (target.starts_with(below) && target.size() > below.size())
            index.alias(path, target.substr(below.size()));
    }
}

} // namespace

std::string_view package_of_list(std::string_view file_name)
{
    constexpr std::string_view suffix = ".list";
    if (!file_name.ends_with(suffix))
        return {};
    file_name.remove_suffix(suffix.size());
    const std::string_view name = file_name.substr(0, file_name.find(':'));
    const auto is_of_name = [](char c) { // Debian policy 5.6.1
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    };
    return std::all_of(name.begin(), name.end(), is_of_name) ? name : std::string_view{};
}

PackageIndex::PackageIndex(PackageLimits limits) : limits_(limits)
{
    // Cannot fail for so few bytes once the system has booted; a key of zero would still work.
    [[maybe_unused]] const ssize_t got = getrandom(key_.data(), sizeof key_, 0);
}

std::uint64_t PackageIndex::hash(std::string_view path) const
{
    SipState state{key_[0] ^ 0x736f6d6570736575, key_[1] ^ 0x646f72616e646f6d,
                   key_[0] ^ 0x6c7967656e657261, key_[1] ^ 0x7465646279746573};
    std::uint64_t last = static_cast<std::uint64_t>(path.size()) << 56;
    std::size_t at = 0;
    for (; at + 8 <= path.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, path.data() + at, sizeof word);
        state.take(word);
    }
    std::uint64_t tail = 0;
    if (at < path.size())
        std::memcpy(&tail, path.data() + at, path.size() - at);
    state.take(last | tail);
    state.c ^= 0xff;
    for (int i = 0; i < 3; ++i)
        state.round();
    return (state.a ^ state.b ^ state.c ^ state.d) & ~kNumberMask;
}

void PackageIndex::alias(std::string_view from, std::string_view to)
{
    if (from.size() < 2 || to.size() < 2 || from == to || aliases_.size() >= kAliasesMax)
        return;
    aliases_.emplace_back(from, to);
}

std::string_view PackageIndex::fold(std::string_view path, std::string &scratch) const
{
    // "/lib64/x" may be "/usr/lib64/x", and that "/usr/lib/x".
    for (int turns = 0; turns < 2; ++turns) {
        const auto of_path = [path](const auto &alias) {
            return path.size() > alias.first.size() && path[alias.first.size()] == '/' &&
                   path.starts_with(alias.first);
        };
        const auto at = std::find_if(aliases_.begin(), aliases_.end(), of_path);
        if (at == aliases_.end())
            break;
        std::string folded = at->second;
        folded += path.substr(at->first.size());
        scratch = std::move(folded);
        path = scratch;
    }
    return path;
}

void PackageIndex::divert(std::string_view text)
{
    std::string scratch;
    while (!text.empty()) {
        const std::string_view from = take_line(text), to = take_line(text),
                               keeper = take_line(text);
        if (from.empty() || to.empty() || keeper.empty())
            break; // cut: dpkg itself would refuse to work
        if (diversions_.size() >= kDiversionsMax) {
            mark_incomplete();
            break;
        }
        const std::uint64_t key = hash(fold(from, scratch));
        diversions_.insert_or_assign(
            key, Diversion{std::string(fold(to, scratch)), std::string(keeper)});
    }
}

void PackageIndex::add(std::string_view package, std::string_view list)
{
    if (package.empty())
        return;
    if (names_.size() >= std::min<std::size_t>(limits_.packages, kNumberMask + 1)) {
        mark_incomplete();
        return;
    }
    const std::uint64_t number = names_.size();
    names_.emplace_back(package);
    std::string scratch;
    while (!list.empty()) {
        const std::string_view line = take_line(list);
        if (!line.starts_with('/') || line == "/.")
            continue;
        if (entries_.size() >= limits_.paths) {
            mark_incomplete();
            return;
        }
        std::uint64_t key = hash(fold(line, scratch));
        if (const auto diverted = diversions_.find(key);
            diverted != diversions_.end() && diverted->second.keeper != package)
            key = hash(diverted->second.to);
        entries_.push_back(key | number);
    }
}

void PackageIndex::seal()
{
    // Of several owners (directories, files that two architectures share) the first one stays.
    std::sort(entries_.begin(), entries_.end());
    const auto same_path = [](std::uint64_t a, std::uint64_t b) {
        return (a & ~kNumberMask) == (b & ~kNumberMask);
    };
    entries_.erase(std::unique(entries_.begin(), entries_.end(), same_path), entries_.end());
    entries_.shrink_to_fit();
    diversions_.clear();
}

std::string_view PackageIndex::owner(std::string_view path) const
{
    const std::uint64_t key = hash(path);
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), key);
    if (at == entries_.end() || (*at & ~kNumberMask) != key)
        return {};
    return names_[*at & kNumberMask];
}

Result<PackageIndex> PackageIndex::read(const std::string &root, PackageLimits limits)
{
    const std::string database = root + "/var/lib/dpkg";
    const Folder folder(opendir((database + "/info").c_str()));
    if (!folder)
        return system_failure("open " + database + "/info", errno);
    PackageIndex index(limits);
    // Deeper links than those of two levels are not looked for: that would be a look at every
    // directory of the host.
    for (const char *directory : {"/", "/usr", "/usr/local", "/var", "/opt", "/srv"})
        find_aliases(index, root, directory);
    std::string buffer;
    if (const auto text =
            read_into(buffer, dirfd(folder.get()), "../diversions", limits.file_bytes))
        index.divert(*text);
    else if (faccessat(dirfd(folder.get()), "../diversions", F_OK, 0) == 0)
        index.mark_incomplete();

    std::vector<std::string> lists;
    while (const dirent *entry = readdir(folder.get()))
        if (!package_of_list(entry->d_name).empty())
            lists.emplace_back(entry->d_name);
    std::sort(lists.begin(), lists.end()); // the owner of what several have does not depend on disk
    for (const std::string &name : lists) {
        if (const auto text =
                read_into(buffer, dirfd(folder.get()), name.c_str(), limits.file_bytes))
            index.add(package_of_list(name), *text);
        else
            index.mark_incomplete();
    }
    index.seal();
    return index;
}

} // namespace sentra::sensor
