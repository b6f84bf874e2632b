// SPDX-License-Identifier: MIT
#include "sensor/wanted.h"

#include <algorithm>
#include <array>
#include <set>

#include <sentra/sensor.h>

#include "base/text.h"
#include "event/catalogue.h"

namespace sentra::sensor {

namespace {

constexpr std::size_t kEndingBytes = 8;
constexpr std::size_t kNameBytes = sizeof(sentra_wanted_name::name) - 1;

// The process tree and who is who are made of the first five; the others are few, and each is a
// fact about the host whether or not a rule has thought of it.
constexpr std::array kAlways = {
    SENTRA_PROCESS_EXEC,  SENTRA_PROCESS_FORK,   SENTRA_PROCESS_EXIT,   SENTRA_PROCESS_SNAPSHOT,
    SENTRA_CRED_CHANGE,   SENTRA_PROCESS_PTRACE, SENTRA_PROCESS_SIGNAL, SENTRA_PROCESS_IO_URING,
    SENTRA_KERNEL_MODULE, SENTRA_KERNEL_BPF,
};
// What a program does over and over. A change by name, each time, is a change.
constexpr std::array kRepeating = {SENTRA_FILE_WRITE, SENTRA_FILE_READ, SENTRA_NET_CONNECT,
                                   SENTRA_NET_ACCEPT};

constexpr std::uint64_t bit_of(std::uint16_t type)
{
    return std::uint64_t{1} << SENTRA_ROW(type);
}
static_assert(SENTRA_ROWS <= 64);

bool is_counted(std::uint16_t type)
{
    return (type >> 8U) < SENTRA_ROWS / SENTRA_ROWS_PER_FAMILY;
}

// Files are told with their directory; those that are read were chosen by name already.
bool has_place(std::uint16_t type)
{
    return type >> 8U == SENTRA_FILE_WRITE >> 8U && type != SENTRA_FILE_READ;
}

bool starts_with(std::string_view text, std::string_view part)
{
    return text.substr(0, part.size()) == part;
}

bool ends_with(std::string_view text, std::string_view part)
{
    return text.size() >= part.size() && text.substr(text.size() - part.size()) == part;
}

// A path's directory with its slash, and what follows.
struct Parts {
    std::string_view directory, name;
};
Parts parts_of(std::string_view path)
{
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos)
        return {{}, path};
    return {path.substr(0, slash + 1), path.substr(slash + 1)};
}

// It may be in any directory: no verdict can leave the type out anywhere.
bool is_everywhere(const Need &need)
{
    const bool has_slash = need.value.find('/') != std::string::npos;
    return need.how == Need::How::any || need.value.empty() ||
           (need.how == Need::How::contains && !has_slash);
}

Verdict of_name(std::string_view name)
{
    if (name.empty())
        return Verdict::quiet;
    return name.size() <= kNameBytes ? Verdict::names : Verdict::all;
}

// What one need makes of a directory, which ends with its slash. A file's path is the directory
// and a name without slashes.
Verdict verdict_of(const Need &need, std::string_view directory)
{
    const Parts parts = parts_of(need.value);
    switch (need.how) {
    case Need::How::is:
        return parts.directory == directory ? of_name(parts.name) : Verdict::quiet;
    case Need::How::begins:
        if (starts_with(directory, need.value))
            return Verdict::all;
        return parts.directory == directory ? Verdict::all : Verdict::quiet;
    case Need::How::ends:
        if (parts.directory.empty())
            return Verdict::names;
        return ends_with(directory, parts.directory) ? of_name(parts.name) : Verdict::quiet;
    case Need::How::contains:
        if (directory.find(need.value) != std::string_view::npos)
            return Verdict::all;
        return ends_with(directory, parts.directory) && !parts.name.empty() ? Verdict::all
                                                                            : Verdict::quiet;
    case Need::How::any:
        break;
    }
    return Verdict::all;
}

} // namespace

Wanted::Wanted(std::vector<Need> needs) : needs_(std::move(needs))
{
    for (Need &need : needs_)
        need.value = lower_ascii(need.value);
    take_types();
    take_names();
}

std::shared_ptr<const Wanted> Wanted::both(const Wanted &a, const Wanted &b)
{
    std::vector<Need> needs = a.needs_;
    needs.insert(needs.end(), b.needs_.begin(), b.needs_.end());
    return std::make_shared<const Wanted>(std::move(needs));
}

void Wanted::take_types()
{
    std::uint64_t wanted = 0, everywhere = 0, each = 0;
    for (const sentra_type type : kAlways)
        wanted |= bit_of(type);
    for (const Need &need : needs_) {
        const event::Type *type = event::Catalogue::get().find_type(need.event);
        if (type == nullptr || !is_counted(type->id))
            continue;
        const std::uint64_t bit = bit_of(type->id);
        wanted |= bit;
        everywhere |= is_everywhere(need) ? bit : 0;
        each |= need.each ? bit : 0;
    }
    for (const event::Type &type : event::Catalogue::get().types()) {
        if (!is_counted(type.id))
            continue;
        const std::uint64_t bit = bit_of(type.id);
        unwanted_ |= wanted & bit ? 0 : bit;
        placed_ |= has_place(type.id) && (wanted & bit) && !(everywhere & bit) ? bit : 0;
    }
    for (const sentra_type type : kRepeating)
        repeating_ |= bit_of(type) & ~each;
    for (const Need &need : needs_) {
        const event::Type *type = event::Catalogue::get().find_type(need.event);
        if (type != nullptr && is_counted(type->id) && (placed_ & bit_of(type->id)))
            places_.push_back(need);
    }
}

void Wanted::take_names()
{
    std::set<std::string> names, endings;
    for (const Need &need : places_) {
        const Parts parts = parts_of(need.value);
        if (need.how == Need::How::ends && parts.directory.empty())
            endings.emplace(
                parts.name.substr(parts.name.size() - std::min(parts.name.size(), kEndingBytes)));
        else if ((need.how == Need::How::is || need.how == Need::How::ends) &&
                 !parts.name.empty() && parts.name.size() <= kNameBytes)
            names.emplace(parts.name);
    }
    names_.assign(names.begin(), names.end());
    endings_.assign(endings.begin(), endings.end());
    // More than the kernel has room for: no directory is told by names only.
}

Verdict Wanted::verdict(std::string_view directory) const
{
    std::string lowered = lower_ascii(directory);
    if (lowered.empty() || lowered.front() != '/')
        return Verdict::all;
    if (lowered.back() != '/')
        lowered.push_back('/');
    Verdict verdict = Verdict::quiet;
    for (const Need &need : places_) {
        verdict = std::max(verdict, verdict_of(need, lowered));
        if (verdict == Verdict::all)
            return verdict;
    }
    const bool no_room =
        names_.size() > SENTRA_WANTED_NAMES_MAX || endings_.size() > SENTRA_WANTED_NAMES_MAX;
    return verdict == Verdict::names && no_room ? Verdict::all : verdict;
}

} // namespace sentra::sensor
