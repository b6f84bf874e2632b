// SPDX-License-Identifier: MIT
#include "sensor/pins.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/hash.h"
#include "base/text.h"
#include "event/catalogue.h"

namespace sentra::sensor {

namespace {

constexpr std::uint32_t kTextBytes = 64U << 10U;
constexpr std::string_view kFormat = "sentra pins 1";
// A BPF file system takes no dot in a name.
// A sensor that was killed holds its lock until the kernel has taken everything from it.
constexpr int kLockTries = 50;
constexpr std::chrono::milliseconds kBetweenTries(100);
constexpr std::string_view kMaking = "making_", kGoing = "going_";

std::string map_pin(std::string_view name)
{
    std::string pin = "map_" + std::string(name);
    std::replace(pin.begin(), pin.end(), '.', '_');
    return pin;
}

std::string link_pin(std::size_t number)
{
    return "link_" + std::to_string(number);
}

Result<Fd> open_map(const std::string &path)
{
    Fd fd(bpf_obj_get(path.c_str()));
    if (!fd.is_open())
        return system_failure("open " + path, errno);
    return fd;
}

Result<bpf_map_info> map_info(const Fd &map)
{
    bpf_map_info info{};
    __u32 bytes = sizeof info;
    if (bpf_obj_get_info_by_fd(map.get(), &info, &bytes) != 0)
        return system_failure("ask what a pinned map is", errno);
    return info;
}

// Text in a map of one row: a BPF file system holds nothing else.
Result<Fd> make_text(const char *name)
{
    Fd map(bpf_map_create(BPF_MAP_TYPE_ARRAY, name, sizeof(__u32), kTextBytes, 1, nullptr));
    if (!map.is_open())
        return system_failure("make a map for text", errno);
    return map;
}

Result<void> write_text(const Fd &map, const std::string &text)
{
    if (text.size() >= kTextBytes)
        return failure("a text of " + std::to_string(text.size()) + " bytes is too long to keep");
    std::string padded = text;
    padded.resize(kTextBytes);
    const __u32 key = 0;
    if (bpf_map_update_elem(map.get(), &key, padded.data(), BPF_ANY) != 0)
        return system_failure("write a map of text", errno);
    return {};
}

Result<std::string> read_text(const std::string &path)
{
    auto map = open_map(path);
    if (!map)
        return tl::unexpected(std::move(map.error()));
    const auto info = map_info(*map);
    if (!info)
        return tl::unexpected(info.error());
    if (info->type != BPF_MAP_TYPE_ARRAY || info->value_size != kTextBytes ||
        info->max_entries != 1)
        return failure(path + " is no map of text");
    std::string text(kTextBytes, '\0');
    const __u32 key = 0;
    if (bpf_map_lookup_elem(map->get(), &key, text.data()) != 0)
        return system_failure("read " + path, errno);
    text.resize(text.find('\0') == std::string::npos ? text.size() : text.find('\0'));
    return text;
}

Result<void> pin(int fd, const std::string &path)
{
    if (bpf_obj_pin(fd, path.c_str()) != 0)
        return system_failure("pin " + path, errno);
    return {};
}

void remove_generation(const std::string &path)
{
    std::error_code ignored; // a name that is not there any more is what is wanted
    for (const auto &entry : std::filesystem::directory_iterator(path, ignored))
        ::unlink(entry.path().c_str());
    ::rmdir(path.c_str());
}

// Names in a directory, in order.
std::vector<std::string> names_in(const std::string &directory)
{
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto &entry : std::filesystem::directory_iterator(directory, ignored))
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

bool is_bpf_file_system(const std::string &path)
{
    struct statfs about = {};
    return ::statfs(path.c_str(), &about) == 0 &&
           static_cast<std::uint64_t>(about.f_type) == BPF_FS_MAGIC;
}

// In a BPF file system that everybody may write to, somebody else may have been there first. What
// is theirs is moved out of the way, never used.
Result<Fd> open_private(const std::string &path, bool is_second_try = false)
{
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
        return system_failure("make " + path, errno);
    Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat about = {};
    if (fd.is_open() && ::fstat(fd.get(), &about) == 0 && about.st_uid == ::geteuid() &&
        (about.st_mode & 077U) == 0)
        return fd;
    const std::string aside = path + "_foreign_" + std::to_string(::getpid());
    if (is_second_try || ::rename(path.c_str(), aside.c_str()) != 0)
        return failure(path + " is not a directory of the sensor's alone");
    return open_private(path, true);
}

Result<Fd> open_locked(const std::string &directory)
{
    const std::string parent(directory_name(directory));
    const std::string above(directory_name(parent));
    if (is_bpf_file_system(above)) {
        if (auto made = open_private(parent); !made)
            return made;
    } else if (!is_bpf_file_system(parent)) {
        return failure(above + " is not a BPF file system");
    }
    auto opened = open_private(directory);
    if (!opened)
        return opened;
    for (int tries = 0; ::flock(opened->get(), LOCK_EX | LOCK_NB) != 0; ++tries) {
        if (errno != EWOULDBLOCK)
            return system_failure("lock " + directory, errno);
        if (tries == kLockTries)
            return failure("another sensor uses " + directory);
        std::this_thread::sleep_for(kBetweenTries);
    }
    return opened;
}

} // namespace

// ---- manifest --------------------------------------------------------------------------------

std::string treaty_version()
{
    std::string shape;
    for (const event::Type &type : event::Catalogue::get().types()) {
        shape += std::string(type.name) + ' ' + std::to_string(type.body_bytes) + '\n';
        for (const event::Slot &slot : type.slots)
            shape += std::string(slot.name) + ' ' + std::to_string(slot.offset) + ' ' +
                     std::to_string(slot.width) + '\n';
    }
    return sha256_hex(shape).substr(0, 16);
}

std::string Manifest::to_text() const
{
    std::string text = std::string(kFormat) + "\ntreaty " + treaty + "\nsince " +
                       std::to_string(since_ns) + "\npaused " + std::to_string(paused_at) + ' ' +
                       words + '\n';
    for (const std::string &hook : hooks)
        text += "hook " + hook + '\n';
    for (const auto &[hook, reason] : failures)
        text += "failed " + hook + '\t' + reason + '\n';
    return text;
}

Result<Manifest> Manifest::parse(std::string_view text)
{
    Manifest manifest{};
    const auto lines = split(text, '\n');
    if (lines.empty() || lines.front() != kFormat)
        return failure("the manifest is of another kind");
    for (const std::string_view line : lines) {
        const auto space = line.find(' ');
        if (space == std::string_view::npos)
            continue;
        const std::string_view key = line.substr(0, space), value = line.substr(space + 1);
        const auto second = value.find_first_of(" \t");
        if (key == "treaty") {
            manifest.treaty = value;
        } else if (key == "since") {
            const auto number = parse_number<std::uint64_t>(value);
            if (!number)
                return failure("the manifest does not say since when");
            manifest.since_ns = *number;
        } else if (key == "paused" && second != std::string_view::npos) {
            const auto number = parse_number<std::uint32_t>(value.substr(0, second));
            if (!number)
                return failure("the manifest does not say where the words are");
            manifest.paused_at = *number;
            manifest.words = value.substr(second + 1);
        } else if (key == "hook") {
            manifest.hooks.emplace_back(value);
        } else if (const auto tab = value.find('\t'); key == "failed" && tab != value.npos) {
            manifest.failures.emplace(value.substr(0, tab), value.substr(tab + 1));
        }
    }
    if (manifest.treaty.empty() || manifest.words.empty() || manifest.hooks.empty())
        return failure("the manifest is not whole");
    return manifest;
}

// ---- generation ------------------------------------------------------------------------------

Result<Generation> Generation::read(const std::string &path)
{
    auto text = read_text(path + "/manifest");
    if (!text)
        return tl::unexpected(std::move(text.error()));
    auto manifest = Manifest::parse(*text);
    if (!manifest)
        return tl::unexpected(std::move(manifest.error()));
    Generation generation;
    generation.path_ = path;
    generation.manifest_ = std::move(*manifest);
    return generation;
}

Result<Fd> Generation::map(std::string_view name) const
{
    return open_map(path_ + '/' + map_pin(name));
}

Result<Link> Generation::link(std::size_t number) const
{
    const std::string path = path_ + '/' + link_pin(number);
    Link link(bpf_link__open(path.c_str()));
    if (!link)
        return system_failure("open " + path, errno);
    return link;
}

Result<bool> Generation::is_paused() const
{
    const auto words = map(manifest_.words);
    if (!words)
        return tl::unexpected(words.error());
    const auto info = map_info(*words);
    if (!info)
        return tl::unexpected(info.error());
    if (info->type != BPF_MAP_TYPE_ARRAY ||
        info->value_size < manifest_.paused_at + sizeof(std::uint32_t))
        return failure(path_ + " holds other words than its manifest says");
    std::string value(info->value_size, '\0');
    const __u32 key = 0;
    if (bpf_map_lookup_elem(words->get(), &key, value.data()) != 0)
        return system_failure("read the words of " + path_, errno);
    return std::any_of(value.begin() + manifest_.paused_at,
                       value.begin() + manifest_.paused_at + sizeof(std::uint32_t),
                       [](char byte) { return byte != 0; });
}

Result<void> Generation::pause() const
{
    if (const auto paused = is_paused(); !paused || *paused)
        return paused ? Result<void>() : tl::unexpected(paused.error());
    const auto words = map(manifest_.words);
    if (!words)
        return tl::unexpected(words.error());
    // Mapped, not written back as a whole: the programs change other words meanwhile.
    const std::size_t bytes = manifest_.paused_at + sizeof(std::uint32_t);
    void *first = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, words->get(), 0);
    if (first == MAP_FAILED)
        return system_failure("map the words of " + path_, errno);
    auto *word =
        reinterpret_cast<std::uint32_t *>(static_cast<char *>(first) + manifest_.paused_at);
    __atomic_store_n(word, 1U, __ATOMIC_SEQ_CST);
    ::munmap(first, bytes);
    return {};
}

