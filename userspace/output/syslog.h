// SPDX-License-Identifier: MIT
// RFC 5424: the record around a message, and the octet counting (RFC 6587 3.4.1, RFC 5425 4.3) that
// carries it over a stream. Never framed by line feeds. No byte order mark: CEF's readers look for
// "CEF:" first, and the message is UTF-8 without it too.
#pragma once

#include <string>
#include <string_view>

#include "output/format.h"

namespace sentra::output {

struct SyslogSettings {
    unsigned facility = 10; // authpriv; 0 to 23
    std::string app_name = "sentrad";
    std::string process_id;           // empty: not known here
    std::string enterprise = "32473"; // names our structured data; this one is IANA's for examples
};

// The record: severity from the score, time of the signal's last event, its host, its rule.
[[nodiscard]] std::string to_syslog(const signal::Signal &signal, const Delivery &delivery,
                                    const SyslogSettings &settings, std::string_view message);
// "<length> <record>"
[[nodiscard]] std::string octet_counted(std::string_view record);

} // namespace sentra::output
