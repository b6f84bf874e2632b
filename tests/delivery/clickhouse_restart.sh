#!/bin/bash
# SPDX-License-Identifier: MIT
# The clickhouse sink against Debian's server, which is killed twice while signals are on their way
# and away in between: afterwards it holds every signal, each once.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
send=${SENTRA_TEST_BIN:?}/delivery_send
# shellcheck source=tests/delivery/clickhouse.sh
. "$here/clickhouse.sh"
folder=$(mktemp -d /tmp/sentra_clickhouse_XXXXXX)
sender=
finish() {
    [ -z "$sender" ] || kill "$sender" 2>/dev/null || true
    clickhouse_stop
    rm -rf "$folder"
}
trap finish EXIT

fail() {
    echo "FAIL: $*" >&2
    tail -n 5 "$folder/said" >&2 || true
    exit 1
}

clickhouse_begin "$folder/server" || exit $?
printf 'open sesame\n' > "$folder/password"
chmod 600 "$folder/password"
sink=(clickhouse "url=$clickhouse_url" user=sentra "password_file=$folder/password")
"$here/signals.py" 600 > "$folder/signals"

# Before the table is there, the sink pauses and says why.
"$send" "${sink[@]}" < "$folder/signals" > "$folder/said" && fail "sent into no table"
grep -q 'paused' "$folder/said" || fail "no table, and it did not pause"
clickhouse_table

"$send" --batch 7 --repeat 120 "${sink[@]}" < "$folder/signals" > "$folder/said" &
sender=$!
for ((times = 0; times < 2; times++)); do
    before=$(grep -c '^7 code 200' "$folder/said" || true)
    until [ "$(grep -c '^7 code 200' "$folder/said" || true)" -gt "$((before + 5))" ]; do
        kill -0 "$sender" 2>/dev/null || break
        sleep 0.02
    done
    clickhouse_kill
    sleep 1
    clickhouse_start
done
wait "$sender" || fail "not all was delivered"
sender=
grep -Eq 'code (refused|reset|timeout)' "$folder/said" || fail "the server was never away"
# Once more, all of it: what a daemon does that was killed before it wrote down the answers.
"$send" --batch 100 "${sink[@]}" < "$folder/signals" > "$folder/said"

count() { clickhouse_ask "SELECT $1 FROM sentra.signals FINAL"; }
[ "$(count 'count()')" = 600 ] || fail "$(count 'count()') rows of 600"
[ "$(count 'uniqExact(uid)')" = 600 ] || fail "$(count 'uniqExact(uid)') signals of 600"
# Whole and unharmed: the document is the line that was given.
clickhouse_ask 'SELECT document FROM sentra.signals FINAL ORDER BY sequence FORMAT TSVRaw' \
    > "$folder/documents"
"$send" file "path=$folder/expected" < "$folder/signals" >/dev/null
cmp "$folder/expected" "$folder/documents" || fail "the documents differ"
# A further form of the same signals is another row.
"$send" --revision 2 "${sink[@]}" < "$folder/signals" > "$folder/said"
[ "$(count 'count()')" = 1200 ] || fail "$(count 'count()') rows of 1200"
[ "$(count 'uniqExact(uid)')" = 600 ] || fail "$(count 'uniqExact(uid)') signals of 600"
# A wrong password is for a person to mend.
printf 'guess\n' > "$folder/password"
"$send" "${sink[@]}" < "$folder/signals" > "$folder/said" && fail "a wrong password was taken"
grep -q 'paused' "$folder/said" || fail "a wrong password, and it did not pause"
grep -q 'guess' "$folder/said" && fail "the password is shown"
echo "clickhouse: 600 signals, each once, through two kills"
