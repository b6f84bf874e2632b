// SPDX-License-Identifier: MIT
#include "output/format.h"

#include <algorithm>
#include <array>

#include "output/syslog.h"

namespace sentra::output {

namespace {

std::string syslog_cef(const signal::Signal &signal, const Delivery &delivery)
{
    return to_syslog(signal, delivery, {}, to_cef(signal, delivery));
}

std::string syslog_ndjson(const signal::Signal &signal, const Delivery &delivery)
{
    return to_syslog(signal, delivery, {}, to_ndjson(signal, delivery));
}

constexpr std::array<Format, 7> kFormats = {{
    {"ndjson", "application/json", "the signal itself", to_ndjson, evidence_to_ndjson},
    {"ecs", "application/json", "Elastic Common Schema 8.17", to_ecs, evidence_to_ecs},
    {"ocsf", "application/json", "OCSF 1.8 Detection Finding", to_ocsf, nullptr},
    {"ocsf-1.4", "application/json", "the same for consumers of OCSF 1.4 to 1.6", to_ocsf_1_4,
     nullptr},
    {"cef", "text/plain; charset=utf-8", "Common Event Format 0", to_cef, nullptr},
    {"syslog", "text/plain; charset=utf-8", "RFC 5424 with CEF as its message", syslog_cef,
     nullptr},
    {"syslog-ndjson", "text/plain; charset=utf-8", "RFC 5424 with the signal itself as its message",
     syslog_ndjson, nullptr},
}};

} // namespace

std::span<const Format> formats()
{
    return kFormats;
}

const Format *find_format(std::string_view name)
{
    const auto *found = std::find_if(kFormats.begin(), kFormats.end(),
                                     [name](const Format &row) { return row.name == name; });
    return found == kFormats.end() ? nullptr : found;
}

std::string format_names()
{
    std::string names;
    for (const Format &row : kFormats)
        names.append(names.empty() ? "" : ", ").append(row.name);
    return names;
}

} // namespace sentra::output
