/* Units on their way through a fulfillment, the stock that goes with them, and what every act on a fulfillment begins
 * and ends with. */
#include "fulfillment_priv.h"

#include <string.h>

/* ---- Acts on one fulfillment ---- */

enum err work_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct work_facts *f = out;
  struct order_id order;
  f->input = in->body;
  TRY(order_of_fulfillment(cx, in->id, &f->id, &order));
  TRY(order_work_load(cx, order, ABSENT, &f->work));
  const struct fulfillment *ful = order_fulfillment_of(f->work.before, f->id);
  assert(ful);
  if (in->version != ABSENT && in->version != ful->version)
    return err_fail(cx, ERR_VERSION, "/version", "the fulfillment has version %lld by now", (long long)ful->version);
  return location_by_id(cx, ful->location_id, &f->location);
}

enum err work_load_supply(struct ctx *cx, const struct act_input *in, void *out)
{
  struct work_facts *f = out;
  TRY(work_load(cx, in, out));
  return allocation_load(cx, f->work.before, &f->supply);
}

struct work_plan work_begin(struct ctx *cx, const struct work_facts *f, struct fulfillment **out)
{
  struct work_plan plan = {.work = order_work_copy(cx, &f->work), .id = f->id};
  *out = order_fulfillment_of(plan.work.after, f->id);
  return plan;
}

enum err work_end(struct ctx *cx, struct work_plan *plan, void *out)
{
  order_work_finish(cx, &plan->work);
  *(struct work_plan *)out = *plan;
  return ERR_OK;
}

enum err work_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  struct work_plan p = *(const struct work_plan *)plan;
  TRY(order_work_apply(cx, &p.work));
  const struct fulfillment *f = order_fulfillment_of(p.work.after, p.id);
  out->rec = &fulfillment_rec;
  out->value = f;
  out->version = f->version;
  return ERR_OK;
}

enum err work_held(struct ctx *cx, const struct hold *h)
{
  char id[ID_TEXT];
  id_format(PREFIX_hold, h->id.v, id);
  cx->fault.related = arena_text(cx->arena, id);
  return err_fail(cx, ERR_HELD, "", "the hold %s (%s) stops this: %s", id, h->type, h->reason);
}

static enum err allowed(struct ctx *cx, const struct order *o, const struct hold *h)
{
  if (o->state == ORDER_CANCELLED || o->state == ORDER_EXPIRED)
    return err_fail(cx, ERR_STATE, "/state", "the order is %s", order_states[o->state]);
  if (h)
    return work_held(cx, h);
  if (o->state == ORDER_PLACED)
    return err_fail(cx, ERR_STATE, "/state", "the order is in review and not open yet");
  return ERR_OK;
}

enum err work_allowed(struct ctx *cx, const struct order *o, const struct fulfillment *f)
{
  return allowed(cx, o, order_held(o, f));
}

enum err pick_allowed(struct ctx *cx, const struct order *o, const struct fulfillment *f)
{
  return allowed(cx, o, order_pick_held(o, f));
}

/* ---- Counting ---- */

struct quantity units_unpicked(const struct fulfillment_line *l)
{
  return quantity_sub(l->quantity, l->picked);
}

struct quantity units_picked(const struct fulfillment_line *l)
{
  return quantity_sub(l->picked, l->packed);
}

struct quantity units_packed(const struct fulfillment_line *l)
{
  return quantity_sub(l->packed, l->shipped);
}

int64_t units_asked(const struct fulfillment *f)
{
  int64_t sum = 0;
  EACH (const struct fulfillment_line, l, &f->lines)
    sum += l->quantity.millionths;
  return sum;
}

bool units_missing(const struct order *o)
{
  EACH (const struct order_line, l, &o->lines)
    if (l->stocked && l->kind != LINE_GIFT &&
        l->counters.unallocated.millionths + l->counters.backordered.millionths > 0)
      return true;
  return false;
}

