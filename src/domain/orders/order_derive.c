/* What is never typed in: totals of money, statuses, next actions. */
#include "orders_priv.h"

#include <string.h>

/* ---- Money ---- */

static struct pricing_line pricing_of(const struct order_line *l)
{
  return (struct pricing_line){
      .unit_price = l->unit_price,
      .quantity = l->quantity,
      .discount = l->discount,
      .tax_of = {.rate = l->tax_rate, .given = l->tax_given, .category = l->tax_category},
      .tax = l->tax,
      .gross = l->gross,
      .amount = l->amount,
      .total = l->total,
  };
}

static struct pricing_charge pricing_of_charge(const struct order_charge *c)
{
  /* A tip is no revenue and bears no tax. */
  struct rate rate = c->kind == CHARGE_TIP ? RATE(0) : c->tax_rate;
  return (struct pricing_charge){
      .amount = c->amount, .tax_of = {.rate = rate, .given = c->tax_given}, .tax = c->tax, .total = c->total};
}

enum err order_price(struct ctx *cx, struct order *o)
{
  struct pricing_document d = {
      .prices_include_tax = o->prices_include_tax,
      .basis = (enum pricing_tax_basis)o->tax_basis,
      .lines = ARENA_ARRAY(cx->arena, struct pricing_line, o->lines.n ? o->lines.n : 1),
      .n_lines = o->lines.n,
      .charges = ARENA_ARRAY(cx->arena, struct pricing_charge, o->charges.n ? o->charges.n : 1),
      .n_charges = o->charges.n,
  };
  for (size_t i = 0; i < o->lines.n; i++)
    d.lines[i] = pricing_of(&o->lines.at[i]);
  for (size_t i = 0; i < o->charges.n; i++)
    d.charges[i] = pricing_of_charge(&o->charges.at[i]);
  TRY(pricing_price(&d, &cx->fault));
  for (size_t i = 0; i < o->lines.n; i++) {
    struct order_line *l = &o->lines.at[i];
    l->gross = d.lines[i].gross;
    l->amount = d.lines[i].amount;
    l->tax = d.lines[i].tax;
    l->total = d.lines[i].total;
  }
  for (size_t i = 0; i < o->charges.n; i++) {
    o->charges.at[i].tax = d.charges[i].tax;
    o->charges.at[i].total = d.charges[i].total;
  }
  o->totals.subtotal = d.totals.subtotal;
  o->totals.discount = d.totals.discount;
  o->totals.charges = d.totals.charges;
  o->totals.tax = d.totals.tax;
  o->totals.total = d.totals.total;
  return ERR_OK;
}

/* What the units cancelled so far were worth, exactly: shares of a line add up to it. */
static struct money cancelled_of(const struct order *o)
{
  struct money sum = MONEY(0);
  EACH (const struct order_line, l, &o->lines) {
    if (l->counters.cancelled.millionths == 0)
      continue;
    struct pricing_line line = pricing_of(l);
    sum = money_add(sum, pricing_line_share(&line, o->prices_include_tax, QUANTITY(0), l->counters.cancelled).total);
  }
  EACH (const struct order_charge, c, &o->charges)
    sum = money_add(sum, c->refunded);
  return sum;
}

void payment_derive(struct payment *p)
{
  p->authorized = p->captured = p->voided = p->refunded = MONEY(0);
  EACH (const struct payment_entry, e, &p->entries) {
    struct money *sum = e->kind == ENTRY_AUTHORIZATION ? &p->authorized
                        : e->kind == ENTRY_CAPTURE     ? &p->captured
                        : e->kind == ENTRY_VOID        ? &p->voided
                                                       : &p->refunded;
    *sum = money_add(*sum, e->amount);
  }
  if (p->state == PAY_PENDING || p->state == PAY_EXPIRED || p->state == PAY_FAILED || p->state == PAY_DISPUTED)
    return;
  p->state = p->captured.minor > 0     ? PAY_CAPTURED
             : p->authorized.minor == 0 ? PAY_CREATED
             : p->voided.minor < p->authorized.minor ? PAY_AUTHORIZED
                                                     : PAY_VOIDED;
}

struct money payment_open_authorization(const struct payment *p)
{
  if (p->state != PAY_AUTHORIZED && p->state != PAY_CAPTURED)
    return MONEY(0);
  struct money open = money_sub(money_sub(p->authorized, p->captured), p->voided);
  return open.minor > 0 ? open : MONEY(0);
}

static void derive_money(struct order *o)
{
  struct order_totals *t = &o->totals;
  t->authorized = t->paid = t->refunded = MONEY(0);
  EACH (struct payment, p, &o->payments) {
    payment_derive(p);
    t->authorized = money_add(t->authorized, payment_open_authorization(p));
    t->paid = money_add(t->paid, p->captured);
    t->refunded = money_add(t->refunded, p->refunded);
  }
  t->cancelled = cancelled_of(o);
  t->due = money_add(money_sub(money_sub(t->total, t->cancelled), t->paid), t->refunded);
}

