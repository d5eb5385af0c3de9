#!/bin/sh
# build.sh OUT: installs what the lock file names where it has changed, builds the console and packs it into OUT. One at a
# time: several build folders share node_modules.
set -eu
out=$1
cd "$(dirname "$0")/.."
mkdir -p ../build/web
exec 9>../build/web/lock
flock 9
export NO_UPDATE_NOTIFIER=1 PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --silent --no-audit --no-fund
  touch node_modules/.package-lock.json
fi
dist=$(mktemp -d ../build/web/dist.XXXXXX)
trap 'rm -rf "$dist"' EXIT
node node_modules/vite/bin/vite.js build --outDir "$dist" --emptyOutDir --logLevel warn
node tools/pack.mjs "$dist" "$out"
rm -rf ../build/web/dist
mv "$dist" ../build/web/dist # the manifest in it is what the budgets are read from
