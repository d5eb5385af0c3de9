/* The stock ledger, followed row by row: each stock row says how many entries it has, report_ledger how many are counted. */
#include "reports_priv.h"

#include "catalog.h"

#include <string.h>

/* The entries of one stock row that were read. */
struct advance {
  int64_t bucket, stock_id, from_n, to_n;
};
struct report_ledger_work {
  LIST(struct advance) advances;
  struct cells cells;
};

struct behind {
  int64_t bucket, id, location_id, product_id, n;
  const char *owner, *condition, *lot;
};
typedef LIST(struct behind) behind_list;

/* ---- Collect, on a reader ---- */

static enum err read_behind(struct ctx *cx, int64_t limit, behind_list *out)
{
  static const struct db_stmt find = {
      "SELECT s.bucket, s.id, s.location_id, s.product_id, s.owner, s.stock_condition, s.lot, coalesce(l.n, 0)"
      " FROM stock s LEFT JOIN report_ledger l ON l.bucket = s.bucket AND l.stock_id = s.id"
      " WHERE s.movements > coalesce(l.n, 0) ORDER BY s.id LIMIT $1",
      DB_LIST};
  struct db_rows rows;
  TRY(db_query(cx->db, &find, &rows, DB_ARGS(I64(limit))));
  while (db_next(&rows))
    *LIST_ADD(cx->arena, out) = (struct behind){.bucket = db_i64(&rows, 0),
                                                .id = db_i64(&rows, 1),
                                                .location_id = db_i64(&rows, 2),
                                                .product_id = db_i64(&rows, 3),
                                                .owner = db_text(&rows, 4),
                                                .condition = db_text(&rows, 5),
                                                .lot = db_text(&rows, 6),
                                                .n = db_i64(&rows, 7)};
  return db_done(&rows);
}

static const struct {
  const char *kind;
  int into;
} kinds[] = {
    {"receipt", STOCK_RECEIVED}, {"return", STOCK_RECEIVED},     {"production", STOCK_RECEIVED},
    {"shipment", STOCK_SHIPPED}, {"transfer", STOCK_ADJUSTED},   {"consumption", STOCK_ADJUSTED},
    {"count", STOCK_ADJUSTED},   {"adjustment", STOCK_ADJUSTED}, {"condition", STOCK_ADJUSTED},
};

static void count_entry(const char *kind, int64_t delta, struct cell *cell)
{
  int into = STOCK_ADJUSTED;
  for (size_t i = 0; i < COUNT_OF(kinds); i++)
    if (strcmp(kinds[i].kind, kind) == 0)
      into = kinds[i].into;
  cell->v[into] += into == STOCK_SHIPPED ? -delta : delta;
  cell->v[STOCK_NET] += delta;
  cell->v[STOCK_INBOUND] += delta > 0 && into != STOCK_SHIPPED ? delta : 0;
}

static enum err read_entries(struct ctx *cx, struct promise_zones *zones, const char *company_zone,
                             const struct behind *b, int64_t limit, struct report_ledger_work *w, int64_t *n)
{
  static const struct db_stmt find = {
      "SELECT n, at, kind, delta FROM stock_movement WHERE bucket = $1 AND location_id = $2 AND product_id = $3"
      " AND owner = $4 AND stock_condition = $5 AND lot = $6 AND n > $7 ORDER BY n LIMIT $8",
      DB_KEYED};
  const char *zone, *code;
  const struct product *product;
  struct advance advance = {b->bucket, b->id, b->n, b->n};
  struct db_rows rows;
  TRY(location_zone(cx, b->location_id, company_zone, &zone, &code));
  TRY(catalog_product_by_id(cx, (struct product_id){b->product_id}, &product));
  TRY(db_query(cx->db, &find, &rows,
               DB_ARGS(I64(b->bucket), I64(b->location_id), I64(b->product_id), TEXT(b->owner), TEXT(b->condition),
                       TEXT(b->lot), I64(b->n), I64(limit))));
  while (db_next(&rows)) {
    struct cell key = {.kind = FACT_STOCK,
                       .day = promise_local_day(zones, zone, INSTANT(db_i64(&rows, 1))),
                       .channel = "",
                       .location = code,
                       .currency = "",
                       .detail = product->sku};
    count_entry(db_text(&rows, 2), db_i64(&rows, 3), cells_at(&w->cells, &key));
    advance.to_n = db_i64(&rows, 0);
    ++*n;
  }
  *LIST_ADD(cx->arena, &w->advances) = advance;
  return db_done(&rows);
}

