#!/bin/bash
# install.sh: make install and make uninstall, into a place of their own, for every Lua. Spaces in its name are no matter.
set -u
cd "$(dirname "$0")/../.." || exit 1
. spec/support/check.sh

outer=$(mktemp -d) || exit 1
trap 'rm -rf "$outer"' EXIT
scratch="$outer/a  place"

install_for() {
    make --no-print-directory install PREFIX="$scratch/$1" LUA="$1"
}

stage_for() {
    make --no-print-directory install DESTDIR="$scratch/stage-$1" PREFIX="/usr local" LUA="$1" &&
        test -x "$scratch/stage-$1/usr local/bin/mailseal" && test -f "$scratch/stage-$1/usr local/lib/lua/$2/mailseal/core.so"
}

all_modules() {
    diff -r lua/mailseal "$scratch/$1/share/lua/$2/mailseal"
}

runs() {
    (cd / && env -u LUA_PATH -u LUA_CPATH LUA="$1" "$scratch/$1/bin/mailseal" keygen --type ed25519 --domain example.com \
        --selector s1 2>&1 | grep -q "s1._domainkey.example.com")
}

uninstalls() {
    make --no-print-directory uninstall PREFIX="$scratch/$1" LUA="$1" && [ -z "$(find "$scratch/$1" -type f)" ] &&
        make --no-print-directory uninstall DESTDIR="$scratch/stage-$1" PREFIX="/usr local" LUA="$1" &&
        [ -z "$(find "$scratch/stage-$1" -type f)" ]
}

for lua in lua5.4 luajit; do
    case $lua in luajit) version=5.1 ;; *) version=5.4 ;; esac
    check "make install LUA=$lua" install_for $lua
    check "every module is installed for $lua" all_modules $lua $version
    check "the installed command runs on $lua" runs $lua
    check "make install DESTDIR= LUA=$lua" stage_for $lua $version
    check "make uninstall LUA=$lua leaves nothing" uninstalls $lua
done
finish