std::string Generation::told() const
{
    return read_text(path_ + "/told").value_or("");
}

// ---- pins ------------------------------------------------------------------------------------

Result<Pins> Pins::open(const std::string &directory)
{
    auto lock = open_locked(directory);
    if (!lock)
        return tl::unexpected(std::move(lock.error()));
    return Pins(directory, std::move(*lock));
}

Result<Pins> Pins::reopen(Pins old)
{
    old.lock_.reset();
    return open(old.directory_);
}

Result<bool> Pins::forget(const std::string &directory)
{
    if (::access(directory.c_str(), F_OK) != 0)
        return false;
    auto pins = open(directory);
    if (!pins)
        return tl::unexpected(std::move(pins.error()));
    const bool any = !pins->versions().empty();
    pins->remove_all();
    return any;
}

std::string Pins::path(std::string_view version) const
{
    return directory_ + '/' + std::string(version);
}

std::vector<std::string> Pins::versions() const
{
    std::vector<std::string> whole;
    for (std::string &name : names_in(directory_)) {
        if (name.rfind(kMaking, 0) == 0 || name.rfind(kGoing, 0) == 0)
            remove_generation(path(name));
        else
            whole.push_back(std::move(name));
    }
    return whole;
}

Result<void> Pins::keep_in(const std::string &place, const Manifest &manifest,
                           const std::map<std::string, int> &maps,
                           const std::vector<int> &links) const
{
    if (::mkdir(place.c_str(), 0700) != 0)
        return system_failure("make " + place, errno);
    for (const auto &[name, fd] : maps)
        if (auto pinned = pin(fd, place + '/' + map_pin(name)); !pinned)
            return pinned;
    for (std::size_t i = 0; i < links.size(); ++i)
        if (auto pinned = pin(links[i], place + '/' + link_pin(i)); !pinned)
            return tl::unexpected(std::move(pinned.error()).within(manifest.hooks[i]));
    const std::pair<const char *, std::string> texts[] = {{"manifest", manifest.to_text()},
                                                          {"told", ""}};
    for (const auto &[name, text] : texts) {
        auto map = make_text(name);
        if (!map)
            return tl::unexpected(std::move(map.error()));
        if (auto written = write_text(*map, text); !written)
            return written;
        if (auto pinned = pin(map->get(), place + '/' + name); !pinned)
            return pinned;
    }
    return {};
}

