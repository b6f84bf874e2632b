# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# no file descriptor left
# Takes long: who asks waits for half a minute.
fault() {
    local number=0
    begin
    while [ -e "/proc/$sentrad/fd/$number" ]; do number=$((number + 1)); done
    prlimit --pid "$sentrad" --nofile="$number:1024"
    "$bin/sentra" status --state-dir "$state" >/dev/null 2>"$state/complaint" && fail "it answers without a descriptor"
    seen "sentra status" '*did not answer in time*' "$(head -n 1 "$state/complaint")"
    goes_on "signals go on; nobody is let in at the socket until there are descriptors again"
    prlimit --pid "$sentrad" --nofile=1024:1024
    seen "status, afterwards" true "$(ask status | jq .running)"
    seen "status, losses" '*door_refused*' "$(ask status | jq -c .losses)"
}
