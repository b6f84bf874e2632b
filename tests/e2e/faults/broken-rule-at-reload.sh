# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# a broken rule when the rules are read again
# Those of before stay in force.
fault() {
    local rules=$state/rules
    cp -r "$source_dir/rules" "$rules"
    begin
    printf 'id: broken\nversion: one\n' >"$rules/access/broken.yaml"
    kill -HUP "$sentrad"
    await_true 5 has_trouble '*the rules could not be read again*'
    trouble 'the rules could not be read again, those of before are in force: *broken.yaml:2*'
    goes_on "goes on with the rules of before"
}
