# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# a damaged store
# It is set aside and kept, and a new one begun.
# Takes long: store_trouble.sh does it every time.
fault() {
    begin
    make_user beforedamage
    await_true 10 is_told beforedamage
    stop_sentrad
    dd if=/dev/urandom of="$state/sentra.db" bs=4k seek=2 count=6 conv=notrunc 2>/dev/null
    begin_again
    trouble 'the store was damaged and is kept as *sentra.db.damaged-1*'
    seen ledger '*set aside*' "$(ask ledger | jq -r .entry | head -n 1)"
    [ -s "$state/sentra.db.damaged-1" ] || fail "the damaged store is gone"
    goes_on "goes on with a new store"
}
