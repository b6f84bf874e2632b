# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# kill -9 of sentrad, with `pins: false`
# The time between is a gap, and said.
# Takes long: restart.sh does it every time.
fault() {
    begin "sensor: {pins: false}"
    kill_sentrad
    sleep 1
    begin_again
    seen "status, gaps" '*was not running (it was ended without warning)*' "$(ask status | jq -r '.gaps[0].reason')"
    goes_on "the time between is a gap that every report names"
}
