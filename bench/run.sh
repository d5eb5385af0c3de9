#!/bin/sh
# The figures of docs/performance.md: builds the release program and order_bench, and runs them on loopback, in a folder
# of this disk. About four minutes; with --full, which stores a million orders, about half an hour. With --postgres first
# it measures on PostgreSQL: a server of its own in that folder (tools/postgres.sh), whose databases stay there.
#
#   bench/run.sh [--postgres [--writers N]] [--full] [--seconds N] [--rounds N] [--folder DIR]
set -eu
cd "$(dirname "$0")/.."
cmake --preset release -B build/bench -DORDO_TESTS=ON >/dev/null
cmake --build build/bench --target ordo order_bench >/dev/null
bench() {
  build/bench/bench/order_bench --ordo build/bench/ordo --folder build/bench/data "$@"
}
if [ "${1:-}" != --postgres ]; then
  bench "$@"
  exit
fi
shift
# As durable as PostgreSQL is by default; the sizes are for a machine with 8 GB and more.
server=${ORDO_BENCH_SERVER:-build/bench/postgres}
url=$(tools/postgres.sh start "$server" --conf 'shared_buffers = 1GB' --conf 'max_wal_size = 8GB')
trap 'tools/postgres.sh stop "$server"' EXIT
bench --postgres "$url" --rounds 5 "$@"
