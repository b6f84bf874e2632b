# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# a sink whose TLS certificate nobody vouches for
# Nothing is sent to it.
fault() {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$state/key" -out "$state/certificate" -days 1 -subj /CN=other 2>/dev/null
    openssl s_server -accept 127.0.0.1:9202 -key "$state/key" -cert "$state/certificate" -quiet >"$state/received" 2>/dev/null </dev/null &
    server=$!
    begin "sinks: {siem: {type: elastic, url: 'https://127.0.0.1:9202', timeout: 2s}}"
    goes_on "the sink is tried again"
    await_true 10 why
    seen "sink list" '*certificate*' "$(ask sink list | jq -r 'select(.name == "siem") | .why')"
    expect "what it received" 0 "$(stat -c %s "$state/received")"
}
undo() { kill "$server"; }
why() { [[ -n $(ask sink list | jq -r 'select(.name == "siem") | .why // ""') ]]; }
