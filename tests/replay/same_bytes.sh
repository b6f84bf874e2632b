#!/bin/bash
# SPDX-License-Identifier: MIT
# The same file replayed twice, in two time zones and two locales, from two directories, gives the same
# bytes: every saved journal and log of the fixtures, and what a short recording of this host holds.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=support
. "$here/support"

same_bytes() {
    local file=$1 kind=$2
    shift 2
    (cd / && TZ=UTC LC_ALL=C "$sentra" replay "$file" --rules "$rules" "$@") \
        >"$scratch/first" 2>"$scratch/notes" || fail "$file: $(cat "$scratch/notes")"
    (cd /tmp && TZ=Pacific/Kiritimati LC_ALL=tr_TR.UTF-8 LANG=de_DE.UTF-8 \
        "$sentra" replay "$file" --rules "$rules" "$@") >"$scratch/second" 2>/dev/null
    cmp -s "$scratch/first" "$scratch/second" || fail "$file: $kind differ: $(diff "$scratch/first" "$scratch/second" | head -n 4)"
    jq -e . "$scratch/first" >/dev/null || fail "$file: $kind are not JSON"
    echo "$(basename "$file"): $(wc -l <"$scratch/first") $kind, the same twice"
}

count=0
for file in "$here"/fixtures/*; do
    count=$((count + 1))
    same_bytes "$file" signals
    same_bytes "$file" events --events
    [ -s "$scratch/first" ] || fail "$file: no events"
done
[ "$count" -ge 3 ] || fail "only $count fixtures"

# Notes never mix with the result.
"$sentra" replay "$here/fixtures/auth.log" --rules "$rules" >/dev/null 2>"$scratch/notes"
grep -q 'text log' "$scratch/notes" ||
    fail "the format found is not said on stderr"

# A recording: needs the journal or the kernel, which not every machine lets us have.
if [ "$(id -u)" -eq 0 ] && "$sentra" record "$scratch/run.rec" --for 2s 2>"$scratch/notes"; then
    same_bytes "$scratch/run.rec" signals
    same_bytes "$scratch/run.rec" events --events
    first=$(head -n 1 "$scratch/first" | jq -r .event)
    [ "$first" = meta.tick ] || fail "a recording begins with $first"
    last=$(tail -n 1 "$scratch/first" | jq -r '."tick.last"')
    [ "$last" = true ] || fail "a recording does not end with a last tick"
else
    echo "no recording here: $(tail -n 1 "$scratch/notes" 2>/dev/null)"
fi
