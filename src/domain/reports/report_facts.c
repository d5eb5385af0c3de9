/* The facts of one order, read from its rows as they are now. */
#include "reports_priv.h"

#include "inventory.h"
#include "settings.h"

#include <stdlib.h>
#include <string.h>

struct reading {
  struct ctx *cx;
  struct promise_zones *zones;
  const char *zone, *company_currency;
  int64_t bucket, order_id, opened_at;
  fact_list *out;
  struct fact order; /* the order's own, and what others copy from it */
  int64_t shipped_at, ship_by, ordered, shipped, cancelled, rate_ppb;
  int64_t left; /* fulfillments that shipped */
  bool short_picked;
  LIST(int64_t) short_ones; /* fulfillments where something was not found */
};

static struct fact *fact_add(struct reading *r, enum fact_kind kind, int64_t n, int64_t at, const char *zone)
{
  struct fact *f = LIST_ADD(r->cx->arena, r->out);
  *f = (struct fact){.bucket = r->bucket,
                     .order_id = r->order_id,
                     .kind = kind,
                     .n = n,
                     .at = at,
                     .day = promise_local_day(r->zones, zone, INSTANT(at)),
                     .channel = r->order.channel,
                     .location = "",
                     .currency = "",
                     .detail = ""};
  return f;
}

#define OF_ORDER(r) DB_ARGS(I64((r)->bucket), I64((r)->order_id))

/* ---- The order ---- */

/* The rate is of whole units; the two may have different numbers of decimals. */
static int64_t in_company_money(const struct reading *r, int64_t amount)
{
  int apart = currency_decimals(r->company_currency) - currency_decimals(r->order.currency);
  __int128 value = (__int128)amount * r->rate_ppb, by = 1000000000;
  for (; apart > 0; apart--)
    value *= 10;
  for (; apart < 0; apart++)
    by *= 10;
  return div_round(value, by);
}

/* False for what was never placed. */
static enum err read_order(struct reading *r, bool *out_placed)
{
  static const struct db_stmt find = {
      "SELECT channel, state, currency, placed_at, customer_id, sum_subtotal, sum_discount, sum_charges, sum_tax,"
      " sum_total, sum_cancelled, rate_ppb, shipped_at, promise_ship_by FROM orders WHERE bucket = $1 AND id = $2",
      DB_KEYED};
  struct fact *o = &r->order;
  struct db_rows rows;
  const char *state;
  *out_placed = false;
  TRY(db_query(r->cx->db, &find, &rows, OF_ORDER(r)));
  if (db_next(&rows) && db_i64(&rows, 3) != ABSENT) {
    *out_placed = true;
    state = db_text(&rows, 1);
    bool gone = strcmp(state, "cancelled") == 0 || strcmp(state, "expired") == 0;
    *o = (struct fact){.bucket = r->bucket,
                       .order_id = r->order_id,
                       .kind = FACT_ORDER,
                       .at = db_i64(&rows, 3),
                       .channel = db_text(&rows, 0),
                       .location = "",
                       .currency = db_text(&rows, 2),
                       .detail = "",
                       .customer_id = db_i64(&rows, 4) == ABSENT ? 0 : db_i64(&rows, 4)};
    r->rate_ppb = db_i64(&rows, 11);
    o->day = promise_local_day(r->zones, r->zone, INSTANT(o->at));
    o->v[ORDER_ORDERS] = 1;
    o->v[ORDER_GROSS] = db_i64(&rows, 5);
    o->v[ORDER_DISCOUNT] = db_i64(&rows, 6);
    o->v[ORDER_CHARGES] = db_i64(&rows, 7);
    o->v[ORDER_TAX] = db_i64(&rows, 8);
    o->v[ORDER_REVENUE] = db_i64(&rows, 9) - db_i64(&rows, 10);
    o->v[ORDER_CANCELLED] = gone;
    o->v[ORDER_KNOWN] = o->customer_id != 0 && !gone;
    o->v[ORDER_BASE] = o->v[ORDER_KNOWN] ? in_company_money(r, o->v[ORDER_REVENUE]) : 0;
    r->shipped_at = db_i64(&rows, 12);
    r->ship_by = db_i64(&rows, 13);
  }
  return db_done(&rows);
}

