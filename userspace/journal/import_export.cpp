// SPDX-License-Identifier: MIT
// `journalctl -o export` (systemd's JOURNAL_EXPORT_FORMATS): "NAME=value" lines, or for any bytes
// "NAME", a 64-bit little-endian length, the bytes and a line end; an empty line ends an entry.
#include "journal/importer.h"

namespace sentra::journal {

namespace {

enum class Step : std::uint8_t { field, bad, end };

std::uint64_t little_endian(std::string_view bytes)
{
    std::uint64_t number = 0;
    for (std::size_t i = bytes.size(); i > 0; --i)
        number = number << 8U | static_cast<unsigned char>(bytes[i - 1]);
    return number;
}

// "NAME" was read; what follows are its length and bytes.
Step read_binary(Input &input, std::string_view name, Entry &entry)
{
    std::string bytes;
    bool cut = false;
    if (!input.take(8, bytes, cut))
        return Step::end;
    const std::uint64_t size = little_endian(bytes);
    // No field is larger than journald's own 768 MiB; a larger number is not a length.
    if (size > std::uint64_t{768} << 20U)
        return Step::bad;
    if (!input.take(size, bytes, cut))
        return Step::end;
    entry.cut = entry.cut || cut;
    entry.set(name, bytes);
    std::string rest;
    if (input.next(rest) == Input::Line::end)
        return Step::field;
    return rest.empty() ? Step::field : Step::bad;
}

bool is_name(std::string_view text)
{
    for (const char c : text)
        if ((c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_')
            return false;
    return !text.empty() && text.size() <= 64;
}

Step read_field(Input &input, const std::string &line, Entry &entry)
{
    const auto equals = line.find('=');
    if (equals == std::string::npos)
        return is_name(line) ? read_binary(input, line, entry) : Step::bad;
    const std::string_view text = line;
    if (!is_name(text.substr(0, equals)))
        return Step::bad;
    entry.set(text.substr(0, equals), text.substr(equals + 1));
    return Step::field;
}

} // namespace

void import_export(Input &input, Importer &importer)
{
    Entry entry;
    bool any = false, is_bad = false;
    std::string line;
    const auto close = [&] {
        if (any && !is_bad && entry.realtime_ns == 0)
            importer.bad(input.line_number(), "ends an entry without __REALTIME_TIMESTAMP");
        const bool go_on =
            !any || is_bad || entry.realtime_ns == 0 || importer.put(std::move(entry));
        entry = Entry{};
        any = is_bad = false;
        return go_on;
    };
    for (auto got = input.next(line); got != Input::Line::end; got = input.next(line)) {
        if (line.empty() && got == Input::Line::whole) {
            if (!close())
                return;
            continue;
        }
        any = true;
        if (got == Input::Line::too_long || is_bad) {
            entry.cut = true; // a field too long to matter, or the rest of an entry gone wrong
            continue;
        }
        const std::uint64_t at = input.line_number();
        const Step step = read_field(input, line, entry);
        if (step == Step::end) {
            importer.bad(at, "the file ends in the middle of a field");
            return;
        }
        if (step == Step::bad) {
            importer.bad(at, "is neither NAME=value nor a field with a length");
            is_bad = true;
        }
    }
    (void)close();
}

} // namespace sentra::journal
