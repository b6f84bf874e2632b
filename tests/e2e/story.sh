#!/bin/bash
# SPDX-License-Identifier: MIT
# One login, one story: on a real host somebody guesses a password, signs in over SSH, becomes root,
# plants a key, edits sudoers and makes a second root. Each deed is told within two seconds, with the
# right person, address, session and technique and a sentence that is true, and all of them are one
# signal that grows. With services started by hand and under systemd, with the sensor inside the host.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# A behaviour's sentence and facts: rule, technique, state, and what must be said of it.
check_signal() {
    local rule=$1 technique=$2 said=$3 signal
    signal=$(await 2 "$rule")
    expect "$rule: technique" "*$technique*" "$(jq -r '.attack.techniques[].id' <<<"$signal")"
    expect "$rule: state" "Action Recommended" "$(jq -r .state <<<"$signal")"
    expect "$rule: who" maria "$(jq -r .actor.user.name <<<"$signal")"
    expect "$rule: source" 127.0.0.1 "$(jq -r .actor.session.source <<<"$signal")"
    expect "$rule: method" password "$(jq -r .actor.session.method <<<"$signal")"
    expect "$rule: the sentence" "$said" "$(told "$rule" "$signal")"
    if [ "$rule" != ssh-guessed ]; then
        # The sign-in itself is told before the kernel has given it a session id.
        expect "$rule: session" "$session" "$(jq -r .actor.session.audit_id <<<"$signal")"
    fi
    echo "  $(told "$rule" "$signal")"
}

inside() {
    export state=/run/host/sentra
    mkdir -p "$state"
    # shellcheck source=support/daemon
    . "$here/support/daemon"
    account maria correct-horse sudo
    mkdir -p -m 700 /root/.ssh
    start_sentrad

    local try
    for try in 1 2 3 4 5; do
        login maria "wrong-$try" true >/dev/null 2>&1 && fail "a wrong password was taken"
    done
    mkfifo /run/host/typing
    login maria correct-horse 'bash -s' </run/host/typing >/run/host/heard 2>&1 &
    exec 9>/run/host/typing
    echo 'cat /proc/self/sessionid; echo' >&9
    check_signal ssh-guessed T1110 '*127.0.0.1*'
    session=$(tr -cd '0-9' </run/host/heard)

    echo 'echo ssh-ed25519 AAAA x@y >k; (echo correct-horse; cat k) | sudo -S -p "" tee -a /root/.ssh/authorized_keys >/dev/null' >&9
    check_signal ssh-key-added T1098.004 '*maria*127.0.0.1*password*root*sudo*SSH key*'
    echo 'echo correct-horse | sudo -S -p "" sh -c "echo maria ALL=NOPASSWD: ALL >/etc/sudoers.d/x"' >&9
    check_signal sudoers-changed T1548.003 '*maria*sudo*'
    echo 'echo correct-horse | sudo -S -p "" useradd -o -u 0 x' >&9
    check_signal uid0-user T1136.001 '*maria*'
    exec 9>&-
    sleep 1
    stop_sentrad
    expect "the one signal's story" \
        "ssh-guessed ssh-key-added sudoers-changed uid0-user" \
        "$(signals '[.story[].rule.id] | join(" ")' | tr -d '"')"
    expect "as whom" root "$(signals .actor.effective.name | tr -d '"')"
    expect "what became of the session" \
        "maria signed in from 127.0.0.1 with a password on *, became root with sudo, ran * programs and left *. 1 signal speaks of it, with an action to take." \
        "$("$bin/sentra" sessions --json --state-dir "$state" | jq -rs --argjson session "$session" '.[] | select(.session.audit_id == $session) | .summary')"
    "$bin/sentra" sessions --state-dir "$state"
    "$bin/sentra" signals --state-dir "$state"
    local id
    id=$(signals .id | tr -d '"')
    "$bin/sentra" review "$id" --verdict test --note "the test of one story" --state-dir "$state"
    expect "reviewed" "Low (Reviewed)" "$("$bin/sentra" show "$id" --json --state-dir "$state" | jq -r .state)"
    expect "whose decision" "*by root: a test*" "$("$bin/sentra" show "$id" --json --state-dir "$state" | jq -r .narrative)"
    "$bin/sentra" ledger --state-dir "$state"
    "$bin/sentra" explain --state-dir "$state" "$(signals .id | tr -d '"')"
}

if [ "${1:-}" = inside ]; then
    inside
    exit 0
fi
for mode in '' --systemd; do
    status=0
    # shellcheck disable=SC2086 # no mode is no argument
    "$here/host/run" $mode -- bash "$here/story.sh" inside || status=$?
    [ "$status" -ne 77 ] || exit 77
    [ "$status" -eq 0 ] || { echo "story.sh: ${mode:-services}: status $status" >&2; exit 1; }
    echo "${mode:-services}: good"
done
