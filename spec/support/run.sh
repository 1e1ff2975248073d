#!/bin/bash
# run.sh: runs suites, two at a time (AT_ONCE=1 for one), and adds up what they count.
#
#   run.sh TITLE COMMAND [TITLE COMMAND]…
#
# What failed is named again before the sum, and added to the file FAILURES where that is set.
#
# What a suite counts is read from its output: busted's line of totals, or lines that start with "ok",
# "not ok" and "skipped". A suite that fails without having counted a failure, or that counts nothing
# at all, is one failure. The last line is the sum: "N passed, N failed", and ", N skipped" where there are.
set -uo pipefail

scratch=$(mktemp -d) || exit 1
set -m # each suite is a process group, that can be ended
trap 'for pid in $(jobs -rp); do kill -- "-$pid"; done 2>/dev/null; rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

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

# What failed, a line each: where busted has it, and what "not ok" says.
failures() {
    sed 's/\x1b\[[0-9;]*m//g' "$log" | awk -v title="$1" '
        /^(Failure|Error) (→|->) / { where = $3; getline; print title ": " where ": " $0 }
        /^not ok( |$)/ { print title ": " $0 }'
}

# Shows what a suite said, and counts: report NUMBER TITLE
report() {
    local log=$scratch/$1.log title=$2 status good bad left
    status=$(cat "$scratch/$1.status")
    printf '\n== %s\n' "$title"
    cat "$log"
    good=$(($(count 'success(es)?') + $(lines ok)))
    bad=$(($(count 'failures?') + $(count 'errors?') + $(lines 'not ok')))
    left=$(($(count pending) + $(lines skipped)))
    if [ $bad = 0 ] && { [ "$status" != 0 ] || [ $((good + left)) = 0 ]; }; then
        echo "not ok $title: ended with status $status and counted $good"
        bad=1
    fi
    [ $bad = 0 ] || failures "$title" >>"$scratch/failures"
    summary="$summary$(printf '%-24s %6d passed %4d failed %4d skipped' "$title" "$good" "$bad" "$left")"$'\n'
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left))
}

titles=()
while [ $# -ge 2 ]; do
    [ "$(jobs -rp | wc -l)" -lt "${AT_ONCE:-2}" ] || wait -n
    number=${#titles[@]}
    titles+=("$1")
    {
        bash -c "$2"
        echo $? >"$scratch/$number.status"
    } >"$scratch/$number.log" 2>&1 </dev/null &
    shift 2
done
wait
for number in "${!titles[@]}"; do
    report "$number" "${titles[$number]}"
done

printf '\n%s' "$summary"
[ ! -f "$scratch/failures" ] || tee -a "${FAILURES:-/dev/null}" <"$scratch/failures"
if [ $skipped -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ $failed = 0 ]
