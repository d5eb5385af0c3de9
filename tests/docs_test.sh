#!/bin/sh
# docs/settings.md and docs/errors.md say what the program's tables say: docs_test.sh PROGRAM DOCS. With `write` as a third
# word it writes them instead.
set -eu
program=$1 docs=$2 write=${3:-}
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for table in settings errors; do
  {
    echo "# All $table"
    echo
    echo "Printed by \`ordo $table\`; \`tests/docs_test.sh\` compares, and writes this file when asked to."
    echo
    echo '```'
    "$program" "$table"
    echo '```'
  } >"$work/$table.md"
  if [ "$write" = write ]; then
    cp "$work/$table.md" "$docs/$table.md"
  elif ! diff -u "$docs/$table.md" "$work/$table.md"; then
    failed=$((failed + 1))
    echo "write it again: tests/docs_test.sh build/asan/ordo docs write"
  fi
done
echo "$((2 - failed)) passed, $failed failed"
[ $failed = 0 ]