/* Parts of a bundle and changes of a dish are no units of their own. */
static enum err read_lines(struct reading *r)
{
  static const struct db_stmt find = {
      "SELECT line, sku, product_id, quantity, at_cancelled, at_shipped, gross, discount, tax, total"
      " FROM order_line WHERE bucket = $1 AND order_id = $2 AND kind <> 'component' AND kind <> 'modifier' ORDER BY "
      "line",
      DB_KEYED};
  struct db_rows rows;
  TRY(db_query(r->cx->db, &find, &rows, OF_ORDER(r)));
  while (db_next(&rows)) {
    int64_t quantity = db_i64(&rows, 3), cancelled = db_i64(&rows, 4), total = db_i64(&rows, 9);
    struct fact *f = fact_add(r, FACT_LINE, db_i64(&rows, 0), r->order.at, r->zone);
    f->detail = db_text(&rows, 1);
    f->currency = r->order.currency;
    f->product_id = db_i64(&rows, 2) == ABSENT ? 0 : db_i64(&rows, 2);
    f->v[LINE_LINES] = 1;
    f->v[LINE_UNITS] = quantity - cancelled;
    f->v[LINE_GROSS] = db_i64(&rows, 6);
    f->v[LINE_DISCOUNT] = db_i64(&rows, 7);
    f->v[LINE_TAX] = db_i64(&rows, 8);
    f->v[LINE_REVENUE] = total - money_share(MONEY(total), cancelled, quantity).minor;
    r->order.v[ORDER_UNITS] += quantity - cancelled;
    r->ordered += quantity;
    r->cancelled += cancelled;
    r->shipped += db_i64(&rows, 5);
  }
  return db_done(&rows);
}

static enum err read_refunds(struct reading *r)
{
  static const struct db_stmt find = {"SELECT at, amount FROM payment_entry WHERE bucket = $1 AND order_id = $2"
                                      " AND kind = 'refund' ORDER BY payment_id, n",
                                      DB_KEYED};
  struct db_rows rows;
  int64_t n = 0;
  TRY(db_query(r->cx->db, &find, &rows, OF_ORDER(r)));
  while (db_next(&rows)) {
    struct fact *f = fact_add(r, FACT_REFUND, ++n, db_i64(&rows, 0), r->zone);
    f->currency = r->order.currency;
    f->customer_id = r->order.customer_id;
    f->v[REFUND_REFUNDS] = 1;
    f->v[REFUND_AMOUNT] = db_i64(&rows, 1);
  }
  return db_done(&rows);
}

static enum err read_holds(struct reading *r)
{
  static const struct db_stmt find = {
      "SELECT id, type, state, created_at, released_at FROM hold WHERE bucket = $1 AND order_id = $2 ORDER BY id",
      DB_KEYED};
  struct db_rows rows;
  TRY(db_query(r->cx->db, &find, &rows, OF_ORDER(r)));
  while (db_next(&rows)) {
    struct fact *f = fact_add(r, FACT_HOLD, db_i64(&rows, 0), db_i64(&rows, 3), r->zone);
    const char *state = db_text(&rows, 2);
    int64_t released = db_i64(&rows, 4);
    f->detail = db_text(&rows, 1);
    f->v[HOLD_HOLDS] = 1;
    f->v[HOLD_RELEASED] = strcmp(state, "released") == 0;
    f->v[HOLD_EXPIRED] = strcmp(state, "expired") == 0;
    f->v[HOLD_ACTIVE] = strcmp(state, "active") == 0;
    f->v[HOLD_SECONDS] = f->v[HOLD_RELEASED] && released != ABSENT ? (released - f->at) / SECOND_MS : -1;
  }
  return db_done(&rows);
}

/* ---- Its work ---- */

/* A promise is of a day: what leaves later on the same day is in time. */
static bool is_late(const struct reading *r, const char *zone, int64_t shipped_at, int64_t ship_by)
{
  return ship_by != ABSENT &&
         promise_local_day(r->zones, zone, INSTANT(shipped_at)) > promise_local_day(r->zones, zone, INSTANT(ship_by));
}

