#!/bin/bash
# SPDX-License-Identifier: MIT
# sentrad is killed a hundred times at random moments of detect, commit and send, while users with
# uid 0 are made: the file sink has every form of every signal that was committed, no number is
# missing, and every deed is told of.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kills=${KILLS:-100}

kill_sentrad() {
    kill -KILL "$sentrad" 2>/dev/null || true
    wait "$sentrad" 2>/dev/null || true
}

# As start_sentrad, without waiting until it is ready: a kill may come before.
begin_sentrad() {
    "$bin/sentrad" --config /run/host/sentra.yaml --state-dir "$state" --rules "$rules" \
        >>"$state/output" 2>>"$state/errors" &
    sentrad=$!
}

# For as long as the kills last; the last line says how many there were.
make_users() {
    local made=0
    while [ ! -e /run/host/enough ]; do
        useradd -o -u 0 -M "toor$made" && made=$((made + 1))
        echo "$made" >/run/host/made
        sleep 0.3
    done
}

lines_now() { { cat /run/host/lines 2>/dev/null || true; } | wc -l; }

await_more() { # than that many lines, but not for ever
    local attempt
    for ((attempt = 0; attempt < 100; attempt++)); do
        [ "$(lines_now)" -le "$1" ] || return 0
        sleep 0.05
    done
}

inside() {
    export state=/run/host/sentra
    mkdir -p "$state"
    # shellcheck source=support/daemon
    . "$here/support/daemon"
    cat >/run/host/sentra.yaml <<'YAML'
sensor: {enabled: false}
sinks:
  lines: {type: file, path: /run/host/lines, format: ecs}
YAML
    start_sentrad --config /run/host/sentra.yaml
    make_users &
    local maker=$! kill milliseconds lines before=0 with_progress=0
    for ((kill = 0; kill < kills; kill++)); do
        # Every other time only after something was sent, however slow the machine.
        milliseconds=$((RANDOM % 1400 + 100))
        if [ $((kill % 2)) = 1 ]; then
            await_more "$before"
            milliseconds=$((RANDOM % 300))
        fi
        sleep "$((milliseconds / 1000)).$(printf %03d $((milliseconds % 1000)))"
        kill_sentrad
        lines=$(lines_now)
        [ "$lines" -eq "$before" ] || with_progress=$((with_progress + 1))
        before=$lines
        begin_sentrad
    done
    # Kills that always came before anything was sent would have proved nothing.
    [ "$with_progress" -gt $((kills / 4)) ] || fail "only $with_progress kills came after a send"
    touch /run/host/enough
    wait "$maker"
    settle
    sleep 2
    kill_sentrad
    start_sentrad --config /run/host/sentra.yaml
    sleep 2
    expect "nothing waits" 0 "$("$bin/sentra" sink list --json --state-dir "$state" | jq .waiting)"
    stop_sentrad

    # A kill in the middle of a write leaves half a line, which is no document.
    jq -Rc 'fromjson?' /run/host/lines >/run/host/documents
    local made received committed
    made=$(cat /run/host/made)
    received=$(jq -r '[.event.sequence, .event.id, .event.hash] | @text' /run/host/documents | sort -u)
    committed=$(sqlite3 -readonly "$state/sentra.db" 'SELECT sequence, uid FROM told' | wc -l)
    expect "forms received, each once" "$committed" "$(wc -l <<<"$received")"
    expect "uids received are those committed" '' "$(comm -3 \
        <(jq -r '.event.id' /run/host/documents | sort -u) \
        <("$bin/sentra" signals --json --state-dir "$state" | jq -r .uid | sort -u))"
    expect "numbers without a gap" "$committed" \
        "$(jq -s 'map(.event.sequence) | unique | if .[0] == 1 then .[-1] else 0 end' /run/host/documents)"
    # A signal shows the first and last of a crowd; how many it counts is all of them.
    expect "users with uid 0 that were told of" "$made" \
        "$("$bin/sentra" signals --json --state-dir "$state" |
            jq -s '[.[] | select(.rule.id == "uid0-user").count] | add')"
    echo "$kills kills, $made users made, $committed forms committed and received," \
        "$(($(wc -l </run/host/documents) - committed)) of them again; $with_progress kills after a send"
}

if [ "${1:-}" = inside ]; then
    inside
    exit 0
fi
exec "$here/host/run" -- bash "$here/delivery.sh" inside