const char *moved_data(struct ctx *cx, const char *reason, const char *location, const char *alert_role,
                       const moved_list *moved)
{
  struct buf text;
  struct json_out j;
  buf_init(&text, cx->arena);
  json_out_init(&j, &text);
  json_object(&j);
  json_put_text(&j, "reason", reason);
  json_put_text(&j, "location", location);
  json_put_text(&j, "alert_role", alert_role);
  json_key(&j, "lines");
  json_array(&j);
  EACH (const struct moved_units, m, moved) {
    json_object(&j);
    json_put_i64(&j, "line", m->line->line);
    json_put_text(&j, "sku", m->line->sku);
    json_put_quantity(&j, "quantity", m->quantity);
    json_object_end(&j);
  }
  json_array_end(&j);
  json_object_end(&j);
  return buf_str(&text);
}

const char *shipment_data(struct ctx *cx, const struct shipment *s)
{
  struct buf text;
  struct json_out j;
  buf_init(&text, cx->arena);
  json_out_init(&j, &text);
  json_object(&j);
  json_put_text(&j, "location", s->location);
  json_put_text(&j, "carrier", s->carrier);
  json_put_text(&j, "service", s->service);
  json_object_end(&j);
  return buf_str(&text);
}

/* ---- Leaving ---- */

/* Releases the reservations of q units, and takes the units off the books where they are not there or broken. */
static void let_stock_go(struct ctx *cx, struct order_work *w, const struct fulfillment *f, const struct order_line *l,
                         struct quantity q, const char *correction)
{
  struct stock_demand demand = line_demand(w->after, l);
  struct stock_reason why = {MOVEMENT_ADJUSTMENT, correction, PREFIX_fulfillment, f->id.v};
  EACH (struct reservation, r, &w->reserved) {
    struct quantity take = quantity_min(q, r->quantity);
    if (r->line != l->line || r->location_id != f->location_id || take.millionths <= 0)
      continue;
    struct stock_key key = reservation_key(r);
    stock_plan_release(&w->stock, cx->arena, &key, &demand, take, RESERVATION_RELEASED);
    if (correction)
      stock_plan_move(&w->stock, cx->arena, &key, QUANTITY(-take.millionths), &why);
    r->quantity = quantity_sub(r->quantity, take);
    q = quantity_sub(q, take);
  }
}

/* Units leave the parcels that have not shipped; an empty parcel is void. */
static void unpack(struct fulfillment *f, int64_t line, struct quantity q)
{
  EACH (struct parcel, p, &f->parcels) {
    int64_t left = 0;
    if (p->state == PARCEL_VOIDED || p->shipment_id.v != 0)
      continue;
    EACH (struct parcel_item, i, &p->items) {
      struct quantity take = i->line == line ? quantity_min(q, i->quantity) : QUANTITY(0);
      i->quantity = quantity_sub(i->quantity, take);
      q = quantity_sub(q, take);
      left += i->quantity.millionths;
    }
    if (left == 0)
      p->state = PARCEL_VOIDED;
  }
}

static struct quantity take_unpicked(struct order_line *l, struct fulfillment_line *fl, struct quantity q,
                                     enum line_place to)
{
  struct quantity take = quantity_min(q, units_unpicked(fl));
  struct quantity allocated = quantity_min(take, l->counters.allocated);
  line_move(l, PLACE_ALLOCATED, to, allocated);
  line_move(l, PLACE_RELEASED, to, quantity_sub(take, allocated));
  return take;
}

struct quantity units_leave(struct ctx *cx, struct order_work *w, struct fulfillment *f, struct fulfillment_line *fl,
                            struct quantity q, const struct leaving *how)
{
  struct order_line *l = order_line_of(w->after, fl->line);
  struct quantity unpicked = take_unpicked(l, fl, q, how->to);
  struct quantity picked = quantity_min(quantity_sub(q, unpicked), units_picked(fl));
  struct quantity packed = quantity_min(quantity_sub(quantity_sub(q, unpicked), picked), units_packed(fl));
  struct quantity handled = quantity_add(picked, packed), all = quantity_add(unpicked, handled);
  line_move(l, PLACE_PICKED, how->to, picked);
  line_move(l, PLACE_PACKED, how->to, packed);
  unpack(f, fl->line, packed);
  fl->picked = quantity_sub(fl->picked, handled);
  fl->packed = quantity_sub(fl->packed, packed);
  fl->quantity = quantity_sub(fl->quantity, all);
  fl->released = quantity_min(fl->released, fl->quantity);
  f->version += all.millionths > 0;
  let_stock_go(cx, w, f, l, all, how->correction);
  if (handled.millionths > 0 && !how->correction) {
    struct moved_units one = {l, handled};
    order_event(cx, w, "fulfillment.put_back", PREFIX_fulfillment, f->id.v,
                moved_data(cx, NULL, f->location, "warehouse", &(moved_list){&one, 1, 1}));
  }
  return all;
}

