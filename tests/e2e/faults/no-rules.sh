# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# no rules where they are said to be
fault() {
    bad_rules=$state/nowhere begin_badly
    expect "exit status" '[1-9]*' "$status"
    logged '*nowhere*'
    outcome "ends with status $status and the path"
}
