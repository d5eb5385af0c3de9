/* Reservations: one row per demand line and stock key, in the bucket of the stock row. */
#include "inventory_priv.h"

#include <stdlib.h>
#include <string.h>

const char *const reservation_kinds[] = {"soft", "hard", NULL};
const char *const reservation_states[] = {"live", "consumed", "released", "expired", NULL};

/* Rooms whose demand holds stock. */
static const struct {
  const char *kind, *prefix;
} demands[] = {
    {"order", PREFIX_order},
};

const char *stock_demand_prefix(const char *kind)
{
  for (size_t i = 0; i < COUNT_OF(demands); i++)
    if (strcmp(demands[i].kind, kind) == 0)
      return demands[i].prefix;
  return NULL;
}

static const struct rec_field reservation_fields[] = {
    FIELD(struct reservation, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct reservation, demand_id, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct reservation, line, .flags = REC_KEY, .doc = "Line of the order", .example = "1"),
    FIELD(struct reservation, location_id, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct reservation, product_id, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct reservation, owner, .flags = REC_KEY, .max = STOCK_OWNER_MAX, .doc = "Whose it is"),
    FIELD_AS(REC_ENUM, struct reservation, condition, .flags = REC_KEY, .column = "stock_condition",
             .names = stock_conditions, .doc = "Condition of the stock"),
    FIELD(struct reservation, lot, .flags = REC_KEY, .max = STOCK_LOT_MAX, .doc = "Lot; empty = not told apart"),
    FIELD(struct reservation, demand_kind, .doc = "What needs it", .example = "order"),
    FIELD(struct reservation, quantity, .max = QUANTITY_MAX, .doc = "Still held", .example = "2"),
    FIELD_AS(REC_ENUM, struct reservation, kind, .names = reservation_kinds, .doc = "Soft ones end by themselves"),
    FIELD_AS(REC_ENUM, struct reservation, state, .names = reservation_states, .doc = "What became of it"),
    FIELD(struct reservation, priority, .doc = "Larger keeps its stock longer"),
    FIELD(struct reservation, created_at, .doc = "When it was made"),
    FIELD(struct reservation, expires_at, .doc = "When a soft one ends"),
};
const struct rec reservation_rec =
    REC(struct reservation, "Reservation", reservation_fields, "Stock promised to a line of an order");
const struct db_table reservation_table = {"reservation", &reservation_rec};

struct stock_key reservation_key(const struct reservation *r)
{
  return (struct stock_key){.location_id = r->location_id,
                            .product_id = r->product_id,
                            .owner = r->owner,
                            .condition = r->condition,
                            .lot = r->lot};
}

/* ---- Reading ---- */

/* LIST: an order's stock may lie in many buckets. */
enum err reservations_of_demand(struct ctx *cx, int64_t demand_id, int64_t line, reservations *out)
{
  static const struct db_where of_demand = {
      &reservation_table,
      "demand_id = $1 AND state = 'live' ORDER BY line, product_id, location_id, owner, stock_condition, lot", DB_LIST};
  static const struct db_where of_line = {&reservation_table,
                                          "demand_id = $1 AND line = $2 AND state = 'live'"
                                          " ORDER BY product_id, location_id, owner, stock_condition, lot",
                                          DB_LIST};
  struct list *list = (struct list *)(void *)out;
  if (line == ABSENT)
    TRY(db_select(cx->db, &of_demand, list, DB_ARGS(I64(demand_id))));
  else
    TRY(db_select(cx->db, &of_line, list, DB_ARGS(I64(demand_id), I64(line))));
  return stock_rows_prefetch(cx, demand_id, out);
}

