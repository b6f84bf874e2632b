# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# a file where its socket should be
fault() {
    echo mine >"$state/sentrad.sock"
    begin_badly
    expect "exit status" 1 "$status"
    logged '*something that is not a socket is in the way*'
    expect "the file" mine "$(cat "$state/sentrad.sock")"
    outcome "ends with status 1; the file is as it was"
}
