#!/bin/sh
# Runs the tests: test.sh builds with address and undefined-behavior sanitizers and runs everything, on SQLite and
# on a PostgreSQL server that CTest starts (label postgres), then the concurrent tests again (label tsan) with the thread
# sanitizer. test.sh long runs all in full and fuzzes each target for FUZZ_SECONDS.
# Ends with one line "N passed, N failed[, N skipped]" summed over all test programs; exit status 0 = none failed.
set -u
cd "$(dirname "$0")/.." || exit 1
jobs=${JOBS:-2}
seconds=600
failed_early=0
logs=

if [ "${1:-}" = long ]; then
  export ORDO_LONG=1
  seconds=14400
fi

# build PRESET [TARGET...]: warnings are errors under asan; the thread sanitizer's instructions make gcc guess wrongly.
build() {
  preset=$1
  shift
  strict=OFF
  [ "$preset" != asan ] || strict=ON
  cmake --preset "$preset" -DORDO_WERROR=$strict >"build/$preset.configure.log" 2>&1 || {
    cat "build/$preset.configure.log"
    return 1
  }
  cmake --build "build/$preset" -j"$jobs" ${1:+--target "$@"} -- --quiet
}

# run PRESET CTEST-OPTION...: keeps the log for the sum.
run() {
  preset=$1
  shift
  log=build/$preset/Testing/Temporary/LastTest.log
  rm -f "$log"
  ctest --test-dir "build/$preset" -j"$jobs" --timeout "$seconds" --output-on-failure "$@" || failed_early=1
  [ ! -f "$log" ] || logs="$logs $log"
}

# Every statement that is really sent is judged by the rules of portable SQL (docs/decisions/statements-judged.md).
export ORDO_DB_CHECK=1

mkdir -p build
for preset in asan tsan; do
  if ! build $preset; then
    echo "the $preset build failed" >&2
    echo "0 passed, 1 failed"
    exit 1
  fi
done
run asan
run tsan -L tsan

if [ "${1:-}" = long ]; then
  targets=$(for f in tests/fuzz/fuzz_*.c; do basename "$f" .c; done)
  # shellcheck disable=SC2086 # one word per target
  build fuzz $targets || failed_early=1
  for target in $targets; do
    corpus=build/fuzz/corpus/$target
    mkdir -p "$corpus"
    echo "fuzzing $target"
    "build/fuzz/tests/fuzz/$target" -max_total_time="${FUZZ_SECONDS:-60}" -print_final_stats=0 -verbosity=0 \
      -artifact_prefix="build/fuzz/$target-" "$corpus" "tests/fuzz/corpus/${target#fuzz_}" || failed_early=1
  done
fi

# shellcheck disable=SC2086 # one word per log
awk -f tools/sum.awk $logs || failed_early=1
exit $failed_early
