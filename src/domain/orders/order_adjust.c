/* Adjusting and counting stock, together with the order lines whose reservations a count takes away: they become
 * backordered in the same act, newest and lowest priority first, and their fulfillments ask for less. */
#include "orders_priv.h"

#include <string.h>

struct adjust_facts {
  struct stock_adjust_facts stock;
};

/* The displaced orders are loaded in apply: which ones they are is known only after decide. Nothing can have changed in
 * between, since both run in one transaction of the only writer; on other engines the guards of the rows say so. */
struct adjust_plan {
  struct stock_adjust_plan stock;
};

static enum err adjust_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct adjust_facts *f = out;
  return stock_adjust_load(cx, in->body, &f->stock);
}

static enum err adjust_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct adjust_facts *f = facts;
  struct adjust_plan plan = {0};
  TRY(stock_adjust_decide(cx, &f->stock, &plan.stock));
  *(struct adjust_plan *)out = plan;
  return ERR_OK;
}

/* Takes q of a line back from the fulfillments of that location: from what is not picked yet, the newest first. */
static struct quantity take_from_fulfillments(struct order_work *w, struct order_line *l, int64_t location_id,
                                              struct quantity q)
{
  struct order *o = w->after;
  for (size_t i = o->fulfillments.n; i-- > 0 && q.millionths > 0;) {
    struct fulfillment *f = &o->fulfillments.at[i];
    struct fulfillment_line *fl =
        f->location_id == location_id && fulfillment_live(f) ? fulfillment_line_of(f, l->line) : NULL;
    if (!fl)
      continue;
    struct quantity open = quantity_sub(fl->quantity, fl->picked), take = quantity_min(open, q);
    if (take.millionths <= 0)
      continue;
    struct quantity allocated = quantity_min(take, line_at(l, PLACE_ALLOCATED));
    struct quantity released = quantity_sub(take, allocated);
    line_move(l, PLACE_ALLOCATED, PLACE_BACKORDERED, allocated);
    line_move(l, PLACE_RELEASED, PLACE_BACKORDERED, released);
    fl->quantity = quantity_sub(fl->quantity, take);
    fl->released = quantity_min(fl->released, fl->quantity);
    f->version++;
    q = quantity_sub(q, take);
  }
  return q;
}

/* Units leave the parcels that have not shipped; an empty parcel is void. */
static void unpack(struct fulfillment *f, int64_t line, struct quantity q)
{
  EACH (struct parcel, p, &f->parcels) {
    bool empty = true;
    if (p->state == PARCEL_VOIDED || p->shipment_id.v != 0)
      continue;
    EACH (struct parcel_item, i, &p->items) {
      struct quantity take = i->line == line ? quantity_min(q, i->quantity) : QUANTITY(0);
      i->quantity = quantity_sub(i->quantity, take);
      q = quantity_sub(q, take);
      empty = empty && i->quantity.millionths == 0;
    }
    if (empty)
      p->state = PARCEL_VOIDED;
  }
}

/* Units in somebody's hands (from = PLACE_PICKED or PLACE_PACKED) that the count says are not there: taken by mistake, or
 * gone. They go back to waiting, or they would be shipped without stock. Returns what is left of q. */
static struct quantity take_from_hands(struct order_work *w, struct order_line *l, int64_t location_id,
                                       enum line_place from, struct quantity q)
{
  EACH (struct fulfillment, f, &w->after->fulfillments) {
    struct fulfillment_line *fl =
        f->location_id == location_id && fulfillment_live(f) ? fulfillment_line_of(f, l->line) : NULL;
    if (!fl)
      continue;
    bool packed = from == PLACE_PACKED;
    struct quantity there = packed ? quantity_sub(fl->packed, fl->shipped) : quantity_sub(fl->picked, fl->packed);
    struct quantity take = quantity_min(there, q);
    if (take.millionths <= 0)
      continue;
    line_move(l, from, PLACE_BACKORDERED, take);
    if (packed) {
      fl->packed = quantity_sub(fl->packed, take);
      unpack(f, l->line, take);
    }
    fl->picked = quantity_sub(fl->picked, take);
    fl->quantity = quantity_sub(fl->quantity, take);
    fl->released = quantity_min(fl->released, fl->quantity);
    f->version++;
    q = quantity_sub(q, take);
  }
  return q;
}

static const char *displaced_data(struct ctx *cx, const struct stock_displaced *d)
{
  struct buf text;
  struct json_out o;
  buf_init(&text, cx->arena);
  json_out_init(&o, &text);
  json_object(&o);
  json_put_i64(&o, "line", d->demand.line);
  json_put_quantity(&o, "quantity", d->quantity);
  json_put_text(&o, "alert_role", "service");
  json_object_end(&o);
  return buf_str(&text);
}

static enum err displace(struct ctx *cx, struct order_work *w, const struct stock_displaced *d)
{
  struct order_line *l = order_line_of(w->after, d->demand.line);
  if (!l)
    return act_torn(cx, "stock is reserved for a line that order %s has not", w->after->number);
  bool kept = w->after->state == ORDER_DRAFT; /* softly: its units were never allocated */
  struct quantity left = kept ? QUANTITY(0) : take_from_fulfillments(w, l, d->key.location_id, d->quantity);
  left = take_from_hands(w, l, d->key.location_id, PLACE_PICKED, left);
  left = take_from_hands(w, l, d->key.location_id, PLACE_PACKED, left);
  if (left.millionths > 0) /* a live reservation of an order stands for units that have not shipped */
    return act_torn(cx, "more is reserved for line %lld of order %s than it has", (long long)l->line,
                    w->after->number);
  order_event(cx, w, "order.stock_displaced", NULL, 0, displaced_data(cx, d));
  return ERR_OK;
}

/* All displaced reservations of one order, from the i-th on; the list is grouped by whoever comes first. */
static enum err displace_order(struct ctx *cx, const stock_displacements *all, size_t first)
{
  struct order_work w;
  int64_t order_id = all->at[first].demand.id;
  TRY(order_work_load(cx, (struct order_id){order_id}, ABSENT, &w));
  w = order_work_copy(cx, &w);
  for (size_t i = first; i < all->n; i++)
    if (all->at[i].demand.id == order_id)
      TRY(displace(cx, &w, &all->at[i]));
  order_end_empty(cx, &w, "stock was counted lower");
  order_work_finish(cx, &w);
  return order_work_apply(cx, &w);
}

static bool seen_before(const stock_displacements *all, size_t i)
{
  for (size_t k = 0; k < i; k++)
    if (all->at[k].demand.id == all->at[i].demand.id)
      return true;
  return false;
}

static enum err adjust_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct adjust_plan *p = plan;
  struct adjustment *document;
  for (size_t i = 0; i < p->stock.displaced.n; i++)
    if (!seen_before(&p->stock.displaced, i))
      TRY(displace_order(cx, &p->stock.displaced, i));
  TRY(stock_adjust_apply(cx, &p->stock, &document));
  char id[ID_TEXT];
  id_format(PREFIX_adjustment, document->id.v, id);
  out->rec = &adjustment_rec;
  out->value = document;
  out->version = document->version;
  out->location = arena_printf(cx->arena, "/v1/adjustments/%s", id);
  return ERR_OK;
}

const struct act stock_adjust_act = {"stock.adjust",
                                     sizeof(struct adjust_facts),
                                     sizeof(struct adjust_plan),
                                     adjust_load,
                                     adjust_decide,
                                     adjust_apply,
                                     0};
