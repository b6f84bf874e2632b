# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# journald killed, and started again a minute later
# Takes long: an upgrade of systemd must not be told.
fault() {
    begin
    pkill -KILL -x systemd-journal
    await_true 90 is_told '"The journal was stopped"'
    seen signals 'The journal is not kept any more*' "$(narrative journal-stopped)"
    undo
    goes_on "reads on when journald is back"
}
undo() {
    pgrep -x systemd-journal >/dev/null || {
        /lib/systemd/systemd-journald </dev/null >/dev/null 2>&1 &
        sleep 1
    }
}
