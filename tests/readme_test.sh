#!/bin/sh
# The README's lines of curl, run as they stand: readme_test.sh PROGRAM README. A server on a free port with a scratch
# database; the order must end delivered and closed.
set -eu
program=$1 readme=$2
work=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server" || true; }
  rm -rf "$work"
}
trap finish EXIT
export ORDO_DATABASE="sqlite:$work/ordo.db"

"$program" serve --listen 127.0.0.1:0 --quiet 2>"$work/log" &
server=$!
tries=0
until grep -q '^listening on ' "$work/log"; do
  tries=$((tries + 1))
  [ $tries -lt 300 ] && kill -0 "$server" || { echo "the server did not start:"; cat "$work/log"; exit 1; }
  sleep 0.1
done
URL=$(sed -n 's/^listening on //p' "$work/log")/v1
KEY=$("$program" key add --name readme --scope '*')
export URL KEY

# The one block fenced as sh.
awk '/^```sh$/ { on = 1; next } /^```/ { on = 0 } on' "$readme" >"$work/lines.sh"
grep -q curl "$work/lines.sh" || { echo "README.md has no block of curl"; exit 1; }
sh -eu "$work/lines.sh" >"$work/said" || { cat "$work/said"; exit 1; }

# The last line printed the order as it is at its end.
tail -c 20000 "$work/said" >"$work/end"
for fact in '"state":"closed"' '"fulfillment_status":"delivered"'; do
  grep -q "$fact" "$work/end" || { echo "the order's end lacks $fact:"; cat "$work/end"; echo "0 passed, 1 failed"; exit 1; }
done
echo "1 passed, 0 failed"