Result<void> Pins::keep(const std::string &version, const Manifest &manifest,
                        const std::map<std::string, int> &maps, const std::vector<int> &links) const
{
    const std::string making = path(std::string(kMaking) + version);
    auto kept = keep_in(making, manifest, maps, links);
    if (kept && ::rename(making.c_str(), path(version).c_str()) != 0)
        kept = system_failure("name " + path(version), errno);
    if (!kept)
        remove_generation(making);
    return kept;
}

Result<void> Pins::tell(const std::string &version, const Manifest &manifest) const
{
    auto map = open_map(path(version) + "/manifest");
    return map ? write_text(*map, manifest.to_text()) : tl::unexpected(std::move(map.error()));
}

Result<void> Pins::told(const std::string &version, const std::string &text) const
{
    auto map = open_map(path(version) + "/told");
    return map ? write_text(*map, text) : tl::unexpected(std::move(map.error()));
}

bool Pins::is_whole(const std::string &version, std::size_t maps, std::size_t links) const
{
    return names_in(path(version)).size() == maps + links + 2;
}

void Pins::rename(const std::string &version, const std::string &other) const
{
    remove(other);
    ::rename(path(version).c_str(), path(other).c_str());
}

void Pins::remove(const std::string &version) const
{
    const std::string going = path(std::string(kGoing) + version);
    remove_generation(going); // a former one that was not finished
    if (::rename(path(version).c_str(), going.c_str()) == 0)
        remove_generation(going);
}

void Pins::remove_all() const
{
    for (const std::string &version : versions())
        remove(version);
    ::rmdir(directory_.c_str());
}

} // namespace sentra::sensor
