# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# kill -9 while signals are committed
# Eight times at another moment: the store is whole, nothing is lost, nothing is twice.
# Takes long: delivery.sh kills a hundred times.
fault() {
    local round
    begin
    for ((round = 0; round < 8; round++)); do
        make_user "commit$round"
        sleep "0.$((round * 3 % 8 + 1))"
        kill_sentrad
        expect "the store" ok "$(sqlite3 "$state/sentra.db" 'PRAGMA integrity_check')"
        begin_again
    done
    for ((round = 0; round < 8; round++)); do
        await_true 10 told_once "commit$round"
    done
    seen "signals of eight users" 8 "$(ask signals | jq -s '[.[] | select(.rule.id == "uid0-user") | .count] | add')"
    goes_on "the store is whole after each kill"
}
told_once() { ask signals | grep -q "$1"; }
