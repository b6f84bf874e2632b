# SPDX-License-Identifier: MIT
# The lines of scripts/vm's table for one row, from what its guest said. Exit status 1 when something
# is not as expected. Variables: row, expected, status (of the guest).
function line() {
    if (rung == "")
        return
    if (why != "" && passed + failed == 0 && !bad)
        printf "%-16s %-11s skipped: %s\n", row, rung, why
    else
        printf "%-16s %-11s %6d %6d %7d %6s %6s %8s %7s\n", row, rung, passed, failed, skipped, lost, missed, ready, seconds
    if (bad)
        printf "%-16s %-11s   FAILED: %s\n", row, rung, bad
    any += bad != ""
    rung = ""
}
function begin(name) {
    line()
    rung = name; passed = failed = skipped = 0; lost = missed = ready = seconds = "-"
    why = ""; bad = "the guest did not come to the end of it"
}
{ sub(/\r$/, "") }
/^vm: rung / { begin($3); next }
/^vm: skip / { why = substr($0, 10); bad = "" }
/^vm: took / { seconds = $3 }
/^\[  PASSED  \] / { passed = $4 }
/^\[  SKIPPED \] [0-9]+ test/ { skipped = $4 }
/^\[  FAILED  \] [0-9]+ test/ { failed = $4 }
/^\[  FAILED  \] [A-Za-z]+\.[A-Za-z]+$/ { names = names " " $4 }
/^sensor: ready/ { ready = $3; lost = $6; missed = $8; on_rung = $0; sub(/.* on /, "", on_rung) }
/^vm: live / {
    bad = ""
    if ($3 != 0)
        bad = names == "" ? "status " $3 : "see" names
    else if (rung != "best" && !index(on_rung, rung))
        bad = "no hook is on the rung asked for: " on_rung
    else if (expected ~ /^live-not-/ && index(on_rung, substr(expected, 10)))
        bad = "hooks are on the rung that is not there: " on_rung
    names = ""
}
/^vm: probe / {
    passed = $3 == 1 && said
    bad = passed ? "" : "sensor_probe did not say why it cannot work: status " $3
}
expected ~ /^says-/ && index($0, substr(expected, 6)) { said = 1 }
/^vm: sentrad / {
    if (watched && $3 == 0)
        passed++
    else
        bad = "sentrad did not go on with the journal alone: status " $3
}
/^Kernel: unavailable/ { watched = 1 }
END {
    line()
    if (status != 0) {
        printf "%-16s FAILED: %s\n", row, status == 124 ? "the time was up" : status == 125 ? "the guest died: console.log" : "status " status
        any++
    }
    exit any > 0
}
