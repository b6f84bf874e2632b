# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# started with a store of 100,000 signals
# Takes long: the store has to be made.
fault() {
    begin
    make_user seed
    await_true 10 is_told seed
    sleep 1.5
    stop_sentrad
    python3 "$here/faults/fill_store.py" "$state/sentra.db" 100000
    local began now
    began=$(date +%s%N)
    begin_again
    now=$((($(date +%s%N) - began) / 1000000))
    [ "$now" -lt 10000 ] || fail "ready after $now ms"
    seen "ready after, ms" '*' "$now"
    seen "memory, KiB" '*' "$(awk '$1 == "VmRSS:" { print $2 }' "/proc/$sentrad/status")"
    goes_on
}
