// SPDX-License-Identifier: MIT
#include "base/zone.h"

#include <algorithm>

#include "base/fd.h"
#include "base/text.h"

namespace sentra {

namespace {

constexpr std::int64_t kDayS = 86400;
constexpr const char *kZones = "/usr/share/zoneinfo/";
// Tables that end before and go on by a formula are not followed; Debian's and Ubuntu's do not.
constexpr std::int64_t kTableUntilS = 2'000'000'000;

class Bytes {
public:
    explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
    [[nodiscard]] std::int64_t number(std::size_t at, std::size_t size) const
    {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < size; ++i)
            value = value << 8U | static_cast<unsigned char>(bytes_[at + i]);
        return size == 4 ? static_cast<std::int32_t>(static_cast<std::uint32_t>(value))
                         : static_cast<std::int64_t>(value);
    }
    [[nodiscard]] bool has(std::size_t from, std::size_t size) const
    {
        return from <= bytes_.size() && size <= bytes_.size() - from;
    }
    [[nodiscard]] std::string_view text() const { return bytes_; }

private:
    std::string_view bytes_;
};

// RFC 8536, 3.1: six counts behind magic, version and 15 unused bytes.
struct Header {
    std::size_t isut = 0, isstd = 0, leap = 0, times = 0, types = 0, letters = 0;
    [[nodiscard]] std::size_t size(std::size_t time_bytes) const
    {
        return times * time_bytes + times + types * 6 + letters + leap * (time_bytes + 4) + isstd +
               isut;
    }
};
constexpr std::size_t kHeaderBytes = 44, kCountsMost = 10'000;

bool read_header(const Bytes &bytes, std::size_t at, Header &header)
{
    if (!bytes.has(at, kHeaderBytes) || bytes.text().substr(at, 4) != "TZif")
        return false;
    std::size_t where = at + 20;
    for (std::size_t *count : {&header.isut, &header.isstd, &header.leap, &header.times,
                               &header.types, &header.letters}) {
        const std::int64_t value = bytes.number(where, 4);
        if (value < 0 || static_cast<std::size_t>(value) > kCountsMost)
            return false;
        *count = static_cast<std::size_t>(value);
        where += 4;
    }
    return true;
}

std::int64_t day_number(const Civil &day)
{
    return unix_from_civil({day.year, day.month, day.day}) / kDayS;
}

} // namespace

std::int64_t Zone::offset_s(std::int64_t unix_s) const
{
    const auto after =
        std::upper_bound(changes.begin(), changes.end(), unix_s,
                         [](std::int64_t time, const Change &c) { return time < c.from_s; });
    if (after == changes.begin())
        return changes.empty() ? 0 : changes.front().offset_s;
    return std::prev(after)->offset_s;
}

Civil Zone::civil(std::uint64_t time_ns) const
{
    const auto unix_s = static_cast<std::int64_t>(time_ns / kSecondNs);
    return civil_from_unix(unix_s + offset_s(unix_s));
}

std::uint64_t Zone::midnight_ns(const Civil &day) const
{
    const std::int64_t local = day_number(day) * kDayS;
    // The offset at the time itself; a second look settles days on which it changes.
    std::int64_t unix_s = local - offset_s(local);
    unix_s = local - offset_s(unix_s);
    return static_cast<std::uint64_t>(std::max<std::int64_t>(unix_s, 0)) * kSecondNs;
}

Result<Zone> zone_from_tzif(std::string name, std::string_view text)
{
    const Bytes bytes(text);
    Header first, header;
    if (!read_header(bytes, 0, first) || text[4] < '2')
        return failure("no table of a time zone");
    std::size_t at = kHeaderBytes + first.size(4);
    if (!read_header(bytes, at, header) || header.types == 0 ||
        !bytes.has(at + kHeaderBytes, header.size(8)))
        return failure("no table of a time zone");
    at += kHeaderBytes;
    const std::size_t indexes = at + header.times * 8, types = indexes + header.times;
    const std::size_t letters = types + header.types * 6;
    Zone zone{std::move(name), {}};
    const auto add = [&](std::int64_t from_s, std::size_t type) {
        if (type >= header.types)
            return false;
        const std::size_t where = types + type * 6;
        const std::size_t word = letters + static_cast<unsigned char>(text[where + 5]);
        const std::string_view abbreviation = text.substr(std::min(word, text.size()), 6);
        zone.changes.push_back({from_s, static_cast<std::int32_t>(bytes.number(where, 4)),
                                std::string(abbreviation.substr(0, abbreviation.find('\0')))});
        return true;
    };
    bool is_whole = add(INT64_MIN, 0);
    for (std::size_t i = 0; is_whole && i < header.times; ++i)
        is_whole = add(bytes.number(at + i * 8, 8), static_cast<unsigned char>(text[indexes + i]));
    const std::string_view footer = text.substr(at + header.size(8));
    const bool goes_on = footer.find(',') != std::string_view::npos;
    if (!is_whole || (goes_on && zone.changes.back().from_s < kTableUntilS))
        return failure("a table of a time zone that ends too early");
    return zone;
}

Result<Zone> load_zone(const std::string &name)
{
    if (name == "UTC")
        return Zone{};
    const bool is_plain =
        !name.empty() && name.front() != '/' && name.find("..") == std::string::npos;
    const auto bytes = is_plain ? read_file(kZones + name) : failure("");
    if (!bytes)
        return failure("there is no time zone \"" + printable(name, 60) + "\" below " + kZones);
    auto zone = zone_from_tzif(name, *bytes);
    if (!zone)
        return tl::unexpected(std::move(zone.error()).within(printable(name, 60)));
    return zone;
}

} // namespace sentra
