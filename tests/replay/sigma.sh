#!/bin/bash
# SPDX-License-Identifier: MIT
# SigmaHQ's Linux rules, where they are present: every one is read and either evaluated or told with
# its reason.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=support
. "$here/support"

corpus=${SENTRA_CORPORA:-$source_dir/../shared/corpora}/sigma-linux
if [ ! -d "$corpus" ]; then
    echo "skipped: no corpora beside the tree (SENTRA_CORPORA names another place)"
    exit 77
fi
"$sentra" rules check "$rules" --sigma "$corpus" >"$scratch/said" || fail "rules check does not accept them"
files=$(find "$corpus" -name '*.yml' | wc -l)
read -r total whole part none < <(sed -n \
    's/^\([0-9]*\) Sigma rules: \([0-9]*\) evaluated as a whole, \([0-9]*\) in part, \([0-9]*\) not$/\1 \2 \3 \4/p' \
    "$scratch/said") || fail "the rules are not counted"
[ "$total" -eq "$files" ] || fail "$files files, $total rules told"
[ $((whole + part + none)) -eq "$total" ] || fail "$whole, $part and $none are not $total"
[ $((whole * 100 / total)) -ge 80 ] || fail "only $whole of $total are evaluated as a whole"
[ $(((whole + part) * 100 / total)) -ge 94 ] || fail "$none of $total are not evaluated"
# Whatever is not evaluated as a whole has a reason on the lines below it.
awk '/: (not evaluated|in part) \(/ { if (open) exit 1; open = 1; next } /^    / { open = 0; next }
     open { exit 1 }' "$scratch/said" || fail "a rule is left out without a reason"
grep -E '^[0-9]+ Sigma rules:|^ {1,5}[0-9]+ ' "$scratch/said"