static enum err collect(struct ctx *cx, int64_t limit, struct report_ledger_work *w, int64_t *out_n)
{
  struct promise_zones *zones = promise_zones_new();
  behind_list behind = {0};
  const char *zone;
  enum err err = report_zone(cx, &zone);
  if (!err)
    err = read_behind(cx, limit, &behind);
  for (size_t i = 0; i < behind.n && *out_n < limit && !err; i++)
    err = read_entries(cx, zones, zone, &behind.at[i], limit - *out_n, w, out_n);
  promise_zones_free(zones);
  return err;
}

enum err report_ledger_collect(struct ctx *cx, int64_t limit, struct report_ledger_work **out, int64_t *out_n)
{
  struct report_ledger_work *w = ARENA_NEW(cx->arena, struct report_ledger_work);
  cells_init(&w->cells, cx->arena);
  *out = w;
  *out_n = 0;
  TRY(db_read_begin(cx->db));
  enum err err = collect(cx, limit, w, out_n);
  db_read_end(cx->db);
  return err;
}

/* ---- The act ---- */

struct ledger_plan {
  struct report_ledger_work *work; /* NULL: somebody else did it */
};

static enum err ledger_load(struct ctx *cx, const struct act_input *in, void *out)
{
  static const struct db_stmt find = {"SELECT n FROM report_ledger WHERE bucket = $1 AND stock_id = $2", DB_KEYED};
  struct ledger_plan *plan = out;
  struct report_ledger_work *work = (struct report_ledger_work *)(uintptr_t)in->body;
  EACH (const struct advance, a, &work->advances) {
    int64_t n = 0;
    TRY(db_one_i64(cx->db, &find, &n, DB_ARGS(I64(a->bucket), I64(a->stock_id))));
    if (n != a->from_n)
      return ERR_OK;
  }
  plan->work = work;
  return ERR_OK;
}

static enum err ledger_decide(struct ctx *cx, const void *facts, void *out)
{
  (void)cx;
  *(struct ledger_plan *)out = *(const struct ledger_plan *)facts;
  return ERR_OK;
}

/* A row is made once and then moved from where it stood: two servers cannot count the same entries. */
static enum err advance(struct ctx *cx, const struct advance *a)
{
  static const struct db_stmt begin = {"INSERT INTO report_ledger (bucket, stock_id, n) VALUES ($1, $2, $3)", DB_KEYED};
  static const struct db_stmt move = {"UPDATE report_ledger SET n = $4 WHERE bucket = $1 AND stock_id = $2 AND n = $3",
                                      DB_KEYED};
  int64_t rows = 0;
  if (a->from_n == 0)
    return db_run(cx->db, &begin, NULL, DB_ARGS(I64(a->bucket), I64(a->stock_id), I64(a->to_n)));
  TRY(db_run(cx->db, &move, &rows, DB_ARGS(I64(a->bucket), I64(a->stock_id), I64(a->from_n), I64(a->to_n))));
  return rows == 1 ? ERR_OK : act_guard_missed(cx, __func__);
}

static enum err ledger_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  struct report_ledger_work *w = ((const struct ledger_plan *)plan)->work;
  (void)out;
  if (!w)
    return ERR_OK;
  EACH (const struct advance, a, &w->advances)
    TRY(advance(cx, a));
  return put_cells(cx, &w->cells);
}

const struct act report_ledger_act = {.name = "reports.ledger",
                                      .facts_size = sizeof(struct ledger_plan),
                                      .plan_size = sizeof(struct ledger_plan),
                                      .load = ledger_load,
                                      .decide = ledger_decide,
                                      .apply = ledger_apply};
