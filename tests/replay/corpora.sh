#!/bin/bash
# SPDX-License-Identifier: MIT
# A day of real password guessing (loghub's OpenSSH log, where it is present): one roll-up, no
# guessing-then-success, nothing that asks for action.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=support
. "$here/support"

log=${SENTRA_CORPORA:-$source_dir/../shared/corpora}/auth/loghub-openssh-2k.log
if [ ! -r "$log" ]; then
    echo "skipped: no corpora beside the tree (SENTRA_CORPORA names another place)"
    exit 77
fi
"$sentra" replay "$log" --rules "$rules" >"$scratch/signals" 2>"$scratch/notes" ||
    fail "replay: $(cat "$scratch/notes")"
count() {
    jq -s "[.[] | select($1)] | length" "$scratch/signals"
}
[ "$(count '.rule.id == "ssh-guessing"')" -eq 1 ] ||
    fail "roll-ups of guessing: $(count '.rule.id == "ssh-guessing"')"
[ "$(count '.rule.id | startswith("ssh-guessed")')" -eq 0 ] || fail "a guess is said to have succeeded"
[ "$(count '.state == "Action Recommended" or .action.needed')" -eq 0 ] || fail "something asks for action"
grep -q 'year' "$scratch/notes" || fail "the year that was chosen is not said"
jq -r '"\(.time.first) \(.rule.id) \(.count): \(.narrative)"' "$scratch/signals"
