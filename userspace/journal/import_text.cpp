// SPDX-License-Identifier: MIT
// auth.log and syslog: "STAMP HOST TAG[PID]: MESSAGE". STAMP is RFC 3339 (rsyslog's file format,
// journalctl -o short-iso) or BSD's "Dec 10 06:55:46", which has neither year nor zone: the year
// is chosen by rule, the zone is taken as UTC, and the report says both.
#include "journal/importer.h"

#include <array>

#include "base/text.h"
#include "base/time.h"
#include "journal/scan.h"

namespace sentra::journal {

namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

unsigned take_month(std::string_view &text)
{
    for (unsigned i = 0; i < kMonths.size(); ++i) {
        if (text.size() > 3 && text.starts_with(kMonths[i]) && text[3] == ' ') {
            text.remove_prefix(4);
            return i + 1;
        }
    }
    return 0;
}

// "06:55:46", and what short-precise adds: ".123456".
std::optional<std::uint64_t> take_clock(Scan &scan, Civil &civil)
{
    const auto hour = scan.number<unsigned>();
    const bool first = scan.take(":");
    const auto minute = scan.number<unsigned>();
    const bool second_colon = scan.take(":");
    const auto second = scan.number<unsigned>();
    if (!hour || !first || !minute || !second_colon || !second || *hour > 23 || *minute > 59 ||
        *second > 60)
        return std::nullopt;
    civil.hour = *hour;
    civil.minute = *minute;
    civil.second = *second;
    std::uint64_t fraction_ns = 0;
    if (scan.take(".")) {
        const std::string_view digits = scan.word();
        for (std::size_t i = 0; i < 9; ++i) {
            const char c = i < digits.size() ? digits[i] : '0';
            if (c < '0' || c > '9')
                return std::nullopt;
            fraction_ns = fraction_ns * 10 + static_cast<std::uint64_t>(c - '0');
        }
    }
    return fraction_ns;
}

// short-iso writes "+0100" where RFC 3339 has "+01:00".
std::optional<std::uint64_t> read_stamp(std::string_view stamp)
{
    const auto sign = stamp.find_last_of("+-");
    if (sign == std::string_view::npos || sign + 5 != stamp.size() || sign < 11)
        return parse_rfc3339(stamp);
    std::string with_colon(stamp);
    with_colon.insert(sign + 3, ":");
    return parse_rfc3339(with_colon);
}

bool looks_like_date(std::string_view text)
{
    return text.size() > 10 && text[4] == '-' && text[7] == '-' &&
           (text[10] == 'T' || text[10] == 't');
}

// "TAG[PID]: " or "TAG: "; a line without a tag keeps its whole text.
void take_tag(std::string_view text, TextLine &line)
{
    line.message = text;
    const auto end = text.find_first_of("[: ");
    if (end == std::string_view::npos || end == 0)
        return;
    Scan scan(text.substr(end));
    std::uint32_t pid = 0;
    if (scan.take("[")) {
        pid = scan.number<std::uint32_t>().value_or(0);
        if (!scan.until("]"))
            return;
    }
    if (!scan.take(":") && pid == 0)
        return;
    line.tag = text.substr(0, end);
    line.pid = pid;
    (void)scan.take(" ");
    line.message = scan.rest();
}

// Old syslogd: what the line before said was said again.
std::string repeat(std::string_view text, std::string_view before)
{
    const auto times = between(text, "last message repeated ", " times");
    if (!times || before.empty())
        return std::string(text);
    return "message repeated " + std::string(*times) + " times: [ " + std::string(before) + "]";
}

// Bytes of RFC 5424's structured data: elements in brackets, one behind the other, in whose quoted
// values ] and " are escaped by a backslash. 0: it is none.
std::size_t length_of_data(std::string_view text)
{
    bool quoted = false;
    for (std::size_t at = 0; text.starts_with('[') && at < text.size(); ++at) {
        if (quoted && text[at] == '\\')
            ++at;
        else if (text[at] == '"')
            quoted = !quoted;
        else if (!quoted && text[at] == ']' && (at + 1 == text.size() || text[at + 1] != '['))
            return at + 1;
    }
    return 0;
}

// RFC 5424 behind its stamp: "HOST APP PROCID MSGID DATA[ MESSAGE]", where "-" is nothing.
bool take_5424(std::string_view text, TextLine &line)
{
    Scan scan(text);
    const std::string_view host = scan.word();
    const bool first = scan.take(" ");
    const std::string_view app = scan.word();
    const bool second = scan.take(" ");
    const std::string_view process = scan.word();
    const bool third = scan.take(" ");
    (void)scan.word();
    if (!first || !second || !third || !scan.take(" "))
        return false;
    std::string_view rest = scan.rest();
    const std::size_t end = rest.starts_with('-') ? 1 : length_of_data(rest);
    if (end == 0)
        return false;
    rest.remove_prefix(end);
    if (rest.starts_with(' '))
        rest.remove_prefix(1);
    line.host = host == "-" ? std::string_view{} : host;
    line.tag = app == "-" ? std::string_view{} : app;
    line.pid = parse_number<std::uint32_t>(process).value_or(0);
    line.message = rest;
    return true;
}

std::string note_of(const ImportOptions &options)
{
    const bool given = options.year != 0;
    return "its time stamps have no year and no zone: the first line was taken to be of " +
           std::to_string(given ? options.year : kReferenceYear) +
           (given ? ", as asked" : ", a fixed choice") +
           ", a later one where December turns into January, and all of them as UTC";
}

} // namespace

