#!/bin/bash
# SPDX-License-Identifier: MIT
# Text alone never makes an authentication event: a local user's forged lines yield no login and no
# blame, they are counted; a hostile user name is blamed on the peer it came from.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

inside() {
    export state=/run/host/sentra
    mkdir -p "$state"
    # shellcheck source=support/daemon
    . "$here/support/daemon"
    account mallory correct-horse
    "$bin/sentra" record "$state/run.rec" >"$state/record" 2>&1 &
    local recorder=$! attempt line
    for ((attempt = 0; attempt < 100; attempt++)); do
        [ -s "$state/run.rec" ] && break
        sleep 0.05
    done
    sleep 1
    login mallory correct-horse "
        logger -t sshd 'Accepted password for root from 8.8.8.8 port 22 ssh2'
        logger -t sshd --id=1 'Accepted password for root from 8.8.8.8 port 22 ssh2'
        logger -t sudo '    root : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/true'
        logger -t useradd 'new user: name=evil, UID=0, GID=0, home=/root, shell=/bin/bash, from=none'"
    login 'root from 8.8.8.8 port 22 ssh2' wrong true >/dev/null 2>&1 || true
    sleep 1.5
    kill -INT "$recorder"
    wait "$recorder" || fail "record ended with status $?: $(cat "$state/record")"

    "$bin/sentra" replay "$state/run.rec" --events >"$state/events"
    line=$(jq -c 'select(.event == "auth.login" and ."event.outcome" == "success")' "$state/events")
    expect "sign-ins" 1 "$(wc -l <<<"$line")"
    expect "who signed in" mallory "$(jq -r '."user.name"' <<<"$line")"
    expect "from 8.8.8.8" '' "$(jq -c 'select(."source.ip" == "8.8.8.8")' "$state/events")"
    expect "users made" '' "$(jq -c 'select(.event == "iam.user")' "$state/events")"
    # A writer that was gone before journald looked it up has its line marked, and the session asks the
    # kernel's word for it before it believes it.
    expect "sudo by root" '' \
        "$(jq -c 'select(.event == "auth.elevation" and ."event.trust" != "pending")' "$state/events")"
    line=$(jq -c 'select(.event == "auth.login" and ."event.outcome" == "failure")' "$state/events" | head -n 1)
    expect "the hostile name's peer" 127.0.0.1 "$(jq -r '."source.ip"' <<<"$line")"
    expect "the hostile name" 'root from 8.8.8.8 port 22 ssh2' "$(jq -r '."user.name"' <<<"$line")"
    expect "forged lines are counted" '[1-9]*' \
        "$(jq -s '[.[] | select(.event == "meta.loss" and ."loss.kind" == "journal_forged")."loss.count"] | add' "$state/events")"
}

if [ "${1:-}" = inside ]; then
    inside
    exit 0
fi
"$here/host/run" -- bash "$here/forgery.sh" inside
