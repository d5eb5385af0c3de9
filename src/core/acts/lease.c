/* Node numbers: 64 of them, leased, so that two processes never draw the same id. The high-water mark is raised ahead of
 * use, in the transaction whose ids need it; a restart or a clock set back begins above it. */
#include "acts_priv.h"

enum { NODES = 64, LEASE_MS = 20 * 1000, AHEAD_MS = 10 * 1000 };

/* Only as it was seen: two processes that start together look at the same rows, and one of them must look again. */
static enum err write_taken(struct ctx *cx, const struct lease *lease, int64_t seen_until_ms)
{
  static const struct db_stmt take = {
      "INSERT INTO node_lease (node, owner, until, high_water_ms) VALUES ($1, $2, $3, $4)"
      " ON CONFLICT (node) DO UPDATE SET owner = excluded.owner, until = excluded.until WHERE node_lease.until = $5",
      DB_KEYED};
  int64_t rows = 0;
  TRY(db_run(cx->db, &take, &rows,
             DB_ARGS(I64(lease->node), TEXT(lease->owner), I64(lease->until_ms), I64(lease->high_water_ms),
                     I64(seen_until_ms))));
  return rows == 1 ? ERR_OK : err_fail(cx, ERR_RETRY, "", "another process has just taken the node");
}

enum err lease_take(struct ctx *cx, struct lease *lease, int64_t *out_floor_ms)
{
  static const struct db_stmt all = {"SELECT node, until, high_water_ms FROM node_lease ORDER BY node", DB_LIST};
  int64_t node = 0, high_water = 0, seen_until_ms = -1; /* -1: there is no row */
  bool found = false;
  struct db_rows rows;
  TRY(db_query(cx->db, &all, &rows, DB_NO_ARGS));
  while (!found && db_next(&rows)) {
    if (db_i64(&rows, 0) != node) {
      found = true; /* a gap: this node was never used */
      high_water = 0;
    } else if (db_i64(&rows, 1) < cx->now.ms) {
      found = true;
      seen_until_ms = db_i64(&rows, 1);
      high_water = db_i64(&rows, 2);
    } else {
      node++;
    }
  }
  TRY(db_done(&rows));
  if (node >= NODES)
    return err_fail(cx, ERR_BUSY, "", "all %d node numbers are leased by other processes", NODES);
  lease->node = node;
  lease->until_ms = cx->now.ms + LEASE_MS;
  lease->high_water_ms = high_water;
  *out_floor_ms = high_water + 1;
  return write_taken(cx, lease, seen_until_ms);
}

enum err lease_renew(struct ctx *cx, struct lease *lease, int64_t ceiling_ms)
{
  static const struct db_stmt renew = {
      "UPDATE node_lease SET until = $3, high_water_ms = $4 WHERE node = $1 AND owner = $2", DB_KEYED};
  struct lease next = *lease;
  int64_t rows = 0;
  next.until_ms = cx->now.ms + LEASE_MS;
  if (ceiling_ms > next.high_water_ms)
    next.high_water_ms = ceiling_ms + AHEAD_MS;
  TRY(db_run(cx->db, &renew, &rows,
             DB_ARGS(I64(next.node), TEXT(next.owner), I64(next.until_ms), I64(next.high_water_ms))));
  if (rows == 0)
    return ERR_NOT_FOUND;
  *lease = next;
  return ERR_OK;
}

enum err lease_release(struct ctx *cx, const struct lease *lease, int64_t ceiling_ms)
{
  static const struct db_stmt release = {
      "UPDATE node_lease SET until = 0, high_water_ms = $3 WHERE node = $1 AND owner = $2", DB_KEYED};
  int64_t high_water = ceiling_ms > lease->high_water_ms ? ceiling_ms : lease->high_water_ms;
  return db_run(cx->db, &release, NULL, DB_ARGS(I64(lease->node), TEXT(lease->owner), I64(high_water)));
}
