#!/bin/bash
# SPDX-License-Identifier: MIT
# The throw-away host keeps its promises: real logins, a real journal with trusted fields, the
# kernel's file systems, nothing left behind. In each of its modes.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() {
    echo "host.sh: $*" >&2
    exit 1
}

expect() {
    local what=$1 wanted=$2 got=$3
    # shellcheck disable=SC2053 # a pattern on purpose
    [[ $got == $wanted ]] || fail "$what: wanted $wanted, got: $got"
}

# The newest journal entry that matches, as JSON; empty without one.
entry() {
    journalctl -q -o json --no-pager "$@" | tail -n 1
}

inside() {
    local mode=$1 session logged outside
    account ada correct-horse sudo
    session=$(login ada correct-horse 'cat /proc/self/sessionid')
    expect "the audit session of a login" '[0-9]*' "$session"
    [ "$session" != 4294967295 ] || fail "a login has no audit session"
    expect "a refused password" 5 "$(login ada wrong true >/dev/null 2>&1 || echo $?)"
    expect "an exit status" 9 "$(login ada correct-horse 'exit 9' || echo $?)"
    expect "sudo" root "$(login ada correct-horse 'echo correct-horse | sudo -S -p "" id -un')"
    session=$(login ada correct-horse \
        'echo correct-horse | sudo -S -p "" true; cat /proc/self/sessionid')
    settle

    logged=$(entry _COMM=sshd --grep 'Accepted password for ada from 127.0.0.1')
    expect "the accepted password's pid" '[0-9]*' "$(jq -r ._PID <<<"$logged")"
    expect "its uid" 0 "$(jq -r ._UID <<<"$logged")"
    expect "its transport" syslog "$(jq -r ._TRANSPORT <<<"$logged")"
    logged=$(entry --grep 'Failed password for ada')
    expect "the refused password" '*Failed*' "$(jq -r .MESSAGE <<<"$logged")"
    logged=$(entry _COMM=sudo --grep 'COMMAND=')
    expect "sudo's audit session" "$session" "$(jq -r ._AUDIT_SESSION <<<"$logged")"
    expect "sudo's login uid" "$(id -u ada)" "$(jq -r ._AUDIT_LOGINUID <<<"$logged")"

    expect "the journal is on disk" '*.journal' "$(echo /var/log/journal/*/system.journal)"
    mountpoint -q /sys/fs/bpf || fail "no bpffs"
    [ -e /sys/kernel/tracing/events/sched/sched_process_exec/id ] || fail "no tracefs"
    [ -r /sys/kernel/btf/vmlinux ] || fail "no BTF"
    expect "the network" lo "$(ip -o link | awk -F': ' '{ printf "%s", $2 }')"
    if [ "$mode" = --systemd ]; then
        expect "PID 1" systemd "$(cat /proc/1/comm)"
        expect "a logind session" '*ada*' "$(login ada correct-horse 'loginctl --no-legend')"
        logged=$(entry _SYSTEMD_UNIT=ssh.service --grep 'Accepted password')
        expect "sshd's unit" ssh.service "$(jq -r ._SYSTEMD_UNIT <<<"$logged")"
    fi
    outside=$(cat /run/host/outside 2>/dev/null || true)
    expect "a file copied in" hello "$outside"
    echo "kept" >/root/kept
    exit 42
}

if [ "${1:-}" = inside ]; then
    inside "${2:-}"
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
echo hello >"$scratch/outside"
for mode in '' --systemd --share-pids; do
    status=0
    # shellcheck disable=SC2086 # no mode is no argument
    "$here/host/run" $mode --copy "$scratch/outside:/var/outside" --keep "$scratch/kept" \
        --copy "$here/host.sh:/opt/host.sh" \
        -- bash -c "cp /var/outside /run/host/outside; . /opt/host.sh inside $mode" \
        >"$scratch/output" 2>"$scratch/errors" || status=$?
    if [ "$status" -eq 77 ]; then
        cat "$scratch/errors" >&2
        exit 77
    fi
    [ "$status" -eq 42 ] ||
        fail "${mode:-services}: status $status: $(cat "$scratch/output" "$scratch/errors")"
    expect "${mode:-services}: what was kept" kept "$(cat "$scratch/kept/root/kept")"
    expect "${mode:-services}: the journal's place" 'host: journal /proc/*/var/log/journal' \
        "$(grep '^host: journal' "$scratch/errors")"
    work=$(sed -n 's|^host: journal /proc/[0-9]*/root\(.*\)/root/var/log/journal$|\1|p' "$scratch/errors")
    expect "${mode:-services}: its folder" "/*" "$work"
    [ ! -e "$work" ] || fail "${mode:-services}: $work was left behind"
    rm -rf "$scratch/kept"
    echo "${mode:-services}: good"
done
