// SPDX-License-Identifier: MIT
#include "journal/entry.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace sentra::journal {

namespace {

// The claims that some parser reads. Nothing else is kept: an entry may carry a thousand fields.
constexpr std::array<std::string_view, 9> kClaims = {"SESSION_ID",  "LEADER",   "USER_ID",
                                                     "UNIT",        "JOB_TYPE", "JOB_RESULT",
                                                     "UNIT_RESULT", "CLASS",    "TYPE"};

// No field but the message is longer than a path.
constexpr std::size_t kFieldMax = SENTRA_PATH_MAX;

struct TextField {
    std::string_view name;
    std::string Entry::*member;
};

constexpr TextField kTexts[] = {
    {"_TRANSPORT", &Entry::transport},
    {"_EXE", &Entry::exe},
    {"_COMM", &Entry::comm},
    {"_SYSTEMD_UNIT", &Entry::unit},
    {"_SYSTEMD_CGROUP", &Entry::cgroup},
    {"_HOSTNAME", &Entry::hostname},
    {"_BOOT_ID", &Entry::boot_id},
    {"_MACHINE_ID", &Entry::machine_id},
    {"__CURSOR", &Entry::cursor},
    {"MESSAGE_ID", &Entry::message_id},
    {"SYSLOG_IDENTIFIER", &Entry::identifier},
};

struct NumberField {
    std::string_view name;
    std::uint32_t Entry::*member;
    std::uint32_t unset;
};

constexpr NumberField kNumbers[] = {
    {"_PID", &Entry::pid, 0},
    {"_UID", &Entry::uid, SENTRA_UNSET},
    {"_AUDIT_LOGINUID", &Entry::loginuid, SENTRA_UNSET},
    {"_AUDIT_SESSION", &Entry::audit_session, SENTRA_UNSET},
};

} // namespace

void Entry::set(std::string_view name, std::string_view value)
{
    if (name == "MESSAGE") {
        if (has_message_)
            return;
        has_message_ = true;
        cut = cut || value.size() > SENTRA_MESSAGE_MAX;
        message = value.substr(0, SENTRA_MESSAGE_MAX);
        return;
    }
    if (name == "_SOURCE_REALTIME_TIMESTAMP" || name == "__REALTIME_TIMESTAMP") {
        const auto microseconds = parse_number<std::uint64_t>(value);
        // 2^63 ns is the year 2262; a larger number is not a time.
        if (!microseconds || *microseconds > (std::uint64_t{1} << 63U) / 1000 || has_source_time_)
            return;
        has_source_time_ = name.front() == '_' && name[1] == 'S';
        realtime_ns = *microseconds * 1000;
        return;
    }
    cut = cut || value.size() > kFieldMax;
    value = value.substr(0, kFieldMax);
    for (const TextField &text : kTexts)
        if (text.name == name && (this->*text.member).empty())
            this->*text.member = value;
    for (const NumberField &number : kNumbers)
        if (number.name == name && this->*number.member == number.unset)
            this->*number.member = parse_number<std::uint32_t>(value).value_or(number.unset);
    if (std::find(kClaims.begin(), kClaims.end(), name) != kClaims.end())
        fields.emplace(name, value);
}

std::string_view Entry::field(std::string_view name) const
{
    const auto at = fields.find(name);
    return at == fields.end() ? std::string_view{} : std::string_view(at->second);
}

} // namespace sentra::journal
