#!/bin/bash
# valgrind.sh: runs a command under memcheck. An invalid access, a use of what was never written, and memory
# that nobody can free any more are errors.
set -u
cd "$(dirname "$0")/../.." || exit 1

export MAILSEAL_SLOWER=100
exec valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
    --keep-debuginfo=yes --num-callers=24 --suppressions=spec/support/valgrind.supp "$@"
