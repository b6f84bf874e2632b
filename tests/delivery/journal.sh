#!/bin/bash
# SPDX-License-Identifier: MIT
# A journald of its own, in a mount namespace, takes the journal sink's entries: every document is in
# one, byte for byte, and the fields that people filter by are there. Root only.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
send=${SENTRA_TEST_BIN:?}/delivery_send
journald=/lib/systemd/systemd-journald
if [ ! -x "$journald" ] || ! command -v journalctl >/dev/null; then
    echo "no journald" >&2
    exit 77
fi
if [ "${1:-}" != inside ]; then
    if [ "$(id -u)" -ne 0 ] || ! unshare --mount true 2>/dev/null; then
        echo "needs root and mount namespaces" >&2
        exit 77
    fi
    exec unshare --mount --propagation private bash "$0" inside
fi

folder=$(mktemp -d /tmp/sentra_journal_XXXXXX)
pid=
finish() {
    [ -z "$pid" ] || { kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; }
    rm -rf "$folder"
}
trap finish EXIT
fail() {
    echo "FAIL: $*" >&2
    exit 1
}

mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/log
# The library says that all is well where there is no journald; the sink must not.
"$here/signals.py" 50 > "$folder/signals"
"$send" --repeat 0 journal < "$folder/signals" > "$folder/said" && fail "delivered to nobody"
grep -q "code refused" "$folder/said" || fail "$(cat "$folder/said")"

mkdir -p /run/systemd/journal /run/log/journal
[ -s /etc/machine-id ] || { echo "no /etc/machine-id" >&2; exit 77; }
"$journald" > "$folder/out" 2>&1 < /dev/null &
pid=$!
for ((i = 0; i < 100; i++)); do
    [ -S /run/systemd/journal/socket ] && break
    sleep 0.1
done
"$send" --batch 20 journal < "$folder/signals" > "$folder/said" || fail "$(cat "$folder/said")"
"$send" file "path=$folder/expected" < "$folder/signals" > /dev/null
journalctl -D /run/log/journal -o json --all SYSLOG_IDENTIFIER=sentra-signal > "$folder/entries" || true
for ((i = 0; i < 100; i++)); do
    [ "$(wc -l < "$folder/entries")" -ge 50 ] && break
    sleep 0.1
    journalctl -D /run/log/journal -o json --all SYSLOG_IDENTIFIER=sentra-signal > "$folder/entries"
done
python3 - "$folder/entries" "$folder/expected" <<'PYTHON'
import json, sys
def text(value):
    return value if isinstance(value, str) else bytes(value).decode()
entries = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
documents = sorted(text(entry["SENTRA_DOCUMENT"]) for entry in entries)
expected = sorted(open(sys.argv[2], encoding="utf-8").read().splitlines())
assert documents == expected, f"{len(documents)} documents of {len(expected)}, or others"
for entry in entries:
    signal = json.loads(text(entry["SENTRA_DOCUMENT"]))
    assert entry["SENTRA_UID"] == signal["uid"], entry
    assert entry["SENTRA_STATE"] == signal["state"], entry
    assert entry["PRIORITY"] in "01234567", entry
    assert text(entry["MESSAGE"]).startswith(signal["title"]), entry
PYTHON
echo "journal: every document is in an entry of its own"
