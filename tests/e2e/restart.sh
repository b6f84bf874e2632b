#!/bin/bash
# SPDX-License-Identifier: MIT
# kill -9 of sentrad at any moment, then a restart: no signal lost, none twice, and the time in
# between is a recorded gap where nothing outlives it in the kernel (tamper.sh: where it does).
# Wrong passwords before the kill and the right one after it still make one story.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

kill_sentrad() {
    kill -KILL "$sentrad"
    wait "$sentrad" 2>/dev/null || true
}

inside() {
    export state=/run/host/sentra
    mkdir -p "$state"
    # shellcheck source=support/daemon
    . "$here/support/daemon"
    printf 'sensor:\n  pins: false\n' >/run/host/sentra.yaml
    account maria correct-horse sudo
    account bob correct-horse sudo
    start_sentrad --config /run/host/sentra.yaml
    local try stored
    for try in 1 2 3 4 5; do
        login maria "wrong-$try" true >/dev/null 2>&1 || true
    done
    kill_sentrad
    login maria correct-horse true        # nobody watches, the journal remembers
    start_sentrad --config /run/host/sentra.yaml
    await 3 ssh-guessed >/dev/null

    # Kills at ten different moments around a signal that is being made.
    for try in 0 1 2 3 4 5 6 7 8 9; do
        login bob correct-horse "echo correct-horse | sudo -S -p '' useradd -o -u 0 toor$try"
        sleep "0.$((try * 7 % 10))"
        kill_sentrad
        start_sentrad --config /run/host/sentra.yaml
    done
    sleep 1.5
    stop_sentrad

    stored=$("$bin/sentra" signals --json --state-dir "$state")
    expect "signals of uid0-user in the store" 10 \
        "$(jq -s '[.[] | select(.rule.id == "uid0-user")] | length' <<<"$stored")"
    expect "each once" 10 \
        "$(jq -s '[.[] | select(.rule.id == "uid0-user").uid] | unique | length' <<<"$stored")"
    expect "none printed twice" '' \
        "$(jq -r '[.uid, .count, .state, .risk.score] | @text' "$state/output" | sort | uniq -d)"
    expect "signals of ssh-guessed" 1 \
        "$(jq -s '[.[] | select(.rule.id == "ssh-guessed" and .actor.user.name == "maria")] | length' <<<"$stored")"
    expect "the gaps are facts" '[1-9]*' \
        "$("$bin/sentra" status --json --state-dir "$state" | jq '.gaps | length')"
}

if [ "${1:-}" = inside ]; then
    inside
    exit 0
fi
"$here/host/run" -- bash "$here/restart.sh" inside
