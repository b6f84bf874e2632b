#!/bin/bash
# SPDX-License-Identifier: MIT
# The disk is full, the store is damaged: sentrad goes on, and says so. On a full disk signals are
# still kept and told while their rows of evidence are not; a damaged store is set aside.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

ask() { "$bin/sentra" "$@" --json --state-dir "$state"; }

fill_disk() {
    # The reserve is not taken by others: it is in use as far as they can see.
    dd if=/dev/zero of="$state/filler" bs=4k 2>/dev/null || true
}

make_user() {
    useradd -o -u 0 -M "toor$1"
    local attempt
    for ((attempt = 0; attempt < 100; attempt++)); do
        grep -q "toor$1" /run/host/lines 2>/dev/null && return 0
        sleep 0.1
    done
    fail "toor$1 was not told of within 10 s"
}

full_disk() {
    start_sentrad --config /run/host/sentra.yaml
    make_user 0
    expect "a reserve is kept" '[1-9]*' "$(stat -c %b "$state/sentra.db.reserve")"
    fill_disk
    local number
    for ((number = 1; number <= 8; number++)); do
        make_user "$number"
        if [ "$number" = 4 ]; then # it comes back on a full disk, too
            kill -KILL "$sentrad"
            wait "$sentrad" 2>/dev/null || true
            start_sentrad --config /run/host/sentra.yaml
        fi
    done
    expect "health on a full disk" degraded "$(ask status | jq -r .health)"
    expect "the reason" '*disk of the store is full*' "$(ask status | jq -r '.troubles[]')"
    expect "what was left out" '[1-9]*' "$(ask status | jq '.losses.store_full')"
    expect "users that are told of in the store" 9 \
        "$(ask signals | jq -s '[.[] | select(.rule.id == "uid0-user").count] | add')"
    rm "$state/filler"
    make_user 9
    sleep 1.5
    expect "health with room again" '' "$(ask status | jq -r '.troubles[]' | grep 'disk' || true)"
    stop_sentrad
}

is_told() {
    [ -n "$(ask signals | jq -r --arg rule "$1" 'select(.rule.id == $rule).id')" ]
}

damaged() {
    local before after last
    before=$(ask signals | jq -s length)
    last=$(jq -s 'map(.event.sequence) | max' /run/host/lines)
    dd if=/dev/urandom of="$state/sentra.db" bs=4k seek=2 count=6 conv=notrunc 2>/dev/null
    start_sentrad --config /run/host/sentra.yaml
    expect "the reason" '*damaged and is kept as*sentra.db.damaged-1*' \
        "$(ask status | jq -r '.troubles[]')"
    expect "the ledger says so" '*set aside*' "$(ask ledger | jq -r .entry)"
    [ -s "$state/sentra.db.damaged-1" ] || fail "the damaged store is gone"
    await_true 10 is_told store-replaced
    expect "nothing of before is told again" store-replaced "$(ask signals | jq -r .rule.id)"
    make_user 10
    after=$(jq -s 'map(.event.sequence) | max' /run/host/lines)
    [ "$after" -gt "$((last + 1000))" ] || fail "sequence $after could be one of before ($last)"
    stop_sentrad
    echo "full disk and damage survived: $before signals before, sequences $last, then $after"
}

inside() {
    export state=/run/host/sentra
    mkdir -p "$state"
    mount -t tmpfs -o size=6m tmpfs "$state"
    # shellcheck source=support/daemon
    . "$here/support/daemon"
    # What the test itself writes must not meet the full disk.
    cat >/run/host/sentra.yaml <<'YAML'
sensor: {enabled: false}
sinks:
  lines: {type: file, path: /run/host/lines, format: ecs}
YAML
    full_disk
    damaged
}

if [ "${1:-}" = inside ]; then
    inside
    exit 0
fi
exec "$here/host/run" -- bash "$here/store_trouble.sh" inside
