#!/bin/sh
# browser.sh: installs what drives Chromium, as spec/browser/package-lock.json has it, below build/browser; once.
#
# Where npm cannot, that is told, and the walks through the page are skipped: all other tests can do without.
set -u
cd "$(dirname "$0")/../.." || exit 1

wanted=spec/browser/package-lock.json
there=build/browser/package-lock.json
! cmp -s "$wanted" "$there" || exit 0

PATH=$PATH:/usr/sbin:/sbin
new=build/browser.$$
trap 'rm -rf "$new"' EXIT
mkdir -p "$new" && cp spec/browser/package.json "$wanted" "$new" || exit 1
echo "Installing from npm: playwright-core axe-core"
if said=$(timeout 300 npm ci --prefix "$new" --ignore-scripts --no-audit --no-fund --no-update-notifier --fetch-retries=1 \
    --loglevel=error 2>&1); then
    rm -rf build/browser && mv "$new" build/browser
else
    reason=$(printf '%s\n' "$said" | sed -n 's/^npm ERR! *//Ip; s/^npm error *//p' | head -n 2 | tr '\n' ' ')
    echo "npm cannot install what walks through the page; those tests are skipped: ${reason:-$said}" >&2
fi
