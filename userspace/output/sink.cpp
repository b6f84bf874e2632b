// SPDX-License-Identifier: MIT
#include "output/sink.h"

#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "base/time.h"

namespace sentra::output {

namespace {

constexpr off_t kCredentialMost = 65536;

std::string named(std::string_view key)
{
    return std::string(key);
}

// Not through a link, and not from one who could have put his own there.
Result<Fd> open_credential(const std::string &path)
{
    Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat found = {};
    if (!fd.is_open() || ::fstat(fd.get(), &found) != 0)
        return system_failure("open " + path, errno);
    if (!S_ISREG(found.st_mode))
        return failure(path + " is not a file");
    if (found.st_uid != 0 && found.st_uid != ::geteuid())
        return failure(path + " belongs to somebody else; make it root's");
    if ((found.st_mode & 077U) != 0)
        return failure(path + " can be read by others; chmod 0600 it");
    if (found.st_size == 0 || found.st_size > kCredentialMost)
        return failure(path + (found.st_size == 0 ? " is empty" : " is larger than 64 KiB"));
    return fd;
}

Result<std::string> read_credential(const Fd &fd)
{
    std::string text(static_cast<std::size_t>(kCredentialMost), '\0');
    const ssize_t got = ::pread(fd.get(), text.data(), text.size(), 0);
    if (got < 0)
        return system_failure("read", errno);
    text.resize(static_cast<std::size_t>(got));
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
        text.pop_back();
    if (text.empty())
        return failure("it is empty");
    return text;
}

} // namespace

bool has(const SinkSettings &settings, std::string_view key)
{
    return settings.values.count(named(key)) != 0;
}

std::string text_of(const SinkSettings &settings, std::string_view key, std::string_view otherwise)
{
    const auto found = settings.values.find(named(key));
    return found == settings.values.end() ? std::string(otherwise) : found->second;
}

Result<bool> switch_of(const SinkSettings &settings, std::string_view key)
{
    const std::string text = text_of(settings, key, "false");
    if (text != "true" && text != "false")
        return failure(named(key) + ": \"" + printable(text, 40) + "\" is neither true nor false");
    return text == "true";
}

Result<std::uint64_t> number_of(const SinkSettings &settings, std::string_view key,
                                std::uint64_t otherwise, std::uint64_t most)
{
    if (!has(settings, key))
        return otherwise;
    const std::string text = text_of(settings, key);
    const auto number = parse_number<std::uint64_t>(text);
    if (!number || *number > most)
        return failure(named(key) + ": \"" + printable(text, 40) + "\" is no number from 0 to " +
                       std::to_string(most));
    return *number;
}

Result<std::uint64_t> duration_ns_of(const SinkSettings &settings, std::string_view key,
                                     std::uint64_t otherwise, std::uint64_t most_ns)
{
    if (!has(settings, key))
        return otherwise;
    const std::string text = text_of(settings, key);
    const auto duration = parse_duration(text);
    if (!duration || *duration == 0 || *duration > most_ns)
        return failure(named(key) + ": \"" + printable(text, 40) + "\" is no duration of up to " +
                       format_duration(most_ns) + "; write it as 10s");
    return *duration;
}

Result<const Format *> format_of(const SinkSettings &settings, bool needs_json)
{
    const SinkType *type = find_sink_type(settings.type);
    const std::string name = text_of(settings, "format", type == nullptr ? "" : type->format);
    const Format *format = find_format(name);
    if (format == nullptr) {
        std::vector<std::string_view> known;
        for (const Format &row : formats())
            known.push_back(row.name);
        const auto near = nearest(name, known);
        return failure("format: there is no \"" + printable(name, 40) + "\"" +
                       (near ? "; did you mean " + std::string(*near) + "?"
                             : "; there are " + format_names()));
    }
    if (needs_json && format->media_type != "application/json")
        return failure("format: " + settings.type + " takes JSON, and " + name + " is none");
    return format;
}

Result<std::string> credential_path(const SinkSettings &settings, std::string_view key)
{
    std::string path = text_of(settings, key);
    if (path.empty())
        return path;
    if (path.find('/') == std::string::npos) {
        // systemd's LoadCredential=: a folder that only this service can look into.
        const char *folder = std::getenv("CREDENTIALS_DIRECTORY");
        if (folder == nullptr)
            return failure(named(key) + ": " + path +
                           " is no path, and the service has no credential of that name");
        path.insert(0, "/").insert(0, folder);
    }
    if (path.front() != '/')
        return failure(named(key) + ": write the whole path");
    if (auto fd = open_credential(path); !fd)
        return tl::unexpected(std::move(fd.error()).within(key));
    return path;
}

Result<std::string> credential_of(const SinkSettings &settings, std::string_view key)
{
    auto path = credential_path(settings, key);
    if (!path || path->empty())
        return path;
    const auto fd = open_credential(*path);
    if (!fd)
        return failure(named(key) + ": " + fd.error().text);
    auto text = read_credential(*fd);
    if (!text)
        return failure(named(key) + ": " + *path + ": " + text.error().text);
    return text;
}

signal::Signal shown(const Parcel &parcel)
{
    signal::Signal signal = parcel.signal;
    if (parcel.is_test) {
        signal.title.insert(0, "[test] ");
        signal.narrative.insert(0, "This is a test of Sentra's delivery; nothing happened. ");
    }
    return signal;
}

std::string document_of(const Parcel &parcel, const Format &format)
{
    if (parcel.evidence != 0 && format.write_evidence != nullptr)
        return format.write_evidence(parcel.signal, parcel.signal.evidence[parcel.evidence - 1]);
    return parcel.is_test ? format.write(shown(parcel), parcel.delivery)
                          : format.write(parcel.signal, parcel.delivery);
}

std::string key_of(const Parcel &parcel)
{
    if (parcel.evidence != 0)
        return evidence_id(parcel.signal, parcel.signal.evidence[parcel.evidence - 1]);
    return parcel.signal.uid + "-" + std::to_string(parcel.revision);
}

Handover all_alike(std::size_t count, Fate fate, std::string why, std::string code)
{
    Handover result;
    result.outcomes.assign(count, {fate, std::move(why)});
    result.code = std::move(code);
    return result;
}

Handover paused(std::size_t count, const std::string &why, std::string code)
{
    Handover result = all_alike(count, Fate::retry, why, std::move(code));
    result.pause = why;
    return result;
}

} // namespace sentra::output
