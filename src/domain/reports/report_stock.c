/* Stock and backlog: what is there is read from where it lives, what moved from the cells of the ledger. */
#include "reports_priv.h"

#include "catalog.h"
#include "inventory.h"

#include <string.h>

/* One product at one location. */
struct shelf {
  const char *location, *sku;
  const struct product *product; /* NULL = gone from the catalog */
  int64_t on_hand, available;    /* now */
  int64_t since, after, shipped; /* net since the first day, net after the last, shipped between */
  int64_t to_cover, aged;        /* of the level at the end: not yet explained by what came in; units x days */
  int64_t oldest;                /* the first day something came in, ABSENT = never */
};
struct shelves {
  struct arena *arena;
  LIST(struct shelf) all;
  size_t *slots; /* index + 1 */
  size_t cap;
};

static size_t *shelf_slot(const struct shelves *s, const char *location, const char *sku)
{
  size_t i = (size_t)hash_mix(hash_text(location), hash_text(sku)) & (s->cap - 1);
  while (s->slots[i] && (strcmp(s->all.at[s->slots[i] - 1].location, location) != 0 ||
                         strcmp(s->all.at[s->slots[i] - 1].sku, sku) != 0))
    i = (i + 1) & (s->cap - 1);
  return &s->slots[i];
}

static struct shelf *shelf_find(const struct shelves *s, const char *location, const char *sku)
{
  size_t at = *shelf_slot(s, location, sku);
  return at ? &s->all.at[at - 1] : NULL;
}

static struct shelf *shelf_add(struct shelves *s, const char *location, const char *sku)
{
  if ((s->all.n + 1) * 2 > s->cap) {
    s->cap = s->cap ? s->cap * 2 : 256;
    s->slots = ARENA_ARRAY(s->arena, size_t, s->cap);
    for (size_t i = 0; i < s->all.n; i++)
      *shelf_slot(s, s->all.at[i].location, s->all.at[i].sku) = i + 1;
  }
  struct shelf *shelf = LIST_ADD(s->arena, &s->all);
  *shelf = (struct shelf){.oldest = ABSENT}; /* found by its names only when it has them */
  *shelf_slot(s, location, sku) = s->all.n;
  shelf->location = location;
  shelf->sku = sku;
  return shelf;
}

/* ---- What is there ---- */

static const struct db_stmt levels = {
    "SELECT location_id, product_id, CAST(sum(on_hand) AS BIGINT),"
    " CAST(sum(CASE WHEN stock_condition = 'good' THEN on_hand - reserved - safety ELSE 0 END) AS BIGINT)"
    " FROM stock GROUP BY location_id, product_id",
    DB_REPORT};

static enum err take_level(struct ctx *cx, const struct question *q, const struct db_rows *rows, struct shelves *out)
{
  const struct location *location;
  const struct product *product = NULL;
  TRY(location_by_id(cx, db_i64(rows, 0), &location));
  TRY(catalog_product_by_id(cx, (struct product_id){db_i64(rows, 1)}, &product));
  if (!counts(cx, q, "", location->code) || (q->detail && strcmp(q->detail, product->sku) != 0))
    return ERR_OK;
  struct shelf *shelf = shelf_find(out, location->code, product->sku);
  if (!shelf)
    shelf = shelf_add(out, location->code, product->sku);
  shelf->product = product;
  shelf->on_hand += db_i64(rows, 2);
  shelf->available += db_i64(rows, 3);
  return ERR_OK;
}

static enum err read_levels(struct ctx *cx, const struct question *q, struct shelves *out)
{
  struct db_rows rows;
  enum err err = ERR_OK;
  TRY(db_query(cx->db, &levels, &rows, DB_NO_ARGS));
  while (err == ERR_OK && db_next(&rows))
    err = take_level(cx, q, &rows, out);
  enum err done = db_done(&rows);
  return err ? err : done;
}

/* ---- What moved ---- */

static enum err read_moves(struct ctx *cx, const struct question *q, struct shelves *out)
{
  static const struct db_stmt moves = {
      "SELECT location, detail, CAST(sum(v4) AS BIGINT), CAST(sum(CASE WHEN day > $2 THEN v4 ELSE 0 END) AS BIGINT),"
      " CAST(sum(CASE WHEN day > $2 THEN 0 ELSE v2 END) AS BIGINT)"
      " FROM report_cell WHERE kind = 'stock' AND day >= $1 GROUP BY location, detail",
      DB_REPORT};
  struct db_rows rows;
  TRY(db_query(cx->db, &moves, &rows, DB_ARGS(I64(q->from), I64(q->to))));
  while (db_next(&rows)) {
    struct shelf *shelf = shelf_find(out, db_text(&rows, 0), db_text(&rows, 1));
    if (!shelf)
      continue;
    shelf->since = db_i64(&rows, 2);
    shelf->after = db_i64(&rows, 3);
    shelf->shipped = db_i64(&rows, 4);
  }
  return db_done(&rows);
}

