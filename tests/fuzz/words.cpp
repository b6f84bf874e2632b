// SPDX-License-Identifier: MIT
// The small things that come from outside in many places: addresses, networks, times, durations,
// URLs, dates of HTTP, control groups, cursors, mail addresses. What is understood is written and
// understood again as the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/ip.h"
#include "base/text.h"
#include "base/time.h"
#include "journal/reader.h"
#include "output/mail.h"
#include "output/peer.h"
#include "session/cgroup_path.h"

namespace {

void must(bool holds)
{
    if (!holds)
        std::abort();
}

void check_addresses(std::string_view text)
{
    if (const auto ip = sentra::Ip::parse(text)) {
        must(sentra::Ip::parse(ip->text()) == *ip);
        must(sentra::neighbourhood(*ip).contains(*ip));
        (void)sentra::output::forbidden(*ip, false, false);
    }
    if (const auto network = sentra::Network::parse(text)) {
        const auto again = sentra::Network::parse(network->text());
        must(again && again->text() == network->text());
        must(network->contains(network->base));
    }
}

void check_times(std::string_view text)
{
    if (const auto time_ns = sentra::parse_rfc3339(text)) {
        const std::string written = sentra::format_rfc3339(*time_ns);
        const auto again = sentra::parse_rfc3339(written);
        must(again && sentra::format_rfc3339(*again) == written);
    }
    if (const auto duration_ns = sentra::parse_duration(text))
        must(!sentra::format_duration(*duration_ns).empty());
    (void)sentra::output::parse_http_date(std::string(text));
    (void)sentra::journal::cursor_time_ns(text);
}

bool is_within(std::string_view part, std::string_view whole)
{
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

void check_places(std::string_view text)
{
    const auto place = sentra::session::parse_cgroup(text);
    must(is_within(place.unit, text) && is_within(place.container, text) &&
         is_within(place.pod, text));
    if (const auto url = sentra::output::parse_url(std::string(text), "https http")) {
        must(url->scheme == "https" || url->scheme == "http");
        must(!url->host.empty());
        must(url->shown.find('@') == std::string::npos);
    }
    if (sentra::output::is_mail_address(text))
        must(text.find_first_of("\r\n <>") == std::string_view::npos);
    must(sentra::output::header_text(text).find_first_of(std::string_view("\0\r", 2)) ==
         std::string::npos);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(bytes), size);
    check_addresses(text);
    check_times(text);
    check_places(text);
    return 0;
}
