# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# journald restarted, as by an upgrade
fault() {
    begin
    pkill -TERM -x systemd-journal
    sleep 0.5
    /lib/systemd/systemd-journald </dev/null >/dev/null 2>&1 &
    sleep 1
    expect "signals of it" '' "$(signals 'select(.rule.id == "journal-stopped")')"
    goes_on "nothing is told of it"
}
