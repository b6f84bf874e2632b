#!/bin/bash
# SPDX-License-Identifier: MIT
# A local user without any right floods the journal with forged sign-ins, the kernel with events and
# the sensor's socket with connections, while another user signs in and changes sudoers. No forged
# line becomes a sign-in, the flood is one calm signal, the other's deed is told within five seconds,
# the sensor's memory stays where it was. Then a member of the group sentra has bad manners at the
# socket, and root is answered all the same.
#   flood.sh [SECONDS]     20; 60 by hand
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
seconds=${1:-20}

ask() { "$bin/sentra" "$@" --json --state-dir "$state" || [ $? = 1 ]; }
memory_kb() { awk '$1 == "VmRSS:" { print $2 }' "/proc/$sentrad/status"; }

# Modes as `ls` shows them, and whose it is.
expect_file() { expect "$2" "$1" "$(stat -c '%A %U:%G' "$2")"; }

check_modes() {
    local pins=/run/host/bpf/sentra
    expect_file '-rw------- root:root' "$state/sentra.db"
    expect_file 'srw-rw---- root:sentra' "$state/sentrad.sock"
    expect_file 'drwx------ root:root' "$pins"
    expect "pins that others may read or write" '' "$(find "$pins" -perm /077)"
    expect "what others may read or write" '' \
        "$(find "$state" -name 'sentra.db*' -perm /077; find "$state" -type s -perm /007)"
}

check_intruder() {
    local said
    said=$(setpriv --reuid=mallory --regid=mallory --clear-groups --no-new-privs \
        python3 "$here/support/intruder.py" "$state" "$state/sentrad.sock" /run/host/bpf/sentra "$sentrad") ||
        fail "a local user got somewhere: $said"
    expect "tries" 25 "$(wc -l <<<"$said")"
    echo "  25 tries of a local user at store, socket, pins, maps and process: each refused by the kernel"
}

deed() { # in the middle of the flood
    login maria correct-horse \
        "echo correct-horse | sudo -S -p '' sh -c 'echo \"# nothing\" >/etc/sudoers.d/maria' && date +%s%N" \
        2>/run/host/deed-errors || fail "maria could not sign in: $(cat /run/host/deed-errors)"
}

check_flood() {
    local thrown=$1 signal
    echo "  thrown: $thrown"
    expect "mallory at the socket" 0 "$(jq .door <<<"$thrown")"
    expect "forged lines are counted" '[1-9]*' "$(ask status | jq .losses.journal_forged)"
    expect "sign-ins of root" '' "$(ask sessions | jq -c 'select(.user == "root" or .source == "8.8.8.8")')"
    expect "signals that believe 8.8.8.8" '' "$(ask signals | jq -c 'select(tostring | contains("8.8.8.8"))')"
    expect "signals of users that were forged" '' "$(ask signals | jq -c 'select(tostring | contains("evil"))')"
    signal=$(await 5 lines-forged)
    expect "its state" Low "$(jq -r .state <<<"$signal")"
    # Besides the sign-ins that did happen.
    expect "signals of the flood" 1 \
        "$(ask signals | jq -s '[.[] | select(.actor.user.name != "maria" and .rule.id != "login-new-source")] | length')"
    echo "  $(jq -r .narrative <<<"$signal")"
}

flood() {
    local early late began told signal
    login mallory correct-horse "python3 $here/support/flood.py $seconds $state/sentrad.sock" >/run/host/thrown &
    local flooding=$!
    sleep "$((seconds / 2))"
    early=$(memory_kb)
    began=$(deed)
    signal=$(await 5 sudoers-changed)
    told=$(date +%s%N)
    expect "who changed sudoers" maria "$(jq -r .actor.user.name <<<"$signal")"
    [ "$((told - began))" -lt 5000000000 ] || fail "told $(((told - began) / 1000000)) ms after the deed"
    wait "$flooding" || fail "the flood ended with status $?"
    late=$(memory_kb)
    check_flood "$(cat /run/host/thrown)"
    kill -0 "$sentrad" || fail "sentrad is gone"
    expect "health" '*' "$(ask status | jq -r .health)"
    [ "$late" -lt $((early * 5 / 4 + 32768)) ] || fail "memory grew from $early to $late KiB"
    echo "  maria's deed was told $(((told - began) / 1000000)) ms after it; memory $early KiB in the middle, $late KiB at the end"
    echo "  lost: $(ask status | jq -c .losses)"
}

# What root is told meanwhile, and how long it takes at most, in milliseconds.
slowest_answer() {
    local began now slowest=0
    while kill -0 "$1" 2>/dev/null; do
        began=$(date +%s%N)
        ask status | jq -e .running >/dev/null || fail "root was not answered"
        now=$((($(date +%s%N) - began) / 1000000))
        [ "$now" -le "$slowest" ] || slowest=$now
        sleep 0.1
    done
    echo "$slowest"
}

rude_member() {
    local slowest
    setpriv --reuid=oscar --regid=oscar --init-groups \
        python3 "$here/support/rude_member.py" "$state/sentrad.sock" 5 >/run/host/rude &
    slowest=$(slowest_answer $!)
    wait $! || fail "the rude member ended with status $?"
    [ "$slowest" -lt 2000 ] || fail "root waited $slowest ms for an answer"
    expect "he is answered, too" '[1-9]*' "$(jq .answered /run/host/rude)"
    expect "refusals" '*too many*' "$(jq -c keys /run/host/rude)"
    expect "refusals are counted" '[1-9]*' "$(ask status | jq .losses.door_refused)"
    echo "  a rude member: $(cat /run/host/rude); root's slowest answer took $slowest ms"
}

inside() {
    export state=/run/host/sentra
    groupadd --system sentra
    install -d -m 755 "$state" # found by everybody, so that only its files' own modes protect them
    mkdir -p /run/host/bpf
    mount -t bpf none /run/host/bpf || { echo "no BPF file system to be had" >&2; exit 77; }
    # shellcheck source=support/daemon
    . "$here/support/daemon"
    account maria correct-horse sudo
    account mallory correct-horse
    account oscar correct-horse
    usermod --append --groups sentra oscar
    cat >/run/host/sentra.yaml <<YAML
state_dir: $state
socket: $state/sentrad.sock
sensor: {bpf_filesystem: /run/host/bpf}
YAML
    start_sentrad --config /run/host/sentra.yaml
    check_modes
    check_intruder
    flood
    rude_member
    stop_sentrad
}

if [ "${1:-}" = inside ]; then
    seconds=$2
    inside
    exit 0
fi
journald=$(mktemp)
trap 'rm -f "$journald"' EXIT
# Without journald's own limit: every line arrives.
printf '[Journal]\nRateLimitBurst=0\n' >"$journald"
chmod 644 "$journald"
"$here/host/run" --copy "$journald:/etc/systemd/journald.conf.d/flood.conf" -- bash "$here/flood.sh" inside "$seconds"
