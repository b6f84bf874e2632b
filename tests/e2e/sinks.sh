#!/bin/bash
# SPDX-License-Identifier: MIT
# sentrad with four sinks: a file, a peer of bad manners, one that takes the connection and never
# answers, and ClickHouse, which is killed and started again in the middle. The file has each signal
# at once, whatever the others do; in the end each has every form that the host raised, but for one
# that is refused, which is a dead letter until somebody has it brought again. What people do about
# sinks is in the ledger.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
delivery=$here/../delivery
users=12

ask() { "$bin/sentra" "$@" --json --state-dir "$state"; }
sink() { ask sink list | jq -r "select(.name == \"$1\") | .$2"; }
stored() { sqlite3 -readonly "$state/sentra.db" "SELECT $1 FROM told"; }

start_peer() { # NAME OPTION...
    local name=$1 attempt
    shift
    "$delivery/peer.py" "$@" "/run/host/$name.kept" >"/run/host/$name.port" 2>/dev/null &
    for ((attempt = 0; attempt < 100; attempt++)); do
        [ -s "/run/host/$name.port" ] && return 0
        sleep 0.05
    done
    fail "the peer $name does not start"
}

start_silent() {
    python3 - >/run/host/silent.port <<'PYTHON' &
import socket
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
held = []
while True:
    held.append(listener.accept())
PYTHON
    until [ -s /run/host/silent.port ]; do sleep 0.05; done
}

configure() {
    cat >/run/host/sentra.yaml <<YAML
sensor: {enabled: false}
sinks:
  lines: {type: file, path: /run/host/lines}
  rude: {type: elastic, url: "http://127.0.0.1:$(cat /run/host/rude.port)", timeout: 1s}
  silent: {type: elastic, url: "http://127.0.0.1:$(cat /run/host/silent.port)", timeout: 5s}
YAML
    touch /run/host/password
    [ -z "${clickhouse_url:-}" ] || {
        printf 'open sesame\n' >/run/host/password
        chmod 600 /run/host/password
        cat >>/run/host/sentra.yaml <<YAML
  columns: {type: clickhouse, url: "$clickhouse_url", user: sentra, password_file: /run/host/password}
YAML
    }
}

has_line() { grep -q "The user $1 has root" /run/host/lines 2>/dev/null; }

make_users() {
    local number
    for ((number = 0; number < users; number++)); do
        useradd -o -u 0 -M "toor$number"
        await_true 3 has_line "toor$number" # nobody else delays the file
        case $number in
            4) [ -z "${clickhouse_url:-}" ] || clickhouse_kill ;;
            8) [ -z "${clickhouse_url:-}" ] || clickhouse_start ;;
        esac
    done
}

has_nothing_left() {
    kill -HUP "$sentrad" # as after logrotate: files are opened again, and all are tried at once
    [ "$(sink "$1" waiting)" = 0 ]
}

check_people() {
    expect "the refused one" 'HTTP 400: *failed to parse field*' \
        "$(ask sink dead-letter rude | jq -r .why)"
    expect "the signal that says so" 'rude did not take a signal *' \
        "$(ask signals | jq -r 'select(.rule.id == "sink-rejected").narrative')"
    expect "its trouble" '*rude has 1 dead letters*' "$(ask status | jq -r '.troubles[]')"
    ask sink pause silent --reason "it is being moved" >/dev/null
    expect "a pause" 'paused' "$(sink silent state)"
    ask sink resume silent >/dev/null
    ask sink requeue rude >/dev/null
    await_true 20 has_nothing_left rude
    expect "refused again" 1 "$(sink rude dead)"
    ask ledger | jq -r '.entry | fromjson | select(.kind == "sink") | .subject + " " + .body.did' \
        >/run/host/decisions
    expect "decisions in the ledger" 'silent pause silent resume rude requeue' \
        "$(paste -sd ' ' /run/host/decisions)"
    expect "a test" delivered "$(ask sink test lines | jq -r .result)"
    expect "a test of the silent one" failed "$({ ask sink test silent || true; } | jq -r .result)"
    grep -q '\[test\]' /run/host/lines || fail "the test is not marked as one"
    if ask sink pause lines2 --reason x 2>/run/host/complaint; then fail "there is no lines2"; fi
    expect "the complaint" '*did you mean "lines"?*' "$(cat /run/host/complaint)"
}

inside() {
    export state=/run/host/sentra
    mkdir -p "$state"
    # shellcheck source=support/daemon
    . "$here/support/daemon"
    # shellcheck source=../delivery/clickhouse.sh
    . "$delivery/clickhouse.sh"
    touch /run/host/rude.kept
    start_peer rude --misbehave --poison toor7
    start_silent
    if clickhouse_begin /run/host/clickhouse; then clickhouse_table; else clickhouse_url=''; fi
    configure
    start_sentrad --config /run/host/sentra.yaml
    make_users
    await_true 60 has_nothing_left rude
    expect "the peer has all but one" "$(stored "uid || '-' || revision" | sort | sed '/^$/d' | wc -l)" \
        "$(($(sort -u /run/host/rude.kept | wc -l) + $(sink rude dead)))"
    expect "and nothing else" '' \
        "$(comm -13 <(stored "uid || '-' || revision" | sort) <(sort -u /run/host/rude.kept))"
    expect "the silent one has nothing" "$(stored 'count(*)')" "$(sink silent waiting)"
    if [ -n "$clickhouse_url" ]; then
        await_true 60 has_nothing_left columns
        expect "rows in ClickHouse" "$(stored 'count(*)')" \
            "$(clickhouse_ask 'SELECT count() FROM sentra.signals FINAL')"
        expect "signals in ClickHouse" "$(ask signals | jq -r .uid | sort)" \
            "$(clickhouse_ask 'SELECT DISTINCT uid FROM sentra.signals' | sort)"
    fi
    check_people
    local delivered
    delivered=$(sink lines delivered)
    stop_sentrad
    expect "delivered, asked of the store alone" "$delivered" "$(sink lines delivered)"
    clickhouse_stop
    echo "sinks: $(stored 'count(*)') forms at each${clickhouse_url:+, ClickHouse among them}"
}

if [ "${1:-}" = inside ]; then
    inside
    exit 0
fi
exec "$here/host/run" -- bash "$here/sinks.sh" inside
