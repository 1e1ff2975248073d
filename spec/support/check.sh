# check.sh: what the scripts beside it share. `check WORDS COMMAND…` runs the command and prints
# "ok WORDS" or, with what it said, "not ok WORDS"; `finish` ends with the status they add up to.
# shellcheck shell=bash

failures=0

check() {
    local words=$1 output
    shift
    if output=$("$@" 2>&1); then
        echo "ok $words"
    else
        echo "not ok $words"
        printf '%s\n' "$output" | sed 's/^/    /'
        failures=$((failures + 1))
    fi
}

finish() {
    exit $((failures > 0))
}
