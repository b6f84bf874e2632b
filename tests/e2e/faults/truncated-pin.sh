# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# a pin without its manifest
# Takes long: garbled-pins.sh is much the same.
fault() {
    mount_pins
    begin "sensor: {bpf_filesystem: $pins}"
    kill_sentrad
    rm "$(find "$pins" -name manifest)"
    begin_again
    logged '*manifest*'
    goes_on "loads its kernel half anew"
}
