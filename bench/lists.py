#!/usr/bin/env python3
"""What the console asks for all day, at a million orders of a year: run bench/run.sh --full first, which leaves many.db.

  bench/lists.py [--ordo build/bench/ordo] [--folder build/bench/data] [--times 15]

A copy of many.db is aged (its orders spread over a year, all but the last hundredth delivered and closed), served, and each
list asked for one after the other, then eight at a time. Prints milliseconds; exit status 0 when the run was whole.
"""
import argparse
import concurrent.futures
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
import urllib.request

YEAR_MS = 365 * 86_400_000
AT_ONCE = 8
ASKED = [
    "orders", "orders?state=open", "orders?payment_status=paid", "orders?fulfillment_status=delivered", "orders?channel=web",
    "orders?has_hold=true", "orders?late=true", "orders?at_risk=4", "orders?short_picked=true", "orders?backordered=true",
    "orders?overdue=true", "orders?tag=vip", "orders?q=SO-100500", "orders?sku=SKU-1", "orders?state=open&channel=web",
    "orders?created_at[gte]={month}", "orders?count=estimate", "today", "fulfillments?state=open", "stock", "customers",
    "reports/orders?by=day",
]


def age(path):
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    first, last = db.execute("SELECT min(created_at), max(created_at) FROM orders").fetchone()
    stretch = YEAR_MS // max(1, last - first)
    old = last - (last - first) // 100
    db.execute(
        "UPDATE orders SET placed_at = :last - (:last - placed_at) * :by, created_at = :last - (:last - created_at) * :by,"
        " state = CASE WHEN created_at < :old THEN 'closed' ELSE state END,"
        " fulfillment_status = CASE WHEN created_at < :old THEN 'delivered' ELSE fulfillment_status END,"
        " shipped_at = CASE WHEN created_at < :old THEN :last - (:last - placed_at) * :by + 3600000 ELSE shipped_at END,"
        " closed_at = CASE WHEN created_at < :old THEN :last - (:last - placed_at) * :by + 7200000 ELSE closed_at END"
        " WHERE placed_at IS NOT NULL", {"last": last, "by": stretch, "old": old})
    stored = db.execute("SELECT count(*), sum(state = 'open') FROM orders").fetchone()
    db.close()
    return stored


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ordo", default="build/bench/ordo")
    parser.add_argument("--folder", default="build/bench/data")
    parser.add_argument("--times", type=int, default=15)
    args = parser.parse_args()
    many, aged = os.path.join(args.folder, "many.db"), os.path.join(args.folder, "aged.db")
    if not os.path.exists(many):
        sys.exit("there is no %s: run bench/run.sh --full first" % many)
    for end in ("", "-wal"):
        if os.path.exists(many + end):
            shutil.copyfile(many + end, aged + end)
    print("%d orders of a year, %d of them open" % age(aged))
    url = "sqlite:" + aged
    key = subprocess.run([args.ordo, "key", "add", "--name", "lists", "--scope", "*", "--database", url], check=True,
                         capture_output=True, text=True).stdout.strip()
    server = subprocess.Popen([args.ordo, "serve", "--database", url, "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE,
                              stdout=subprocess.DEVNULL, text=True)
    try:
        base = next(line for line in server.stderr if line.startswith("listening on ")).split()[-1]
        threading.Thread(target=server.stderr.read, daemon=True).start()  # a pipe that nobody reads would stop the server

        def ask(path):
            begin = time.perf_counter()
            request = urllib.request.Request(base + "/v1/" + path, headers={"Authorization": "Bearer " + key})
            urllib.request.urlopen(request).read()
            return 1000 * (time.perf_counter() - begin)

        month = time.strftime("%Y-%m-01T00:00:00Z", time.gmtime())
        print("%-40s %8s %8s %8s %8s" % ("", "first", "median", "most", "8 at once"))
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for path in [one.replace("{month}", month) for one in ASKED]:
                first, *alone = [ask(path) for _ in range(args.times)]
                crowd = list(pool.map(ask, [path] * args.times))
                print("%-40s %8.1f %8.1f %8.1f %8.1f" % (path, first, statistics.median(alone), max(alone),
                                                       statistics.median(crowd)))
    finally:
        server.terminate()
        server.wait()
        for end in ("", "-wal", "-shm"):
            if os.path.exists(aged + end):
                os.remove(aged + end)


if __name__ == "__main__":
    main()
