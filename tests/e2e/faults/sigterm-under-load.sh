# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# SIGTERM under load
# What was seen is taken in first; what the journal got in the same moment the next one reads.
# Takes long: the load is taken in first.
fault() {
    local ended=0 loading
    mount_pins
    begin "sensor: {bpf_filesystem: $pins}"
    (while :; do /bin/true; done) 2>/dev/null &
    loading=$!
    sleep 1
    make_user atlast
    kill -TERM "$sentrad"
    wait "$sentrad" || ended=$?
    sentrad=''
    kill -KILL "$loading"
    seen "exit status" 0 "$ended"
    seen status 'sentrad does not run; * and was stopped' "$(ask status | jq -r .line)"
    expect "pins" '' "$(find "$pins" -mindepth 2)"
    begin_again
    await_true 10 is_told atlast
    expect "told" 1 "$(grep -c '"rule":{"id":"uid0-user"' "$state/output")"
    goes_on "ends when it has taken in what was seen; the next one tells the rest, nothing twice"
}
