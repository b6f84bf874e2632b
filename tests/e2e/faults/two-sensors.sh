# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# a second sentrad with the same state directory
fault() {
    begin
    status=0
    "$bin/sentrad" --config "$state/sentra.yaml" --state-dir "$state" --rules "$rules" 2>>"$state/errors" || status=$?
    expect "exit status" 1 "$status"
    logged '*is in use by another writer; is sentrad running already?*'
    goes_on "the second ends with status 1, the first"
}
