#!/bin/bash
# SPDX-License-Identifier: MIT
# Every document of a replay, and of every proof of the rules, is what its receivers take: the
# house's own schema, ECS 8.17, OCSF 1.8 and 1.4 (their validators lie beside the tree, where they
# do), and CEF and syslog through a reader that is not the writer.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=support
. "$here/support"
shared=${SENTRA_SHARED:-$source_dir/../shared}
tools=$shared/tools schemas=$shared/schemas
documents=0

quiet() {
    "$@" >"$scratch/said" 2>&1 || fail "$*: $(grep -v '^ok ' "$scratch/said" | head -n 12)"
}

# own FOLDER: what needs nothing from elsewhere.
own() {
    local status=0
    python3 "$source_dir/tests/unit/signal/schema_check.py" \
        "$source_dir/userspace/signal/signal.schema.json" <"$1/ndjson" >"$scratch/said" || status=$?
    if [ "$status" -eq 77 ]; then
        echo "not checked: $(cat "$scratch/said")"
    elif [ "$status" -ne 0 ]; then
        fail "$1: ndjson: $(head -n 12 "$scratch/said")"
    fi
    for format in cef syslog syslog-ndjson; do
        quiet python3 "$here/read_formats.py" "$format" "$1/$format" "$1/ndjson"
    done
}

theirs() {
    if [ ! -x "$tools/ecs_validate.py" ]; then
        echo "not checked: ECS and OCSF, no validators in $tools"
        return
    fi
    if ! python3 -c 'import yaml, jsonschema' 2>/dev/null; then
        echo "not checked: ECS and OCSF, python3-yaml and python3-jsonschema are not installed"
        return
    fi
    cp "$1/ecs" "$scratch/ecs.ndjson"
    quiet python3 "$tools/ecs_validate.py" "$schemas/ecs-flat-8.17.0.yml" "$scratch/ecs.ndjson" --custom sentra
    quiet python3 "$tools/ocsf_validate.py" "$schemas/ocsf-detection_finding-1.8.0.schema.json" "$1/ocsf"
    for version in 1.4.0 1.8.0; do
        quiet python3 "$tools/ocsf_validate.py" "$schemas/ocsf-detection_finding-$version.schema.json" "$1/ocsf-1.4"
    done
}

check() {
    own "$1"
    theirs "$1"
    documents=$((documents + $(cat "$1"/* | wc -l)))
    echo "$2: $(wc -l <"$1/ndjson") signals in every format"
}

formats="ndjson ecs ocsf ocsf-1.4 cef syslog syslog-ndjson"
files=("$here"/fixtures/*)
corpus=${SENTRA_CORPORA:-$shared/corpora}/auth/loghub-openssh-2k.log
[ ! -r "$corpus" ] || files+=("$corpus")
for file in "${files[@]}"; do
    out=$scratch/$(basename "$file").formats
    mkdir "$out"
    for format in $formats; do
        "$sentra" replay "$file" --rules "$rules" --format "$format" >"$out/$format" 2>"$scratch/notes" ||
            fail "$file as $format: $(cat "$scratch/notes")"
    done
    "$sentra" replay "$file" --rules "$rules" >"$scratch/plain" 2>/dev/null
    cmp -s "$scratch/plain" "$out/ndjson" || fail "$file: ndjson is not what replay prints without --format"
    check "$out" "$(basename "$file")"
done

mkdir "$scratch/proofs"
"${SENTRA_TEST_BIN:-$source_dir/build/tests/bin}/every_format" "$rules" \
    "$source_dir/tests/fixtures/sessions" "$scratch/proofs" >"$scratch/count"
check "$scratch/proofs" "the rules' proofs"
grep -q '"story":' "$scratch/proofs/ndjson" || fail "no story among the signals"

# A secret in a command stays on the host: plain replay shows it, no format does, and it is counted.
for minute in 1 2 3; do
    echo "Mar  2 10:0$minute:00 web-01 sudo:    maria : command not allowed ; TTY=pts/0 ; PWD=/home/maria ;" \
        "USER=root ; COMMAND=/usr/bin/mysql -u root -phunter2 shop"
done >"$scratch/secret.log"
"$sentra" replay "$scratch/secret.log" --rules "$rules" 2>/dev/null | grep -q hunter2 || fail "no signal shows the secret"
for format in $formats; do
    "$sentra" replay "$scratch/secret.log" --rules "$rules" --format "$format" >"$scratch/out" 2>"$scratch/notes"
    grep -q 'mysql -u root -p.redacted. shop' "$scratch/out" || grep -q 'cef\|syslog$' <<<"$format" ||
        fail "$format does not show the command without its secret"
    ! grep -q hunter2 "$scratch/out" || fail "$format lets a secret out"
    grep -Eq '[0-9]+ secrets removed' "$scratch/notes" || fail "$format: what was removed is not said"
done

status=0
"$sentra" replay "$here/fixtures/auth.log" --rules "$rules" --format leef >/dev/null 2>"$scratch/notes" || status=$?
[ "$status" -eq 2 ] || fail "a format that does not exist ended with $status"
grep -q 'ocsf-1.4' "$scratch/notes" || fail "the formats there are are not said"
echo "$documents documents"
