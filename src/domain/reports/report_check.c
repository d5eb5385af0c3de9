/* ordo check: cells are the sum of facts, facts are what orders say, stock cells what the ledger says. */
#include "reports_priv.h"

#include <string.h>

#define REPAIR                                                                                                         \
  "delete the rows of report_fact, report_cell, report_customer and report_ledger, and the consumers 'reports...': a " \
  "server counts again"

struct checking {
  struct ctx *cx;
  report_difference *report;
  void *arg;
};

static void differ(struct checking *c, const char *what, int64_t have, int64_t want)
{
  c->report(
      c->arg,
      arena_printf(c->cx->arena, "reports: %s: %lld, but %lld in the source", what, (long long)have, (long long)want),
      REPAIR);
}

/* ---- Cells are the sum of facts ---- */

enum { ROWS_AT_A_TIME = 4096 };

static enum err count_facts(struct checking *c, struct cells *cells)
{
  static const struct db_stmt all = {"SELECT " FACT_COLUMNS " FROM report_fact", DB_REPORT};
  struct arena *scratch = arena_new(64 << 20);
  struct db_rows rows;
  enum err err = db_query(c->cx->db, &all, &rows, DB_NO_ARGS);
  if (!err) {
    db_use_arena(c->cx->db, scratch);
    for (int64_t n = 1; db_next(&rows); n++) {
      struct fact f;
      fact_read(&rows, &f);
      cells_count(cells, &f, -1);
      if (n % ROWS_AT_A_TIME == 0)
        arena_reset(scratch);
    }
    db_use_arena(c->cx->db, c->cx->arena);
    err = db_done(&rows);
  }
  arena_free(scratch);
  return err;
}

static void read_cell(const struct db_rows *rows, const char *const *names, struct cells *cells)
{
  struct cell key = {.day = db_i64(rows, 1),
                     .channel = db_text(rows, 2),
                     .location = db_text(rows, 3),
                     .currency = db_text(rows, 4),
                     .detail = db_text(rows, 5),
                     .bin = db_i64(rows, 6)};
  const char *kind = db_text(rows, 0);
  while (key.kind < FACT_CELLS && strcmp(names[key.kind], kind) != 0)
    key.kind++;
  if (key.kind == FACT_CELLS)
    return; /* of days where months are read, or the other way round */
  struct cell *cell = cells_at(cells, &key);
  for (int i = 0; i < VALUES; i++)
    cell->v[i] += db_i64(rows, 7 + i);
}

static enum err add_cells(struct checking *c, const char *const *names, struct cells *cells)
{
  static const struct db_stmt all = {
      "SELECT kind, day, channel, location, currency, detail, bin, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10"
      " FROM report_cell",
      DB_REPORT};
  struct arena *scratch = arena_new(64 << 20);
  struct db_rows rows;
  enum err err = db_query(c->cx->db, &all, &rows, DB_NO_ARGS);
  if (!err) {
    db_use_arena(c->cx->db, scratch);
    for (int64_t n = 1; db_next(&rows); n++) {
      read_cell(&rows, names, cells);
      if (n % ROWS_AT_A_TIME == 0)
        arena_reset(scratch);
    }
    db_use_arena(c->cx->db, c->cx->arena);
    err = db_done(&rows);
  }
  arena_free(scratch);
  return err;
}

static void tell_cells(struct checking *c, struct cells *cells, const char *than)
{
  size_t n;
  struct cell **sorted = cells_sorted(cells, &n);
  for (size_t i = 0; i < n; i++)
    for (int v = 0; v < VALUES; v++)
      if (sorted[i]->v[v]) {
        const struct cell *cell = sorted[i];
        c->report(c->arg,
                  arena_printf(c->cx->arena, "reports: %s of %s %s%s %s, value %d, is off by %lld from its %s",
                               fact_names[cell->kind], date_text(c->cx->arena, cell->day), cell->channel,
                               cell->location, cell->detail, v + 1, (long long)cell->v[v], than),
                  REPAIR);
      }
}