/* When it was open to be worked on, and where a picker did not find everything. */
static enum err read_events(struct reading *r)
{
  static const struct db_stmt find = {"SELECT topic, at, ref_id FROM event WHERE bucket = $1 AND subject_id = $2"
                                      " AND (topic = 'order.opened' OR topic = 'fulfillment.short_picked') ORDER BY n",
                                      DB_KEYED};
  struct db_rows rows;
  r->opened_at = ABSENT;
  TRY(db_query(r->cx->db, &find, &rows, OF_ORDER(r)));
  while (db_next(&rows)) {
    if (strcmp(db_text(&rows, 0), "order.opened") != 0) {
      r->short_picked = true;
      *LIST_ADD(r->cx->arena, &r->short_ones) = db_i64(&rows, 2);
    } else if (r->opened_at == ABSENT)
      r->opened_at = db_i64(&rows, 1);
  }
  return db_done(&rows);
}

static int64_t seconds_between(int64_t from, int64_t to)
{
  return from == ABSENT || to == ABSENT || to < from ? -1 : (to - from) / SECOND_MS;
}

static void set_stages(struct fact *f, const int64_t *moments)
{
  for (int i = 0; i < WORK_STAGES; i++)
    f->v[WORK_STAGE + i] = seconds_between(moments[i], moments[i + 1]);
}

enum err location_zone(struct ctx *cx, int64_t id, const char *zone, const char **out_zone, const char **out_code)
{
  const struct location *location;
  enum err err = location_by_id(cx, id, &location);
  *out_zone = err ? zone : location->time_zone;
  *out_code = err ? "" : location->code;
  if (err != ERR_NOT_FOUND)
    return err;
  fault_clear(&cx->fault);
  return ERR_OK;
}

static enum err delivered_at(struct reading *r, int64_t fulfillment_id, int64_t *out)
{
  static const struct db_stmt last = {
      "SELECT max(delivered_at) FROM parcel WHERE bucket = $1 AND order_id = $2 AND fulfillment_id = $3", DB_KEYED};
  *out = ABSENT;
  return db_one_i64(r->cx->db, &last, out, DB_ARGS(I64(r->bucket), I64(r->order_id), I64(fulfillment_id)));
}

struct left {
  int64_t id, location_id, ship_by, picked_at, packed_at, shipped_at;
};

static enum err add_work(struct reading *r, const struct left *l)
{
  const char *zone, *code;
  int64_t delivered;
  TRY(location_zone(r->cx, l->location_id, r->zone, &zone, &code));
  TRY(delivered_at(r, l->id, &delivered));
  struct fact *f = fact_add(r, FACT_WORK, l->id, l->shipped_at, zone);
  f->location = code;
  f->v[WORK_DONE] = 1;
  f->v[WORK_LATE] = is_late(r, zone, l->shipped_at, l->ship_by);
  EACH (const int64_t, id, &r->short_ones)
    if (*id == l->id)
      f->v[WORK_SHORT] = 1;
  set_stages(f, (const int64_t[]){r->order.at, r->opened_at, l->picked_at, l->packed_at, l->shipped_at, delivered});
  r->left++;
  return ERR_OK;
}

static enum err read_work(struct reading *r)
{
  static const struct db_stmt find = {
      "SELECT id, location_id, ship_by, picked_at, packed_at, shipped_at FROM fulfillment"
      " WHERE bucket = $1 AND order_id = $2 AND shipped_at IS NOT NULL AND state <> 'cancelled' ORDER BY id",
      DB_KEYED};
  LIST(struct left) all = {0};
  struct db_rows rows;
  TRY(db_query(r->cx->db, &find, &rows, OF_ORDER(r)));
  while (db_next(&rows))
    *LIST_ADD(r->cx->arena, &all) = (struct left){db_i64(&rows, 0), db_i64(&rows, 1), db_i64(&rows, 2),
                                                  db_i64(&rows, 3), db_i64(&rows, 4), db_i64(&rows, 5)};
  TRY(db_done(&rows));
  EACH (const struct left, l, &all)
    TRY(add_work(r, l));
  return ERR_OK;
}

/* What its shipments cost, where that is known in the order's currency. */
static enum err read_freight(struct reading *r, int64_t *out)
{
  static const struct db_stmt sum = {
      "SELECT CAST(sum(freight) AS BIGINT) FROM shipment WHERE bucket = $1 AND order_id = $2"
      " AND voided = 0 AND freight IS NOT NULL AND freight_currency = $3",
      DB_KEYED};
  *out = ABSENT;
  return db_one_i64(r->cx->db, &sum, out, DB_ARGS(I64(r->bucket), I64(r->order_id), TEXT(r->order.currency)));
}