/* First in, first out: what is there came in last. */
static enum err read_ages(struct ctx *cx, const struct question *q, struct shelves *out)
{
  static const struct db_stmt inbound = {"SELECT location, detail, day, v5 FROM report_cell WHERE kind = 'stock'"
                                         " AND day <= $1 AND v5 > 0 ORDER BY day DESC",
                                         DB_REPORT};
  struct db_rows rows;
  EACH (struct shelf, shelf, &out->all)
    shelf->to_cover = shelf->on_hand - shelf->after;
  TRY(db_query(cx->db, &inbound, &rows, DB_ARGS(I64(q->to))));
  while (db_next(&rows)) {
    struct shelf *shelf = shelf_find(out, db_text(&rows, 0), db_text(&rows, 1));
    if (!shelf || shelf->to_cover <= 0)
      continue;
    int64_t covered = db_i64(&rows, 3) < shelf->to_cover ? db_i64(&rows, 3) : shelf->to_cover;
    shelf->oldest = db_i64(&rows, 2);
    shelf->aged += covered * (q->to - shelf->oldest);
    shelf->to_cover -= covered;
  }
  TRY(db_done(&rows));
  EACH (struct shelf, shelf, &out->all) /* what nothing explains is as old as the first that came */
    if (shelf->to_cover > 0 && shelf->oldest != ABSENT)
      shelf->aged += shelf->to_cover * (q->to - shelf->oldest);
  return ERR_OK;
}

/* ---- Together ---- */

static int64_t value_of(const struct question *q, const struct product *product, int64_t quantity)
{
  struct money value;
  if (!product || !price_set(product->price) || !text_eq(product->currency, q->company_currency))
    return 0;
  return price_times(product->price, QUANTITY(quantity), &value) == ERR_OK ? value.minor : 0;
}

static void count_shelf(const struct question *q, const struct shelf *shelf, int64_t *sums)
{
  int64_t end = shelf->on_hand - shelf->after, begin = shelf->on_hand - shelf->since;
  bool dead = end > 0 && shelf->shipped == 0;
  sums[LEVEL_ON_HAND] += end;
  sums[LEVEL_AVAILABLE] += shelf->available;
  sums[LEVEL_VALUE] += value_of(q, shelf->product, end);
  sums[LEVEL_AVERAGE] += (begin + end) / 2;
  sums[LEVEL_AVAILABLE_DAYS] += (shelf->available > 0 ? shelf->available : 0) * (q->to - q->from + 1);
  sums[LEVEL_AGE] += shelf->aged;
  sums[LEVEL_OUT] += shelf->available <= 0;
  sums[LEVEL_DEAD] += dead ? end : 0;
  sums[LEVEL_DEAD_VALUE] += dead ? value_of(q, shelf->product, end) : 0;
}

/* The level at the end of each span: what is there now, without what moved later. */
static enum err levels_by_time(struct ctx *cx, const struct question *q, const struct shelves *shelves,
                               struct groups *out)
{
  static const struct db_stmt moves = {"SELECT day, location, detail, v4 FROM report_cell"
                                       " WHERE kind = 'stock' AND day > $1 ORDER BY day DESC",
                                       DB_REPORT};
  struct db_rows rows;
  int64_t level = 0, end;
  EACH (const struct shelf, shelf, &shelves->all)
    level += shelf->on_hand;
  TRY(db_query(cx->db, &moves, &rows, DB_ARGS(I64(q->from))));
  bool more = db_next(&rows);
  for (int64_t day = q->to; day >= q->from; day = span_begin(q->by, day) - 1) {
    end = day;
    for (; more && db_i64(&rows, 0) > end; more = db_next(&rows))
      if (shelf_find(shelves, db_text(&rows, 1), db_text(&rows, 2)))
        level -= db_i64(&rows, 3);
    groups_at(out, date_text(cx->arena, span_begin(q->by, day)), q->company_currency)->sums[FACT_LEVEL][LEVEL_ON_HAND] =
        level;
  }
  while (more)
    more = db_next(&rows);
  return db_done(&rows);
}

enum err load_stock(struct ctx *cx, const struct question *q, struct groups *out)
{
  struct shelves shelves = {.arena = cx->arena, .cap = 256, .slots = ARENA_ARRAY(cx->arena, size_t, 256)};
  TRY(read_levels(cx, q, &shelves));
  if (by_time(q->by))
    return levels_by_time(cx, q, &shelves, out);
  TRY(read_moves(cx, q, &shelves));
  TRY(read_ages(cx, q, &shelves));
  EACH (const struct shelf, shelf, &shelves.all)
    count_shelf(
        q, shelf,
        groups_at(out, q->by == REPORT_LOCATION ? shelf->location : shelf->sku, q->company_currency)->sums[FACT_LEVEL]);
  return ERR_OK;
}

/* ---- Work that has not left ---- */

const char *const backlog_states[] = {"scheduled", "open", "picking", "picked", "packed", NULL};

enum err load_backlog(struct ctx *cx, const struct question *q, struct groups *out)
{
  static const struct db_stmt waiting = {
      "SELECT location, ship_by, created_at FROM fulfillment WHERE state IN ($1, $2, $3, $4, $5)", DB_REPORT};
  static_assert(COUNT_OF(backlog_states) == 6, "the statement names each state");
  struct db_rows rows;
  TRY(db_query(cx->db, &waiting, &rows,
               DB_ARGS(TEXT(backlog_states[0]), TEXT(backlog_states[1]), TEXT(backlog_states[2]),
                       TEXT(backlog_states[3]), TEXT(backlog_states[4]))));
  while (db_next(&rows)) {
    if (!counts(cx, q, "", db_text(&rows, 0)))
      continue;
    struct group *g = groups_at(out, db_text(&rows, 0), q->company_currency);
    g->sums[FACT_BACKLOG][BACKLOG_OPEN]++;
    g->sums[FACT_BACKLOG][BACKLOG_LATE] += db_i64(&rows, 1) < cx->now.ms;
    *LIST_ADD(cx->arena, &g->bins) =
        (struct bin){NULL, FACT_BACKLOG, report_bin((cx->now.ms - db_i64(&rows, 2)) / SECOND_MS), 1};
  }
  return db_done(&rows);
}
