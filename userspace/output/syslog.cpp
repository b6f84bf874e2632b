// SPDX-License-Identifier: MIT
#include "output/syslog.h"

#include "base/time.h"
#include "output/derive.h"

namespace sentra::output {

namespace {

// A field of the header: printable ASCII without blanks, "-" where there is nothing (RFC 5424 6).
std::string field(std::string_view text, std::size_t most_bytes)
{
    std::string out;
    for (const char c : text.substr(0, most_bytes))
        out += c > ' ' && c < '\x7f' ? c : '_';
    return out.empty() ? "-" : out;
}

// The value of a parameter: three characters are escaped and no others (RFC 5424 6.3.3).
void add_parameter(std::string &out, std::string_view name, std::string_view text)
{
    if (text.empty())
        return;
    out.append(" ").append(name).append("=\"");
    for (const char c : text) {
        if (c == '"' || c == '\\' || c == ']')
            out += '\\';
        out += c;
    }
    out += '"';
}

std::string structured_data(const signal::Signal &signal, const Delivery &delivery,
                            const SyslogSettings &settings)
{
    // MSGID's own numbering wraps here (RFC 5424 7.3.1).
    constexpr std::uint64_t kSequenceMost = 2147483647;
    std::string out = "[sentra@" + field(settings.enterprise, 20);
    add_parameter(out, "id", signal.id);
    add_parameter(out, "uid", signal.uid);
    if (delivery.sequence > 0)
        add_parameter(out, "seq", std::to_string(delivery.sequence));
    add_parameter(out, "tenant", clipped(signal.tenant, 255));
    add_parameter(out, "state", signal.state);
    add_parameter(out, "risk", decimal(signal.score));
    out += "]";
    if (delivery.sequence > 0) {
        out += "[meta";
        add_parameter(out, "sequenceId",
                      std::to_string((delivery.sequence - 1) % kSequenceMost + 1));
        out += "]";
    }
    return out;
}

} // namespace

std::string to_syslog(const signal::Signal &signal, const Delivery &delivery,
                      const SyslogSettings &settings, std::string_view message)
{
    const unsigned priority =
        settings.facility * 8 + static_cast<unsigned>(severity_of(signal.score).syslog);
    std::string record = "<" + std::to_string(priority) + ">1 " + format_rfc3339(signal.last_ns);
    record += " " + field(signal.host_name, 255) + " " + field(settings.app_name, 48);
    record += " " + field(settings.process_id, 128) + " " + field(signal.rule_id, 32);
    record += " " + structured_data(signal, delivery, settings);
    return record.append(" ").append(message);
}

std::string octet_counted(std::string_view record)
{
    return std::to_string(record.size()).append(" ").append(record);
}

} // namespace sentra::output
