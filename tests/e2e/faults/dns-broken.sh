# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# a sink whose name cannot be found
fault() {
    begin "sinks: {siem: {type: elastic, url: 'https://siem.no-such-name.invalid:9200', timeout: 2s}, lines: {type: file, path: $state/lines}}"
    goes_on "the sink is tried again; others are not delayed"
    await_true 10 why '*'
    seen "sink list" '*esolve host*' "$(ask sink list | jq -r 'select(.name == "siem") | .why')"
    grep -q xdnsbroken1 "$state/lines" || fail "the file has nothing"
}
# shellcheck disable=SC2053 # a pattern on purpose
why() { [[ -n $(ask sink list | jq -r 'select(.name == "siem") | .why // ""') ]]; }