enum err reservations_of_demands(struct ctx *cx, const int64_t *demand_ids, size_t n, reservations *out)
{
  enum { AT_ONCE = 32 };
  static const struct db_where of_demands = {
      &reservation_table,
      "state = 'live' AND demand_id IN ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,"
      "$23,$24,$25,$26,$27,$28,$29,$30,$31,$32)"
      " ORDER BY demand_id, line, product_id, location_id, owner, stock_condition, lot",
      DB_LIST};
  struct db_value ids[AT_ONCE];
  for (size_t begin = 0; begin < n; begin += AT_ONCE) {
    for (size_t i = 0; i < AT_ONCE; i++)
      ids[i] = I64(demand_ids[begin + i < n ? begin + i : n - 1]);
    TRY(db_select(cx->db, &of_demands, (struct list *)(void *)out, ids, AT_ONCE));
  }
  return ERR_OK;
}

/* ---- Writing ---- */

/* A row that was released comes back to life; its quantity is 0 then. */
static enum err put(struct ctx *cx, int64_t bucket, const struct reservation_change *c)
{
  static const struct db_stmt stmt = {
      "INSERT INTO reservation (bucket, location_id, product_id, owner, stock_condition, lot, demand_id, line,"
      " demand_kind, quantity, kind, state, priority, created_at, expires_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'live', $12, $13, $14)"
      " ON CONFLICT (bucket, demand_id, line, location_id, product_id, owner, stock_condition, lot) DO UPDATE SET"
      " quantity = reservation.quantity + excluded.quantity, kind = excluded.kind, state = 'live',"
      " priority = excluded.priority, expires_at = excluded.expires_at,"
      " created_at = CASE WHEN reservation.state = 'live' THEN reservation.created_at ELSE excluded.created_at END",
      DB_KEYED};
  return db_run(cx->db, &stmt, NULL,
                DB_ARGS(STOCK_KEY_ARGS(bucket, &c->key), I64(c->demand.id), I64(c->demand.line), TEXT(c->demand.kind),
                        I64(c->quantity.millionths), TEXT(reservation_kinds[c->kind]), I64(c->demand.priority),
                        I64(cx->now.ms), I64_OR_NULL(c->expires_at.ms)));
}

static enum err take(struct ctx *cx, int64_t bucket, const struct reservation_change *c)
{
  static const struct db_stmt stmt = {
      "UPDATE reservation SET quantity = quantity - $9, state = CASE WHEN quantity = $9 THEN $10 ELSE state END"
      " WHERE " STOCK_KEY_IS " AND demand_id = $7 AND line = $8 AND state = 'live' AND quantity >= $9",
      DB_KEYED};
  int64_t rows = 0;
  TRY(db_run(cx->db, &stmt, &rows,
             DB_ARGS(STOCK_KEY_ARGS(bucket, &c->key), I64(c->demand.id), I64(c->demand.line),
                     I64(c->quantity.millionths), TEXT(reservation_states[c->state]))));
  return rows == 1 ? ERR_OK : act_guard_missed(cx, __func__);
}

struct placed {
  int64_t bucket;
  const struct reservation_change *change;
  size_t n;
};

static int order_placed(const void *a, const void *b)
{
  const struct placed *x = a, *y = b;
  if (x->bucket != y->bucket)
    return x->bucket < y->bucket ? -1 : 1;
  int order = stock_key_compare(&x->change->key, &y->change->key);
  return order ? order : (x->n > y->n) - (x->n < y->n);
}

enum err reservations_apply(struct ctx *cx, const struct stock_changes *c)
{
  size_t n = c->reservations.n;
  if (n == 0)
    return ERR_OK;
  struct placed *all = ARENA_ARRAY(cx->arena, struct placed, n);
  for (size_t i = 0; i < n; i++) {
    const struct location *location;
    all[i] = (struct placed){.change = &c->reservations.at[i], .n = i};
    TRY(stock_key_bucket(cx, &all[i].change->key, &location, &all[i].bucket));
  }
  qsort(all, n, sizeof *all, order_placed);
  for (const struct placed *p = all; p < all + n; p++)
    TRY((p->change->state == RESERVATION_LIVE ? put : take)(cx, p->bucket, p->change));
  return ERR_OK;
}
