#!/bin/bash
# SPDX-License-Identifier: MIT
# rsyslog, as Debian ships it, takes the syslog sink's records over TCP, TLS and a socket of this
# host: what it writes down is what was sent, byte for byte, hostile text included.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
send=${SENTRA_TEST_BIN:?}/delivery_send
command -v rsyslogd >/dev/null || { echo "rsyslogd is not installed" >&2; exit 77; }
folder=$(mktemp -d /tmp/sentra_rsyslog_XXXXXX)
pid=
finish() {
    [ -z "$pid" ] || { kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; }
    rm -rf "$folder"
}
trap finish EXIT

fail() {
    echo "FAIL: $*" >&2
    tail -n 20 "$folder/rsyslogd.log" >&2 || true
    exit 1
}

read -r tcp tls < <(python3 - <<'PYTHON'
import socket
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*[one.getsockname()[1] for one in held])
PYTHON
)

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=IP:127.0.0.1,DNS:localhost \
    -keyout "$folder/key" -out "$folder/cert" 2>/dev/null

# The record as it came: rawmsg-after-pri loses the priority, so both are written. Control
# characters are escaped by default; ours has none, and bytes above 127 stay what they are.
tls_part=
if [ -e /usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_ossl.so ] ||
    [ -e /usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_gtls.so ]; then
    driver=ossl
    [ -e /usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_ossl.so ] || driver=gtls
    tls_part="input(type=\"imptcp\" path=\"$folder/unused\" ruleset=\"keep\")
module(load=\"imtcp\" StreamDriver.Name=\"$driver\" StreamDriver.Mode=\"1\"
       StreamDriver.AuthMode=\"anon\")
input(type=\"imtcp\" address=\"127.0.0.1\" port=\"$tls\" ruleset=\"keep\")"
fi
cat > "$folder/conf" <<CONF
global(workDirectory="$folder" maxMessageSize="256k"
       defaultNetstreamDriverCAFile="$folder/cert"
       defaultNetstreamDriverCertFile="$folder/cert"
       defaultNetstreamDriverKeyFile="$folder/key")
module(load="imptcp")
template(name="raw" type="string" string="%rawmsg%\n")
template(name="parts" type="string" string="%app-name%|%procid%|%msgid%|%hostname%|%pri%\n")
ruleset(name="keep") {
    action(type="omfile" file="$folder/raw" template="raw")
    action(type="omfile" file="$folder/parts" template="parts")
}
input(type="imptcp" address="127.0.0.1" port="$tcp" ruleset="keep"
      SupportOctetCountedFraming="on")
${tls_part:+$tls_part}
CONF
rsyslogd -N1 -f "$folder/conf" > "$folder/check" 2>&1 || { cat "$folder/check" >&2; exit 1; }
rsyslogd -n -f "$folder/conf" -i "$folder/pid" > "$folder/rsyslogd.log" 2>&1 &
pid=$!
for ((i = 0; i < 100; i++)); do
    (exec 3<>"/dev/tcp/127.0.0.1/$tcp") 2>/dev/null && break
    sleep 0.1
done

lines() { wc -l < "$1" 2>/dev/null || echo 0; }
wait_for_lines() {
    local i
    for ((i = 0; i < 100; i++)); do
        [ "$(lines "$folder/raw")" -ge "$1" ] && return 0
        sleep 0.1
    done
    fail "$(lines "$folder/raw") records of $1 arrived"
}

"$here/signals.py" 200 > "$folder/signals"

# What was sent, without what a process adds of itself: the file sink writes the same record.
expect() {
    "$send" file "path=$folder/expected" "format=$1" < "$folder/signals" >/dev/null
    sed -E 's/^(<[0-9]+>1 [^ ]+ [^ ]+ [^ ]+) [^ ]+ /\1 - /' "$folder/raw" > "$folder/got"
    cmp "$folder/expected" "$folder/got" || fail "$2: the records differ"
    [ "$(cut -d'|' -f1,4 "$folder/parts" | sort -u | wc -l)" -eq 1 ] ||
        fail "$2: rsyslog read the header of some record differently"
    rm -f "$folder/expected"
    : > "$folder/raw"
    : > "$folder/parts"
}

"$send" --batch 30 syslog "address=tcp://127.0.0.1:$tcp" < "$folder/signals" >/dev/null
wait_for_lines 200
expect syslog "CEF over TCP"
"$send" --batch 200 syslog "address=tcp://127.0.0.1:$tcp" format=ndjson < "$folder/signals" >/dev/null
wait_for_lines 200
expect syslog-ndjson "JSON over TCP"

if [ -n "$tls_part" ]; then
    "$send" syslog "address=tls://127.0.0.1:$tls" "ca_file=$folder/cert" \
        < "$folder/signals" >/dev/null
    wait_for_lines 200
    expect syslog "CEF over TLS"
    # Not vouched for: nothing is sent.
    if "$send" syslog "address=tls://127.0.0.1:$tls" < "$folder/signals" > "$folder/said"; then
        fail "a collector that nobody vouches for was trusted"
    fi
    grep -q "code untrusted paused" "$folder/said" || fail "$(cat "$folder/said")"
    pin=$(openssl x509 -in "$folder/cert" -pubkey -noout | openssl pkey -pubin -outform der |
        openssl dgst -sha256 -binary | base64)
    "$send" syslog "address=tls://127.0.0.1:$tls" "ca_file=$folder/cert" "pin=$pin" \
        < "$folder/signals" >/dev/null || fail "its own key is not its pin"
    wait_for_lines 200
    expect syslog "CEF over TLS with a pin"
    if "$send" syslog "address=tls://127.0.0.1:$tls" "ca_file=$folder/cert" \
        "pin=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" < "$folder/signals" >/dev/null; then
        fail "another key than the pinned one was trusted"
    fi
fi
echo "rsyslog: every record arrived as it was sent"
