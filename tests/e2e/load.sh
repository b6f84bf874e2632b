#!/bin/bash
# SPDX-License-Identifier: MIT
# Nothing is lost in silence: under 20,000 execs in a row and 200,000 write-opens at full speed, what
# the kernel saw is what was handed on, filtered or counted as lost, to the last event, and with the
# default ring nothing is lost. The load itself raises no signal.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

account() {
    "$bin/sentra" status --json --state-dir "$state" |
        jq -r --arg event "$1" '.sensor.events[] | select(.event == $event) | '"$2"
}

# What an event's count rose by; the account must balance before it is believed.
risen() {
    local event=$1 before=$2 seen handed filtered lost
    read -r seen handed filtered lost < <(account "$event" '[.seen, .handed, .filtered, .lost] | @tsv')
    [ "$seen" -eq $((handed + filtered + lost)) ] ||
        fail "$event: seen $seen is not handed on $handed + filtered $filtered + lost $lost"
    [ "$lost" -eq 0 ] || fail "$event: $lost lost of $seen"
    echo $((seen - before))
}

inside() {
    export state=/run/host/sentra
    mkdir -p "$state" /var/tmp/watched
    # shellcheck source=support/daemon
    . "$here/support/daemon"
    start_sentrad
    local before got
    before=$(account process.exec .seen)
    "$load" exec 20000
    sleep 1
    got=$(risen process.exec "$before")
    [ "$got" -ge 20000 ] || fail "process.exec: 20000 were run, $got were seen"
    echo "20,000 execs: $got seen, none lost"

    before=$(account file.write .seen)
    "$load" open 200000 /var/tmp/watched
    sleep 1
    got=$(risen file.write "$before")
    [ "$got" -ge 200000 ] || fail "file.write: 200000 were opened, $got were seen"
    echo "200,000 write-opens: $got seen, none lost"
    sleep 1
    expect "the engine took in all that was handed on" 0 \
        "$("$bin/sentra" status --json --state-dir "$state" | jq '[.losses[]? | select(.name == "queue_full" or .name == "ring_full").total] | add // 0')"
    expect "signals" '' "$(signals .rule.id)"
    stop_sentrad
}

load=${SENTRA_TEST_BIN:-}/load
# An instrumented program looks for its leaks by taking control of itself with ptrace, and that is told.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
if [ "${1:-}" = inside ]; then
    inside
    exit 0
fi
[ -x "$load" ] || { echo "load.sh: skipped: the program load is not built (SENTRA_TEST_BIN)" >&2; exit 77; }
"$here/host/run" -- bash "$here/load.sh" inside
