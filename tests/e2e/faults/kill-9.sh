# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# kill -9 of sentrad
# Its programs stay in the kernel: what happens meanwhile is told by the next one.
fault() {
    mount_pins
    begin "sensor: {bpf_filesystem: $pins}"
    kill_sentrad
    make_user meanwhile
    seen status 'sentrad does not run; *and ended without warning' "$(ask status | jq -r .line)"
    begin_again
    await_true 10 is_told meanwhile
    expect "gaps" 0 "$(ask status | jq '.gaps | length')"
    logged '*what happened since * was kept in the kernel'
    goes_on "the next one misses nothing"
}
