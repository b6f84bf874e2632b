// SPDX-License-Identifier: MIT
// One journal entry or log line, before anybody has understood it. Fields come in by the journal's
// own names, from sd-journal, from `journalctl -o json` and from `-o export` alike; what is not
// known stays empty or unset. Fields that begin with an underscore were written by journald itself
// and cannot be claimed by a sender; all others are claims.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <sentra/wire.h>

namespace sentra::journal {

struct Entry {
    std::uint64_t realtime_ns = 0; // _SOURCE_REALTIME_TIMESTAMP, else __REALTIME_TIMESTAMP
    std::string message;           // at most SENTRA_MESSAGE_MAX bytes
    std::string identifier;        // a claim: SYSLOG_IDENTIFIER, or a log line's tag
    std::string transport;
    std::string exe;
    std::string comm;
    std::string unit;
    std::string cgroup;
    std::string hostname;
    std::string boot_id;
    std::string machine_id;
    std::string cursor;
    std::string message_id;
    std::uint32_t pid = 0; // _PID; a log line's [pid]
    std::uint32_t uid = SENTRA_UNSET;
    std::uint32_t loginuid = SENTRA_UNSET;
    std::uint32_t audit_session = SENTRA_UNSET;
    std::uint32_t pid_namespace = 0;
    bool plain_log = false; // a text line: no field of it is trusted
    bool cut = false;       // a field was longer than its limit
    std::map<std::string, std::string, std::less<>>
        fields; // claims the parsers read: SESSION_ID, ...

    // Takes one field by its journal name. Of a name given twice the first counts, as in
    // sd_journal_get_data(): a sender cannot add a second MESSAGE that only we would see.
    void set(std::string_view name, std::string_view value);
    [[nodiscard]] std::string_view field(std::string_view name) const;
    [[nodiscard]] bool has_message() const { return has_message_; }

private:
    bool has_message_ = false;
    bool has_source_time_ = false;
};

} // namespace sentra::journal