static int payment_status(const struct order *o)
{
  const struct order_totals *t = &o->totals;
  bool pending = false;
  EACH (const struct payment, p, &o->payments) {
    if (p->state == PAY_DISPUTED)
      return PAYMENT_DISPUTED;
    pending = pending || p->state == PAY_PENDING;
  }
  if (t->paid.minor > 0 && t->refunded.minor >= t->paid.minor)
    return PAYMENT_REFUNDED;
  if (t->due.minor < 0)
    return PAYMENT_OVERPAID;
  if (t->refunded.minor > 0)
    return PAYMENT_PARTIALLY_REFUNDED;
  if (t->total.minor == 0 || (t->due.minor == 0 && t->paid.minor > 0))
    return PAYMENT_PAID;
  if (t->paid.minor > 0)
    return PAYMENT_PARTIALLY_PAID;
  if (t->authorized.minor >= t->due.minor && t->authorized.minor > 0)
    return PAYMENT_AUTHORIZED;
  return pending ? PAYMENT_PENDING : PAYMENT_UNPAID;
}

bool order_money_fits(const struct order *o)
{
  if (o->payment_terms == TERMS_COD || o->payment_terms == TERMS_ACCOUNT || o->payment_terms == TERMS_DEPOSIT)
    return o->totals.due.minor >= 0; /* a deposit's instalments are compared by its own plan */
  return o->totals.due.minor >= 0 && o->totals.authorized.minor >= o->totals.due.minor;
}

/* ---- Where the goods are ---- */

/* Where the units of an order stand, in millionths. */
struct standing {
  int64_t wanted, delivered, at[PLACE_COUNT];
};

static bool has_goods(const struct order *o)
{
  EACH (const struct order_line, l, &o->lines)
    if (l->stocked && l->quantity.millionths > line_at(l, PLACE_CANCELLED).millionths)
      return true;
  return false;
}

/* Services and digital goods go along with the goods: gift wrap neither leaves nor arrives. Without goods they count. */
static struct standing standing_of(const struct order *o)
{
  struct standing s = {0};
  bool goods = has_goods(o);
  EACH (const struct order_line, l, &o->lines) {
    if (goods && !l->stocked)
      continue;
    for (enum line_place p = 0; p < PLACE_COUNT; p++)
      s.at[p] += line_at(l, p).millionths;
    s.wanted += l->quantity.millionths - line_at(l, PLACE_CANCELLED).millionths;
    s.delivered += l->counters.delivered.millionths;
  }
  return s;
}

static int fulfillment_status(const struct order *o, const struct standing *s)
{
  const int64_t *sums = s->at, wanted = s->wanted;
  int64_t ready = 0;
  EACH (const struct fulfillment, f, &o->fulfillments)
    ready += f->state == FUL_READY_FOR_PICKUP;
  if (sums[PLACE_CANCELLED] > 0 && wanted == 0)
    return STATUS_CANCELLED;
  if (s->delivered > 0)
    return s->delivered == wanted ? STATUS_DELIVERED : STATUS_PARTIALLY_DELIVERED;
  if (sums[PLACE_SHIPPED] > 0)
    return sums[PLACE_SHIPPED] == wanted ? STATUS_SHIPPED : STATUS_PARTIALLY_SHIPPED;
  if (ready)
    return STATUS_READY_FOR_PICKUP;
  if (sums[PLACE_RELEASED] + sums[PLACE_PICKED] + sums[PLACE_PACKED] > 0)
    return STATUS_RELEASED;
  if (sums[PLACE_ALLOCATED] > 0)
    return sums[PLACE_ALLOCATED] == wanted ? STATUS_ALLOCATED : STATUS_PARTIALLY_ALLOCATED;
  return sums[PLACE_BACKORDERED] > 0 ? STATUS_BACKORDERED : STATUS_UNALLOCATED;
}

/* ---- Next actions of work ---- */

bool order_collected(const struct order *o)
{
  int type = o->delivery.type;
  return type == DELIVERY_PICKUP || type == DELIVERY_DINE_IN || type == DELIVERY_TAKEAWAY;
}

enum work_needs { WORK_ANYHOW, WORK_NOT_HELD, WORK_LINE_NOT_HELD, WORK_TO_SEND, WORK_TO_COLLECT };
static const struct {
  const char *name;
  enum fulfillment_step step;
  enum work_needs needs;
} work_actions[] = {
    {"pick", FSTEP_PICK, WORK_LINE_NOT_HELD},       {"pack", FSTEP_PACK, WORK_NOT_HELD},
    {"ship", FSTEP_SHIP, WORK_TO_SEND},             {"ready", FSTEP_READY, WORK_TO_COLLECT},
    {"hand_over", FSTEP_HAND_OVER, WORK_NOT_HELD},  {"not_collected", FSTEP_NOT_COLLECTED, WORK_ANYHOW},
    {"reject", FSTEP_REJECT, WORK_ANYHOW},          {"cancel", FSTEP_CANCEL, WORK_ANYHOW},
};

