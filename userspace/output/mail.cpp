// SPDX-License-Identifier: MIT
#include "output/mail.h"

#include <algorithm>
#include <array>

#include "base/encode.h"
#include "base/text.h"
#include "base/time.h"
#include "output/derive.h"
#include "output/sink.h"

namespace sentra::output {

namespace {

// The base64 of what one encoded word may hold: 75 characters with "=?UTF-8?B?" and "?=".
constexpr std::size_t kWordMost = 45;

bool is_plain(std::string_view text)
{
    return text.size() <= 60 && text.find("=?") == std::string_view::npos &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// How many of the first bytes end at a character.
std::size_t whole_characters(std::string_view text, std::size_t most)
{
    if (text.size() <= most)
        return text.size();
    std::size_t at = most;
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U)
        --at;
    return at == 0 ? most : at;
}

std::string in_lines(const std::string &base64)
{
    constexpr std::size_t kLine = 76;
    std::string lines;
    for (std::size_t at = 0; at < base64.size(); at += kLine)
        lines.append(base64, at, kLine).append("\n");
    return lines;
}

// What stands in a Message-ID after the @.
std::string domain_of(const signal::Signal &signal)
{
    std::string name;
    for (const char c : lower_ascii(signal.host_name))
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.')
            name += c;
    return name.empty() ? "localhost" : name.substr(0, 200);
}

// "Mon, 02 Mar 2026 10:15:42 +0000"
std::string date_of(std::uint64_t now_ns)
{
    constexpr std::array kDays = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto seconds = static_cast<std::int64_t>(now_ns / kSecondNs);
    const Civil civil = civil_from_unix(seconds);
    const std::string iso = format_rfc3339(now_ns);
    return std::string(kDays[static_cast<std::size_t>(seconds / 86400 % 7)]) + ", " +
           iso.substr(8, 2) + " " + kMonths[civil.month - 1] + " " + iso.substr(0, 4) + " " +
           iso.substr(11, 8) + " +0000";
}

struct Line {
    std::string name, value;
};

std::vector<Line> lines_of(const signal::Signal &signal)
{
    std::vector<Line> lines = {
        {"State", signal.state},
        {"Risk", decimal(signal.score) + " (confidence " + signal.confidence + ")"},
        {"Host", signal.host_name},
        {"When", format_for_reading(signal.last_ns)},
        {"Signal", signal.id}};
    if (!signal.action_text.empty())
        lines.push_back({"What to do", signal.action_text});
    return lines;
}

std::string text_part(const signal::Signal &signal)
{
    std::string text = signal.title + "\n\n" + signal.narrative + "\n\n";
    for (const Line &line : lines_of(signal))
        text += line.name + ": " + line.value + "\n";
    return text + "\nMore: sentra explain " + signal.id + "\n";
}

std::string html_part(const signal::Signal &signal)
{
    std::string text = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>" +
                       escape_html(signal.title) + "</title></head><body><h1>" +
                       escape_html(signal.title) + "</h1><p>" + escape_html(signal.narrative) +
                       "</p><table>";
    for (const Line &line : lines_of(signal))
        text += "<tr><th scope=\"row\" align=\"left\">" + escape_html(line.name) + "</th><td>" +
                escape_html(line.value) + "</td></tr>";
    return text + "</table><p>More: <code>sentra explain " + escape_html(signal.id) +
           "</code></p></body></html>\n";
}

std::string part(const char *type, const std::string &text)
{
    return std::string("Content-Type: ") + type +
           "; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + in_lines(to_base64(text));
}

std::string head(const Parcel &parcel, const signal::Signal &signal, const MailSettings &settings,
                 std::uint64_t now_ns)
{
    const std::string domain = domain_of(signal);
    const auto id = [&](std::uint64_t revision) {
        return "<" + signal.uid + "-" + std::to_string(revision) + "@" + domain + ">";
    };
    std::string to;
    for (const std::string &one : settings.to)
        to += (to.empty() ? "" : ",\n ") + one;
    std::string text =
        "From: Sentra <" + settings.from + ">\nTo: " + to + "\nSubject: " +
        header_text("[Sentra] " + signal.host_name + ": " + signal.state + " - " + signal.title) +
        "\nDate: " + date_of(now_ns) + "\nMessage-ID: " + id(parcel.revision) + "\n";
    if (parcel.revision > 1)
        text += "In-Reply-To: " + id(1) + "\nReferences: " + id(1) + "\n";
    return text + "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n" +
           "List-Id: Sentra signals <signals.sentra." + domain + ">\nMIME-Version: 1.0\n";
}

} // namespace

std::string header_text(std::string_view text)
{
    if (is_plain(text))
        return std::string(text);
    std::string clean(text.substr(0, whole_characters(text, 400)));
    for (char &c : clean)
        if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f')
            c = ' ';
    std::string_view rest = clean;
    std::string out;
    while (!rest.empty()) {
        const std::size_t size = whole_characters(rest, kWordMost);
        out.append(out.empty() ? "" : "\n ")
            .append("=?UTF-8?B?")
            .append(to_base64(rest.substr(0, size)))
            .append("?=");
        rest.remove_prefix(size);
    }
    return out;
}

bool is_mail_address(std::string_view text)
{
    constexpr std::string_view kMarks = ".!#$%&'*+/=?^_`{|}~-";
    const auto is_word = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    const std::size_t at = text.find('@');
    const std::string_view name = text.substr(0, at);
    const std::string_view domain = at == std::string_view::npos ? "x" : text.substr(at + 1);
    return !name.empty() && name.front() != '-' && text.size() <= 254 && !domain.empty() &&
           std::all_of(
               name.begin(), name.end(),
               [&](char c) { return is_word(c) || kMarks.find(c) != std::string_view::npos; }) &&
           std::all_of(domain.begin(), domain.end(),
                       [&](char c) { return is_word(c) || c == '.' || c == '-'; });
}

std::string to_mail(const Parcel &parcel, const MailSettings &settings, std::uint64_t now_ns)
{
    const signal::Signal signal = shown(parcel);
    // Base64 has no "=_": nothing in a part can be taken for its end.
    const std::string boundary = "=_sentra_" + signal.uid.substr(0, 32);
    return head(parcel, signal, settings, now_ns) +
           "Content-Type: multipart/alternative; boundary=\"" + boundary + "\"\n\n--" + boundary +
           "\n" + part("text/plain", text_part(signal)) + "--" + boundary + "\n" +
           part("text/html", html_part(signal)) + "--" + boundary + "--\n";
}

} // namespace sentra::output
