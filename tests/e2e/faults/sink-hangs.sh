# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# a sink that takes the connection and never answers
fault() {
    python3 -c 'import socket, time
s = socket.create_server(("127.0.0.1", 9201))
held = []
while True: held.append(s.accept())' &
    hanging=$!
    begin "sinks: {siem: {type: elastic, url: 'http://127.0.0.1:9201', timeout: 2s}, lines: {type: file, path: $state/lines}}"
    goes_on "the sink is tried again; others are not delayed"
    await_true 15 why
    seen "sink list" '*' "$(ask sink list | jq -r 'select(.name == "siem") | .why')"
    seen "sink list, waiting" '[1-9]*' "$(ask sink list | jq -r 'select(.name == "siem") | .waiting')"
    grep -q xsinkhangs1 "$state/lines" || fail "the file has nothing"
}
undo() { kill "$hanging"; }
why() { [[ -n $(ask sink list | jq -r 'select(.name == "siem") | .why // ""') ]]; }
