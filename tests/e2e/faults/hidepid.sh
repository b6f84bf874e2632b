# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# /proc mounted with hidepid=2
# Takes long: a sign-in is made.
fault() {
    mount -o remount,hidepid=2 /proc
    begin "sensor: {pins: false}"
    account hidden correct-horse sudo
    login hidden correct-horse "echo correct-horse | sudo -S -p '' sh -c 'echo \"# nothing\" >/etc/sudoers.d/hidden'"
    await_true 10 is_told '"sudoers-changed"'
    seen "signals, who" hidden "$(signals 'select(.rule.id == "sudoers-changed" or any(.story[]?; .rule.id == "sudoers-changed"))' | tail -n 1 | jq -r .actor.user.name)"
    goes_on "sees processes as before"
}
undo() { mount -o remount,hidepid=0 /proc; rm -f /etc/sudoers.d/hidden; }
