#!/bin/sh
# Lints an OpenAPI document with the recommended rules, warnings being errors: lint.sh FILE, or lint.sh PROGRAM (which is asked for `openapi`).
# Installs the linter by the lock file when it is not there. Exit status 0 = no errors.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
subject=${1:?usage: lint.sh FILE.json or lint.sh path/to/ordo}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

case $subject in
*.json) cp "$subject" "$work/openapi.json" ;;
*) "$subject" openapi >"$work/openapi.json" ;;
esac
[ -x "$here/node_modules/.bin/redocly" ] || npm ci --prefix "$here" --silent --no-audit --no-fund
cd "$here"
REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
  ./node_modules/.bin/redocly lint --config redocly.yaml "$work/openapi.json"
