#!/bin/sh
# web_test.sh types|lint|unit|e2e PROGRAM: one part of the console's checks. Ends with "N passed, N failed, N skipped".
set -u
part=$1
ORDO=$2
export ORDO CI=true NO_COLOR=1 FORCE_COLOR=0
cd "$(dirname "$0")/../../web" || exit 1
log=$(mktemp)
trap 'rm -f "$log"' EXIT

one() { # a check that passes or fails as a whole
  if "$@" >"$log" 2>&1; then
    echo "1 passed, 0 failed, 0 skipped"
  else
    cut -c1-400 "$log" | tail -150
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
  fi
}

# "12 passed", "1 failed", "3 skipped" from the tool's own summary; what it does not say is 0.
count() {
  sed -n "s/.*[^0-9]\([0-9][0-9]*\) $1.*/\1/p" "$log" | tail -1
}
summed() {
  "$@" >"$log" 2>&1
  status=$?
  [ $status = 0 ] || tail -150 "$log" | cut -c1-400
  passed=$(count passed) failed=$(count failed) skipped=$(count skipped)
  [ "${passed:-0}" -gt 0 ] || status=1 # a run without a test is none
  [ $status = 0 ] || [ "${failed:-0}" -gt 0 ] || failed=1
  echo "${passed:-0} passed, ${failed:-0} failed, ${skipped:-0} skipped"
  exit $status
}

case $part in
types) one sh -c 'npm run -s client && npm run -s typecheck' ;;
lint) one npm run -s lint ;;
unit) summed npx vitest run ;;
e2e) summed npx playwright test -c e2e/playwright.config.ts ;;
*) echo "web_test.sh types|lint|unit|e2e PROGRAM" >&2 && exit 2 ;;
esac
