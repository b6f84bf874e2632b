// SPDX-License-Identifier: MIT
#include "sensor/received.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.h"
#include "event/build.h"

namespace sentra::sensor {

void turn_path(std::span<char> path, std::vector<char> &scratch)
{
    if (path.empty())
        return;
    scratch.assign(path.begin(), path.end());
    const bool is_whole = scratch.back() == '\0';
    if (is_whole)
        scratch.pop_back();
    std::string_view rest(scratch.data(), scratch.size());
    std::size_t at = path.size();
    for (;;) {
        const auto end = rest.find('\0');
        const std::string_view component = rest.substr(0, end);
        at -= component.size();
        std::copy(component.begin(), component.end(),
                  path.begin() + static_cast<std::ptrdiff_t>(at));
        if (at > 0)
            path[--at] = '/';
        if (end == std::string_view::npos)
            return;
        rest.remove_prefix(end + 1);
    }
}

std::string join_given(std::string_view directory, std::string_view given)
{
    if (directory.empty())
        return std::string(given);
    // An absolute path cannot climb above the caller's root, however many ".." it has.
    const std::string below = !given.empty() && given.front() == '/' ? join_path("/", given) : "";
    std::string_view tail = below.empty() ? given : std::string_view(below).substr(1);
    std::string joined = join_path(directory, tail);
    return directory.front() == '/' ? joined : joined.substr(1);
}

std::string device_name(std::string_view tty)
{
    constexpr std::string_view pseudo = "pts";
    std::string name(tty);
    if (tty.size() > pseudo.size() && tty.substr(0, pseudo.size()) == pseudo &&
        tty[pseudo.size()] != '/')
        name.insert(pseudo.size(), "/");
    return name;
}

std::string_view Receiver::text(const sentra_text &slice) const
{
    return {reinterpret_cast<const char *>(words_.data()) + slice.off, slice.len};
}

tl::expected<const event::Type *, sentra_loss> Receiver::take(std::span<const std::byte> bytes,
                                                              std::uint64_t sequence,
                                                              std::int64_t boot_to_unix_ns)
{
    sentra_head seen{};
    if (bytes.size() < sizeof seen)
        return tl::unexpected(SENTRA_LOSS_SHORT_RECORD);
    std::memcpy(&seen, bytes.data(), sizeof seen);
    const event::Type *type = event::Catalogue::get().find_type(seen.type);
    if (type == nullptr)
        return tl::unexpected(SENTRA_LOSS_UNKNOWN_TYPE);
    if (seen.size < type->body_bytes)
        return tl::unexpected(SENTRA_LOSS_SHORT_RECORD);
    if (seen.size > bytes.size() || seen.size > SENTRA_RECORD_MAX || seen.body != type->body_bytes)
        return tl::unexpected(SENTRA_LOSS_BAD_RECORD);
    words_.resize((seen.size + 7) / 8);
    std::memcpy(words_.data(), bytes.data(), seen.size);
    for (const std::uint16_t at : type->texts) {
        sentra_text slice{};
        std::memcpy(&slice, first() + at, sizeof slice);
        if (slice.len > seen.size || slice.off > seen.size - slice.len)
            return tl::unexpected(SENTRA_LOSS_BAD_RECORD);
    }
    head().time_ns = seen.time_ns + static_cast<std::uint64_t>(boot_to_unix_ns);
    head().sequence = sequence;
    head().source = SENTRA_SOURCE_KERNEL;
    for (const std::uint16_t at : type->paths) {
        sentra_text slice{};
        std::memcpy(&slice, first() + at, sizeof slice);
        // A name that a caller gave is as it should be already.
        const bool is_given =
            type->body_bytes == sizeof(sentra_file) && type->id >> 8U == 3 &&
            (as<sentra_file>().flags & SENTRA_FILE_PATH_GIVEN) != 0 &&
            (at == offsetof(sentra_file, path) || at == offsetof(sentra_file, origin));
        if (!is_given)
            turn_path({reinterpret_cast<char *>(first()) + slice.off, slice.len}, scratch_);
    }
    return type;
}

// The new text goes behind everything else; what lay in its place before is left out by finish().
void Receiver::set_text(std::size_t slice_offset, std::string_view text)
{
    const std::size_t at = words_.size() * 8;
    const std::size_t room = SENTRA_RECORD_MAX - std::min<std::size_t>(at, SENTRA_RECORD_MAX);
    const std::size_t length = std::min(text.size(), room);
    const std::string copy(text.substr(0, length)); // may lie in the buffer that is about to move
    words_.resize((at + length + 7) / 8);
    std::memcpy(first() + at, copy.data(), length);
    const sentra_text slice{static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(length)};
    std::memcpy(first() + slice_offset, &slice, sizeof slice);
    head().size = static_cast<std::uint32_t>(words_.size() * 8);
}

// The kernel's padding is whatever the ring held before: it must not reach a recording.
event::Record Receiver::finish(const event::Type &type)
{
    std::size_t used = type.body_bytes;
    for (const std::uint16_t at : type.texts) {
        sentra_text slice{};
        std::memcpy(&slice, first() + at, sizeof slice);
        if (slice.len > 0)
            used = std::max<std::size_t>(used, slice.off + slice.len);
    }
    const std::size_t size = (used + 7) / 8 * 8;
    words_.resize(size / 8);
    std::memset(first() + used, 0, size - used);
    head().size = static_cast<std::uint32_t>(size);
    auto record = event::Record::copy(std::as_bytes(std::span(words_)));
    return std::move(*record); // head.size was set one line above
}

event::Record Receiver::join_names()
{
    auto &file = as<sentra_file>();
    const std::string path = join_given(text(file.directory), text(file.path));
    const std::string origin = (file.flags & SENTRA_FILE_SYMBOLIC) != 0
                                   ? std::string(text(file.origin))
                                   : join_given(text(file.origin_directory), text(file.origin));
    file.path = file.origin = file.directory = file.origin_directory = {};
    const std::array<std::pair<std::size_t, std::string>, 2> texts{
        {{offsetof(sentra_file, path), path}, {offsetof(sentra_file, origin), origin}}};
    return event::lay_out({first(), sizeof(sentra_file)}, texts);
}

void Receiver::tell_package(std::uint64_t boot_ns)
{
    if (packages_ == nullptr)
        return;
    auto &exec = as<sentra_exec>();
    const auto answer = packages_->of_program(exec, text(exec.executable), boot_ns);
    if (!answer.is_known)
        return;
    exec.flags |= SENTRA_EXEC_PACKAGES_KNOWN;
    if (!answer.package.empty())
        set_text(offsetof(sentra_exec, package), answer.package);
}

tl::expected<event::Record, sentra_loss> Receiver::receive(std::span<const std::byte> bytes,
                                                           std::uint64_t sequence,
                                                           std::int64_t boot_to_unix_ns)
{
    const auto type = take(bytes, sequence, boot_to_unix_ns);
    if (!type)
        return tl::unexpected(type.error());
    if ((*type)->id >> 8U == 3 && (as<sentra_file>().flags & SENTRA_FILE_PATH_GIVEN) != 0)
        return join_names();
    if ((*type)->id == SENTRA_PROCESS_EXEC || (*type)->id == SENTRA_PROCESS_SNAPSHOT) {
        if (as<sentra_exec>().tty.len > 0)
            set_text(offsetof(sentra_exec, tty), device_name(text(as<sentra_exec>().tty)));
        tell_package(head().time_ns - static_cast<std::uint64_t>(boot_to_unix_ns));
    }
    return finish(**type);
}

tl::expected<event::Record, sentra_loss>
Receiver::receive_snapshot(std::span<const std::byte> bytes, std::string_view args,
                           std::uint64_t sequence, std::int64_t boot_to_unix_ns)
{
    const auto type = take(bytes, sequence, boot_to_unix_ns);
    if (!type)
        return tl::unexpected(type.error());
    if ((*type)->id != SENTRA_PROCESS_SNAPSHOT)
        return tl::unexpected(SENTRA_LOSS_BAD_RECORD);
    auto &exec = as<sentra_exec>();
    exec.args_bytes = static_cast<std::uint32_t>(args.size());
    exec.args_count = static_cast<std::uint32_t>(std::count(args.begin(), args.end(), '\0'));
    if (args.size() > SENTRA_ARGS_MAX) {
        args = args.substr(0, SENTRA_ARGS_MAX);
        exec.flags |= SENTRA_EXEC_ARGS_TRUNCATED;
        exec.head.flags |= SENTRA_RECORD_TRUNCATED;
    }
    if (exec.tty.len > 0)
        set_text(offsetof(sentra_exec, tty), device_name(text(exec.tty)));
    set_text(offsetof(sentra_exec, args), args);
    tell_package(head().time_ns - static_cast<std::uint64_t>(boot_to_unix_ns));
    return finish(**type);
}

} // namespace sentra::sensor
