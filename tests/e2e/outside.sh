#!/bin/bash
# SPDX-License-Identifier: MIT
# The sensor outside, watching a host in namespaces through its journal and the common kernel: its
# people are told apart, its paths are its own, and the same deeds are the same signals.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Waits for a line that begins so, and prints what follows.
await_line() {
    local start=$1 file=$2 attempt
    for ((attempt = 0; attempt < 1200; attempt++)); do # PAM makes each wrong password wait
        grep -q "^$start" "$file" && { sed -n "s/^$start//p" "$file" | head -n 1; return 0; }
        sleep 0.05
    done
    fail "the host did not say: $start"
}

inside() {
    account maria correct-horse sudo
    mkdir -p -m 700 /root/.ssh
    echo "namespace $(readlink /proc/self/ns/pid | tr -cd '0-9')"
    read -r _ # until somebody watches
    local try
    for try in 1 2 3 4 5; do
        login maria "wrong-$try" true >/dev/null 2>&1 || true
    done
    login maria correct-horse '
        echo ssh-ed25519 AAAA x@y >k; (echo correct-horse; cat k) | sudo -S -p "" tee -a /root/.ssh/authorized_keys >/dev/null
        echo correct-horse | sudo -S -p "" sh -c "echo maria ALL=NOPASSWD: ALL >/etc/sudoers.d/x"
        echo correct-horse | sudo -S -p "" useradd -o -u 0 x'
    settle
    echo "done "
    read -r _ # until all has been seen
}

if [ "${1:-}" = inside ]; then
    inside
    exit 0
fi
state=$(mktemp -d)
host=''
finish() {
    [ -z "$sentrad" ] || kill -TERM "$sentrad" 2>/dev/null || true
    [ -z "$host" ] || kill -TERM "$host" 2>/dev/null || true
    rm -rf "$state"
}
# shellcheck source=support/daemon
. "$here/support/daemon"
trap finish EXIT
mkfifo "$state/say"
"$here/host/run" -- bash "$here/outside.sh" inside <"$state/say" >"$state/host" 2>"$state/host-errors" &
host=$!
exec 9>"$state/say"
if ! kill -0 "$host" 2>/dev/null; then
    wait "$host" || exit $? # 77: no such host here
fi
journal=$(await_line 'host: journal ' "$state/host-errors")
namespace=$(await_line 'namespace ' "$state/host")
printf 'journal: {directory: "%s", pid_namespace: "%s"}\n' "$journal" "$namespace" >"$state/sentra.yaml"
start_sentrad --config "$state/sentra.yaml"
echo watched >&9
await_line 'done ' "$state/host" >/dev/null
for rule in ssh-guessed ssh-key-added sudoers-changed uid0-user; do
    signal=$(await 3 "$rule")
    expect "$rule: who" maria "$(jq -r .actor.user.name <<<"$signal")"
    expect "$rule: source" 127.0.0.1 "$(jq -r .actor.session.source <<<"$signal")"
    echo "  $(told "$rule" "$signal")"
done
echo seen >&9
exec 9>&-
wait "$host" || fail "the host ended with status $?"
host=''
stop_sentrad
