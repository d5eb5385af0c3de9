/* Leaving: by a carrier, with shipment, numbers and freight; or over the counter. Stock is consumed in the same act. */
#include "fulfillment_priv.h"

#include <string.h>

struct ship_facts {
  struct work_facts base;
  const struct carrier *carrier;         /* NULL = one that is not set up here: its own number came with the parcels */
  const struct carrier_service *service; /* the same */
  const char *carrier_code, *service_code;
  const char *from_country; /* of the location; NULL = not known */
};
struct ship_plan {
  struct work_plan base;
  const struct carrier *carrier;
};

static bool numbers_given(const struct ship_input *in)
{
  return in->tracking_number || in->tracking_numbers.n;
}

/* The named carrier, else the proposed one, else the first built-in one. A carrier that is not set up here can take goods
 * too, with its own tracking number; its freight is not known then. */
static enum err choose_carrier(struct ctx *cx, const struct ship_input *in, const struct fulfillment *f,
                               struct ship_facts *out)
{
  const char *named = in->carrier, *code = named ? named : f->carrier;
  enum err err = code ? carrier_find(cx, code, &out->carrier) : ERR_NOT_FOUND;
  if (err == ERR_NOT_FOUND && named && numbers_given(in))
    return ERR_OK;
  if (err == ERR_NOT_FOUND && named)
    return fault_add(&cx->fault, ERR_INVALID, "/carrier", "unknown_carrier",
                     "there is no carrier %s; create it, or give the tracking number it gave", named);
  if (err != ERR_NOT_FOUND)
    return err;
  err = carrier_for_method(cx, NULL, &out->carrier, &out->service);
  return err == ERR_NOT_FOUND ? fault_add(&cx->fault, ERR_INVALID, "/carrier", "required", "please name the carrier")
                              : err;
}

static enum err choose_service(struct ctx *cx, const struct ship_input *in, const struct fulfillment *f,
                               struct ship_facts *out)
{
  const struct carrier *c = out->carrier;
  const char *named = in->service;
  if (!c)
    return ERR_OK;
  if (named) {
    out->service = carrier_service_find(c, named);
    bool theirs = c->kind == CARRIER_MANUAL && numbers_given(in); /* people know what they booked */
    return out->service || theirs ? ERR_OK
                                  : fault_add(&cx->fault, ERR_INVALID, "/service", "unknown_service",
                                              "%s has no service %s", c->code, named);
  }
  if (f->service && text_eq(f->carrier, c->code))
    out->service = carrier_service_find(c, f->service);
  for (size_t i = 0; i < c->services.n && !out->service; i++)
    if (c->services.at[i].active)
      out->service = &c->services.at[i];
  return ERR_OK;
}

static enum err ship_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct ship_facts *f = out;
  const struct ship_input *body = in->body;
  TRY(work_load(cx, in, &f->base));
  const struct fulfillment *ful = order_fulfillment_of(f->base.work.before, f->base.id);
  const struct location *location;
  TRY(location_by_id(cx, ful->location_id, &location));
  f->from_country = location->address ? arena_text(cx->arena, location->address->country) : NULL;
  TRY(choose_carrier(cx, body, ful, f));
  TRY(choose_service(cx, body, ful, f));
  f->carrier_code = f->carrier ? arena_text(cx->arena, f->carrier->code) : body->carrier;
  f->service_code = f->service ? arena_text(cx->arena, f->service->code) : body->service;
  return ERR_OK;
}

/* ---- Decide ---- */

static bool leaves_now(const struct parcel *p)
{
  return p->state != PARCEL_VOIDED && p->shipment_id.v == 0;
}

/* A number of a known courier is kept as the courier writes it; any other as it came. */
static const char *number_of(struct ctx *cx, const char *text)
{
  struct tracking_match m = tracking_number_recognize(text);
  return m.valid ? arena_text(cx->arena, m.number) : text;
}

static enum err give_numbers(struct ctx *cx, struct fulfillment *f, const struct ship_input *in)
{
  size_t n = 0, parcels = 0;
  EACH (const struct parcel, p, &f->parcels)
    parcels += leaves_now(p);
  if (in->tracking_numbers.n && in->tracking_numbers.n != parcels)
    return fault_add(&cx->fault, ERR_INVALID, "/tracking_numbers", "one_per_parcel", "there are %zu parcels", parcels);
  for (size_t i = 0; i < in->tracking_numbers.n; i++)
    if (!*in->tracking_numbers.at[i] || strlen(in->tracking_numbers.at[i]) > TRACKING_NUMBER_MAX)
      fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/tracking_numbers/%zu", i), "too_long",
                "a tracking number has 1 to %d characters", TRACKING_NUMBER_MAX);
  if (cx->fault.code != ERR_OK)
    return cx->fault.code;
  EACH (struct parcel, p, &f->parcels) {
    if (!leaves_now(p))
      continue;
    const char *given = in->tracking_numbers.n ? in->tracking_numbers.at[n++] : in->tracking_number;
    p->tracking_number = given ? number_of(cx, given) : NULL; /* that of a voided label is void */
  }
  return ERR_OK;
}

/* By the rate table, parcel by parcel; ABSENT when the table does not say. */
static struct money freight_of(const struct ship_facts *facts, const struct order *o, const struct fulfillment *f)
{
  const struct address *to = o->personal.shipping_address;
  if (!facts->carrier)
    return MONEY(ABSENT);
  struct carrier_lane lane = {.from_country = facts->from_country};
  if (to)
    lane = (struct carrier_lane){facts->from_country, to->country, to->region, to->postal_code};
  const struct carrier_zone *zone = to ? carrier_zone(facts->carrier, &lane) : NULL;
  struct money sum = MONEY(0);
  if (!zone || !facts->service)
    return MONEY(ABSENT);
  EACH (const struct parcel, p, &f->parcels) {
    struct carrier_quote quote;
    if (!leaves_now(p))
      continue;
    if (carrier_quote(facts->carrier, facts->service, zone, p->weight_g == ABSENT ? 0 : p->weight_g, &quote) !=
        QUOTE_OK)
      return MONEY(ABSENT);
    sum = money_add(sum, quote.price);
  }
  return sum;
}