/* ---- Shipping and delivering ---- */

static enum err consume(struct ctx *cx, struct order_work *w, const struct fulfillment *f, const struct order_line *l,
                        struct quantity q)
{
  struct stock_demand demand = line_demand(w->after, l);
  struct stock_reason why = {MOVEMENT_SHIPMENT, NULL, PREFIX_fulfillment, f->id.v};
  EACH (struct reservation, r, &w->reserved) {
    struct quantity take = quantity_min(q, r->quantity);
    if (r->line != l->line || r->location_id != f->location_id || take.millionths <= 0)
      continue;
    struct stock_key key = reservation_key(r);
    stock_plan_consume(&w->stock, cx->arena, &key, &demand, take, &why);
    r->quantity = quantity_sub(r->quantity, take);
    q = quantity_sub(q, take);
  }
  if (q.millionths > 0)
    return act_torn(cx, "line %lld has packed units without a reservation", (long long)l->line);
  return ERR_OK;
}

enum err units_ship(struct ctx *cx, struct order_work *w, struct fulfillment *f)
{
  EACH (struct fulfillment_line, fl, &f->lines) {
    struct order_line *l = order_line_of(w->after, fl->line);
    struct quantity q = units_packed(fl);
    line_move(l, PLACE_PACKED, PLACE_SHIPPED, q);
    fl->shipped = quantity_add(fl->shipped, q);
    if (q.millionths > 0)
      TRY(consume(cx, w, f, l, q));
  }
  f->shipped_at = cx->now;
  return ERR_OK;
}

static void deliver(struct order *o, struct fulfillment_line *fl, struct quantity q)
{
  struct order_line *l = order_line_of(o, fl->line);
  q = quantity_min(q, quantity_sub(fl->shipped, fl->delivered));
  fl->delivered = quantity_add(fl->delivered, q);
  l->counters.delivered = quantity_add(l->counters.delivered, q);
}

void units_deliver_parcel(struct order *o, struct fulfillment *f, const struct parcel *p)
{
  EACH (const struct parcel_item, i, &p->items)
    deliver(o, fulfillment_line_of(f, i->line), i->quantity);
}

void units_deliver_all(struct order *o, struct fulfillment *f)
{
  EACH (struct fulfillment_line, fl, &f->lines)
    deliver(o, fl, fl->shipped);
}

/* ---- Sourcing again ---- */

enum err source_missing(struct ctx *cx, struct order_work *w, const struct allocation_facts *supply,
                        const char *without, const char *cause)
{
  bool paid = w->after->totals.paid.minor > 0;
  bool waits = supply->channel->stock_policy == STOCK_BACKORDER && !paid;
  struct allocation_wish wish = {.when_short = waits ? SHORT_BACKORDER : SHORT_HOLD, .cause = cause};
  struct allocation_outcome outcome;
  *LIST_ADD(cx->arena, &wish.excluded) = without;
  TRY(allocation_decide(cx, supply, &wish, w, &outcome));
  EACH (const struct order_line, l, &w->after->lines) {
    if (!l->stocked || l->counters.unallocated.millionths == 0)
      continue;
    order_hold_add(cx, w,
                   &(struct hold){.type = "stock_short",
                                  .scope = HOLD_ORDER,
                                  .line = ABSENT,
                                  .reason = arena_printf(cx->arena, "%s cannot be had anywhere else", l->sku),
                                  .owner_role = "service",
                                  .expires_at = INSTANT(ABSENT)});
    break;
  }
  return ERR_OK;
}