std::optional<std::uint64_t> TextClock::take_bsd(std::string_view &text)
{
    std::string_view rest = text;
    Civil civil;
    civil.month = take_month(rest);
    if (civil.month == 0)
        return std::nullopt;
    rest = rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
    Scan scan(rest);
    const auto day = scan.number<unsigned>();
    if (!day || *day < 1 || *day > 31 || !scan.take(" "))
        return std::nullopt;
    civil.day = *day;
    const auto fraction_ns = take_clock(scan, civil);
    if (!fraction_ns || !scan.take(" "))
        return std::nullopt;
    chose_year_ = true;
    // Lines may be a little out of order, so only a long way back is a new year; and the last of
    // December behind the first of January is a straggler of the old one.
    civil.year = year_;
    if (month_ != 0 && civil.month + 6 <= month_) {
        civil.year = ++year_;
        month_ = civil.month;
    } else if (month_ == 1 && day_ == 1 && civil.month == 12 && civil.day == 31) {
        civil.year = year_ - 1;
    } else {
        month_ = civil.month;
    }
    day_ = month_ == civil.month ? civil.day : day_;
    const std::int64_t seconds = unix_from_civil(civil);
    if (seconds < 0 || seconds > std::int64_t{9'000'000'000})
        return std::nullopt;
    text = scan.rest();
    return static_cast<std::uint64_t>(seconds) * kSecondNs + *fraction_ns;
}

std::optional<std::uint64_t> TextClock::take(std::string_view &text)
{
    if (!looks_like_date(text))
        return take_bsd(text);
    const auto end = text.find(' ');
    const auto time_ns = read_stamp(text.substr(0, end));
    if (time_ns)
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    return time_ns;
}

std::optional<TextLine> read_text_line(std::string_view line, TextClock &clock)
{
    // "<38>" before the stamp: the priority, where a relay kept it.
    bool is_5424 = false;
    if (line.starts_with('<')) {
        Scan scan(line.substr(1));
        if (scan.number<unsigned>() && scan.take(">")) {
            is_5424 = scan.take("1 ");
            line = scan.rest();
        }
    }
    TextLine read;
    const auto time_ns = clock.take(line);
    if (!time_ns)
        return std::nullopt;
    read.time_ns = *time_ns;
    if (is_5424)
        return take_5424(line, read) ? std::optional(read) : std::nullopt;
    Scan scan(line);
    const std::string_view host = scan.word();
    if (host.ends_with(':')) {
        take_tag(line, read); // no host: some small systems leave it out
        return read;
    }
    read.host = host;
    (void)scan.take(" ");
    take_tag(scan.rest(), read);
    return read;
}

void import_text(Input &input, Importer &importer)
{
    TextClock clock(importer.options().year);
    std::string line;
    Entry last;
    for (auto got = input.next(line); got != Input::Line::end; got = input.next(line)) {
        std::string_view text = line;
        if (text.ends_with('\r'))
            text.remove_suffix(1);
        if (trim(text).empty())
            continue;
        const auto read = read_text_line(text, clock);
        if (!read) {
            importer.bad(input.line_number(), "does not begin with a time stamp");
            continue;
        }
        Entry entry;
        const bool repeats = (read->tag.empty() || read->tag == last.identifier) &&
                             read->message.starts_with("last message repeated ");
        if (repeats)
            entry = last;
        entry.plain_log = true;
        entry.realtime_ns = read->time_ns;
        if (!repeats) {
            entry.hostname = read->host;
            entry.identifier = read->tag.substr(0, SENTRA_PATH_MAX);
            entry.pid = read->pid;
            entry.set("MESSAGE", read->message);
            last = entry;
        } else {
            entry.message = repeat(read->message, last.message);
        }
        if (!importer.put(std::move(entry)))
            break;
    }
    if (clock.chose_year())
        importer.report().year_note = note_of(importer.options());
}

} // namespace sentra::journal
