#!/bin/bash
# SPDX-License-Identifier: MIT
# What goes wrong around a sensor, one fault after the other: each is done to a sentrad of its own,
# what the user is told of it is compared with what is promised, and the sensor goes on, or ends with
# a sentence, as promised. The faults are the files in faults/, each with its name in its first comment.
#   faults.sh [--all] [--table FILE] [NAME]...     without --all those that take a few seconds each
#   --table writes what was seen as Markdown; faults/README.md holds the last such run
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

all='' table='' names=()
while [ $# -gt 0 ]; do
    case $1 in
        --all) all=1; shift ;;
        --table) table=$(realpath -m -- "${2:?}"); shift 2 ;;
        inside) shift; break ;;
        *) names+=("$1"); shift ;;
    esac
done
if [ ${#names[@]} -eq 0 ]; then
    for file in "$here"/faults/*.sh; do
        [ -z "$all" ] && grep -q '^# Takes long' "$file" || names+=("$(basename "$file" .sh)")
    done
fi

if [ ! -d /run/host ]; then
    keep=$(mktemp -d)
    trap 'rm -rf "$keep"' EXIT
    status=0
    SENTRA_FAULTS="${names[*]}" "$here/host/run" --keep "$keep" -- bash "$here/faults.sh" inside || status=$?
    if [ -n "$table" ] && [ -s "$keep/var/tmp/faults.md" ]; then
        cp "$keep/var/tmp/faults.md" "$table"
    fi
    exit "$status"
fi

# ---- inside the host ---------------------------------------------------------------------------

# Each fault runs in a shell of its own, so that one that fails does not take the others with it.
run_fault() (
    name=$1
    export state=/run/host/faults/$name
    mkdir -p "$state"
    # shellcheck source=support/daemon
    . "$here/support/daemon"
    # shellcheck source=support/fault
    . "$here/support/fault"
    # shellcheck source=/dev/null
    . "$here/faults/$name.sh"
    trap fault_over EXIT
    fault
)

: >/var/tmp/faults.md
{
    echo "<!-- SPDX-License-Identifier: MIT -->"
    echo "# Faults, and what is seen of them"
    echo
    echo "Written by \`tests/e2e/faults.sh --all --table tests/e2e/faults/README.md\` on $(date -u +%F), Linux $(uname -r), from what"
    echo "the programs said then (times and names as they were). The promise is in each fault's file and is compared; a"
    echo "run with another outcome fails. \`status\`, \`doctor\`, \`signals\` and \`sink list\` are sentra's; \`log\` is what sentrad wrote."
    echo
    echo "| fault | what the user sees | outcome | seconds |"
    echo "|---|---|---|---|"
} >>/var/tmp/faults.md
read -ra names <<<"$SENTRA_FAULTS"
failed=()
for name in "${names[@]}"; do
    began=$SECONDS
    title=$(sed -n '3s/^# //p' "$here/faults/$name.sh")
    : >/run/host/seen
    if run_fault "$name" 2>&1; then
        outcome=$(sed -n 's/^outcome: //p' /run/host/seen)
        echo "ok   $name ($((SECONDS - began)) s): $outcome"
    else
        outcome="NOT AS PROMISED"
        failed+=("$name")
        echo "FAIL $name"
    fi
    echo "| $title | $(sed '/^outcome: /d' /run/host/seen | sed 's/|/\\|/g' | paste -sd '~' | sed 's/~/<br>/g') | $outcome | $((SECONDS - began)) |" \
        >>/var/tmp/faults.md
done
echo "faults: ${#names[@]} done to the sensor, ${#failed[@]} not as promised${failed[0]:+: ${failed[*]}}"
[ ${#failed[@]} -eq 0 ]
