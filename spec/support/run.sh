#!/bin/bash
# run.sh: runs suites one after the other and adds up what they count.
#
#   run.sh TITLE COMMAND [TITLE COMMAND]…
#
# What a suite counts is read from its output: busted's line of totals, or lines that start with "ok",
# "not ok" and "skipped". A suite that fails without having counted a failure, or that counts nothing
# at all, is one failure. The last line is the sum: "N passed, N failed", and ", N skipped" where there are.
set -uo pipefail

log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

passed=0 failed=0 skipped=0
summary=

# The sum of the numbers before a word in busted's totals, colours removed: count successes
count() {
    sed 's/\x1b\[[0-9;]*m//g' "$log" |
        grep -E '^[0-9]+ success(es)? / [0-9]+ failures? / [0-9]+ errors? / [0-9]+ pending' |
        grep -oE "[0-9]+ $1" | awk '{ n += $1 } END { print n + 0 }'
}

lines() {
    grep -cE "^$1( |\$)" "$log"
}

while [ $# -ge 2 ]; do
    printf '\n== %s\n' "$1"
    bash -c "$2" 2>&1 | tee "$log"
    status=$?
    good=$(($(count 'success(es)?') + $(lines ok)))
    bad=$(($(count 'failures?') + $(count 'errors?') + $(lines 'not ok')))
    left=$(($(count pending) + $(lines skipped)))
    if [ $bad = 0 ] && { [ $status != 0 ] || [ $((good + left)) = 0 ]; }; then
        echo "not ok $1: ended with status $status and counted $good"
        bad=1
    fi
    summary="$summary$(printf '%-24s %6d passed %4d failed %4d skipped' "$1" "$good" "$bad" "$left")"$'\n'
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left))
    shift 2
done

printf '\n%s' "$summary"
if [ $skipped -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ $failed = 0 ]
