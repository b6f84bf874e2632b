// SPDX-License-Identifier: MIT
// PID 1 about units, by MESSAGE_ID and fields; by text only where a plain log has nothing else.
// The ids are those of systemd's catalog (journalctl --list-catalog).
#include "journal/line.h"

#include <algorithm>

namespace sentra::journal {

namespace {

struct Message {
    std::string_view id;
    sentra_unit_action action;
    const char *wording;
};

constexpr Message kMessages[] = {
    {"39f53479d3a045ac8e11786248231fbf", SENTRA_UNIT_STARTED, "systemd.started"},
    {"9d1aaa27d60140bd96365438aad20286", SENTRA_UNIT_STOPPED, "systemd.stopped"},
    {"be02cf6855d2428ba40df7e9d022f03d", SENTRA_UNIT_FAILED, "systemd.failed"},
    {"d9b373ed55a64feb8242e02dbe79a49c", SENTRA_UNIT_FAILED, "systemd.failed-result"},
    {"7b05ebc668384222baa8881179cfda54", SENTRA_UNIT_RELOADED, "systemd.reloaded"},
};

Verdict emit(Line &line, std::string_view unit, std::string_view result, const Message &message)
{
    auto change = line.begin<sentra_unit>(SENTRA_UNIT_CHANGE);
    change.text(change->unit, unit).text(change->result, result);
    change->action = message.action;
    return line.emit(change, message.wording);
}

bool is_unit_name(std::string_view text)
{
    constexpr std::string_view suffixes[] = {".service", ".socket",    ".timer", ".mount",
                                             ".path",    ".scope",     ".slice", ".target",
                                             ".swap",    ".automount", ".device"};
    return text.find(' ') == std::string_view::npos &&
           std::any_of(std::begin(suffixes), std::end(suffixes),
                       [text](std::string_view suffix) { return text.ends_with(suffix); });
}

// "Started ssh.service - OpenBSD Secure Shell server." (since 248). Older lines give only the
// description, which names no unit.
Verdict read_text(Line &line)
{
    constexpr std::pair<std::string_view, std::size_t> begins[] = {{"Started ", 0},
                                                                   {"Finished ", 0},
                                                                   {"Stopped ", 1},
                                                                   {"Failed to start ", 2},
                                                                   {"Reloaded ", 4}};
    for (const auto &[begin, row] : begins) {
        if (!line.text.starts_with(begin))
            continue;
        std::string_view unit = line.text.substr(begin.size());
        unit = unit.substr(0, unit.find(" - "));
        if (unit.ends_with('.'))
            unit.remove_suffix(1);
        return is_unit_name(unit) ? emit(line, unit, {}, kMessages[row])
                                  : known(kMessages[row].wording);
    }
    return known("systemd.other");
}

} // namespace

Verdict parse_systemd(Line &line)
{
    if (const Verdict pam = parse_pam(line); pam.kind != Kind::not_ours)
        return pam;
    // A user's own manager speaks under the same name; its units are that user's business.
    if (line.entry.pid != 1 || line.identifier != "systemd")
        return known("systemd.user-manager");
    for (const Message &message : kMessages) {
        if (line.entry.message_id != message.id)
            continue;
        const std::string_view unit = line.entry.field("UNIT");
        const std::string_view result = line.entry.field(
            line.entry.field("UNIT_RESULT").empty() ? "JOB_RESULT" : "UNIT_RESULT");
        return unit.empty() ? known(message.wording) : emit(line, unit, result, message);
    }
    // PID 1 says hundreds of other things; none of them is about a unit's start or end.
    return line.entry.message_id.empty() ? read_text(line) : known("systemd.other");
}

} // namespace sentra::journal
