# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# the journal rotated and vacuumed while nobody reads it
# Entries are gone before they were read: a gap of the journal, and said.
# Takes long: journald is waited for.
fault() {
    begin
    sleep 1.5
    stop_sentrad
    logger -t sshd "a line that nobody will read"
    sleep 0.5
    pkill -USR2 -x systemd-journal
    sleep 1
    rm -f /var/log/journal/*/*@*
    begin_again
    await_true 10 has_gap
    seen "status, losses" '*"journal_gap":1*' "$(ask status | jq -c .losses)"
    goes_on "counts the gap, reads on from what is left"
}
has_gap() { [ "$(ask status | jq .losses.journal_gap)" = 1 ]; }
