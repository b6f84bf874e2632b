# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# the journal rotated while it is read
fault() {
    begin
    pkill -USR2 -x systemd-journal
    await_true 5 is_rotated
    seen "status, losses" '{}' "$(ask status | jq -c .losses)"
    goes_on
}
is_rotated() { compgen -G '/var/log/journal/*/system@*' >/dev/null; }
