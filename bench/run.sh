#!/bin/sh
# The figures of docs/performance.md: builds the release program and order_bench, and runs them on loopback, in a folder
# of this disk. About four minutes; with --full, which stores a million orders, about half an hour.
#
#   bench/run.sh [--full] [--seconds N] [--rounds N] [--folder DIR]
set -eu
cd "$(dirname "$0")/.."
cmake --preset release -B build/bench -DORDO_TESTS=ON >/dev/null
cmake --build build/bench --target ordo order_bench >/dev/null
exec build/bench/bench/order_bench --ordo build/bench/ordo --folder build/bench/data "$@"
