/* Orders that have to do with one: the customer's others, those to the same address, and which of them is probably the
 * same thing ordered twice. */
#include "work.h"

#include "review.h"
#include "search.h"

#include <stdlib.h>
#include <string.h>

enum { LOOK_AT = 25, LIKE_PPM = 800000 };

/* ---- How alike baskets are ---- */

static int64_t units_of(const struct order *o, const char *sku)
{
  int64_t sum = 0;
  EACH (const struct order_line, l, &o->lines)
    if (strcmp(l->sku, sku) == 0)
      sum += l->quantity.millionths;
  return sum;
}

static bool seen_before(const struct order *o, const struct order_line *line)
{
  for (const struct order_line *l = o->lines.at; l != line; l++)
    if (strcmp(l->sku, line->sku) == 0)
      return true;
  return false;
}

static struct rate similarity(const struct order *a, const struct order *b)
{
  int64_t both = 0, either = 0;
  EACH (const struct order_line, l, &a->lines) {
    if (seen_before(a, l))
      continue;
    int64_t here = units_of(a, l->sku), there = units_of(b, l->sku);
    both += here < there ? here : there;
    either += here > there ? here : there;
  }
  EACH (const struct order_line, l, &b->lines)
    if (!seen_before(b, l) && units_of(a, l->sku) == 0)
      either += units_of(b, l->sku);
  return RATE(either ? div_round((__int128)both * SCALE, either) : 0);
}

/* ---- The same address ---- */

static bool same_part(struct ctx *cx, const char *a, const char *b)
{
  search_terms x = {0}, y = {0};
  search_terms_add(cx->arena, &x, a);
  search_terms_add(cx->arena, &y, b);
  if (x.n != y.n)
    return false;
  for (size_t i = 0; i < x.n; i++)
    if (strcmp(x.at[i], y.at[i]) != 0)
      return false;
  return true;
}

/* Street, place and country, whatever the case and punctuation; who it is for may differ. */
static bool same_address(struct ctx *cx, const struct address *a, const struct address *b)
{
  return a && b && text_eq(a->country, b->country) && !text_empty(a->line1) && same_part(cx, a->line1, b->line1) &&
         same_part(cx, a->line2, b->line2) && same_part(cx, a->city, b->city) &&
         same_part(cx, a->postal_code, b->postal_code);
}

/* ---- Finding ---- */

typedef LIST(struct order) found_orders;

static enum err of_customer(struct ctx *cx, const struct order *o, found_orders *out)
{
  static const struct db_where where = {
      &order_table, "customer_id = $1 AND id <> $2 ORDER BY created_at DESC, id DESC LIMIT $3", DB_LIST};
  if (!o->customer_id.v)
    return ERR_OK;
  return db_select(cx->db, &where, (struct list *)(void *)out,
                   DB_ARGS(I64(o->customer_id.v), I64(o->id.v), I64(LOOK_AT)));
}

static bool has_order(const found_orders *found, int64_t id)
{
  EACH (const struct order, o, found)
    if (o->id.v == id)
      return true;
  return false;
}

/* Candidates have the postal code and the city, by the search index. */
static enum err of_address(struct ctx *cx, const struct order *o, found_orders *out)
{
  static const struct db_where where = {&order_table, "bucket = $1 AND id = $2", DB_KEYED};
  const struct address *to = o->personal.shipping_address;
  int64_t ids[LOOK_AT];
  size_t n;
  if (!to || (text_empty(to->postal_code) && text_empty(to->city)))
    return ERR_OK;
  const char *q = arena_printf(cx->arena, "%s %s", to->city ? to->city : "", to->postal_code ? to->postal_code : "");
  TRY(search_find(cx, "order", q, 0, LOOK_AT, ids, &n));
  for (size_t i = 0; i < n; i++)
    if (ids[i] != o->id.v && !has_order(out, ids[i]))
      TRY(db_select(cx->db, &where, (struct list *)(void *)out, DB_ARGS(I64(bucket_of_id(ids[i])), I64(ids[i]))));
  return ERR_OK;
}

static void tell(struct ctx *cx, const struct order *o, const struct order *other, related_orders *out)
{
  int64_t apart = other->created_at.ms - o->created_at.ms;
  struct related_order r = {
      .id = other->id,
      .number = other->number,
      .channel = other->channel,
      .state = order_states[other->state],
      .payment_status = payment_statuses[other->payment_status],
      .fulfillment_status = fulfillment_statuses[other->fulfillment_status],
      .created_at = other->created_at,
      .total = other->totals.total,
      .currency = other->currency,
      .same_customer = o->customer_id.v && o->customer_id.v == other->customer_id.v,
      .same_address = same_address(cx, o->personal.shipping_address, other->personal.shipping_address),
      .similarity = similarity(o, other),
      .minutes_apart = (apart < 0 ? -apart : apart) / MINUTE_MS,
  };
  bool ended = other->state == ORDER_CANCELLED || other->state == ORDER_EXPIRED;
  r.duplicate = !ended && r.similarity.ppm >= LIKE_PPM && r.minutes_apart <= RELATED_DAYS * DAY_MS / MINUTE_MS;
  if (r.same_customer || r.same_address)
    *LIST_ADD(cx->arena, out) = r;
}

static int newest_first(const void *a, const void *b)
{
  const struct related_order *x = a, *y = b;
  if (x->created_at.ms != y->created_at.ms)
    return x->created_at.ms < y->created_at.ms ? 1 : -1;
  return x->id.v < y->id.v ? 1 : -1;
}

enum err orders_related(struct ctx *cx, const struct order *o, related_orders *out)
{
  found_orders found = {0};
  TRY(of_customer(cx, o, &found));
  TRY(of_address(cx, o, &found));
  if (found.n)
    TRY(orders_fill(cx, found.at, found.n, true));
  EACH (const struct order, other, &found)
    tell(cx, o, other, out);
  if (out->n)
    qsort(out->at, out->n, sizeof *out->at, newest_first);
  return ERR_OK;
}

enum err hold_context_load(struct ctx *cx, const char *id, struct hold_context *out)
{
  struct hold_id hold;
  struct order_id order;
  struct order_blockers blockers = {0};
  TRY(order_of_hold(cx, id, &hold, &order));
  TRY(order_load(cx, order, &out->order));
  TRY(order_summarize(cx, out->order));
  order_derive(cx, out->order);
  order_derive_work(cx, out->order);
  out->hold = order_hold_of(out->order, hold);
  if (out->order->customer_id.v) {
    out->customer = ARENA_NEW(cx->arena, struct customer);
    TRY(customer_by_id(cx, out->order->customer_id.v, out->customer));
  }
  TRY(orders_related(cx, out->order, &out->related));
  order_blockers(cx, out->order, &blockers);
  out->blockers = blockers.blockers;
  return ERR_OK;
}
