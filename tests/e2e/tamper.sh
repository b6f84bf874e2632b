#!/bin/bash
# SPDX-License-Identifier: MIT
# Somebody who signed in kills the sensor with SIGKILL, and takes away what lets its programs outlive
# it. The next sensor says who it was, from what the programs saw meanwhile: there is no gap.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

inside() {
    export state=/run/host/sentra
    mkdir -p "$state" /run/host/bpf
    mount -t bpf none /run/host/bpf || { echo "no BPF file system to be had" >&2; exit 77; }
    printf 'sensor:\n  bpf_filesystem: /run/host/bpf\n' >/run/host/sentra.yaml
    # shellcheck source=support/daemon
    . "$here/support/daemon"
    account maria correct-horse sudo
    start_sentrad --config /run/host/sentra.yaml

    login maria correct-horse "
        echo correct-horse | sudo -S -p '' kill -KILL $sentrad
        echo correct-horse | sudo -S -p '' useradd -o -u 0 toor"
    wait "$sentrad" 2>/dev/null || true
    local signal
    start_sentrad --config /run/host/sentra.yaml
    signal=$(await 5 sensor-signalled)
    expect "state" "Action Recommended" "$(jq -r .state <<<"$signal")"
    expect "who ended the sensor" maria "$(jq -r .actor.user.name <<<"$signal")"
    expect "the sentence" '*maria*the sensor the signal 9 *' "$(told sensor-signalled "$signal")"
    echo "  $(told sensor-signalled "$signal")"
    signal=$(await 5 uid0-user) # done while no sensor ran
    expect "who made a second root" maria "$(jq -r .actor.user.name <<<"$signal")"
    expect "gaps" 0 "$("$bin/sentra" status --json --state-dir "$state" | jq '.gaps | length')"

    rm -r /run/host/bpf/sentra
    signal=$(await 10 sensor-tampered)
    echo "  $(jq -r .narrative <<<"$signal")"
    expect "pins are there again" '[1-9]*' "$(find /run/host/bpf/sentra -mindepth 2 | wc -l)"
    stop_sentrad
    expect "pins after a stop" 0 "$(find /run/host/bpf -mindepth 2 -type f | wc -l)"
}

if [ "${1:-}" = inside ]; then
    inside
    exit 0
fi
"$here/host/run" -- bash "$here/tamper.sh" inside