static bool work_goes_on(const struct order *o, const struct fulfillment *f, enum work_needs needs)
{
  if (needs == WORK_ANYHOW)
    return true;
  if (o->state == ORDER_PLACED || o->state == ORDER_CANCELLED || o->state == ORDER_EXPIRED)
    return false;
  if ((needs == WORK_TO_SEND && order_collected(o)) || (needs == WORK_TO_COLLECT && !order_collected(o)))
    return false;
  return needs == WORK_LINE_NOT_HELD ? !order_pick_held(o, f) : !order_held(o, f);
}

void order_derive_work(struct ctx *cx, struct order *o)
{
  EACH (struct fulfillment, f, &o->fulfillments) {
    f->next_actions.at = NULL;
    f->next_actions.n = f->next_actions.cap = 0;
    for (size_t i = 0; i < COUNT_OF(work_actions); i++)
      if (fulfillment_may(f, work_actions[i].step) && work_goes_on(o, f, work_actions[i].needs))
        *LIST_ADD(cx->arena, &f->next_actions) = work_actions[i].name;
  }
}

/* ---- Next actions ---- */

static bool any_at(const struct order *o, enum line_place first, enum line_place last)
{
  EACH (const struct order_line, l, &o->lines)
    for (enum line_place p = first; p <= last; p++)
      if (line_at(l, p).millionths > 0)
        return true;
  return false;
}

static bool is_draft(const struct order *o) { return o->state == ORDER_DRAFT && o->lines.n > 0; }
static bool in_review(const struct order *o) { return o->state == ORDER_PLACED; }
static bool running(const struct order *o) { return o->state == ORDER_PLACED || o->state == ORDER_OPEN; }
static bool has_hold(const struct order *o) { return running(o) && o->hold_count > 0; }
static bool can_cancel(const struct order *o)
{
  return o->state == ORDER_DRAFT || (running(o) && any_at(o, PLACE_UNALLOCATED, PLACE_PACKED));
}
static bool can_source(const struct order *o) { return running(o) && any_at(o, PLACE_UNALLOCATED, PLACE_ALLOCATED); }
static bool wants_money(const struct order *o)
{
  return o->state != ORDER_CANCELLED && o->state != ORDER_EXPIRED && o->totals.due.minor > o->totals.authorized.minor;
}
static bool can_capture(const struct order *o) { return o->totals.authorized.minor > 0; }
static bool owes_money(const struct order *o) { return o->totals.paid.minor > o->totals.refunded.minor; }
static bool work_in(const struct order *o, int from, int to)
{
  if (o->state != ORDER_OPEN)
    return false;
  EACH (const struct fulfillment, f, &o->fulfillments)
    if (f->state >= from && f->state <= to && !(to <= FUL_PICKING ? order_pick_held(o, f) : order_held(o, f)))
      return true;
  return false;
}
static bool can_pick(const struct order *o) { return work_in(o, FUL_OPEN, FUL_PICKING); }
static bool can_pack(const struct order *o) { return work_in(o, FUL_PICKED, FUL_PICKED); }
static bool can_ship(const struct order *o) { return work_in(o, FUL_PACKED, FUL_PACKED); }
static bool can_hand_over(const struct order *o) { return work_in(o, FUL_READY_FOR_PICKUP, FUL_READY_FOR_PICKUP); }

static const struct {
  const char *name;
  bool (*may)(const struct order *o);
} next_actions[] = {
    {"place", is_draft},      {"release_hold", has_hold}, {"approve", in_review}, {"reject", in_review},
    {"pay", wants_money},     {"capture", can_capture},   {"pick", can_pick},     {"pack", can_pack},
    {"ship", can_ship},       {"hand_over", can_hand_over}, {"source", can_source}, {"hold", running},
    {"cancel", can_cancel},   {"refund", owes_money},
};

static void derive_next_actions(struct ctx *cx, struct order *o)
{
  o->next_actions.at = NULL;
  o->next_actions.n = o->next_actions.cap = 0;
  for (size_t i = 0; i < COUNT_OF(next_actions); i++)
    if (next_actions[i].may(o))
      *LIST_ADD(cx->arena, &o->next_actions) = next_actions[i].name;
}

void order_derive(struct ctx *cx, struct order *o)
{
  derive_money(o);
  o->payment_status = payment_status(o);
  struct standing standing = standing_of(o);
  o->fulfillment_status = fulfillment_status(o, &standing);
  o->hold_count = 0;
  EACH (const struct hold, h, &o->holds)
    o->hold_count += h->state == HOLD_ACTIVE;
  if (standing.wanted > 0 && standing.at[PLACE_SHIPPED] == standing.wanted && !instant_set(o->shipped_at))
    o->shipped_at = cx->now;
  derive_next_actions(cx, o);
}
