# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# SIGSTOP for three seconds, then SIGCONT
# Who did it is told, and nothing is missing.
fault() {
    mount_pins
    begin "sensor: {bpf_filesystem: $pins}"
    bash -c "kill -STOP $sentrad" # by another than who started it
    make_user whilehalted
    sleep 3
    kill -CONT "$sentrad"
    await_true 10 is_told whilehalted
    expect "lost" '{}' "$(ask status | jq -c .losses)"
    goes_on "takes in what the ring kept"
}
