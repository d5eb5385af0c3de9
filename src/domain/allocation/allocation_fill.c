/* Goods came in, or were given back: orders that wait are served in the order they came. */
#include "allocation_priv.h"

#include <string.h>

enum { PRODUCTS_MAX = 500, HELD_MAX = 500 }; /* products, and lines of held orders, that one run looks at */

/* ---- Who could be served ---- */

static bool some_free(const struct stock_levels *levels, int64_t product_id)
{
  size_t n;
  const struct stock_level *rows = stock_levels_of_product(levels, product_id, &n);
  for (size_t i = 0; i < n; i++)
    if (stock_level_available(&rows[i]).millionths > 0)
      return true;
  return false;
}

static void add_once(struct ctx *cx, order_ids *ids, int64_t limit, int64_t id)
{
  EACH (const struct order_id, known, ids)
    if (known->v == id)
      return;
  if ((int64_t)ids->n < limit)
    *LIST_ADD(cx->arena, ids) = (struct order_id){id};
}

typedef LIST(int64_t) numbers;

static enum err read_numbers(struct ctx *cx, const struct db_stmt *stmt, const struct db_value *args, size_t n,
                             numbers *out)
{
  struct db_rows rows;
  TRY(db_query(cx->db, stmt, &rows, args, n));
  while (db_next(&rows))
    *LIST_ADD(cx->arena, out) = db_i64(&rows, 0);
  return db_done(&rows);
}

/* Orders with backordered units. Looked for by product: most wait for what is not there, and would hide the others. Who
 * has a product's group serves all orders that wait for it: oldest first also where several processes share the work. */
static enum err add_backordered(struct ctx *cx, struct bucket_groups groups, int64_t limit, int64_t *turn,
                                order_ids *out)
{
  static const struct db_stmt products = {
      "SELECT DISTINCT product_id FROM order_line WHERE at_backordered > 0 AND product_id > $1"
      " AND " IN_GROUPS("product_id", "$2") " ORDER BY product_id LIMIT $3",
      DB_LIST};
  static const struct db_stmt orders = {
      "SELECT order_id FROM order_line WHERE at_backordered > 0 AND product_id = $1 ORDER BY order_id, line LIMIT $2",
      DB_LIST};
  numbers waiting = {0};
  struct stock_levels levels = {0};
  TRY(read_numbers(cx, &products, DB_ARGS(I64(*turn), I64(groups.bits), I64(PRODUCTS_MAX)), &waiting));
  *turn = waiting.n == PRODUCTS_MAX ? waiting.at[waiting.n - 1] : 0;
  if (waiting.n)
    TRY(stock_levels_load(cx, waiting.at, waiting.n, &levels));
  EACH (const int64_t, product, &waiting) {
    numbers ids = {0};
    if (!some_free(&levels, *product))
      continue;
    TRY(read_numbers(cx, &orders, DB_ARGS(I64(*product), I64(limit)), &ids));
    EACH (const int64_t, id, &ids)
      add_once(cx, out, limit, *id);
    if ((int64_t)out->n == limit) {
      *turn = *product;
      break;
    }
  }
  return ERR_OK;
}

/* Orders that a hold stops because stock was short. */
static enum err add_held(struct ctx *cx, struct bucket_groups groups, int64_t limit, order_ids *out)
{
  static const struct db_stmt held = {
      "SELECT l.order_id, l.product_id FROM hold h JOIN order_line l ON l.bucket = h.bucket AND l.order_id = h.order_id"
      " WHERE h.type = 'stock_short' AND h.state = 'active' AND l.stocked = 1 AND l.at_unallocated > 0"
      " AND " IN_GROUPS("l.product_id", "$1") " ORDER BY h.created_at, h.id, l.line LIMIT $2",
      DB_LIST};
  numbers ids = {0}, products = {0};
  struct stock_levels levels = {0};
  struct db_rows rows;
  TRY(db_query(cx->db, &held, &rows, DB_ARGS(I64(groups.bits), I64(HELD_MAX))));
  while (db_next(&rows)) {
    *LIST_ADD(cx->arena, &ids) = db_i64(&rows, 0);
    *LIST_ADD(cx->arena, &products) = db_i64(&rows, 1);
  }
  TRY(db_done(&rows));
  if (ids.n)
    TRY(stock_levels_load(cx, products.at, products.n, &levels));
  for (size_t i = 0; i < ids.n; i++)
    if (some_free(&levels, products.at[i]))
      add_once(cx, out, limit, ids.at[i]);
  return ERR_OK;
}

enum err orders_fillable(struct ctx *cx, struct bucket_groups groups, int64_t limit, int64_t *turn, order_ids *out)
{
  order_ids held = {0};
  TRY(add_backordered(cx, groups, limit, turn, out));
  TRY(add_held(cx, groups, limit, &held));
  EACH (const struct order_id, id, &held)
    add_once(cx, out, 2 * limit, id->v);
  return ERR_OK;
}

/* ---- Serving one ---- */

struct fill_facts {
  struct order_work work;
  struct allocation_facts supply;
};

static enum err fill_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct fill_facts *f = out;
  struct order_id id;
  TRY(order_find(cx, in->id, &id));
  TRY(order_work_load(cx, id, ABSENT, &f->work));
  return allocation_load(cx, f->work.before, &f->supply);
}

/* Only what there is now: units that find nothing stay where they wait. */
static bool anything_new(const struct order_work *w)
{
  return w->stock.reservations.n > 0;
}

static enum err fill_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct fill_facts *f = facts;
  struct order_work w = order_work_copy(cx, &f->work);
  struct order *o = w.after;
  struct allocation_outcome outcome;
  bool backorders = f->supply.channel->stock_policy == STOCK_BACKORDER;
  struct allocation_wish wish = {.when_short = backorders ? SHORT_BACKORDER : SHORT_HOLD, .cause = "supply"};
  if (o->state == ORDER_PLACED || o->state == ORDER_OPEN)
    TRY(allocation_decide(cx, &f->supply, &wish, &w, &outcome));
  if (!anything_new(&w)) {
    w = order_work_copy(cx, &f->work); /* nothing could be had: no new decision, no event */
    *(struct order_work *)out = w;
    return ERR_OK;
  }
  order_event(cx, &w, "order.supplied", PREFIX_decision, o->sourcing.id.v, NULL);
  EACH (struct hold, h, &o->holds)
    if (outcome.complete && h->state == HOLD_ACTIVE && strcmp(h->type, "stock_short") == 0)
      TRY(order_hold_release(cx, &w, h, HOLD_RELEASED, "stock arrived"));
  order_work_finish(cx, &w);
  *(struct order_work *)out = w;
  return ERR_OK;
}

const struct act order_fill_act = {
    "order.fill", sizeof(struct fill_facts), sizeof(struct order_work), fill_load, fill_decide, order_apply, 0};
