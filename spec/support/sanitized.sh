#!/bin/bash
# sanitized.sh: runs a command, a Lua with busted, on the C core as built by `make BUILD=build/asan`.
set -u
cd "$(dirname "$0")/../.." || exit 1

export MAILSEAL_BUILD=build/asan
export MAILSEAL_SLOWER=10
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export LSAN_OPTIONS=suppressions=spec/support/leaks.supp:print_suppressions=0
LD_PRELOAD="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so) $PWD/build/asan/preload.so" exec "$@"
