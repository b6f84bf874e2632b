# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# the journal's file overwritten in the middle
# journald notices and begins another; what cannot be read is a gap.
fault() {
    local file
    begin
    make_user beforebroken
    await_true 10 is_told beforebroken
    file=$(find /var/log/journal -name system.journal)
    dd if=/dev/urandom of="$file" bs=4k seek=60 count=200 conv=notrunc 2>/dev/null
    make_user during || true
    sleep 1
    pkill -USR2 -x systemd-journal
    sleep 1
    seen "status, running" true "$(ask status | jq .running)"
    seen "status, losses" '*' "$(ask status | jq -c .losses)"
    goes_on "reads on from journald's next file"
}
