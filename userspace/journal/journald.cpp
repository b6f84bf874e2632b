// SPDX-License-Identifier: MIT
// journald about itself: what it threw away. It allows each unit 10,000 lines in 30 s and drops the
// rest, so whoever floods his own session's scope also silences the sudo he runs next.
#include "journal/line.h"

#include <sentra/event/meta.h>

#include "base/time.h"

namespace sentra::journal {

namespace {

constexpr std::uint64_t kIntervalNs = 30 * kSecondNs;

// Where programs that we read run: a login session's scope, or one of these services.
bool is_watched(std::string_view unit)
{
    for (const std::string_view begin :
         {"session-", "user@", "user-", "ssh", "cron", "anacron", "atd", "systemd-logind", "polkit",
          "getty@", "serial-getty@"})
        if (unit.starts_with(begin))
            return true;
    return unit == "/" || unit == "init.scope" || unit.empty();
}

} // namespace

// "Suppressed N messages from UNIT"
Verdict parse_journald(Line &line)
{
    Scan scan(line.text);
    if (!scan.take("Suppressed "))
        return known("journald.other");
    const auto many = scan.number<std::uint64_t>();
    if (!many || !scan.take(" messages from "))
        return unknown();
    if (!is_watched(scan.rest()))
        return known("journald.suppressed");
    event::Build<sentra_gap> gap(SENTRA_META_GAP, line.source, line.entry.realtime_ns, 0);
    gap.text(gap->reason, "journald dropped " + std::to_string(*many) + " lines of " +
                              std::string(scan.rest()) + ", which wrote too many");
    const std::uint64_t to_ns = line.entry.realtime_ns;
    gap->from_ns = to_ns > kIntervalNs ? to_ns - kIntervalNs : 0;
    gap->to_ns = to_ns;
    gap->of_source = static_cast<std::uint32_t>(line.source);
    return line.emit(gap, "journald.suppressed");
}

} // namespace sentra::journal
