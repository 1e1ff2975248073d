#!/bin/bash
# fuzz.sh: the fuzz targets, csrc/fuzz/*.c, on their corpora, csrc/fuzz/corpus/<target>/.
#
#   fuzz.sh replay DIRECTORY             every input kept, once, with the replayers in DIRECTORY
#   fuzz.sh search DIRECTORY SECONDS     new inputs, by libFuzzer, each target so long
set -u
cd "$(dirname "$0")/../.." || exit 1
. spec/support/check.sh

shopt -s nullglob
programs=$2 seconds=${3:-60}
found=build/fuzz/found

replay() {
    "$programs/$1" "csrc/fuzz/corpus/$1"
}

# An input that crashes is left in build/fuzz/found/; mended, it belongs into the corpus.
search() {
    mkdir -p "$found" "build/fuzz/corpus/$1"
    "$programs/$1" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 \
        -artifact_prefix="$found/$1-" "build/fuzz/corpus/$1" "csrc/fuzz/corpus/$1"
}

for source in csrc/fuzz/*.c; do
    target=$(basename "$source" .c)
    case $1 in
    replay) check "$target withstands its corpus" replay "$target" ;;
    search) check "$target withstands $seconds seconds of new inputs" search "$target" ;;
    esac
done
finish