static enum err add_shipped(struct reading *r)
{
  int64_t freight;
  if (r->shipped_at == ABSENT)
    return ERR_OK;
  TRY(read_freight(r, &freight));
  struct fact *f = fact_add(r, FACT_SHIPPED, 0, r->shipped_at, r->zone);
  f->customer_id = r->order.customer_id;
  f->v[SHIPPED_ORDERS] = 1;
  f->v[SHIPPED_SPLIT] = r->left > 1;
  f->v[SHIPPED_LATE] = is_late(r, r->zone, r->shipped_at, r->ship_by);
  f->v[SHIPPED_SHORT] = r->cancelled > 0 || r->short_picked;
  f->v[SHIPPED_PERFECT] = !f->v[SHIPPED_LATE] && !f->v[SHIPPED_SHORT];
  f->v[SHIPPED_ORDERED] = r->ordered;
  f->v[SHIPPED_UNITS] = r->shipped;
  f->v[SHIPPED_FREIGHT] = freight == ABSENT ? 0 : in_company_money(r, freight);
  f->v[SHIPPED_FREIGHT_ORDERS] = freight != ABSENT;
  return ERR_OK;
}

/* ---- All of them ---- */

static int by_key(const void *left, const void *right)
{
  const struct fact *a = left, *b = right;
  if (a->kind != b->kind)
    return a->kind < b->kind ? -1 : 1;
  return (a->n > b->n) - (a->n < b->n);
}

enum err facts_of_order(struct ctx *cx, struct promise_zones *zones, const char *zone, int64_t order_id, fact_list *out)
{
  struct reading r = {
      .cx = cx, .zones = zones, .zone = zone, .bucket = bucket_of_id(order_id), .order_id = order_id, .out = out};
  bool placed;
  TRY(setting_text(cx, SETTING_COMPANY_CURRENCY, &r.company_currency));
  TRY(read_order(&r, &placed));
  if (!placed)
    return ERR_OK;
  TRY(read_lines(&r));
  TRY(read_refunds(&r));
  TRY(read_holds(&r));
  TRY(read_events(&r));
  TRY(read_work(&r));
  TRY(add_shipped(&r));
  *LIST_ADD(cx->arena, out) = r.order;
  qsort(out->at, out->n, sizeof *out->at, by_key);
  return ERR_OK;
}

/* ---- As they are stored ---- */

static enum fact_kind kind_named(const char *name)
{
  int kind = 0;
  while (kind < FACT_CELLS && strcmp(fact_names[kind], name) != 0)
    kind++;
  return (enum fact_kind)kind;
}

void fact_read(const struct db_rows *rows, struct fact *out)
{
  *out = (struct fact){.bucket = db_i64(rows, 0),
                       .order_id = db_i64(rows, 1),
                       .kind = kind_named(db_text(rows, 2)),
                       .n = db_i64(rows, 3),
                       .day = db_i64(rows, 4),
                       .at = db_i64(rows, 5),
                       .channel = db_text(rows, 6),
                       .location = db_text(rows, 7),
                       .currency = db_text(rows, 8),
                       .detail = db_text(rows, 9),
                       .product_id = db_i64(rows, 10),
                       .customer_id = db_i64(rows, 11)};
  for (int i = 0; i < VALUES; i++)
    out->v[i] = db_i64(rows, 12 + i);
}

enum err facts_stored(struct ctx *cx, int64_t order_id, fact_list *out)
{
  static const struct db_stmt find = {"SELECT " FACT_COLUMNS " FROM report_fact WHERE bucket = $1 AND order_id = $2",
                                      DB_KEYED};
  struct db_rows rows;
  TRY(db_query(cx->db, &find, &rows, DB_ARGS(I64(bucket_of_id(order_id)), I64(order_id))));
  while (db_next(&rows))
    fact_read(&rows, LIST_ADD(cx->arena, out));
  TRY(db_done(&rows));
  if (out->n)
    qsort(out->at, out->n, sizeof *out->at, by_key);
  return ERR_OK;
}
