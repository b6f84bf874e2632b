#!/bin/bash
# SPDX-License-Identifier: MIT
# The elastic sink against a peer of bad manners: each document arrives once, one that is refused is
# told apart from the rest; and over TLS nobody is trusted who cannot prove to be the one named.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
send=${SENTRA_TEST_BIN:?}/delivery_send
folder=$(mktemp -d /tmp/sentra_peer_XXXXXX)
pid=
stop_peer() {
    [ -z "$pid" ] || { kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; }
    pid=
}
finish() {
    stop_peer
    rm -rf "$folder"
}
trap finish EXIT

fail() {
    echo "FAIL: $*" >&2
    tail -n 20 "$folder/said" >&2 || true
    exit 1
}

# start_peer [option]...: $port answers, and $folder/kept holds what it took.
start_peer() {
    stop_peer
    rm -f "$folder/kept" "$folder/port"
    touch "$folder/kept"
    "$here/peer.py" "$@" "$folder/kept" > "$folder/port" 2> "$folder/peer.log" &
    pid=$!
    local i
    for ((i = 0; i < 100; i++)); do
        [ -s "$folder/port" ] && break
        sleep 0.1
    done
    port=$(cat "$folder/port")
}

"$here/signals.py" 40 > "$folder/signals"

start_peer --misbehave --poison "DROP TABLE"
"$send" --batch 10 --repeat 60 elastic "url=http://127.0.0.1:$port" timeout=1s \
    < "$folder/signals" > "$folder/said" && fail "the poisoned document was delivered"
[ "$(tail -n 1 "$folder/said")" = "delivered 39 rejected 1 left 0" ] || fail "not what was sent"
for code in 503 429 timeout reset 413 500; do
    grep -q "code $code" "$folder/said" || fail "$code never happened"
done
grep -q "HTTP 400: document_parsing_exception: failed to parse field \[x\]" "$folder/said" ||
    fail "the reason is not told"
grep -q "the answer is not one of _bulk: <html>" "$folder/said" || fail "a page was believed"
[ "$(sort -u "$folder/kept" | wc -l)" = 39 ] || fail "the peer does not hold all of them"
[ "$(wc -l < "$folder/kept")" = 39 ] || fail "the peer took one twice"

# name, subject alternative name, further options of openssl
certificate() {
    openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=$1" -addext "subjectAltName=$2" \
        -keyout "$folder/$1.key" -out "$folder/$1.crt" "${@:3}" 2>/dev/null
    chmod 600 "$folder/$1.key"
}
certificate good IP:127.0.0.1,DNS:localhost -days 2
certificate other DNS:other.example -days 2
certificate client DNS:client.example -days 2

try() { # expected code, option of the sink...
    local expected=$1
    shift
    "$send" --repeat 0 elastic "url=https://127.0.0.1:$port" "$@" < "$folder/signals" \
        > "$folder/said" || true
    grep -q "code $expected" "$folder/said" || fail "expected $expected of: $*"
    [ "$expected" != untrusted ] || grep -q "paused" "$folder/said" || fail "it did not pause"
}
pin_of() {
    openssl x509 -in "$1" -pubkey -noout | openssl pkey -pubin -outform der |
        openssl dgst -sha256 -binary | base64
}

start_peer --cert "$folder/good.crt" --key "$folder/good.key"
try untrusted
try untrusted "ca_file=$folder/other.crt"
try untrusted "ca_file=$folder/good.crt" "pin=$(pin_of "$folder/other.crt")"
[ -s "$folder/kept" ] && fail "something was sent to one who was not trusted"
try 200 "ca_file=$folder/good.crt" "pin=$(pin_of "$folder/good.crt")"
[ "$(wc -l < "$folder/kept")" = 40 ] || fail "TLS: not all arrived"

start_peer --cert "$folder/other.crt" --key "$folder/other.key"
try untrusted "ca_file=$folder/other.crt" # another name than it was called by

start_peer --cert "$folder/good.crt" --key "$folder/good.key" --tls11
try failed "ca_file=$folder/good.crt"
[ -s "$folder/kept" ] && fail "something was sent over TLS 1.1"

start_peer --cert "$folder/good.crt" --key "$folder/good.key" --client-ca "$folder/client.crt"
"$send" --repeat 0 elastic "url=https://127.0.0.1:$port" "ca_file=$folder/good.crt" \
    < "$folder/signals" > "$folder/said" && fail "taken without a certificate"
[ -s "$folder/kept" ] && fail "taken without a certificate"
try 200 "ca_file=$folder/good.crt" "client_cert_file=$folder/client.crt" \
    "client_key_file=$folder/client.key"
echo "peer: each once, and none to one who is not trusted"
