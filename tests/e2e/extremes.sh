#!/bin/bash
# SPDX-License-Identifier: MIT
# Inputs at the edge of what a kernel allows: no crash, bounded memory, and the sensor's counts are the
# deeds' own to the last one. In a pid namespace of its own the sensor tells only what happens there, so
# nothing else on the machine gets into the counts.
#   extremes.sh [PROCESSES]      20,000; try a million by hand
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=${SENTRA_TEST_BIN:-$here/../../build/tests/bin}
processes=${1:-20000}
# What the sensor keeps for each process and what an instrumented one adds; a leak is far more.
growth_kb=65536
# Freed memory that an instrumented program keeps to find its misuse is not growth.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}quarantine_size_mb=8

fail() {
    echo "extremes.sh: $*" >&2
    [ ! -s "$out/errors" ] || grep -v '^off\|^watch\|^      ' "$out/errors" | tail -n 20 >&2
    exit 1
}

# Between begin and finish bash forks for nothing but the deed itself: every process is counted.
begin() {
    rm -f "$out/input"
    mkfifo "$out/input"
    "$bin/sensor_probe" "$@" <"$out/input" >"$out/events" 2>"$out/errors" &
    probe=$!
    exec 3>"$out/input"
    local attempt line
    for ((attempt = 0; attempt < 600; attempt++)); do
        read -r -t 0.1 line <>"$out/silence" || true
        [ -d "/proc/$probe" ] || fail "sensor_probe ended at once"
        while read -r line; do
            [[ $line != *"READY after"* ]] || return 0
        done <"$out/errors"
    done
    fail "sensor_probe is not ready"
}

memory_kb() {
    local name value _
    while read -r name value _; do
        [ "$name" != "$1:" ] || memory=$value
    done <"/proc/$probe/status"
}

finish() {
    exec 3>&-
    wait "$probe" || fail "sensor_probe ended with $?"
    ! grep -q 'DOES NOT BALANCE' "$out/errors" || fail "the account does not balance"
}

# What was told or is known to be lost of an event, in this namespace.
known() {
    awk -v event="$1" '$1 == "account" && $2 == event {
        for (i = 3; i < NF; i += 2) value[$i] = $(i + 1)
        known = value["handed"] + value["lost"] + value["repeated"]
    } END { print known + 0 }' "$out/errors"
}

expect() {
    local what=$1 wanted=$2 got=$3
    [ "$wanted" = "$got" ] || fail "$what: $wanted were done, $got are known of"
}

# The deed, counted: its own process is one fork, one exec and one exit more.
do_counted() {
    local before
    memory_kb VmRSS
    before=$memory
    "$bin/extremes" "$@" >"$out/did" 2>&1 || fail "extremes $*: $(cat "$out/did")"
    memory_kb VmHWM
    [ $((memory - before)) -le $growth_kb ] || fail "extremes $*: the sensor grew by $((memory - before)) KiB"
    grown=$((memory - before))
}

did() {
    awk -v name="$1" '{ for (i = 1; i < NF; i += 2) if ($i == name) print $(i + 1) }' "$out/did"
}

crowd() {
    local kind=$1 count=$2 forks
    begin --quiet
    do_counted "$kind" "$count"
    finish
    forks=$(($(did forks) + 1))
    expect "$kind: forks" "$forks" "$(known process.fork)"
    expect "$kind: exits" "$forks" "$(known process.exit)"
    echo "$kind: $forks processes, each counted; the sensor grew by $grown KiB"
}

paths() {
    mkdir -p "$out/folder"
    begin
    do_counted deep 10000 "$out/folder"
    "$bin/extremes" long "$out/folder" >>"$out/did" || fail "extremes long"
    finish
    expect "deep and long: renames" 2 "$(known file.rename)"
    expect "deep and long: deletes" "$(did deletes | awk '{ all += $1 } END { print all }')" "$(known file.delete)"
    grep '"file.write"' "$out/events" | grep '"file.path_truncated":true' | grep -q '"file.path":"d/.*d/leaf"' ||
        fail "the deep file was not told with the end of its path"
    echo "deep and long paths: told, cut ones marked; the sensor grew by $grown KiB"
}

arguments() {
    begin
    do_counted arguments 2097152
    finish
    grep '"process.args_bytes":209' "$out/events" | grep -q '"process.args_truncated":true' ||
        fail "two megabytes of arguments were not told as cut"
    expect "arguments: execs" 2 "$(known process.exec)"
    echo "2 MiB of arguments: told, cut, with their true size"
}

# The ring at its smallest, and nobody who takes anything out of it for a while.
full_ring() {
    begin --quiet --ring 0
    kill -STOP "$probe"
    "$bin/extremes" processes 5000 >"$out/did"
    kill -CONT "$probe"
    finish
    expect "full ring: forks" 5001 "$(known process.fork)"
    expect "full ring: exits" 5001 "$(known process.exit)"
    grep -q '^account process.fork .* lost [1-9]' "$out/errors" || fail "full ring: nothing was lost"
    echo "a full ring and a stopped consumer: what was lost is known to the last one"
}

# Nobody takes anything out of the ring while one user floods it: what root does then is told all the
# same, to the last process.
crowded_ring() {
    local told
    begin --ring 1
    kill -STOP "$probe"
    setpriv --reuid=65534 --regid=65534 --clear-groups "$bin/extremes" processes 5000 >"$out/did"
    "$bin/extremes" processes 100 >"$out/did"
    kill -CONT "$probe"
    finish
    expect "crowded ring: forks" 5102 "$(known process.fork)"
    grep -q '^account process.fork .* lost [1-9]' "$out/errors" || fail "crowded ring: nothing was lost"
    told=$(grep '"process.fork"' "$out/events" | grep -c '"user.id":0,')
    [ "$told" -ge 101 ] || fail "crowded ring: of root's 101 forks $told were told"
    echo "a ring that one user has filled: root's processes are told"
}

inside() {
    out=$(mktemp -d)
    trap 'rm -rf "$out"' EXIT
    mkfifo "$out/silence"
    crowd bomb 2000
    crowd processes "$processes"
    crowd reuse 1000
    paths
    arguments
    full_ring
    crowded_ring
}

if [ "${1:-}" = inside ]; then
    processes=$2
    inside
    exit 0
fi
[ "$(id -u)" -eq 0 ] || { echo "extremes.sh: skipped: needs root" >&2; exit 77; }
[ -x "$bin/extremes" ] || { echo "extremes.sh: skipped: $bin/extremes is not built" >&2; exit 77; }
exec unshare --pid --fork --kill-child --mount-proc bash "$0" inside "$processes"