/* Stock and first orders have cells and no facts. */
static void forget_factless(struct cells *cells)
{
  size_t n;
  struct cell **sorted = cells_sorted(cells, &n);
  for (size_t i = 0; i < n; i++)
    if (sorted[i]->kind == FACT_STOCK || sorted[i]->kind == FACT_CUSTOMER)
      memset(sorted[i]->v, 0, sizeof sorted[i]->v);
}

static void negate(struct cells *cells)
{
  size_t n;
  struct cell **sorted = cells_sorted(cells, &n);
  for (size_t i = 0; i < n; i++)
    for (int v = 0; v < VALUES; v++)
      sorted[i]->v[v] = -sorted[i]->v[v];
}

static enum err check_cells(struct checking *c)
{
  struct cells days, months;
  cells_init(&days, c->cx->arena);
  cells_init(&months, c->cx->arena);
  TRY(add_cells(c, fact_names, &days));
  cells_to_months(&days, &months);
  negate(&months);
  TRY(add_cells(c, month_names, &months));
  tell_cells(c, &months, "days");
  forget_factless(&days);
  TRY(count_facts(c, &days));
  tell_cells(c, &days, "facts");
  return ERR_OK;
}

/* ---- Facts are what orders say ---- */

/* Two questions of one number each. */
static const struct {
  const char *what;
  struct db_stmt facts, source;
} sums[] = {
    {"orders",
     {"SELECT count(*) FROM report_fact WHERE kind = 'order'", DB_REPORT},
     {"SELECT count(*) FROM orders WHERE placed_at IS NOT NULL", DB_REPORT}},
    {"gross",
     {"SELECT CAST(coalesce(sum(v3), 0) AS BIGINT) FROM report_fact WHERE kind = 'order'", DB_REPORT},
     {"SELECT CAST(coalesce(sum(sum_subtotal), 0) AS BIGINT) FROM orders WHERE placed_at IS NOT NULL", DB_REPORT}},
    {"revenue",
     {"SELECT CAST(coalesce(sum(v7), 0) AS BIGINT) FROM report_fact WHERE kind = 'order'", DB_REPORT},
     {"SELECT CAST(coalesce(sum(sum_total - sum_cancelled), 0) AS BIGINT) FROM orders WHERE placed_at IS NOT NULL",
      DB_REPORT}},
    {"tax",
     {"SELECT CAST(coalesce(sum(v6), 0) AS BIGINT) FROM report_fact WHERE kind = 'order'", DB_REPORT},
     {"SELECT CAST(coalesce(sum(sum_tax), 0) AS BIGINT) FROM orders WHERE placed_at IS NOT NULL", DB_REPORT}},
    {"refunds",
     {"SELECT CAST(coalesce(sum(v2), 0) AS BIGINT) FROM report_fact WHERE kind = 'refund'", DB_REPORT},
     {"SELECT CAST(coalesce(sum(sum_refunded), 0) AS BIGINT) FROM orders WHERE placed_at IS NOT NULL", DB_REPORT}},
    {"holds",
     {"SELECT count(*) FROM report_fact WHERE kind = 'hold'", DB_REPORT},
     {"SELECT count(*) FROM hold h JOIN orders o ON o.bucket = h.bucket AND o.id = h.order_id"
      " WHERE o.placed_at IS NOT NULL",
      DB_REPORT}},
    {"fulfillments shipped",
     {"SELECT count(*) FROM report_fact WHERE kind = 'work'", DB_REPORT},
     {"SELECT count(*) FROM fulfillment WHERE shipped_at IS NOT NULL AND state <> 'cancelled'", DB_REPORT}},
    {"units",
     {"SELECT CAST(coalesce(sum(v2), 0) AS BIGINT) FROM report_fact WHERE kind = 'line'", DB_REPORT},
     {"SELECT CAST(coalesce(sum(l.quantity - l.at_cancelled), 0) AS BIGINT) FROM order_line l"
      " JOIN orders o ON o.bucket = l.bucket AND o.id = l.order_id"
      " WHERE o.placed_at IS NOT NULL AND l.kind <> 'component' AND l.kind <> 'modifier'",
      DB_REPORT}},
    {"orders of customers",
     {"SELECT CAST(coalesce(sum(orders), 0) AS BIGINT) FROM report_customer", DB_REPORT},
     {"SELECT count(*) FROM orders WHERE placed_at IS NOT NULL AND customer_id IS NOT NULL"
      " AND state <> 'cancelled' AND state <> 'expired'",
      DB_REPORT}},
    {"new customers",
     {"SELECT CAST(coalesce(sum(v1), 0) AS BIGINT) FROM report_cell WHERE kind = 'customer'", DB_REPORT},
     {"SELECT count(*) FROM report_customer", DB_REPORT}},
};

