#!/bin/sh
# What a person wants to know before a commit: layout and clang-tidy's opinion of the files that changed.
# lint.sh [FILE...]; without files those that differ from HEAD, or those of the last commit when nothing differs.
set -eu
cd "$(dirname "$0")/.."
if [ $# = 0 ]; then
  # shellcheck disable=SC2046 # one word per file
  set -- $(git diff --name-only --diff-filter=d HEAD -- '*.c' '*.h')
  # shellcheck disable=SC2046
  [ $# != 0 ] || set -- $(git diff --name-only --diff-filter=d HEAD~1 -- '*.c' '*.h')
fi
[ $# != 0 ] || { echo "nothing changed"; exit 0; }
[ -f build/debug/compile_commands.json ] || cmake --preset debug >/dev/null

status=0
clang-format --dry-run "$@" || status=1
for file in "$@"; do
  case $file in
  *.c) clang-tidy --quiet -p build/debug "$file" || status=1 ;;
  esac
done
exit $status
