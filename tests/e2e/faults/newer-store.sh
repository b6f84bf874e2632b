# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# a store that a newer Sentra wrote
# It is left untouched.
fault() {
    begin
    stop_sentrad
    sqlite3 "$state/sentra.db" 'PRAGMA user_version = 9999; PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
    local before
    before=$(sha256sum <"$state/sentra.db")
    begin_badly
    expect "exit status" 1 "$status"
    logged '*was written by a newer Sentra*left untouched*'
    expect "the store" "$before" "$(sha256sum <"$state/sentra.db")"
    outcome "ends with status 1; the store is as it was"
}