/* Only where every event was read: what is on its way is no difference. */
static enum err check_facts(struct checking *c, struct reports_checked *out)
{
  static const struct db_stmt waiting = {"SELECT count(*) FROM feed_pending", DB_REPORT};
  const char *zone;
  int64_t at;
  static const struct db_stmt newest = {"SELECT coalesce(max(seq), 0) FROM feed WHERE feed_group = 0", DB_LIST};
  TRY(report_zone(c->cx, &zone));
  TRY(feed_cursor(c->cx, report_consumer(c->cx, zone), &out->read, &at));
  TRY(db_one_i64(c->cx->db, &newest, &out->last, DB_NO_ARGS));
  TRY(db_one_i64(c->cx->db, &waiting, &out->pending, DB_NO_ARGS));
  out->whole = out->read == out->last && !out->pending;
  if (!out->whole)
    return ERR_OK;
  for (size_t i = 0; i < COUNT_OF(sums); i++) {
    int64_t have = 0, want = 0;
    TRY(db_one_i64(c->cx->db, &sums[i].facts, &have, DB_NO_ARGS));
    TRY(db_one_i64(c->cx->db, &sums[i].source, &want, DB_NO_ARGS));
    if (have != want)
      differ(c, sums[i].what, have, want);
  }
  return ERR_OK;
}

/* ---- Stock cells are what the ledger says, as far as it was read ---- */

static enum err check_ledger(struct checking *c)
{
  static const struct db_stmt cells = {
      "SELECT CAST(coalesce(sum(v4), 0) AS BIGINT) FROM report_cell WHERE kind = 'stock'", DB_REPORT};
  static const struct db_stmt ledger = {
      "SELECT CAST(coalesce(sum(m.on_hand), 0) AS BIGINT) FROM report_ledger l"
      " JOIN stock s ON s.bucket = l.bucket AND s.id = l.stock_id"
      " JOIN stock_movement m ON m.bucket = s.bucket AND m.location_id = s.location_id AND m.product_id = s.product_id"
      " AND m.owner = s.owner AND m.stock_condition = s.stock_condition AND m.lot = s.lot AND m.n = l.n",
      DB_REPORT};
  int64_t have = 0, want = 0;
  TRY(db_one_i64(c->cx->db, &cells, &have, DB_NO_ARGS));
  TRY(db_one_i64(c->cx->db, &ledger, &want, DB_NO_ARGS));
  if (have != want)
    differ(c, "stock on hand", have, want);
  return ERR_OK;
}

enum err reports_check(struct ctx *cx, report_difference *report, void *arg, struct reports_checked *out)
{
  struct checking c = {cx, report, arg};
  *out = (struct reports_checked){0};
  TRY(db_read_begin(cx->db));
  enum err err = check_cells(&c);
  if (!err)
    err = check_facts(&c, out);
  if (!err)
    err = check_ledger(&c);
  db_read_end(cx->db);
  return err;
}