static void add_shipment(struct ctx *cx, struct order_work *w, struct fulfillment *f, const struct ship_facts *facts)
{
  struct money freight = freight_of(facts, w->after, f);
  struct shipment *s = LIST_ADD(cx->arena, &w->shipments);
  f->carrier = facts->carrier_code;
  f->service = facts->service_code;
  *s = (struct shipment){
      .id = {order_new_id(w)},
      .fulfillment_id = f->id.v,
      .location_id = f->location_id,
      .location = f->location,
      .carrier = f->carrier,
      .service = f->service,
      .freight = freight,
      .freight_currency = money_set(freight) ? arena_text(cx->arena, facts->carrier->currency) : NULL,
      .shipped_at = cx->now,
      .voided_at = INSTANT(ABSENT),
  };
  EACH (struct parcel, p, &f->parcels) {
    if (!leaves_now(p))
      continue;
    p->shipment_id = s->id;
    p->state = PARCEL_HANDED_OVER;
    p->carrier = f->carrier;
    p->service = f->service;
    p->tracking_status = TRACKING_PRE_TRANSIT;
    p->tracked_at = INSTANT(ABSENT);
  }
  order_event(cx, w, "shipment.created", PREFIX_shipment, s->id.v, shipment_data(cx, s));
}

static enum err ship_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct ship_facts *facts_ = facts;
  struct fulfillment *f;
  struct ship_plan plan = {work_begin(cx, &facts_->base, &f), facts_->carrier};
  struct order_work *w = &plan.base.work;
  TRY(work_allowed(cx, w->after, f));
  if (order_collected(w->after))
    return err_fail(cx, ERR_STATE, "/delivery/type",
                    "the customer collects this order: make it ready and hand it over");
  TRY(fulfillment_step(cx, w, f, FSTEP_SHIP));
  TRY(give_numbers(cx, f, facts_->base.input));
  add_shipment(cx, w, f, facts_);
  TRY(units_ship(cx, w, f));
  order_work_finish(cx, w);
  *(struct ship_plan *)out = plan;
  return ERR_OK;
}

/* Numbers of a built-in carrier come from a series, so they are drawn only when the rows are written. */
static enum err ship_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct ship_plan *p = plan;
  struct fulfillment *f = order_fulfillment_of(p->base.work.after, p->base.id);
  EACH (struct parcel, parcel, &f->parcels)
    if (parcel->shipment_id.v < 0 && !parcel->tracking_number && p->carrier && p->carrier->tracking_prefix)
      TRY(tracking_number_draw(cx, p->carrier, &parcel->tracking_number));
  return work_apply(cx, &p->base, out);
}

const struct act fulfillment_ship_act = {
    "fulfillment.ship", sizeof(struct ship_facts), sizeof(struct ship_plan), ship_load, ship_decide, ship_apply, 0};

/* ---- Over the counter ---- */

static enum err ready_decide(struct ctx *cx, const void *facts, void *out)
{
  struct fulfillment *f;
  struct work_plan plan = work_begin(cx, facts, &f);
  TRY(work_allowed(cx, plan.work.after, f));
  if (!order_collected(plan.work.after))
    return err_fail(cx, ERR_STATE, "/delivery/type", "this order is shipped, not collected");
  TRY(fulfillment_step(cx, &plan.work, f, FSTEP_READY));
  return work_end(cx, &plan, out);
}

static enum err hand_over_decide(struct ctx *cx, const void *facts, void *out)
{
  struct fulfillment *f;
  struct work_plan plan = work_begin(cx, facts, &f);
  TRY(work_allowed(cx, plan.work.after, f));
  TRY(fulfillment_step(cx, &plan.work, f, FSTEP_HAND_OVER));
  TRY(units_ship(cx, &plan.work, f));
  units_deliver_all(plan.work.after, f);
  EACH (struct parcel, p, &f->parcels) {
    if (!leaves_now(p))
      continue;
    p->state = PARCEL_HANDED_OVER;
    p->tracking_status = TRACKING_DELIVERED;
    p->tracked_at = p->delivered_at = cx->now;
  }
  return work_end(cx, &plan, out);
}

static enum err not_collected_decide(struct ctx *cx, const void *facts, void *out)
{
  static const struct leaving back = {PLACE_UNALLOCATED, NULL};
  const struct reason_maybe *in = ((const struct work_facts *)facts)->input;
  struct fulfillment *f;
  struct work_plan plan = work_begin(cx, facts, &f);
  TRY(fulfillment_step(cx, &plan.work, f, FSTEP_NOT_COLLECTED));
  f->reason = in->reason;
  EACH (struct fulfillment_line, fl, &f->lines)
    units_leave(cx, &plan.work, f, fl, fl->quantity, &back);
  return work_end(cx, &plan, out);
}

#define WORK_ACT(name, decide)                                                                                         \
  {                                                                                                                    \
    name, sizeof(struct work_facts), sizeof(struct work_plan), work_load, decide, work_apply, 0                        \
  }
const struct act fulfillment_ready_act = WORK_ACT("fulfillment.ready", ready_decide);
const struct act fulfillment_hand_over_act = WORK_ACT("fulfillment.hand_over", hand_over_decide);
const struct act fulfillment_not_collected_act = WORK_ACT("fulfillment.not_collected", not_collected_decide);
