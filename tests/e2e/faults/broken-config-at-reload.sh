# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# a broken configuration at a reload, then at a start
# A running sensor is not taken down by it; one that starts says where the fault is.
fault() {
    begin
    printf 'state_dir: /x\nsenso: {enabled: false}\n' >"$state/sentra.yaml"
    kill -HUP "$sentrad"
    sleep 1
    kill -0 "$sentrad" || fail "the reload ended it"
    goes_on "goes on; a start with it ends with file:line:column"
    stop_sentrad
    status=0
    "$bin/sentrad" --config "$state/sentra.yaml" 2>>"$state/errors" || status=$?
    expect "exit status" '[1-9]*' "$status"
    logged '*sentra.yaml:2:1:*senso*'
}
