# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# pins that somebody took from, and rubbish among them
# Nothing of it is trusted; the kernel half is loaded anew.
fault() {
    mount_pins
    begin "sensor: {bpf_filesystem: $pins}"
    kill_sentrad
    rm "$(find "$pins" -name link_7)"
    mkdir "$(dirname "$(dirname "$(find "$pins" -name manifest)")")/rubbish"
    begin_again
    logged '*damaged*'
    logged '*cannot be used*rubbish*'
    expect "rubbish" '' "$(find "$pins" -name rubbish)"
    goes_on "loads its kernel half anew"
}
